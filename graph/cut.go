package graph

import (
	"math/bits"
	"slices"
)

// Cut is a set of edges without which a component holds no cycle any more. Of
// several of one size it takes the edges that hold in the fewest environments,
// then those that only may be there, then those whose role is least depended on.
type Cut struct {
	Edges []Edge // sorted as Graph.Edges
	Exact bool   // proven that no smaller set does
}

const (
	mostExact   = 15      // nodes, of a component whose subsets are all tried
	oneEdge     = 1 << 42 // the cost of any edge; what it is preferred by stands below it
	certainCost = 1 << 13
	envCost     = 1 << 14
)

// cost is what cutting an edge costs: their number counts first.
func (k *knots) cost(edge int) int64 {
	e := k.g.Edges[edge]
	c := int64(min(k.degree[k.from[edge]], certainCost-1))
	if !e.Maybe {
		c += certainCost
	}
	environments := 255
	if !e.Everywhere {
		environments = min(len(e.Only()), environments)
	}
	return oneEdge + c + int64(environments)*envCost
}

// cut finds the cut of a knot: by trying all subsets of few nodes, else by
// searching below what a heuristic finds, as far as the effort reaches.
func (k *knots) cut(w knot) Cut {
	costs := make([]int64, len(w.arcs))
	for i, a := range w.arcs {
		costs[i] = k.cost(a.edge)
	}
	if n := len(w.nodes); n <= mostExact && k.effort.subsets >= n<<n {
		k.effort.subsets -= n << n
		return k.named(w, backward(w.arcs, cheapestOrder(n, w.arcs, costs)), true)
	}
	found := backward(w.arcs, goodOrder(len(w.nodes), w.arcs, costs))
	b := newBreaker(w, costs, k.effort.branches)
	least := b.disjoint()
	if least == len(found) && least > 1 {
		return k.named(w, found, true)
	}
	smaller, proven := b.below(least, len(found))
	k.effort.branches = max(0, b.effort)
	if smaller != nil {
		found = smaller
	}
	return k.named(w, found, proven || len(found) == least)
}

// named is a cut as the graph knows it, from the numbers of arcs.
func (k *knots) named(w knot, arcs []int, exact bool) Cut {
	slices.Sort(arcs)
	c := Cut{Exact: exact}
	for _, a := range arcs {
		c.Edges = append(c.Edges, k.g.Edges[w.arcs[a].edge])
	}
	return c
}

// backward are the arcs that lead from a node to an earlier one. Without them
// there is no cycle, whatever the order.
func backward(arcs []arc, order []int) []int {
	place := make([]int, len(order))
	for at, node := range order {
		place[node] = at
	}
	var back []int
	for i, a := range arcs {
		if place[a.from] > place[a.to] {
			back = append(back, i)
		}
	}
	return back
}

// cheapestOrder is an order of n nodes whose backward arcs cost the least: for
// every subset, the best last node of those that come first (Held and Karp).
// It looks at each subset once for each node.
func cheapestOrder(n int, arcs []arc, costs []int64) []int {
	low := newBlame(n, 0, n/2, arcs, costs)
	high := newBlame(n, n/2, n, arcs, costs)
	best := make([]int64, 1<<n)
	last := make([]int8, 1<<n)
	for set := 1; set < 1<<n; set++ {
		best[set] = -1
		for rest := set; rest != 0; rest &= rest - 1 {
			node := bits.TrailingZeros(uint(rest))
			before := set &^ (1 << node)
			c := best[before] + low.of(node, before) + high.of(node, before)
			if best[set] < 0 || c < best[set] {
				best[set], last[set] = c, int8(node)
			}
		}
	}
	order := make([]int, n)
	for set, at := 1<<n-1, n-1; at >= 0; at-- {
		order[at] = int(last[set])
		set &^= 1 << last[set]
	}
	return order
}

// blame knows, for a range of nodes, what the arcs from a node into each subset
// of the range cost.
type blame struct {
	from, mask int
	cost       [][]int64
}

func newBlame(n, from, to int, arcs []arc, costs []int64) blame {
	b := blame{from: from, mask: 1<<(to-from) - 1, cost: make([][]int64, n)}
	single := make([][]int64, n)
	for i := range n {
		single[i] = make([]int64, n)
	}
	for i, a := range arcs {
		single[a.from][a.to] += costs[i]
	}
	for i := range n {
		b.cost[i] = make([]int64, b.mask+1)
		for set := 1; set <= b.mask; set++ {
			b.cost[i][set] = b.cost[i][set&(set-1)] + single[i][from+bits.TrailingZeros(uint(set))]
		}
	}
	return b
}

func (b blame) of(node, set int) int64 { return b.cost[node][set>>b.from&b.mask] }
