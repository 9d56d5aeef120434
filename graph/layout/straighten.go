package layout

import "math"

// straighten moves the vertices, in the order they have, to where the segments
// are as straight as they can all be: the sum of the sideways ways, those between
// dummies counting most, is made least by network simplex. It sets out from x,
// and stops when the work is used up.
func straighten(l *layers, m *room, x []float64) {
	n := len(l.rank)
	at := make([]int, n, n+len(l.down.to))
	var edges []simplexEdge
	for _, row := range l.row {
		for i, v := range row {
			at[v] = int(math.Round(x[v]))
			if i == 0 {
				continue
			}
			u := row[i-1]
			gap := int(m.sep(u, v))
			at[v] = max(at[v], at[u]+gap)
			edges = append(edges, simplexEdge{tail: u, head: v, length: gap})
		}
	}
	for u := range int32(n) {
		to, weight := l.down.list(u)
		for i, v := range to {
			bend := int32(len(at)) // left of both ends: its ways to them are what is paid for
			at = append(at, min(at[u], at[v]))
			w := l.stiffness(u, v) * int(weight[i])
			edges = append(edges,
				simplexEdge{tail: bend, head: u, weight: w}, simplexEdge{tail: bend, head: v, weight: w})
		}
	}
	s := newSimplex(at, edges, straightWork)
	s.solve()
	s.even()
	for v := range x {
		x[v] = float64(s.at[v])
	}
}

// stiffness is how much more it costs to bend the segment from u to v than one
// between two boxes.
func (l *layers) stiffness(u, v int32) int {
	switch {
	case int(u) >= l.n && int(v) >= l.n:
		return 8
	case int(u) >= l.n || int(v) >= l.n:
		return 2
	}
	return 1
}
