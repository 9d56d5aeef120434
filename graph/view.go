package graph

import (
	"fmt"
	"slices"
)

// View says what of a graph is to be seen. The zero value shows all of it.
//
// What it asks for is done in this order: the environment, the recipes, the
// focus, the collapsing, the cycles, the reduction. So a focus is named as run
// lists name it, also in a collapsed picture, and cycles are those of what is
// left to be drawn.
type View struct {
	Focus       []string // names as Find resolves them; empty is everything
	Depth       int      // levels around the focus; 0 is all of them
	Direction   Direction
	Environment string // only what holds in it; empty is every environment
	NoRecipes   bool
	Collapse    Grouping
	CyclesOnly  bool // only the components that hold a cycle
	Reduce      bool // without edges that longer ways make redundant
}

// Direction is where from a focus one looks.
type Direction string

// The directions. The zero value is Both.
const (
	Up   Direction = "up"   // what depends on the focus
	Down Direction = "down" // what the focus depends on
	Both Direction = "both"
)

// Grouping is what is drawn as one node. The zero value groups nothing.
type Grouping string

// The groupings.
const (
	ByCookbook Grouping = "cookbook" // the recipes of a cookbook, and itself
	ByFolder   Grouping = "folder"   // the roles whose files lie in one folder
)

// View is the part of the graph that v asks for, as a graph of its own. Roles,
// Problems and Rest stay those of everything that was read: they tell of files,
// not of what is drawn. An error says which wish cannot be met.
func (g *Graph) View(v View) (*Graph, error) {
	if err := v.Check(); err != nil {
		return nil, err
	}
	focus, err := g.resolve(v.Focus)
	if err != nil {
		return nil, err
	}
	if err := g.There(focus, v.Environment); err != nil {
		return nil, err
	}
	if v.Environment != "" {
		g = g.in(v.Environment)
	}
	if v.NoRecipes {
		g = g.keep(func(n Node) bool { return n.Kind != Recipe || slices.Contains(focus, n.ID) })
	}
	if len(focus) > 0 {
		g = g.around(focus, v.Depth, v.Direction)
	}
	switch v.Collapse {
	case ByCookbook:
		g = g.collapse(cookbookOf)
	case ByFolder:
		g = g.collapse(folderOf)
	}
	if v.CyclesOnly {
		g = g.knots()
	}
	if v.Reduce {
		g = g.reduced()
	}
	return g, nil
}

// Check says which wish no graph can meet.
func (v View) Check() error {
	switch {
	case v.Depth < 0:
		return fmt.Errorf("a depth of %d levels: expected 0 for all of them, or more", v.Depth)
	case !slices.Contains([]Direction{"", Up, Down, Both}, v.Direction):
		return fmt.Errorf("unknown direction %q: expected up, down or both", v.Direction)
	case !slices.Contains([]Grouping{"", ByCookbook, ByFolder}, v.Collapse):
		return fmt.Errorf("cannot collapse by %q: expected cookbook or folder", v.Collapse)
	}
	return nil
}

// resolve is the IDs of the nodes that these names mean.
func (g *Graph) resolve(names []string) ([]string, error) {
	if len(names) == 0 {
		return nil, nil
	}
	known := g.Names()
	var ids []string
	for _, name := range names {
		found, err := known.Find(name)
		if err != nil {
			return nil, err
		}
		ids = append(ids, found...)
	}
	return ids, nil
}

// with is the graph with other nodes and edges.
func (g *Graph) with(nodes []Node, edges []Edge) *Graph {
	derived := *g
	derived.Nodes, derived.Edges = nodes, edges
	return &derived
}

// keep is the graph of these nodes and the edges between them.
func (g *Graph) keep(want func(Node) bool) *Graph {
	kept := make(map[string]bool, len(g.Nodes))
	var nodes []Node
	for _, n := range g.Nodes {
		if want(n) {
			nodes = append(nodes, n)
			kept[n.ID] = true
		}
	}
	var edges []Edge
	for _, e := range g.Edges {
		if kept[e.From] && kept[e.To] {
			edges = append(edges, e)
		}
	}
	return g.with(nodes, edges)
}

// index is the place of every node, by its ID.
func (g *Graph) index() map[string]int {
	at := make(map[string]int, len(g.Nodes))
	for i, n := range g.Nodes {
		at[n.ID] = i
	}
	return at
}

// next is, by the place of a node, the places of those it names.
func (g *Graph) next() [][]int {
	at, next := g.index(), make([][]int, len(g.Nodes))
	for _, e := range g.Edges {
		from := at[e.From]
		next[from] = append(next[from], at[e.To])
	}
	return next
}
