package graph

// Nesting is how deep roles nest: a role that names no other is 1 deep, one that
// names it 2. Roles of one cycle count once, together, and what only may be
// named does not count.
type Nesting struct {
	g     *Graph
	at    map[string]int // place of each node
	of    []int          // its component
	depth []int          // of each component
	down  []int          // of each component, the edge to the deepest it names; -1 for none
}

// Nesting measures all roles at once, over all environments.
func (g *Graph) Nesting() *Nesting {
	n := &Nesting{g: g, at: g.index()}
	next := make([][]int, len(g.Nodes))
	nested := g.nested()
	for _, i := range nested {
		from := n.at[g.Edges[i].From]
		next[from] = append(next[from], n.at[g.Edges[i].To])
	}
	of, count := components(next)
	n.of = of
	n.depth, n.down = make([]int, count), make([]int, count)
	edges := make([][]int, count)
	for _, i := range nested {
		if c := of[n.at[g.Edges[i].From]]; c != of[n.at[g.Edges[i].To]] {
			edges[c] = append(edges[c], i)
		}
	}
	for c := range count { // what an edge leads to has the smaller number
		n.depth[c], n.down[c] = 1, -1
		for _, i := range edges[c] {
			if below := n.depth[n.of[n.at[g.Edges[i].To]]]; below >= n.depth[c] {
				n.depth[c], n.down[c] = below+1, i
			}
		}
	}
	return n
}

// nested is the edges by which roles nest.
func (g *Graph) nested() []int {
	roles := make(map[string]bool, len(g.Nodes))
	for _, n := range g.Nodes {
		roles[n.ID] = n.Kind == Role
	}
	var edges []int
	for i, e := range g.Edges {
		if e.Kind == Role && !e.Maybe && roles[e.From] {
			edges = append(edges, i)
		}
	}
	return edges
}

// Depth is that of a role; 1 for any other node, 0 for one that is not there.
func (n *Nesting) Depth(id string) int {
	at, ok := n.at[id]
	if !ok {
		return 0
	}
	return n.depth[n.of[at]]
}

// Chain is the edges down from a role to one that names no other, each from the
// role that the one before leads to, or from another of the same cycle.
func (n *Nesting) Chain(id string) []Edge {
	var chain []Edge
	at, ok := n.at[id]
	for ok {
		i := n.down[n.of[at]]
		if i < 0 {
			break
		}
		chain = append(chain, n.g.Edges[i])
		at = n.at[n.g.Edges[i].To]
	}
	return chain
}
