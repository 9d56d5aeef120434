package layout

// link is what all edges between two nodes become once cycles are broken: one
// line with a lane for each edge. An edge with a label has a link to itself.
type link struct {
	hi, lo int32 // upper and lower node
	edges  []int32
	label  Node
}

// links bundles the edges of g by the nodes they join; self edges are left out.
func links(g Graph, turned []bool) []link {
	type ends struct{ hi, lo int32 }
	at := map[ends]int{}
	var list []link
	for i, e := range g.Edges {
		if e.From == e.To {
			continue
		}
		p := ends{int32(e.From), int32(e.To)}
		if turned[i] {
			p.hi, p.lo = p.lo, p.hi
		}
		labelled := e.Label != Node{}
		if k, ok := at[p]; ok && !labelled {
			list[k].edges = append(list[k].edges, int32(i))
			continue
		}
		if !labelled {
			at[p] = len(list)
		}
		list = append(list, link{hi: p.hi, lo: p.lo, edges: []int32{int32(i)}, label: e.Label})
	}
	return list
}

// ranks gives every node its row so that links lead downwards and are, all in
// all, as short as can be; the graph must be connected and without cycles.
func ranks(n int, list []link) []int32 {
	const work = 8_000_000
	edges := make([]simplexEdge, len(list))
	for i, l := range list {
		edges[i] = simplexEdge{tail: l.hi, head: l.lo, length: 1, weight: len(l.edges)}
	}
	s := newSimplex(longestPath(n, list), edges, work)
	s.descend()
	s.solve()
	top := s.at[0]
	for _, y := range s.at {
		top = min(top, y)
	}
	rank := make([]int32, n)
	for v, y := range s.at {
		rank[v] = int32(y - top)
	}
	balance(rank, list)
	return rank
}

// longestPath puts every node as far up as its in-links let it.
func longestPath(n int, list []link) []int {
	from, to := make([]int32, len(list)), make([]int32, len(list))
	waits := make([]int32, n)
	for i, l := range list {
		from[i], to[i] = l.hi, l.lo
		waits[l.lo]++
	}
	out := newCSR(n, from, to)
	y := make([]int, n)
	var ready []int32
	for v := range int32(n) {
		if waits[v] == 0 {
			ready = append(ready, v)
		}
	}
	for i := 0; i < len(ready); i++ {
		for _, w := range out.of(ready[i]) {
			y[w] = max(y[w], y[ready[i]]+1)
			if waits[w]--; waits[w] == 0 {
				ready = append(ready, w)
			}
		}
	}
	return y
}

// balance moves nodes that have as many links above as below, which cost nothing
// to move, to the emptiest row open to them.
func balance(rank []int32, list []link) {
	n := len(rank)
	from, to := make([]int32, len(list)), make([]int32, len(list))
	weight := make([]int, n)
	for i, l := range list {
		from[i], to[i] = l.hi, l.lo
		weight[l.hi] -= len(l.edges)
		weight[l.lo] += len(l.edges)
	}
	down, up := newCSR(n, from, to), newCSR(n, to, from)
	var rows []int
	for _, r := range rank {
		for int(r) >= len(rows) {
			rows = append(rows, 0)
		}
		rows[r]++
	}
	for v := range int32(n) {
		if weight[v] != 0 {
			continue
		}
		low, high := int32(0), int32(len(rows)-1)
		for _, u := range up.of(v) {
			low = max(low, rank[u]+1)
		}
		for _, w := range down.of(v) {
			high = min(high, rank[w]-1)
		}
		best := rank[v]
		for r := low; r <= high; r++ {
			if rows[r] < rows[best] {
				best = r
			}
		}
		rows[rank[v]]--
		rows[best]++
		rank[v] = best
	}
}
