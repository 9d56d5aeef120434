package graph

import "slices"

// Nesting is how deep roles nest: a role that names no other is 1 deep, and else
// it is as many as the longest chain down from it has, each role counted once.
// What only may be named does not count. Of roles that all depend on each other
// the longest chain is sought with bounded work, and may be longer than found.
type Nesting struct {
	g      *Graph
	at     map[string]int // place of each node
	of     []int          // its component
	depth  []int          // of each node, as far as found
	most   []int          // of each node, what it cannot be deeper than
	exit   []int          // of each node, the deepest it names outside of its component; -1 for none
	inside []walk         // of each node, the chain within its component
}

// walk is a simple path: nodes from one place of a list to another. A path that
// goes on past the list's end begins it again.
type walk struct {
	path       []int
	to         int // without a path, the node that a step leads to, from where it goes on
	first, end int // end is the place after the last
}

// Nesting measures all roles at once, over all environments.
func (g *Graph) Nesting() *Nesting {
	size := len(g.Nodes)
	n := &Nesting{g: g, at: g.index(), depth: make([]int, size), most: make([]int, size), exit: make([]int, size), inside: make([]walk, size)}
	next := make([][]int, size)
	for _, i := range g.nested() {
		from, to := n.at[g.Edges[i].From], n.at[g.Edges[i].To]
		if from != to {
			next[from] = append(next[from], to)
		}
	}
	of, count := components(next)
	n.of = of
	members := make([][]int, count)
	for i := range size {
		members[of[i]] = append(members[of[i]], i)
	}
	l := longest{Nesting: n, next: next, effort: longestEffort, local: make([]int, size)}
	for _, nodes := range members { // what an edge leads to has the smaller number
		l.component(nodes)
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

// Depth is that of a role, as far as it was found; 1 for any other node, 0 for
// one that is not there.
func (n *Nesting) Depth(id string) int {
	at, ok := n.at[id]
	if !ok {
		return 0
	}
	return n.depth[at]
}

// Exact says that a role is surely not deeper than Depth.
func (n *Nesting) Exact(id string) bool {
	at, ok := n.at[id]
	return !ok || n.most[at] == n.depth[at]
}

// Chain is the edges of a longest chain down from a role, as far as it was found:
// each from the role that the one before leads to.
func (n *Nesting) Chain(id string) []Edge {
	at, ok := n.at[id]
	if !ok {
		return nil
	}
	var nodes []int
	for at >= 0 {
		nodes = append(nodes, n.within(at)...)
		at = n.exit[nodes[len(nodes)-1]]
	}
	var chain []Edge
	for i := range len(nodes) - 1 {
		e, _ := n.g.Edge(n.g.Nodes[nodes[i]].ID, n.g.Nodes[nodes[i+1]].ID)
		chain = append(chain, e)
	}
	return chain
}

// within is the part of a node's chain that lies in its component, itself first.
func (n *Nesting) within(at int) []int {
	var nodes []int
	for w := n.inside[at]; ; w = n.inside[w.to] {
		if w.path == nil {
			nodes = append(nodes, at)
			at = w.to
			continue
		}
		around := slices.Concat(w.path, w.path)
		return append(nodes, around[w.first:w.end]...)
	}
}
