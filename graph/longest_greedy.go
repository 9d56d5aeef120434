package graph

import (
	"math"
	"slices"
)

// stepCost is what an edge costs here, where a cell of the table costs 1.
const stepCost = 8

// tryGreedy seeks long chains in a component that is too large for all of them,
// from one node after the other while there is effort. No chain is deeper than most.
func (l *longest) tryGreedy(c *tied, most int) {
	back := reversed(c.next)
	edges := 0
	for _, all := range c.next {
		edges += len(all)
	}
	for start, v := range c.nodes {
		if l.depth[v] == most {
			continue
		}
		if !l.spend(stepCost*(len(c.nodes)+edges)) && start > 0 {
			break
		}
		l.along(c, c.deepest(start, back))
	}
	l.towards(c, back)
}

// deepest is the longest simple path of a depth-first search. It goes on to
// whatever leaves the fewest ways on first, as Warnsdorff's rule for a knight's
// tour does, and to a dead end last.
func (c *tied) deepest(start int, back [][]int) []int {
	free, tried, above := make([]int, len(c.nodes)), make([]int, len(c.nodes)), make([]int, len(c.nodes))
	for i, all := range c.next {
		free[i], above[i] = len(all), -1
	}
	seen := make([]bool, len(c.nodes))
	end, most := start, 0
	for at, depth, fresh := start, 1, true; at >= 0; {
		next := -1
		if fresh {
			seen[at] = true
			for _, from := range back[at] {
				free[from]--
			}
			next = c.tightest(at, free, seen)
		}
		for ; next < 0 && tried[at] < len(c.next[at]); tried[at]++ {
			if to := c.next[at][tried[at]]; !seen[to] {
				next = to
			}
		}
		if depth > most {
			end, most = at, depth
		}
		if fresh = next >= 0; fresh {
			above[next] = at
			at, depth = next, depth+1
		} else {
			at, depth = above[at], depth-1
		}
	}
	var path []int
	for at := end; at >= 0; at = above[at] {
		path = append(path, at)
	}
	slices.Reverse(path)
	return path
}

// tightest is which of those not seen leaves the fewest ways on; -1 for none.
func (c *tied) tightest(at int, free []int, seen []bool) int {
	next, fewest := -1, math.MaxInt
	for _, to := range c.next[at] {
		ways := free[to]
		if ways == 0 {
			ways = math.MaxInt - 1
		}
		if !seen[to] && ways < fewest {
			next, fewest = to, ways
		}
	}
	return next
}

// along notes for every node of a path how deep it goes along it, and where to
// leave it for the outside. From a path's end one may go on at its beginning
// where an edge leads there.
func (l *longest) along(c *tied, path []int) {
	n, span := len(path), len(path)
	if slices.Contains(c.next[path[n-1]], path[0]) {
		span = 2*n - 1
	}
	nodes := make([]int, n)
	for i, at := range path {
		nodes[i] = c.nodes[at]
	}
	leave := func(i int) int { return i + c.below[path[i%n]] }
	var ends []int // where to leave, the best first; a window of n places
	for i := span - 1; i >= 0; i-- {
		for len(ends) > 0 && leave(ends[len(ends)-1]) < leave(i) {
			ends = ends[:len(ends)-1]
		}
		ends = append(ends, i)
		if ends[0] >= i+n {
			ends = ends[1:]
		}
		if deep := leave(ends[0]) - i + 1; i < n && deep > l.depth[nodes[i]] {
			l.depth[nodes[i]], l.inside[nodes[i]] = deep, walk{path: nodes, first: i, end: ends[0] + 1}
		}
	}
}

// towards takes the nodes on no path that was found to the nearest that is.
func (l *longest) towards(c *tied, back [][]int) {
	var queue []int
	for i, v := range c.nodes {
		if l.depth[v] > 0 {
			queue = append(queue, i)
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		to := c.nodes[queue[0]]
		for _, from := range back[queue[0]] {
			if v := c.nodes[from]; l.depth[v] == 0 {
				l.depth[v], l.inside[v] = l.depth[to]+1, walk{to: to}
				queue = append(queue, from)
			}
		}
	}
}
