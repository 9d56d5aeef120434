package layout

import (
	"cmp"
	"math"
	"slices"
)

// relaxer moves vertices sideways, in the order they have, row by row to where
// their neighbours are, and keeps the straightest drawing met.
type relaxer struct {
	l     *layers
	m     *room
	x     []float64
	near  []pull
	pools []pool
}

// pull is a neighbour's abscissa, and how stiff the segment to it is.
type pull struct{ x, weight float64 }

// pool is a run of vertices that touch and therefore move together.
type pool struct {
	sum, weight float64 // of where they want the first to be
	count       int
}

// relax places the vertices of every row side by side about the middle and sets
// out from there. That is both narrower and straighter than the alignments of
// Brandes and Köpf where there are many long edges, as there are in wrapped rows.
func relax(l *layers, m *room, rounds int) []float64 {
	s := &relaxer{l: l, m: m, x: make([]float64, len(l.rank))}
	for _, row := range l.row {
		s.centre(row)
	}
	best := slices.Clone(s.x)
	least := s.cost()
	for i := range rounds {
		up, down := 1.0, 1.0
		if i < rounds/2 {
			if i%2 == 0 {
				down = 0.05
			} else {
				up = 0.05
			}
		}
		for k := range l.row {
			if i%2 == 0 {
				s.settleRow(k, up, down)
			} else {
				s.settleRow(len(l.row)-1-k, up, down)
			}
		}
		if c := s.cost(); c < least {
			least = c
			copy(best, s.x)
		}
	}
	return best
}

// centre packs the row about zero.
func (s *relaxer) centre(row []int32) {
	x := 0.0
	for i, v := range row {
		if i > 0 {
			x += s.m.sep(row[i-1], v)
		}
		s.x[v] = x
	}
	for _, v := range row {
		s.x[v] -= x / 2
	}
}

// cost is the sum of the sideways ways of all segments, by stiffness.
func (s *relaxer) cost() float64 {
	sum := 0.0
	for u := range int32(len(s.l.rank)) {
		to, weight := s.l.down.list(u)
		for i, v := range to {
			sum += float64(s.l.stiffness(u, v)*int(weight[i])) * math.Abs(s.x[u]-s.x[v])
		}
	}
	return sum
}

// settleRow moves the vertices of row r to the medians of their neighbours above
// and below, as far as they leave each other room: pooling adjacent violators.
func (s *relaxer) settleRow(r int, up, down float64) {
	row := s.l.row[r]
	s.pools = s.pools[:0]
	before := 0.0
	for i, v := range row {
		if i > 0 {
			before += s.m.sep(row[i-1], v)
		}
		x, w := s.wish(v, up, down)
		s.pools = append(s.pools, pool{(x - before) * w, w, 1})
		for n := len(s.pools); n > 1; n = len(s.pools) {
			a, b := s.pools[n-2], s.pools[n-1]
			if a.sum*b.weight <= b.sum*a.weight {
				break
			}
			s.pools = append(s.pools[:n-2], pool{a.sum + b.sum, a.weight + b.weight, a.count + b.count})
		}
	}
	i, before := 0, 0.0
	for _, p := range s.pools {
		for range p.count {
			if i > 0 {
				before += s.m.sep(row[i-1], row[i])
			}
			s.x[row[i]] = p.sum/p.weight + before
			i++
		}
	}
}

// wish is where v would best be, and how much it matters.
func (s *relaxer) wish(v int32, up, down float64) (x, weight float64) {
	s.near = s.near[:0]
	for _, side := range [2]struct {
		a *adjacency
		f float64
	}{{&s.l.up, up}, {&s.l.down, down}} {
		to, count := side.a.list(v)
		for i, u := range to {
			w := float64(s.l.stiffness(u, v)*int(count[i])) * side.f
			s.near = append(s.near, pull{s.x[u], w})
			weight += w
		}
	}
	if weight == 0 {
		return s.x[v], 0.001
	}
	slices.SortFunc(s.near, func(a, b pull) int { return cmp.Compare(a.x, b.x) })
	half := weight / 2
	for i, p := range s.near {
		half -= p.weight
		if half < 0 {
			return p.x, weight
		}
		if half == 0 && i+1 < len(s.near) {
			return (p.x + s.near[i+1].x) / 2, weight
		}
	}
	return s.near[len(s.near)-1].x, weight
}
