package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/converged/converged/cmd/program"
	"github.com/converged/converged/graph"
)

// The signs of changes.
const (
	added   = '+'
	removed = '-'
	altered = '~'
	alarm   = '!' // what a reviewer should see first
)

// change is one line of a comparison.
type change struct {
	sign  byte
	words string // made of names: to be made visible
	place string // file:line; may be empty
}

// chapter is the changes of one kind.
type chapter struct {
	title   string
	changes []change
}

// chapters are what changed, the most important first; none is empty.
func (c *comparison) chapters() []chapter {
	gone, come := slices.Clone(c.diff.RemovedEdges), slices.Clone(c.diff.AddedEdges)
	for _, e := range c.diff.ChangedEdges {
		gone, come = append(gone, e.Before), append(come, e.After)
	}
	all := []chapter{
		{"New cycles", c.cycles(alarm, "new cycle", c.diff.NewCycles, c.after, come)},
		{"Newly missing roles", c.missing(alarm, "missing role", c.diff.NewlyMissing, c.after)},
		{"Roles and recipes", c.nodes()},
		{"Edges", c.edges()},
		{"Order of run lists", c.orders()},
		{"Opened cycles", c.cycles(removed, "cycle", c.diff.OpenedCycles, c.before, gone)},
		{"No longer missing roles", c.missing(removed, "missing role", c.diff.NoLongerMissing, c.before)},
	}
	return slices.DeleteFunc(all, func(ch chapter) bool { return len(ch.changes) == 0 })
}

// cycles tell where the first edge stands that makes, or made, each of them.
func (c *comparison) cycles(sign byte, what string, cycles []graph.Cycle, in *input, by []graph.Edge) []change {
	var all []change
	for _, cycle := range cycles {
		line := change{sign: sign, words: what + " " + arrows(cycle)}
		for _, e := range in.graph.Along(cycle) {
			if slices.ContainsFunc(by, func(b graph.Edge) bool { return b.From == e.From && b.To == e.To }) {
				line.place = in.at(e.File, e.Line)
				break
			}
		}
		all = append(all, line)
	}
	return all
}

// namedBy is how many of those who name a missing role are told.
const namedBy = 3

func (c *comparison) missing(sign byte, what string, roles []graph.MissingRole, in *input) []change {
	var all []change
	for _, m := range roles {
		line := change{sign: sign, words: what + " " + m.Node.ID}
		var names []string
		for _, e := range m.Named[:min(namedBy, len(m.Named))] {
			names = append(names, e.From)
		}
		if more := len(m.Named) - len(names); more > 0 {
			names = append(names, fmt.Sprintf("%d more", more))
		}
		if len(m.Named) > 0 {
			line.words += ", named by " + strings.Join(names, ", ")
			line.place = in.at(m.Named[0].File, m.Named[0].Line)
		}
		all = append(all, line)
	}
	return all
}

func (c *comparison) nodes() []change {
	var all []change
	tell := func(sign byte, nodes []graph.Node, in *input) {
		for _, n := range nodes {
			line := change{sign: sign, words: n.ID}
			switch {
			case n.File != "":
				line.place = in.at(n.File, n.Line)
			case n.Missing && n.Kind == graph.Role:
				line.words += ", which no file declares"
			}
			all = append(all, line)
		}
	}
	tell(removed, c.diff.RemovedNodes, c.before)
	tell(added, c.diff.AddedNodes, c.after)
	return all
}

// edges tell what each role names more or less, role by role.
func (c *comparison) edges() []change {
	type edge struct {
		graph.Edge
		change
	}
	var all []edge
	tell := func(sign byte, in *input, e graph.Edge, words string) {
		all = append(all, edge{e, change{sign, e.From + " -> " + e.To + words, in.at(e.File, e.Line)}})
	}
	for _, e := range c.diff.RemovedEdges {
		tell(removed, c.before, e, only(e))
	}
	for _, e := range c.diff.AddedEdges {
		tell(added, c.after, e, only(e))
	}
	for _, x := range c.diff.ChangedEdges {
		tell(altered, c.after, x.After, ": "+where(x.Before)+", now "+where(x.After))
	}
	slices.SortStableFunc(all, func(x, y edge) int { return strings.Compare(x.From, y.From) })
	lines := make([]change, len(all))
	for i, e := range all {
		lines[i] = e.change
	}
	return lines
}

// only is " (prod, staging)", or nothing for an edge that holds everywhere.
func only(e graph.Edge) string {
	if !e.Maybe && e.Only() == nil {
		return ""
	}
	return " (" + where(e) + ")"
}

// where is "everywhere", "in prod, staging" or "perhaps in prod".
func where(e graph.Edge) string {
	text := "everywhere"
	if places := e.Only(); places != nil {
		text = "in " + strings.Join(places, ", ")
	}
	if e.Maybe {
		return "perhaps " + text
	}
	return text
}

func (c *comparison) orders() []change {
	var all []change
	for _, r := range c.diff.Reordered {
		list := ""
		if r.Environment != graph.Default {
			list = " in " + r.Environment
		}
		before, after := moved(r.Before, r.After)
		all = append(all, change{altered, r.Role + list + ": " + before + " is now " + after, c.after.at(r.File, r.Line)})
	}
	return all
}

// movedMost is how many items of a reordered list are told.
const movedMost = 6

// moved is the part of two orders of the same items that is not the same.
func moved(before, after []string) (string, string) {
	first, last := 0, len(before)
	for before[first] == after[first] {
		first++
	}
	for before[last-1] == after[last-1] {
		last--
	}
	cut := func(items []string) string {
		items = items[first:last]
		if len(items) > movedMost {
			return fmt.Sprintf("%s, ... (%d items)", strings.Join(items[:movedMost], ", "), len(items))
		}
		return strings.Join(items, ", ")
	}
	return cut(before), cut(after)
}

// text writes a line for each change and a summary.
func (c *comparison) text(w io.Writer) error {
	plain := func(s string) program.Painted { return program.Painted(s) }
	return c.textIn(w, plain, plain, plain)
}

func (c *comparison) textIn(w io.Writer, plus, minus, other func(string) program.Painted) error {
	if !c.diff.Changed() {
		return nil
	}
	paint := map[byte]func(string) program.Painted{added: plus, removed: minus, alarm: minus, altered: other}
	for _, ch := range c.chapters() {
		for _, line := range ch.changes {
			words := paint[line.sign](string(line.sign) + " " + program.Visible(line.words))
			if line.place == "" {
				program.PrintLine(w, "%s", words)
			} else {
				program.PrintLine(w, "%s  (%s)", words, line.place)
			}
		}
	}
	program.PrintLine(w, "%s", c.summary())
	return nil
}

// summary is "2 roles and 1 recipe added, 1 role removed, 5 edges added, 1 new cycle".
func (c *comparison) summary() string {
	d := c.diff
	var parts []string
	count := func(n int, noun graph.Kind, what string) {
		if n > 0 {
			parts = append(parts, counted(n, noun)+what)
		}
	}
	count(len(d.NewCycles), "new cycle", "")
	count(len(d.NewlyMissing), "newly missing role", "")
	for _, side := range []struct {
		what  string
		nodes []graph.Node
		edges []graph.Edge
	}{{" added", d.AddedNodes, d.AddedEdges}, {" removed", d.RemovedNodes, d.RemovedEdges}} {
		kinds := counts(&graph.Graph{Nodes: side.nodes, Edges: side.edges})
		for _, k := range countedKinds {
			count(kinds[k], k, side.what)
		}
	}
	count(len(d.ChangedEdges), "edge", " changed")
	count(len(d.Reordered), "run list", " reordered")
	count(len(d.OpenedCycles), "cycle", " opened")
	count(len(d.NoLongerMissing), "role", " no longer missing")
	return strings.Join(parts, ", ")
}
