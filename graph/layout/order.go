package layout

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// sorter reduces crossings: rows are sorted by the medians of their neighbours,
// sweeping down and up, and neighbours that are better exchanged are exchanged
// (Gansner and others). The best order met is kept.
type sorter struct {
	l      *layers
	best   [][]int32
	least  int
	median []float64
	slots  []int32
	buffer []int32
	work   int // steps left, about a vertex or segment each
}

// order finds an order of the rows with few crossings, setting out from each of
// the starts in turn as long as there is work left.
func order(l *layers, work int, starts ...func(*layers)) int {
	s := &sorter{l: l, median: make([]float64, len(l.rank)), least: -1, work: work}
	for _, start := range starts {
		if s.least >= 0 && s.work < work/2 || s.least == 0 {
			break
		}
		start(l)
		s.improve(24)
	}
	s.refine()
	l.restore(s.best)
	return s.least
}

// refine sifts the best order; while there is work left it shakes the order up
// and tries again, until a few tries in a row have been in vain.
func (s *sorter) refine() {
	const patience = 6
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same numbers each time, on purpose
	s.l.restore(s.best)
	s.sift()
	s.keep()
	for idle := 0; idle < patience && s.least > 0 && s.work > 0; idle++ {
		s.l.restore(s.best)
		s.shake(random)
		before := s.least
		s.improve(24)
		s.sift()
		if s.keep(); s.least < before {
			idle = -1
		}
	}
}

// shake turns round a random stretch of every other row.
func (s *sorter) shake(random *rand.Rand) {
	for r, row := range s.l.row {
		if random.IntN(2) == 0 || len(row) < 2 {
			continue
		}
		i, j := random.IntN(len(row)), random.IntN(len(row))
		slices.Reverse(row[min(i, j) : max(i, j)+1])
		s.l.setRow(r, row)
	}
}

// asIs sets out from the order the rows have.
func asIs(*layers) {}

// keep remembers the present order if it is the best so far.
func (s *sorter) keep() bool {
	c := s.l.allCrossings()
	if s.least >= 0 && c >= s.least {
		return false
	}
	s.least, s.best = c, s.l.snapshot()
	return true
}

// improve sweeps until nothing has been gained for some time.
func (s *sorter) improve(rounds int) {
	const patience = 8
	s.keep()
	idle := 0
	for i := 0; i < rounds && idle < patience && s.least > 0; i++ {
		if s.work < 0 && i >= 4 {
			return
		}
		s.sweep(i%2 == 0, i%4 < 2)
		s.transpose(i%4 >= 2)
		if idle++; s.keep() {
			idle = 0
		}
	}
}

// sweep sorts every row by the medians of the row before it.
func (s *sorter) sweep(down, reverse bool) {
	n := len(s.l.row)
	for i := 1; i < n; i++ {
		if down {
			s.l.sortUp(i)
			s.sortRow(i, &s.l.up, reverse)
		} else {
			s.l.sortDown(n - 1 - i)
			s.sortRow(n-1-i, &s.l.down, reverse)
		}
	}
	s.work -= len(s.l.rank) + 2*len(s.l.down.to)
}

// sortRow sorts row r by median; vertices without neighbours keep their place.
func (s *sorter) sortRow(r int, a *adjacency, reverse bool) {
	row := s.l.row[r]
	s.slots, s.buffer = s.slots[:0], s.buffer[:0]
	for i, v := range row {
		if to := a.of(v); len(to) > 0 {
			s.median[v] = s.medianOf(to)
			s.slots = append(s.slots, int32(i))
			s.buffer = append(s.buffer, v)
		}
	}
	if reverse {
		slices.Reverse(s.buffer)
	}
	slices.SortStableFunc(s.buffer, func(v, w int32) int { return cmp.Compare(s.median[v], s.median[w]) })
	for i, v := range s.buffer {
		row[s.slots[i]] = v
		s.l.pos[v] = s.slots[i]
	}
}

// medianOf is the weighted median: of an even number of neighbours the point
// between the middle two that leans to the denser side.
func (s *sorter) medianOf(to []int32) float64 {
	p := func(i int) float64 { return float64(s.l.pos[to[i]]) }
	n := len(to)
	m := n / 2
	switch {
	case n%2 == 1:
		return p(m)
	case n == 2:
		return (p(0) + p(1)) / 2
	}
	left, right := p(m-1)-p(0), p(n-1)-p(m)
	if left+right == 0 {
		return (p(m-1) + p(m)) / 2
	}
	return (p(m-1)*right + p(m)*left) / (left + right)
}

// transpose exchanges neighbours as long as that removes crossings; with even it
// also exchanges where nothing changes, to leave a dead end.
func (s *sorter) transpose(even bool) {
	const passes = 12
	l := s.l
	dirty := make([]bool, len(l.row))
	for r := range dirty {
		dirty[r] = true
	}
	for pass := range passes {
		gained := false
		for r := range l.row {
			if !dirty[r] {
				continue
			}
			dirty[r] = false
			if s.transposeRow(r, even && pass == 0) {
				gained = true
				dirty[r] = true
				dirty[max(r-1, 0)] = true
				dirty[min(r+1, len(l.row)-1)] = true
			}
		}
		if !gained || s.work < 0 {
			return
		}
	}
}

func (s *sorter) transposeRow(r int, even bool) bool {
	l := s.l
	l.sortUp(r)
	l.sortDown(r)
	row := l.row[r]
	s.work -= 3 * len(row)
	gained := false
	for i := 0; i+1 < len(row); i++ {
		v, w := row[i], row[i+1]
		s.work--
		if l.up.apart(v, w) && l.down.apart(v, w) {
			continue
		}
		vw1, wv1 := l.up.pair(v, w)
		vw2, wv2 := l.down.pair(v, w)
		now, then := vw1+vw2, wv1+wv2
		if then < now || even && now > 0 && then == now {
			row[i], row[i+1] = w, v
			l.pos[w], l.pos[v] = int32(i), int32(i+1)
			gained = gained || then < now
		}
		s.work -= len(l.up.of(v)) + len(l.down.of(v))
	}
	return gained
}

// fromTop orders the rows as a search in breadth from the sources meets them.
func fromTop(l *layers) { l.search(&l.up, &l.down) }

// fromBottom does so from the sinks.
func fromBottom(l *layers) { l.search(&l.down, &l.up) }

func (l *layers) search(back, on *adjacency) {
	seen := make([]bool, len(l.rank))
	fill := make([]int32, len(l.row))
	var queue []int32
	visit := func(v int32) {
		if !seen[v] {
			seen[v] = true
			queue = append(queue, v)
		}
	}
	for root := range int32(len(l.rank)) {
		if len(back.of(root)) > 0 {
			continue
		}
		visit(root)
		for ; len(queue) > 0; queue = queue[1:] {
			v := queue[0]
			r := l.rank[v]
			l.row[r][fill[r]], l.pos[v] = v, fill[r]
			fill[r]++
			for _, w := range on.of(v) {
				visit(w)
			}
		}
	}
}
