package main

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/converged/converged/cmd/program"
	"github.com/converged/converged/graph"
)

// How many names and suggestions are shown.
const (
	namesMost     = 6
	suggestedMost = 10
)

// statsText writes the measures, then the suggestions in words.
func statsText(w io.Writer, s graph.Stats) error {
	var b bytes.Buffer
	var parts []string
	for _, k := range countedKinds {
		if n := s.Kinds[k]; n > 0 {
			parts = append(parts, counted(n, k))
		}
	}
	program.PrintLine(&b, "%s", strings.Join(append(parts, graph.Counted(s.Edges, "edge"), graph.Counted(s.Cycles, "cycle")), ", "))
	if s.Missing+s.Incomplete > 0 {
		program.PrintLine(&b, "%d named and not declared, %d not known in full", s.Missing, s.Incomplete)
	}
	if len(s.Environments) > 0 {
		program.PrintLine(&b, "run lists of their own for %s: %s", graph.Counted(len(s.Environments), "environment"), some(s.Environments))
	}
	program.PrintLine(&b, "")
	least := ""
	if s.AtLeast {
		least = "at least "
	}
	program.PrintLine(&b, "depth          %s%d: %s", least, s.Depth, chain(s.Chain))
	program.PrintLine(&b, "most named     %s", ranks(s.MostNamed))
	program.PrintLine(&b, "repeated       %s by more than one", isNamed(s.Repeated))
	program.PrintLine(&b, "longest lists  %s", ranks(s.LongestLists))
	program.PrintLine(&b, "never named    %s", numbered(s.Unnamed))
	program.PrintLine(&b, "name no role   %s", numbered(s.Leaves))
	if len(s.Suggestions) > 0 {
		program.PrintLine(&b, "")
		program.PrintLine(&b, "Where untangling pays first, in items of run lists:")
	}
	for i, g := range s.Suggestions[:min(suggestedMost, len(s.Suggestions))] {
		suggest(&b, i+1, g)
	}
	if more := len(s.Suggestions) - suggestedMost; more > 0 {
		program.PrintLine(&b, "     and %d that save less: see -f json", more)
	}
	if s.Cut {
		program.PrintLine(&b, "     there are too many lists to compare them all: there may be more")
	}
	_, err := w.Write(b.Bytes())
	return err
}

// suggest writes a suggestion in words, then what it is about.
func suggest(w io.Writer, place int, g graph.Suggestion) {
	program.PrintLine(w, "%3d. %d fewer: %s", place, g.Saves, inWords(g))
	if g.Kind != graph.Wrapper {
		program.PrintLine(w, "       what  %s", some(g.Items))
	}
	program.PrintLine(w, "       in    %s", some(g.In))
}

// inWords is a suggestion as one would say it.
func inWords(g graph.Suggestion) string {
	roles, names := counted(len(g.In), graph.Role), "name"
	if len(g.In) == 1 {
		names = "names"
	}
	items := graph.Counted(len(g.Items), "item")
	switch g.Kind {
	case graph.RedundantItem:
		return fmt.Sprintf("%s %s %s that others of the list bring anyway", roles, names, items)
	case graph.SpelledOut:
		return fmt.Sprintf("%s %s one by one all %s of %s: name it, or a role of what they share", roles, names, items, g.Role)
	case graph.SharedList:
		return fmt.Sprintf("%s share %s: worth a role of their own", roles, items)
	case graph.Wrapper:
		return fmt.Sprintf("%s %s %s and nothing else: name it directly, unless they set attributes", roles, names, g.Items[0])
	}
	return string(g.Kind)
}

func ranks(all []graph.Ranked) string {
	var parts []string
	for _, r := range all[:min(namesMost, len(all))] {
		parts = append(parts, fmt.Sprintf("%s %d", r.ID, r.Count))
	}
	return orNone(strings.Join(parts, ", "))
}

// numbered is "12: a, b, c and 9 more".
func numbered(names []string) string {
	if len(names) == 0 {
		return orNone("")
	}
	return fmt.Sprintf("%d: %s", len(names), some(names))
}

// some is the first of these names, and how many more there are.
func some(names []string) string {
	if len(names) <= namesMost {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:namesMost-1], ", "), len(names)-namesMost+1)
}

// chain is the roles of a chain, or those at its ends.
func chain(roles []string) string {
	if len(roles) > 2*longChain {
		roles = slices.Concat(roles[:longChain], []string{fmt.Sprintf("... %d more ...", len(roles)-2*longChain)}, roles[len(roles)-longChain:])
	}
	return orNone(strings.Join(roles, " -> "))
}

func isNamed(n int) string {
	if n == 1 {
		return "1 is named"
	}
	return strconv.Itoa(n) + " are named"
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
