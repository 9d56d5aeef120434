package graph

// knots is the components that hold a cycle, with the edges inside them: what
// is neither is left out, edges between two such components too.
func (g *Graph) knots() *Graph {
	at, next := g.index(), g.next()
	of, count := components(next)
	size, loop := make([]int, count), make([]bool, len(next))
	for i, all := range next {
		size[of[i]]++
		for _, to := range all {
			loop[i] = loop[i] || to == i
		}
	}
	kept := g.keep(func(n Node) bool { i := at[n.ID]; return size[of[i]] > 1 || loop[i] })
	var edges []Edge
	for _, e := range kept.Edges {
		if of[at[e.From]] == of[at[e.To]] {
			edges = append(edges, e)
		}
	}
	return kept.with(kept.Nodes, edges)
}
