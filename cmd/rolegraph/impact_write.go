package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/converged/converged/cmd/program"
	"github.com/converged/converged/graph"
)

// told says whether a kind is to be told of.
func (a *impactAnswer) told(kind graph.Kind) bool {
	return len(a.kinds) == 0 || slices.Contains(a.kinds, string(kind))
}

// tells says whether anything is touched that is to be told of.
func (a *impactAnswer) tells() bool {
	return slices.ContainsFunc(a.Touched, func(t graph.Touched) bool { return a.told(t.Kind) }) ||
		len(a.Environments) > 0 && a.told(graph.Environment)
}

// of is what is touched of one kind.
func (a *impactAnswer) of(kind graph.Kind) []graph.Touched {
	var some []graph.Touched
	for _, t := range a.Touched {
		if t.Kind == kind {
			some = append(some, t)
		}
	}
	return some
}

func (a *impactAnswer) text(w io.Writer) {
	program.PrintLine(w, "%s", a.summary())
	for _, kind := range kinds {
		touched := a.of(graph.Kind(kind))
		switch {
		case !a.told(graph.Kind(kind)):
		case kind == string(graph.Environment):
			a.environments(w)
		case len(touched) > 0:
			program.PrintLine(w, "\n%s", plural(kind))
			a.section(w, touched)
		}
	}
}

func plural(kind string) string {
	_, noun, _ := strings.Cut(graph.Counted(2, kind), " ")
	return noun
}

// summary is "role[base] reaches 4 roles, 2 nodes, 3 environments".
func (a *impactAnswer) summary() string {
	var start []string
	count := map[graph.Kind]int{graph.Environment: len(a.Environments)}
	for _, t := range a.Touched {
		if t.Distance > 0 {
			count[t.Kind]++
		} else {
			start = append(start, t.ID)
		}
	}
	var reached []string
	for _, kind := range kinds {
		if n := count[graph.Kind(kind)]; n > 0 {
			reached = append(reached, graph.Counted(n, kind))
		}
	}
	who := strings.Join(start[:min(4, len(start))], ", ")
	if len(start) > 4 {
		who += fmt.Sprintf(" and %d more", len(start)-4)
	}
	switch {
	case len(start) == 0:
		return "nothing that was read is touched"
	case len(reached) == 0:
		return who + ": nothing depends on it"
	case len(start) == 1:
		return who + " reaches " + strings.Join(reached, ", ")
	}
	return who + " reach " + strings.Join(reached, ", ")
}

// section lists what is touched, a line each: how far, what, where, and through what.
func (a *impactAnswer) section(w io.Writer, touched []graph.Touched) {
	wide := 0
	for _, t := range touched {
		if n := utf8.RuneCountInString(program.Visible(t.ID)); n <= 48 {
			wide = max(wide, n)
		}
	}
	for _, t := range touched {
		id := program.Visible(t.ID)
		gap := strings.Repeat(" ", max(0, wide-utf8.RuneCountInString(id)))
		why := "changed"
		switch {
		case t.Distance == 0 && t.File != "":
			why += " (" + a.in.at(t.File, t.Line) + ")"
		case t.Distance > 0:
			why = fmt.Sprintf("%s %s (%s)", relations[t.Via.Relation], t.Via.To, a.in.at(t.Via.File, t.Via.Line))
		}
		if t.Missing && t.Distance > 0 {
			why += " (missing)"
		}
		program.PrintLine(w, "%4d  %s%s  %s%s", t.Distance, id, gap, why, whereTouched(t))
	}
}

// whereTouched is the environments that a touch is restricted to, and its doubts.
func whereTouched(t graph.Touched) string {
	text := ""
	if len(t.In) > 0 {
		text = " [" + strings.Join(t.In, ", ") + "]"
	}
	switch {
	case t.Maybe:
		text += " (maybe)"
	case len(t.MaybeIn) > 0:
		text += " (maybe in " + strings.Join(t.MaybeIn, ", ") + ")"
	}
	return text
}

func (a *impactAnswer) environments(w io.Writer) {
	if len(a.Environments) == 0 {
		return
	}
	program.PrintLine(w, "\nenvironments")
	for _, e := range a.Environments {
		nodes := ""
		if e.Machines > 0 {
			nodes = "  " + graph.Counted(e.Machines, "node")
		}
		program.PrintLine(w, "      %s%s", e.Name, nodes)
	}
}

// names are the IDs of what is touched, a line each. Environments are told where
// they are asked for.
func (a *impactAnswer) names(w io.Writer) {
	for _, t := range a.Touched {
		if a.told(t.Kind) && t.Kind != graph.Environment {
			program.PrintLine(w, "%s", t.ID)
		}
	}
	if slices.Contains(a.kinds, string(graph.Environment)) {
		for _, e := range a.Environments {
			program.PrintLine(w, "%s", string(graph.Environment)+"["+e.Name+"]")
		}
	}
}

// The document that impact writes. Lists are never null.
type (
	changedEntry struct {
		Given string   `json:"given"`
		IDs   []string `json:"ids"`
		Gone  bool     `json:"gone,omitzero"`
	}
	touchedEntry struct {
		ID           string     `json:"id"`
		Kind         graph.Kind `json:"kind"`
		Name         string     `json:"name"`
		File         string     `json:"file,omitzero"`
		Line         int        `json:"line,omitzero"`
		Missing      bool       `json:"missing,omitzero"` // nothing declares it
		Distance     int        `json:"distance"`
		Via          *stepOf    `json:"via,omitempty"`
		Environments []string   `json:"environments"` // empty: everywhere
		Maybe        bool       `json:"maybe,omitzero"`
		MaybeIn      []string   `json:"maybe_environments,omitzero"`
	}
	affectedEntry struct {
		Name  string `json:"name"`
		Nodes int    `json:"nodes"`
	}
)

func (a *impactAnswer) json(w io.Writer) error {
	document := struct {
		Changed      []changedEntry  `json:"changed"`
		Ignored      int             `json:"ignored"`
		Touched      []touchedEntry  `json:"touched"`
		Environments []affectedEntry `json:"environments"`
	}{[]changedEntry{}, a.ignored, []touchedEntry{}, []affectedEntry{}}
	for _, c := range a.changed {
		document.Changed = append(document.Changed, changedEntry{c.given, list(c.ids), c.gone})
	}
	for _, t := range a.Touched {
		if !a.told(t.Kind) {
			continue
		}
		e := touchedEntry{ID: t.ID, Kind: t.Kind, Name: t.Name, File: t.File, Line: t.Line, Missing: t.Missing, Distance: t.Distance,
			Environments: list(t.In), Maybe: t.Maybe, MaybeIn: t.MaybeIn}
		if t.Distance > 0 {
			e.Via = &stepsOf([]graph.Edge{t.Via})[0]
		}
		document.Touched = append(document.Touched, e)
	}
	for _, e := range a.Environments {
		if a.told(graph.Environment) {
			document.Environments = append(document.Environments, affectedEntry{e.Name, e.Machines})
		}
	}
	return encode(w, document)
}
