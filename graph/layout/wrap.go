package layout

import "math"

// wrapper breaks rows that are too wide for a page into several, as a paragraph
// is broken into lines. A hub of 200 leaves then is a block, not a strip of 200
// boxes. Any split of a row is lawful: nothing joins two of its nodes.
type wrapper struct {
	l       *layers // the rows as they are, ordered
	o       Options
	items   [][]int32 // row -> its nodes and labels
	width   []float64 // vertex -> of its box or label, with the room between
	height  []float64
	in, out []int // vertex -> edges from above, to below
	passes  []int // row -> edges that pass through it
}

func newWrapper(l *layers, m *room, o Options) *wrapper {
	n := len(l.rank)
	w := &wrapper{
		l: l, o: o, items: make([][]int32, len(l.row)), width: make([]float64, n), height: m.height,
		in: make([]int, n), out: make([]int, n), passes: make([]int, len(l.row)),
	}
	for i, k := range l.links {
		w.out[k.hi] += len(k.edges)
		w.in[k.lo] += len(k.edges)
		label := l.labelAt(i)
		for v := l.first[i]; v < l.first[i+1]; v++ {
			if v == label {
				w.in[v], w.out[v] = len(k.edges), len(k.edges)
			} else {
				w.passes[l.rank[v]] += len(k.edges)
			}
		}
	}
	for r, row := range l.row {
		for _, v := range row {
			if int(v) < l.n || w.in[v] > 0 {
				w.items[r] = append(w.items[r], v)
				w.width[v] = m.left[v] + m.right[v] + o.NodeSep
			}
		}
	}
	return w
}

// rows are new rows, each with its nodes and labels, and the old row each was
// part of.
type rows struct {
	items         [][]int32
	old           []int32
	width, height float64 // of the drawing, estimated
	down, across  float64 // how far edges run, in points and in widths of the drawing
	passes        int     // places where an edge passes a row
}

// choose finds the row width at which edges are short and the drawing comes near
// the aspect. What is not wider than a page stays as it is.
func (w *wrapper) choose() rows {
	const steps, ratio, page = 40, 0.85, 760
	aspect := w.o.Aspect
	best := w.split(math.Inf(1))
	least := best.cost(aspect)
	most := 2000 + 6*int(best.across) // passes; to order more takes too long
	for s, i := best, 0; i < steps && s.width > page && s.width > s.height*aspect; i++ {
		limit := s.width * ratio
		s = w.split(limit)
		if s.passes > most {
			break
		}
		if c := s.cost(aspect); c < least-0.01 {
			best, least = s, c
		}
		if s.width > limit*1.5 {
			break
		}
	}
	return best
}

// cost weighs the length of the edges, as estimated, against the shape.
func (s rows) cost(aspect float64) float64 {
	const across, shape = 0.15, 0.3
	return math.Log(s.down+s.across*s.width*across) + shape*math.Abs(math.Log(s.width/s.height/aspect))
}

// split breaks all rows wider than the limit.
func (w *wrapper) split(limit float64) rows {
	s := rows{width: 1, height: 1}
	for _, k := range w.l.links {
		s.across += float64(len(k.edges))
	}
	crossing := 0 // edges below the last row
	for r := range w.items {
		parts, wide := w.splitRow(r, limit)
		s.width = max(s.width, wide)
		for _, row := range parts {
			s.items, s.old = append(s.items, row), append(s.old, int32(r))
			tall, in, out := 0.0, 0, 0
			for _, v := range row {
				tall, in, out = max(tall, w.height[v]), in+w.in[v], out+w.out[v]
			}
			s.passes += crossing - in
			crossing += out - in
			tall += w.o.RankSep * 1.3
			s.height += tall
			s.down += float64(crossing) * tall
		}
	}
	return s
}
