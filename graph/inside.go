package graph

import "slices"

// in is the graph as it is in one environment: a role's edges are those of its
// list for the environment, or of its plain one when it has none. Where a list
// only may be, both are shown. Machines of other environments, and these, are
// left out; all else stays, also where nothing leads to it any more.
func (g *Graph) in(environment string) *Graph {
	var edges []Edge
	for _, e := range g.Edges {
		if g.mayHold(e, environment) {
			e.Environments, e.Everywhere = nil, true
			edges = append(edges, e)
		}
	}
	one := g.with(g.Nodes, edges)
	one.alone = environment
	return one.keep(func(n Node) bool {
		home := n.Home()
		return home == "" || home == environment
	})
}

func (g *Graph) mayHold(e Edge, environment string) bool {
	return g.Holds(e, environment) || e.Maybe && slices.Contains(e.Environments, environment)
}
