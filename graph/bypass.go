package graph

// Bypassed are the edges that Chef could do without when it expands for one
// environment, as longer ways without conditions lead to the same, wherever in
// the run lists they begin. Edges within a cycle are not among them. Sorted as
// Edges.
func (g *Graph) Bypassed(environment string) []Edge {
	at, next := g.index(), make([][]int, len(g.Nodes))
	held := make([]bool, len(g.Edges))
	for i, e := range g.Edges {
		if held[i] = !e.Maybe && g.Holds(e, environment); held[i] {
			next[at[e.From]] = append(next[at[e.From]], at[e.To])
		}
	}
	of, count := components(next)
	var asked [][2]int
	var which []int
	for i, e := range g.Edges {
		if from, to := of[at[e.From]], of[at[e.To]]; held[i] && from != to {
			asked, which = append(asked, [2]int{from, to}), append(which, i)
		}
	}
	var found []Edge
	for i, yes := range indirect(condensed(next, of, count), asked) {
		if yes {
			found = append(found, g.Edges[which[i]])
		}
	}
	return found
}
