package graph

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/converged/converged/parsers/role"
)

// InOrder is the edges sorted by From, and each node's as its files write them:
// run lists in their order, those of environments after the plain one.
func (g *Graph) InOrder() []Edge {
	rank := map[[2]string]int{}
	list := func(from string, items []role.Item, after int) int {
		for i, item := range items {
			if key := [2]string{from, unversioned(item.String())}; rank[key] == 0 {
				rank[key] = after + i + 1
			}
		}
		return after + len(items)
	}
	for _, r := range g.Roles {
		after := list(RoleID(r.Name), r.RunList, 0)
		for _, env := range slices.Sorted(maps.Keys(r.EnvRunLists)) {
			after = list(RoleID(r.Name), r.EnvRunLists[env], after)
		}
	}
	for _, m := range g.Rest.Nodes {
		list(string(Machine)+"["+m.Name+"]", m.RunList, 0)
	}
	for _, p := range g.Rest.Policies {
		list(string(Policy)+"["+p.Name+"]", p.RunList, 0)
	}
	type placed struct {
		edge  Edge
		place int
	}
	all := make([]placed, len(g.Edges))
	for i, e := range g.Edges {
		all[i] = placed{e, rank[[2]string{e.From, unversioned(e.To)}]}
		if all[i].place == 0 {
			all[i].place = len(rank) + e.Line
		}
	}
	slices.SortStableFunc(all, func(x, y placed) int {
		return cmp.Or(cmp.Compare(x.edge.From, y.edge.From), cmp.Compare(x.place, y.place), cmp.Compare(x.edge.To, y.edge.To))
	})
	edges := make([]Edge, len(all))
	for i, p := range all {
		edges[i] = p.edge
	}
	return edges
}

// unversioned is an item's ID as all that load one recipe have it.
func unversioned(id string) string {
	kind, name, ok := bracketed(id)
	if !ok || kind != Recipe {
		return id
	}
	name, _, _ = strings.Cut(name, "@")
	return "recipe[" + callName(Recipe, name) + "]"
}
