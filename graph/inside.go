package graph

import "slices"

// in is the graph as it is in one environment: a role's edges are those of its
// list for the environment, or of its plain one when it has none. Every node
// stays, also where nothing leads to it any more.
func (g *Graph) in(environment string) *Graph {
	own := map[string]bool{} // the nodes with a list of their own
	for _, r := range g.Roles {
		if _, ok := r.EnvRunLists[environment]; ok {
			own[RoleID(r.Name)] = true
		}
	}
	var edges []Edge
	for _, e := range g.Edges {
		if !e.holds(environment, own[e.From]) {
			continue
		}
		e.Environments, e.Everywhere = nil, true
		edges = append(edges, e)
	}
	return g.with(g.Nodes, edges)
}

// holds says whether the edge is there in an environment, for which From may
// have a list of its own. What only may have one is shown with both.
func (e Edge) holds(environment string, own bool) bool {
	only := e.Only()
	return e.Relation != RunList || only == nil || slices.Contains(only, environment) ||
		!own && slices.Contains(only, Default)
}
