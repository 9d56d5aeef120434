package graph

import (
	"cmp"
	"slices"
)

// environmentsMost bounds in how many environments new cycles are sought.
const environmentsMost = 100

// newCycles are those that CyclesThrough finds for the edges that were added; and
// those that edges make in environments in which they did not hold before, where
// no environment had them.
func newCycles(before, after *Graph, added, altered []Edge) []Cycle {
	all := after.CyclesThrough(added)
	at := after.index()
	of, _ := components(after.next())
	altered = slices.DeleteFunc(altered, func(e Edge) bool { return of[at[e.From]] != of[at[e.To]] })
	if len(altered) == 0 {
		return all
	}
	looked := 0
	for _, env := range append([]string{Default}, after.Environments()...) {
		wider := slices.DeleteFunc(slices.Clone(altered), func(e Edge) bool {
			was, _ := before.Edge(e.From, e.To)
			return !after.mayHold(e, env) || before.mayHold(was, env)
		})
		if len(wider) == 0 {
			continue
		}
		if looked++; looked > environmentsMost {
			break
		}
		for _, c := range after.in(env).CyclesThrough(wider) {
			told := slices.ContainsFunc(all, func(k Cycle) bool { return slices.Contains(k.Component, c.Path[0]) })
			if !told && !before.meets(c) {
				all = append(all, c)
			}
		}
	}
	slices.SortFunc(all, func(a, b Cycle) int {
		return cmp.Or(slices.Compare(a.Path, b.Path), slices.Compare(a.Component, b.Component))
	})
	return all
}

// meets says whether some environment holds every edge of a cycle.
func (g *Graph) meets(c Cycle) bool {
	along := g.Along(c)
	return len(along) == len(c.Path) && slices.ContainsFunc(append([]string{Default}, g.Environments()...), func(env string) bool {
		return !slices.ContainsFunc(along, func(e Edge) bool { return !g.mayHold(e, env) })
	})
}
