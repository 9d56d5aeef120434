package graph

import (
	"math/bits"
	"slices"
)

// longestExact is how many nodes of a component are tried in every order.
const longestExact = 12

// longestEffort bounds what is spent on long chains, over all components, to
// some tenths of a second; of each component at least one chain is sought.
const longestEffort = 50_000_000

// longest seeks the long chains of a nesting, component by component, those that
// are named first.
type longest struct {
	*Nesting
	next   [][]int // by node
	effort int
	local  []int // by node, its place in the component in hand
	table  []int32
}

// component measures nodes that all depend on each other, or a single one.
func (l *longest) component(nodes []int) {
	c := tied{nodes: nodes, next: make([][]int, len(nodes)), below: make([]int, len(nodes))}
	for i, v := range nodes {
		l.local[v] = i
	}
	most, exact := 0, true
	for i, v := range nodes {
		l.exit[v] = -1
		for _, to := range l.next[v] {
			if l.of[to] == l.of[v] {
				c.next[i] = append(c.next[i], l.local[to])
				continue
			}
			most, exact = max(most, l.most[to]), exact && l.most[to] == l.depth[to]
			if l.depth[to] > c.below[i] {
				c.below[i], l.exit[v] = l.depth[to], to
			}
		}
	}
	most += len(nodes)
	if k := len(nodes); k <= longestExact && (k < 4 || l.spend(k<<k)) {
		l.tryAll(&c)
	} else {
		l.tryGreedy(&c, most)
		exact = false
	}
	for _, v := range nodes {
		if l.most[v] = most; exact {
			l.most[v] = l.depth[v]
		}
	}
}

// spend takes so much of the effort, and says whether there was enough left.
func (l *longest) spend(n int) bool {
	l.effort -= n
	return l.effort >= 0
}

// tied is a component, its nodes numbered from 0.
type tied struct {
	nodes []int
	next  [][]int
	below []int // how deep goes what a node names outside
}

// tryAll finds the longest chain from every node: by every set of nodes, how deep
// it goes from each of them along all the others, and on to the outside.
func (l *longest) tryAll(c *tied) {
	k := len(c.nodes)
	next := make([]uint, k)
	for i, all := range c.next {
		for _, to := range all {
			next[i] |= 1 << to
		}
	}
	l.table = slices.Grow(l.table[:0], k<<k)[:k<<k]
	best := make([]uint, k)
	for set := uint(1); set < 1<<k; set++ {
		for in := set; in != 0; in &= in - 1 {
			i := bits.TrailingZeros(in)
			deep, rest := int32(0), set&^(1<<i)
			if rest == 0 {
				deep = int32(1 + c.below[i])
			}
			for on := next[i] & rest; on != 0; on &= on - 1 {
				if d := l.table[int(rest)*k+bits.TrailingZeros(on)]; d > 0 {
					deep = max(deep, d+1)
				}
			}
			l.table[int(set)*k+i] = deep
			if int(deep) > l.depth[c.nodes[i]] {
				l.depth[c.nodes[i]], best[i] = int(deep), set
			}
		}
	}
	for i, v := range c.nodes {
		l.inside[v] = walk{path: l.unfold(c, next, best[i], i)}
		l.inside[v].end = len(l.inside[v].path)
	}
}

// unfold is the chain along a set of nodes that the table has measured.
func (l *longest) unfold(c *tied, next []uint, set uint, i int) []int {
	k := len(c.nodes)
	path := []int{c.nodes[i]}
	for set&^(1<<i) != 0 {
		deep, rest := l.table[int(set)*k+i], set&^(1<<i)
		for on := next[i] & rest; on != 0; on &= on - 1 {
			if to := bits.TrailingZeros(on); l.table[int(rest)*k+to] == deep-1 {
				i = to
				break
			}
		}
		path, set = append(path, c.nodes[i]), rest
	}
	return path
}
