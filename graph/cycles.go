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

// witness is a shortest cycle of a component: of several, the one with the
// smallest start, then the smallest steps.
func (g *Graph) witness(ids []int64, next [][]int64) Cycle {
	slices.Sort(ids)
	inside := make(map[int64]bool, len(ids))
	for _, id := range ids {
		inside[id] = true
	}
	var best []int64
	for _, start := range ids {
		if found := shortest(start, next, inside, len(best)); found != nil {
			best = found
		}
		if len(best) == 2 {
			break // nothing is shorter than two without self loops
		}
	}
	c := Cycle{Path: g.names(best), Component: g.names(ids)}
	slices.Sort(c.Component)
	return c
}

func (g *Graph) names(ids []int64) []string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = g.Nodes[id].ID
	}
	return names
}

// shortest is a shortest way from start back to itself that stays inside and is
// shorter than bound (0: any); nil when there is none. Breadth first.
func shortest(start int64, next [][]int64, inside map[int64]bool, bound int) []int64 {
	parent := map[int64]int64{start: start}
	frontier := []int64{start}
	for depth := 1; len(frontier) > 0 && (bound == 0 || depth < bound); depth++ {
		var reached []int64
		for _, at := range frontier {
			for _, to := range next[at] {
				if to == start {
					return trace(parent, start, at)
				}
				if _, seen := parent[to]; !seen && inside[to] {
					parent[to] = at
					reached = append(reached, to)
				}
			}
		}
		frontier = reached
	}
	return nil
}

func trace(parent map[int64]int64, start, last int64) []int64 {
	var path []int64
	for at := last; at != start; at = parent[at] {
		path = append(path, at)
	}
	path = append(path, start)
	slices.Reverse(path)
	return path
}
