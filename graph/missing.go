package graph

// MissingRole is a role that run lists name but no file declares.
type MissingRole struct {
	Node  Node
	Named []Edge // every edge that leads to it, sorted by From
}

// MissingRoles are the roles that are named and not declared, sorted by ID. A
// converge that meets one of them aborts.
func (g *Graph) MissingRoles() []MissingRole {
	at := map[string]int{}
	var missing []MissingRole
	for _, n := range g.Nodes {
		if n.Missing && n.Kind == Role {
			at[n.ID] = len(missing)
			missing = append(missing, MissingRole{Node: n})
		}
	}
	for _, e := range g.Edges {
		if i, ok := at[e.To]; ok {
			missing[i].Named = append(missing[i].Named, e)
		}
	}
	return missing
}

// Along is the edges of a cycle, in its order, the closing one last.
func (g *Graph) Along(c Cycle) []Edge {
	edges := make([]Edge, 0, len(c.Path))
	for i, from := range c.Path {
		if e, ok := g.Edge(from, c.Path[(i+1)%len(c.Path)]); ok {
			edges = append(edges, e)
		}
	}
	return edges
}
