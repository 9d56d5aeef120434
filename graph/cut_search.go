package graph

import (
	"cmp"
	"slices"
)

// breaker looks for the smallest set of arcs that opens a knot, by size: every
// set must hold an arc of every cycle, so those of a shortest one are tried.
type breaker struct {
	n      int
	arcs   []arc
	out    [][]int // of each node, its arcs, the cheapest first
	state  []int8  // of each arc: there, cut, or kept for good
	rank   []int   // of each arc, among all from the cheapest
	effort int     // arcs that may still be looked at
	seen   []int   // of each node, the turn that last reached it
	via    []int   // of each node, the arc it was reached by
	turn   int
}

const (
	there int8 = iota
	cut
	kept
)

func newBreaker(w knot, costs []int64, effort int) *breaker {
	n := len(w.nodes)
	b := &breaker{n: n, arcs: w.arcs, out: make([][]int, n), state: make([]int8, len(w.arcs)), rank: make([]int, len(w.arcs)),
		effort: effort, seen: make([]int, n), via: make([]int, n)}
	cheapest := make([]int, len(w.arcs))
	for i := range cheapest {
		cheapest[i] = i
	}
	slices.SortStableFunc(cheapest, func(x, y int) int { return cmp.Compare(costs[x], costs[y]) })
	for rank, i := range cheapest {
		b.rank[i] = rank
		b.out[w.arcs[i].from] = append(b.out[w.arcs[i].from], i)
	}
	return b
}

// below is the first set found of the smallest size from least to most, where
// most is known to do; nil when none smaller does, or the effort ended. Proven
// says that no smaller one does.
func (b *breaker) below(least, most int) (found []int, proven bool) {
	for size := max(1, least); size < most || size == 1; size++ {
		found, ended := b.set(size)
		if found != nil || !ended {
			return found, ended
		}
	}
	return nil, true
}

// set is a set of at most size arcs that opens the knot; ended is false when the
// effort did not reach to tell.
func (b *breaker) set(size int) (found []int, ended bool) {
	cycle := b.cycle()
	switch {
	case b.effort <= 0:
		return nil, false
	case cycle == nil:
		return []int{}, true
	case size == 0:
		return nil, true
	}
	slices.SortFunc(cycle, func(x, y int) int { return b.rank[x] - b.rank[y] })
	var tried []int
	defer func() {
		for _, i := range tried {
			b.state[i] = there
		}
	}()
	for _, i := range cycle {
		if b.state[i] == kept {
			continue
		}
		b.state[i] = cut
		rest, ended := b.set(size - 1)
		b.state[i] = kept // the sets with it have all been tried
		tried = append(tried, i)
		if rest != nil {
			return append(rest, i), true
		}
		if !ended {
			return nil, false
		}
	}
	return nil, true
}

// disjoint counts cycles that share no arc: no fewer arcs open the knot.
func (b *breaker) disjoint() int {
	count := b.pairs()
	for ; b.effort > 0; count++ {
		cycle := b.cycle()
		if cycle == nil {
			break
		}
		for _, i := range cycle {
			b.state[i] = cut
		}
	}
	clear(b.state)
	return count
}

// pairs cuts, and counts, the cycles of two.
func (b *breaker) pairs() int {
	at := make(map[[2]int]int, len(b.arcs))
	count := 0
	for i, a := range b.arcs {
		at[[2]int{a.from, a.to}] = i
		if j, both := at[[2]int{a.to, a.from}]; both {
			b.state[i], b.state[j] = cut, cut
			count++
		}
	}
	return count
}
