package graph

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// Tangle is a strongly connected component that holds a cycle, or a node that
// names itself: with one shortest cycle, and the edges whose removal opens it.
type Tangle struct {
	// Cycle is a shortest one that is real in an environment and needs no maybe
	// edge, where there is such; else the nearest to that.
	Cycle
	Shortest bool   // it is proven that none of its sort is shorter
	Edges    []Edge // every edge within the component, sorted as Graph.Edges
	// Environments are those in which Chef meets the cycle that is shown, sorted,
	// with Default for all that have no list of their own. Empty: in no single
	// environment. Of Within, those that make this component.
	Environments []string
	Everywhere   bool // in every environment
	Unchecked    int  // environments that were too many to be looked at
	Possible     bool // without its maybe edges nothing of it is a cycle
	Cut          Cut  // opens it in every environment at once
	// Within are the components that single environments make of it, sorted as
	// their cycles, each for all environments that make the same of it.
	Within []Tangle
}

// Real says that some environment meets a cycle for sure.
func (t Tangle) Real() bool {
	return slices.ContainsFunc(t.Within, func(w Tangle) bool { return !w.Possible })
}

// Tangles finds what Cycles finds and says of each in which environments it is
// one, and how to open it. Sorted by cycle.
func (g *Graph) Tangles() []Tangle {
	k := newKnots(g)
	selves, others := k.split()
	var all []Tangle
	for _, e := range selves {
		all = append(all, k.self(g.Edges[e]))
	}
	for _, w := range k.among(others) {
		all = append(all, k.tangle(w))
	}
	slices.SortFunc(all, func(a, b Tangle) int { return a.compare(b.Cycle) })
	return all
}

// self is the tangle of a node that names itself.
func (k *knots) self(e Edge) Tangle {
	c := Cycle{Path: []string{e.From}, Component: []string{e.From}}
	t := Tangle{Cycle: c, Shortest: true, Edges: []Edge{e}, Possible: e.Maybe, Cut: Cut{Edges: []Edge{e}, Exact: true}}
	within := t
	environments := k.environments(t)
	within.Environments = k.holding(c, environments)
	within.Everywhere = len(within.Environments) == len(environments)
	t.Environments, t.Everywhere, t.Within = within.Environments, within.Everywhere, []Tangle{within}
	return t
}

// tangle looks at a knot of the union of all environments in each of them.
func (k *knots) tangle(whole knot) Tangle {
	t := k.describe(whole)
	environments := k.environments(t)
	at := map[string]int{} // in t.Within, by edges
	for i, env := range environments {
		if k.effort.environments -= len(whole.arcs); k.effort.environments < 0 {
			t.Unchecked = len(environments) - i
			break
		}
		parts := k.within(whole, env)
		for _, w := range parts {
			key := w.key()
			if _, known := at[key]; !known {
				at[key] = len(t.Within)
				t.Within = append(t.Within, k.part(t, w))
			}
			found := &t.Within[at[key]]
			found.Environments = append(found.Environments, env)
		}
	}
	for i := range t.Within {
		t.Within[i].Everywhere = len(t.Within[i].Environments) == len(environments)
	}
	slices.SortFunc(t.Within, Tangle.plainer)
	if len(t.Within) > 0 && (t.Possible || !t.Within[0].Possible) {
		t.Path, t.Shortest = t.Within[0].Path, t.Within[0].Shortest
	}
	t.Environments = k.holding(t.Cycle, environments[:len(environments)-t.Unchecked])
	t.Everywhere = len(t.Environments) == len(environments)
	return t
}

// holding are the environments that hold every edge of a cycle.
func (k *knots) holding(c Cycle, environments []string) []string {
	along := k.g.Along(c)
	var in []string
	for _, env := range environments {
		if !slices.ContainsFunc(along, func(e Edge) bool { return !k.g.mayHold(e, env) }) {
			in = append(in, env)
		}
	}
	return in
}

// environments are those that any node of a tangle has a list for, or may have,
// sorted.
func (k *knots) environments(t Tangle) []string {
	all := []string{Default}
	for _, id := range t.Component {
		for env := range k.g.lists[id] {
			all = append(all, env)
		}
	}
	for _, e := range t.Edges {
		all = append(all, e.Environments...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// within are the knots that one environment makes of one of the union.
func (k *knots) within(whole knot, env string) []knot {
	var held []int
	for _, a := range whole.arcs {
		if k.g.mayHold(k.g.Edges[a.edge], env) {
			held = append(held, a.edge)
		}
	}
	if len(held) == len(whole.arcs) {
		return []knot{whole}
	}
	return k.among(held)
}

// part describes a knot of single environments; the whole is known already.
func (k *knots) part(whole Tangle, w knot) Tangle {
	if len(w.arcs) < len(whole.Edges) {
		return k.describe(w)
	}
	whole.Environments, whole.Within = nil, nil
	return whole
}

// describe is what holds of a knot in whatever environment it is.
func (k *knots) describe(w knot) Tangle {
	t := Tangle{Cycle: Cycle{Component: k.component(w)}, Cut: k.cut(w)}
	var certain []int
	for _, a := range w.arcs {
		e := k.g.Edges[a.edge]
		t.Edges = append(t.Edges, e)
		if !e.Maybe {
			certain = append(certain, a.edge)
		}
	}
	sure := []knot{w}
	if len(certain) < len(w.arcs) {
		if sure = k.among(certain); len(sure) == 0 {
			t.Possible, sure = true, []knot{w}
		}
	}
	for _, part := range sure {
		path, shortest := k.shortest(part)
		if t.Path == nil || shorter(path, t.Path) < 0 {
			t.Path, t.Shortest = path, shortest
		}
	}
	return t
}

// key tells knots apart by their edges.
func (w knot) key() string {
	key := make([]byte, 0, 8*len(w.arcs))
	for _, a := range w.arcs {
		key = binary.BigEndian.AppendUint64(key, uint64(a.edge))
	}
	return string(key)
}

// plainer orders what is a cycle for sure before what may be one, then the
// shorter before the longer.
func (t Tangle) plainer(other Tangle) int {
	if t.Possible != other.Possible {
		if t.Possible {
			return 1
		}
		return -1
	}
	return cmp.Or(shorter(t.Path, other.Path), t.compare(other.Cycle))
}

func shorter(a, b []string) int { return cmp.Or(len(a)-len(b), slices.Compare(a, b)) }
