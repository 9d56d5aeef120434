package graph

import (
	"slices"

	"gonum.org/v1/gonum/graph/simple"
	"gonum.org/v1/gonum/graph/topo"
)

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
	index := make(map[string]int64, len(g.Nodes))
	for i, n := range g.Nodes {
		index[n.ID] = int64(i)
	}
	d := simple.NewDirectedGraph()
	for i := range g.Nodes {
		d.AddNode(simple.Node(i))
	}
	next := make([][]int64, len(g.Nodes))
	var cycles []Cycle
	for _, e := range g.Edges {
		from, to := index[e.From], index[e.To]
		if from == to { // gonum's simple graphs panic on a self edge
			cycles = append(cycles, Cycle{Path: []string{e.From}, Component: []string{e.From}})
			continue
		}
		d.SetEdge(d.NewEdge(simple.Node(from), simple.Node(to)))
		next[from] = append(next[from], to)
	}
	for _, scc := range topo.TarjanSCC(d) {
		if len(scc) < 2 {
			continue
		}
		ids := make([]int64, len(scc))
		for i, n := range scc {
			ids[i] = n.ID()
		}
		cycles = append(cycles, g.witness(ids, next))
	}
	slices.SortFunc(cycles, func(a, b Cycle) int {
		if c := slices.Compare(a.Path, b.Path); c != 0 {
			return c
		}
		return slices.Compare(a.Component, b.Component)
	})
	return cycles
}

// witness is a shortest cycle of a component, turned so that its smallest name
// comes first; of several, the one that passes the smallest branching node.
func (g *Graph) witness(ids []int64, next [][]int64) Cycle {
	slices.Sort(ids)
	search := newSearch(ids, next)
	var best []int
	for _, start := range search.starts() {
		if found := search.shortest(start, len(best)); found != nil {
			best = found
		}
		if len(best) == 2 {
			break // nothing is shorter than two without self loops
		}
	}
	c := Cycle{}
	for _, at := range best {
		c.Path = append(c.Path, g.Nodes[ids[at]].ID)
	}
	for _, id := range ids {
		c.Component = append(c.Component, g.Nodes[id].ID)
	}
	c.Path = fromSmallest(c.Path)
	slices.Sort(c.Component)
	return c
}

// fromSmallest turns a closed path so that it begins at its smallest name.
func fromSmallest(path []string) []string {
	first := slices.Index(path, slices.Min(path))
	return append(slices.Clone(path[first:]), path[:first]...)
}

// search looks for cycles within one component, whose nodes it numbers from 0.
type search struct {
	next   [][]int
	parent []int
	seen   []int // the start whose search last reached the node, plus one
}

func newSearch(ids []int64, next [][]int64) *search {
	number := make(map[int64]int, len(ids))
	for i, id := range ids {
		number[id] = i
	}
	s := &search{next: make([][]int, len(ids)), parent: make([]int, len(ids)), seen: make([]int, len(ids))}
	for i, id := range ids {
		for _, to := range next[id] {
			if j, inside := number[to]; inside {
				s.next[i] = append(s.next[i], j)
			}
		}
	}
	return s
}

// starts are nodes of which every cycle passes one: those that branch, or, when
// none does, the component is a single ring and any node will do.
func (s *search) starts() []int {
	var branching []int
	for i, to := range s.next {
		if len(to) > 1 {
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
			for _, to := range s.next[at] {
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
