package graph

import "slices"

// knot is a strongly connected component of two nodes or more, numbered from 0
// in the order of Graph.Nodes.
type knot struct {
	nodes []int // in Graph.Nodes
	arcs  []arc // in the order of Graph.Edges
}

// arc is an edge between numbered nodes.
type arc struct {
	from, to int
	edge     int // in Graph.Edges
}

func (k knot) digraph() digraph { return newDigraph(len(k.nodes), k.arcs) }

// knots finds the knots of a graph.
type knots struct {
	g        *Graph
	from, to []int // of each edge, in Graph.Nodes
	number   []int // of each node, in what is looked at; -1 outside
	degree   []int // of each node, the edges that lead to it
	effort   effort
}

// effort is how much work may still be spent, so that no graph, however odd,
// keeps people waiting. It bounds what is proven, never what is found.
type effort struct {
	search, subsets, branches, environments int
}

// full is about half a second for the worst of graphs.
var full = effort{search: 20_000_000, subsets: 20_000_000, branches: 10_000_000, environments: 20_000_000}

func newKnots(g *Graph) *knots {
	k := &knots{g: g, from: make([]int, len(g.Edges)), to: make([]int, len(g.Edges)),
		number: make([]int, len(g.Nodes)), degree: make([]int, len(g.Nodes)), effort: full}
	index := make(map[string]int, len(g.Nodes))
	for i, n := range g.Nodes {
		index[n.ID], k.number[i] = i, -1
	}
	for i, e := range g.Edges {
		k.from[i], k.to[i] = index[e.From], index[e.To]
		k.degree[k.to[i]]++
	}
	return k
}

// split sets self references apart from all other edges.
func (k *knots) split() (selves, others []int) {
	for i := range k.g.Edges {
		if k.from[i] == k.to[i] {
			selves = append(selves, i)
		} else {
			others = append(others, i)
		}
	}
	return selves, others
}

// among finds the knots that some edges make, none of them a self reference.
func (k *knots) among(edges []int) []knot {
	var nodes []int
	for _, e := range edges {
		for _, i := range [2]int{k.from[e], k.to[e]} {
			if k.number[i] < 0 {
				k.number[i] = 0
				nodes = append(nodes, i)
			}
		}
	}
	slices.Sort(nodes)
	arcs := k.numbered(nodes, edges)
	part := make([]int, len(nodes))
	var found []knot
	for _, component := range newDigraph(len(nodes), arcs).strong() {
		found = append(found, knot{})
		for _, i := range component {
			part[i] = len(found)
		}
	}
	for i, global := range nodes {
		if p := part[i]; p > 0 {
			found[p-1].nodes = append(found[p-1].nodes, global)
		}
	}
	inside := make([][]int, len(found))
	for _, a := range arcs {
		if p := part[a.from]; p > 0 && p == part[a.to] {
			inside[p-1] = append(inside[p-1], a.edge)
		}
	}
	k.forget(nodes)
	for i := range found {
		found[i].arcs = k.numbered(found[i].nodes, inside[i])
		k.forget(found[i].nodes)
	}
	return found
}

// numbered are edges between these nodes, numbered as the nodes stand.
func (k *knots) numbered(nodes, edges []int) []arc {
	for i, global := range nodes {
		k.number[global] = i
	}
	arcs := make([]arc, len(edges))
	for i, e := range edges {
		arcs[i] = arc{k.number[k.from[e]], k.number[k.to[e]], e}
	}
	return arcs
}

func (k *knots) forget(nodes []int) {
	for _, global := range nodes {
		k.number[global] = -1
	}
}

// names are the IDs of some of a knot's nodes.
func (k *knots) names(w knot, nodes []int) []string {
	names := make([]string, len(nodes))
	for i, n := range nodes {
		names[i] = k.g.Nodes[w.nodes[n]].ID
	}
	return names
}

// component is every node of a knot, sorted by ID.
func (k *knots) component(w knot) []string {
	names := make([]string, len(w.nodes))
	for i, n := range w.nodes {
		names[i] = k.g.Nodes[n].ID
	}
	slices.Sort(names)
	return names
}
