package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/converged/converged/graph"
)

const mostNotes = 10

// cycles tells of every tangle of the graph, at once with how to open it.
func (j *judge) cycles() {
	if !slices.ContainsFunc([]string{Cycle, AcrossEnvironments, PossibleCycle, SelfReference}, j.on) {
		return
	}
	for _, t := range j.g.Tangles() {
		along := j.g.Along(t.Cycle)
		f := Finding{
			Rule: cycleRule(t), Message: arrows(t.Path) + j.about(t), Notes: notes(t),
			Nodes: t.Component, Edges: ends(t.Edges), Places: j.written(along),
			Cut: &Cut{Edges: ends(t.Cut.Edges), Places: j.written(t.Cut.Edges), Exact: t.Cut.Exact},
		}
		j.add(f)
	}
}

func cycleRule(t graph.Tangle) string {
	switch {
	case len(t.Component) == 1 && !t.Possible:
		return SelfReference
	case t.Real():
		return Cycle
	case t.Possible:
		return PossibleCycle
	}
	return AcrossEnvironments
}

// about says where a cycle is one, and how large its component is.
func (j *judge) about(t graph.Tangle) string {
	var about []string
	switch {
	case len(t.Environments) == 0 && t.Unchecked > 0:
	case len(t.Environments) == 0:
		about = append(about, "in no single environment")
	case !t.Everywhere:
		about = append(about, "in "+some(t.Environments, 8))
	case len(j.g.Environments()) > 0:
		about = append(about, "in every environment")
	}
	if t.Possible {
		about = append(about, "possible: only if conditions hold that cannot be known")
	}
	if len(t.Component) > len(t.Path) {
		sort := "a shortest one"
		if !t.Shortest {
			sort = "a short one"
		}
		about = append(about, sort+"; "+kinds(len(t.Component), t.Component[0])+" in all depend on each other")
	}
	if len(about) == 0 {
		return ""
	}
	return " (" + strings.Join(about, "; ") + ")"
}

// notes are the other cycles that single environments make of a tangle.
func notes(t graph.Tangle) []string {
	var all []string
	for _, w := range t.Within {
		if slices.Equal(w.Path, t.Path) {
			continue
		}
		possible := ""
		if w.Possible {
			possible = " if conditions hold"
		}
		all = append(all, fmt.Sprintf("in %s%s: %s", some(w.Environments, 8), possible, arrows(w.Path)))
	}
	if len(all) > mostNotes {
		all = append(all[:mostNotes], fmt.Sprintf("and %d cycles more of other environments", len(all)-mostNotes))
	}
	if t.Unchecked > 0 {
		all = append(all, fmt.Sprintf("%d environments more were not looked at: they are too many", t.Unchecked))
	}
	return all
}
