package graph

import (
	"cmp"
	"maps"
	"path"
	"slices"
)

// grouping is the node that stands for n in a collapsed graph, without what its
// members decide; no ID when n stands for itself.
type grouping func(n Node) Node

// cookbookOf groups the recipes of a cookbook with the cookbook itself, when it
// was read.
func cookbookOf(n Node) Node {
	if n.Kind != Recipe {
		return Node{}
	}
	return cookbookNode(cookbookName(n.Name))
}

// folderOf groups the roles that one folder declares. Missing ones lie nowhere.
func folderOf(n Node) Node {
	if n.Kind != Role || n.File == "" {
		return Node{}
	}
	name := path.Dir(n.File)
	return Node{ID: string(Folder) + "[" + name + "]", Kind: Folder, Name: name}
}

// collapse draws each group as one node, and the edges between two groups as
// one. What lies within a group is not drawn.
func (g *Graph) collapse(by grouping) *Graph {
	nodes := map[string]Node{}
	stands := make(map[string]string, len(g.Nodes)) // by ID, which node stands for it
	for _, n := range g.Nodes {
		group := by(n)
		if group.ID == "" {
			group.ID = n.ID
		}
		stands[n.ID] = group.ID
		nodes[group.ID] = join(nodes[group.ID], group, n)
	}
	edges := map[[2]string]Edge{}
	for _, e := range g.Edges {
		from, to := stands[e.From], stands[e.To]
		if from == to && nodes[to].Members > 0 {
			continue
		}
		e.From, e.To, e.Kind = from, to, nodes[to].Kind
		if before, ok := edges[[2]string{from, to}]; ok {
			e = together(before, e)
		}
		edges[[2]string{from, to}] = e
	}
	return g.with(slices.SortedFunc(maps.Values(nodes), compareNodes), slices.SortedFunc(maps.Values(edges), compareEdges))
}

// join adds n to the node that stands for it, sofar, which is empty at first. A
// group is missing, or external, when all of it is, and incomplete when any of it is.
func join(sofar, group, n Node) Node {
	if n.ID == group.ID { // the thing itself
		n.Members = sofar.Members
		n.Incomplete = n.Incomplete || sofar.Incomplete
		return n
	}
	if sofar.ID == "" {
		sofar, sofar.Missing, sofar.External = group, true, true
	}
	sofar.Members++
	sofar.Missing = sofar.Missing && n.Missing
	sofar.External = sofar.External && n.External
	sofar.Incomplete = sofar.Incomplete || n.Incomplete
	return sofar
}

// together is two edges between the same groups as one: it holds where one of
// them does, and what is certain outweighs what may be.
func together(a, b Edge) Edge {
	sum := a
	sum.Count = max(1, a.Count) + max(1, b.Count)
	if cmp.Or(cmp.Compare(b.File, a.File), cmp.Compare(b.Line, a.Line)) < 0 {
		sum.File, sum.Line = b.File, b.Line
	}
	if a.Relation != b.Relation {
		sum.Relation = Depends
	}
	switch {
	case a.Maybe && !b.Maybe:
		sum.Maybe, sum.Environments, sum.Everywhere = false, b.Environments, b.Everywhere
	case a.Maybe == b.Maybe && (a.Only() == nil || b.Only() == nil):
		sum.Environments, sum.Everywhere = nil, true
	case a.Maybe == b.Maybe:
		sum.Environments = slices.Compact(slices.Sorted(slices.Values(slices.Concat(a.Only(), b.Only()))))
		if slices.Equal(sum.Environments, []string{Default}) {
			sum.Environments = nil
		}
	}
	return sum
}
