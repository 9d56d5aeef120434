package graph

import "slices"

// in is the graph as it is in one environment: a role's edges are those of its
// list for the environment, or of its plain one when it has none. Where a list
// only may be, both are shown. Every node stays, also where nothing leads to it
// any more.
func (g *Graph) in(environment string) *Graph {
	var edges []Edge
	for _, e := range g.Edges {
		if g.mayHold(e, environment) {
			e.Environments, e.Everywhere = nil, true
			edges = append(edges, e)
		}
	}
	return g.with(g.Nodes, edges)
}

// mayHold says whether the edge is there in an environment, or only may be.
func (g *Graph) mayHold(e Edge, environment string) bool {
	return g.Holds(e, environment) || e.Maybe && slices.Contains(e.Environments, environment)
}
