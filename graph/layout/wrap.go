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
	in, out []int   // vertex -> edges from above, to below
	passes  []int   // row -> edges that pass through it
	edges   int     // in all
	across  float64 // how far they run sideways, in widths of the drawing
}

func newWrapper(l *layers, m *room, o Options) *wrapper {
	n := len(l.rank)
	w := &wrapper{
		l: l, o: o, items: make([][]int32, len(l.row)), width: make([]float64, n), height: m.height,
		in: make([]int, n), out: make([]int, n), passes: make([]int, len(l.row)),
	}
	for i, k := range l.links {
		w.edges += len(k.edges)
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
	w.across = across(l, m)
	return w
}

// across says how far all edges together run sideways, in widths of the drawing:
// little in a graph of many small trees, a quarter each in a star.
func across(l *layers, m *room) float64 {
	const rounds = 6
	x := relax(l, m, rounds)
	left, right := m.bounds(x)
	sum := 0.0
	for u := range int32(len(x)) {
		to, weight := l.down.list(u)
		for i, v := range to {
			sum += float64(weight[i]) * math.Abs(x[u]-x[v])
		}
	}
	return sum / max(right-left, 1)
}

// rows are new rows, each with its nodes and labels, and the old row each was
// part of.
type rows struct {
	items         [][]int32
	old           []int32
	width, height float64 // of the drawing, estimated
	length        float64 // of all edges, estimated
	passes        int     // places where an edge passes a row
}

// choose finds the row width at which edges are short and the drawing comes near
// the aspect. What is not wider than a page stays as it is.
func (w *wrapper) choose() rows {
	const steps, ratio, page = 40, 0.85, 760
	aspect := w.o.Aspect
	best := w.split(math.Inf(1))
	least := best.cost(aspect)
	most := 2000 + 9*w.edges // passes; to order more takes too long
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

// cost weighs the length of the edges against the shape.
func (s rows) cost(aspect float64) float64 {
	const shape = 0.3
	return math.Log(s.length) + shape*math.Abs(math.Log(s.width/s.height/aspect))
}

// split breaks all rows wider than the limit.
func (w *wrapper) split(limit float64) rows {
	s := rows{width: 1, length: 1}
	crossing := 0 // edges below the last row
	down := 0     // rows all edges pass or end at
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
			down += crossing
			s.height += tall
			s.length += tall * float64(crossing)
		}
	}
	gap := w.gap(s.width)
	s.height += gap * float64(len(s.items))
	s.length += gap*float64(down) + w.across*s.width
	return s
}

// gap is what the room between two rows is going to be, as a rule.
func (w *wrapper) gap(width float64) float64 {
	return arrowRoom + min(max(width/40, w.o.RankSep-arrowRoom), 3*w.o.RankSep)
}
