package graph

import (
	"cmp"
	"slices"
)

// Diff is what became of one graph in another. Every list is sorted as graphs
// are; cycles by their first name.
type Diff struct {
	AddedNodes, RemovedNodes []Node // also those that are declared no more, or at last
	AddedEdges, RemovedEdges []Edge
	ChangedEdges             []EdgeChange
	Reordered                []Reorder
	// NewCycles is, for each component that has new edges inside, or edges that
	// hold in an environment where they did not, a shortest cycle through one of
	// them; OpenedCycles the same of what was removed.
	NewCycles, OpenedCycles []Cycle
	// NewlyMissing are the roles that are named and not declared, and were not
	// so before; NoLongerMissing those that were, with who named them.
	NewlyMissing, NoLongerMissing []MissingRole

	before, after *Graph
}

// EdgeChange is an edge that holds elsewhere than before, or with another certainty.
type EdgeChange struct{ Before, After Edge }

// Reorder is a run list whose items change places: Chef converges them in turn.
type Reorder struct {
	Role          string // its ID
	Environment   string // whose list it is, or Default
	Before, After []string
	File          string // of the role now
	Line          int    // of the first item that moved, 1 or more
}

// Changed says whether there is any difference.
func (d *Diff) Changed() bool {
	return len(d.AddedNodes)+len(d.RemovedNodes)+len(d.AddedEdges)+len(d.RemovedEdges)+
		len(d.ChangedEdges)+len(d.Reordered)+len(d.NewlyMissing)+len(d.NoLongerMissing) > 0
}

// Compare is what changes from before to after. It is about dependencies: where
// files lie and what else they say makes no difference.
func Compare(before, after *Graph) *Diff {
	d := &Diff{before: before, after: after}
	d.nodes()
	d.RemovedEdges, d.AddedEdges = apart(before.Edges, after.Edges, compareEdges, d.edge)
	d.Reordered = reorders(before, after)
	var old, now []Edge
	for _, e := range d.ChangedEdges {
		old, now = append(old, e.Before), append(now, e.After)
	}
	d.NewCycles = newCycles(before, after, d.AddedEdges, now)
	d.OpenedCycles = newCycles(after, before, d.RemovedEdges, old)
	d.NoLongerMissing, d.NewlyMissing = apart(before.MissingRoles(), after.MissingRoles(), func(x, y MissingRole) int {
		return cmp.Compare(x.Node.ID, y.Node.ID)
	}, nil)
	return d
}

// apart is what only one of two sorted lists holds. Both hears of what is in both.
func apart[T any](before, after []T, compare func(x, y T) int, both func(x, y T)) (gone, come []T) {
	i, k := 0, 0
	for i < len(before) || k < len(after) {
		order := 0
		switch {
		case i == len(before):
			order = 1
		case k == len(after):
			order = -1
		default:
			order = compare(before[i], after[k])
		}
		switch {
		case order < 0:
			gone = append(gone, before[i])
			i++
		case order > 0:
			come = append(come, after[k])
			k++
		default:
			if both != nil {
				both(before[i], after[k])
			}
			i, k = i+1, k+1
		}
	}
	return gone, come
}

// nodes finds what is there, and declared where it needs to be, on one side only.
func (d *Diff) nodes() {
	var gone, come []Node
	d.RemovedNodes, d.AddedNodes = apart(d.before.Nodes, d.after.Nodes, compareNodes, func(before, after Node) {
		if after.Missing && !before.Missing {
			gone = append(gone, before)
		}
		if before.Missing && !after.Missing {
			come = append(come, after)
		}
	})
	d.RemovedNodes = slices.SortedFunc(slices.Values(slices.Concat(d.RemovedNodes, gone)), compareNodes)
	d.AddedNodes = slices.SortedFunc(slices.Values(slices.Concat(d.AddedNodes, come)), compareNodes)
}

// edge notes an edge that holds elsewhere than before.
func (d *Diff) edge(before, after Edge) {
	if before.Maybe != after.Maybe || !slices.Equal(before.Only(), after.Only()) {
		d.ChangedEdges = append(d.ChangedEdges, EdgeChange{before, after})
	}
}

// triesMost bounds how many edges of a component a shortest cycle is sought through.
const triesMost = 64

// CyclesThrough is, for each component with some of these edges of the graph
// inside, a shortest cycle through one of them. Sorted by the first name.
func (g *Graph) CyclesThrough(edges []Edge) []Cycle {
	at, next := g.index(), g.next()
	of, _ := components(next)
	inside, order := map[int][]Edge{}, []int(nil)
	for _, e := range edges {
		c := of[at[e.From]]
		if c != of[at[e.To]] {
			continue
		}
		if inside[c] == nil {
			order = append(order, c)
		}
		inside[c] = append(inside[c], e)
	}
	var cycles []Cycle
	for _, c := range order {
		var best []int
		for _, e := range inside[c][:min(triesMost, len(inside[c]))] {
			if way := shortest(next, at[e.To], at[e.From], of, len(best)); way != nil {
				best = way
			}
		}
		cycles = append(cycles, g.cycle(best, of))
	}
	slices.SortFunc(cycles, func(a, b Cycle) int {
		return cmp.Or(slices.Compare(a.Path, b.Path), slices.Compare(a.Component, b.Component))
	})
	return cycles
}

// cycle is a closed way with the component it lies in.
func (g *Graph) cycle(way, of []int) Cycle {
	var c Cycle
	for _, i := range way {
		c.Path = append(c.Path, g.Nodes[i].ID)
	}
	c.Path = fromSmallest(c.Path)
	for i, n := range g.Nodes {
		if of[i] == of[way[0]] {
			c.Component = append(c.Component, n.ID)
		}
	}
	slices.Sort(c.Component)
	return c
}

// shortest is the nodes of a shortest way inside one component, both ends among
// them; nil when it has at least bound of them (0: any number).
func shortest(next [][]int, from, to int, of []int, bound int) []int {
	parent := map[int]int{from: from}
	frontier := []int{from}
	for length := 1; len(frontier) > 0 && (bound == 0 || length < bound); length++ {
		var further []int
		for _, i := range frontier {
			if i == to {
				return back(parent, from, to)
			}
			for _, k := range next[i] {
				if _, seen := parent[k]; !seen && of[k] == of[from] {
					parent[k] = i
					further = append(further, k)
				}
			}
		}
		frontier = further
	}
	return nil
}

// back is the way that led from one node to another.
func back(parent map[int]int, from, to int) []int {
	way := []int{to}
	for at := to; at != from; {
		at = parent[at]
		way = append(way, at)
	}
	slices.Reverse(way)
	return way
}
