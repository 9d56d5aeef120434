package graph

import (
	"cmp"
	"slices"
)

// Change is what became of a node or an edge, in the picture of a Diff.
type Change string

// The changes. In any other graph it is empty.
const (
	Added   Change = "added"
	Removed Change = "removed"
	Altered Change = "changed" // an edge that holds elsewhere; a role whose list is reordered
	Kept    Change = "kept"    // as it was, and next to what changed
)

// Neighbourhood is the picture of a Diff: what was added, removed and changed,
// and what of the rest these touch, as one graph. Every node and edge carries
// its Change.
func (d *Diff) Neighbourhood() *Graph {
	nodes, edges := d.marked()
	near := map[string]bool{}
	for _, n := range nodes {
		near[n.ID] = n.Change != Kept
	}
	for _, e := range edges {
		if e.Change != Kept {
			near[e.From], near[e.To] = true, true
		}
	}
	for _, c := range slices.Concat(d.NewCycles, d.OpenedCycles) {
		for _, id := range c.Path {
			near[id] = true
		}
	}
	for _, m := range slices.Concat(d.NewlyMissing, d.NoLongerMissing) {
		near[m.Node.ID] = true
		for _, e := range m.Named {
			near[e.From] = true
		}
	}
	return d.after.with(nodes, edges).keep(func(n Node) bool { return near[n.ID] })
}

// marked is everything that was or is there, with what became of it.
func (d *Diff) marked() ([]Node, []Edge) {
	became, altered := map[string]Change{}, map[[2]string]bool{}
	for _, r := range d.Reordered {
		became[r.Role] = Altered
	}
	for _, n := range d.AddedNodes {
		became[n.ID] = Added
	}
	for _, n := range d.RemovedNodes {
		became[n.ID] = Removed
	}
	for _, c := range d.ChangedEdges {
		altered[[2]string{c.After.From, c.After.To}] = true
	}
	nodes := merge(d.before.Nodes, d.after.Nodes, compareNodes, func(n Node, c Change) Node {
		n.Change = cmp.Or(became[n.ID], c)
		n.Missing = n.Missing && c != Removed // what is not even named lacks nothing
		return n
	})
	edges := merge(d.before.Edges, d.after.Edges, compareEdges, func(e Edge, c Change) Edge {
		if e.Change = c; c == Kept && altered[[2]string{e.From, e.To}] {
			e.Change = Altered
		}
		return e
	})
	return nodes, edges
}

// merge joins two sorted lists and marks every entry; what is in both is as after.
func merge[T any](before, after []T, compare func(x, y T) int, mark func(T, Change) T) []T {
	var all []T
	gone, come := apart(before, after, compare, func(_, now T) { all = append(all, mark(now, Kept)) })
	for _, x := range gone {
		all = append(all, mark(x, Removed))
	}
	for _, x := range come {
		all = append(all, mark(x, Added))
	}
	slices.SortFunc(all, compare)
	return all
}
