package graph

import "slices"

// Cycle is one shortest cycle of a strongly connected component, as node IDs
// in the order of its edges, beginning at its smallest name. A role that names
// itself is a cycle of one.
type Cycle struct {
	Path []string
	// Component is every node of the strongly connected component, sorted.
	Component []string
}

// Cycles finds every strongly connected component that holds a cycle, with one
// shortest cycle as its witness, and every self loop. Sorted by the first name.
// It never lists all elementary cycles: their number is exponential.
func (g *Graph) Cycles() []Cycle {
	k := newKnots(g)
	selves, others := k.split()
	var cycles []Cycle
	for _, e := range selves {
		id := g.Edges[e].From
		cycles = append(cycles, Cycle{Path: []string{id}, Component: []string{id}})
	}
	for _, w := range k.among(others) {
		path, _ := k.shortest(w)
		cycles = append(cycles, Cycle{Path: path, Component: k.component(w)})
	}
	slices.SortFunc(cycles, Cycle.compare)
	return cycles
}

func (c Cycle) compare(other Cycle) int {
	if order := slices.Compare(c.Path, other.Path); order != 0 {
		return order
	}
	return slices.Compare(c.Component, other.Component)
}

// shortest is a shortest cycle of a knot, turned so that its smallest name
// comes first; of several, the one that passes the smallest branching node.
// Sure says that nothing shorter was left unsearched.
func (k *knots) shortest(w knot) (path []string, sure bool) {
	s := newSearch(w.digraph())
	var best []int
	for _, start := range s.starts() {
		if best != nil && s.steps > k.effort.search {
			break
		}
		if found := s.shortest(start, len(best)); found != nil {
			best = found
		}
		if len(best) == 2 {
			break // nothing is shorter than two without self loops
		}
	}
	sure = s.steps <= k.effort.search || len(best) == 2
	k.effort.search = max(0, k.effort.search-s.steps)
	return fromSmallest(k.names(w, best)), sure
}

// fromSmallest turns a closed path so that it begins at its smallest name.
func fromSmallest(path []string) []string {
	first := slices.Index(path, slices.Min(path))
	return append(slices.Clone(path[first:]), path[:first]...)
}

// search looks for cycles within one strongly connected component.
type search struct {
	digraph
	parent []int
	seen   []int // the start whose search last reached the node, plus one
	steps  int   // arcs looked at so far
}

func newSearch(d digraph) *search {
	return &search{digraph: d, parent: make([]int, len(d)), seen: make([]int, len(d))}
}

// starts are nodes of which every cycle passes one: those that branch, or, when
// none does, the component is a single ring and any node will do.
func (s *search) starts() []int {
	var branching []int
	for i := range s.digraph {
		if len(s.digraph[i]) > 1 {
			branching = append(branching, i)
		}
	}
	if len(branching) == 0 {
		return []int{0}
	}
	return branching
}

// shortest is a shortest way from start back to itself that is shorter than
// bound (0: any); nil when there is none. Breadth first.
func (s *search) shortest(start, bound int) []int {
	frontier := []int{start}
	for depth := 1; len(frontier) > 0 && (bound == 0 || depth < bound); depth++ {
		var reached []int
		for _, at := range frontier {
			s.steps += len(s.digraph[at])
			for _, to := range s.digraph[at] {
				if to == start {
					return s.trace(start, at)
				}
				if s.seen[to] != start+1 {
					s.seen[to], s.parent[to] = start+1, at
					reached = append(reached, to)
				}
			}
		}
		frontier = reached
	}
	return nil
}

func (s *search) trace(start, last int) []int {
	var path []int
	for at := last; at != start; at = s.parent[at] {
		path = append(path, at)
	}
	path = append(path, start)
	slices.Reverse(path)
	return path
}
