package layout

import (
	"cmp"
	"math"
	"slices"
)

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
func (w *wrapper) choose(aspect float64) rows {
	const steps, ratio, page = 40, 0.85, 760
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
	const across, shape = 0.15, 0.15
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
			tall := 0.0
			for _, v := range row {
				tall = max(tall, w.height[v])
			}
			for _, v := range row {
				crossing -= w.in[v]
			}
			passes := crossing
			for _, v := range row {
				crossing += w.out[v]
			}
			tall += w.o.RankSep * 1.3
			s.height += tall
			s.down += float64(crossing) * tall
			s.passes += passes
		}
	}
	return s
}

// splitRow breaks row r into as few rows as make it fit, or as narrow as it can get.
func (w *wrapper) splitRow(r int, limit float64) ([][]int32, float64) {
	best := [][]int32{w.items[r]}
	wide, total := w.widest(r, best, nil), 0.0
	if wide <= limit {
		return best, wide
	}
	row := slices.Clone(w.items[r])
	slices.SortStableFunc(row, func(a, b int32) int { return cmp.Compare(w.slope(a), w.slope(b)) })
	for _, v := range row {
		total += w.width[v]
	}
	for k := max(2, int(total/limit)); wide > limit && k <= len(row); k++ {
		s, x := w.deal(r, row, k, total)
		if x < wide {
			best, wide = s, x
		} else if x > wide*1.5 {
			break
		}
	}
	return best, wide
}

// slope is how many edges more pass through a row if v goes up by one.
func (w *wrapper) slope(v int32) int { return w.out[v] - w.in[v] }

// deal shares row r, sorted by slope, out to k rows. Nodes with more edges from
// above than to below go to the upper rows, so that few edges pass through rows;
// among equals neighbours go to different rows, so that their edges find a way.
// Rows get room for boxes as the edges that pass leave it, as seen by a first try.
func (w *wrapper) deal(r int, row []int32, k int, total float64) ([][]int32, float64) {
	room, passing := make([]float64, k), make([]float64, k)
	var s [][]int32
	for range 2 {
		sum := total
		for _, p := range passing {
			sum += p
		}
		for i := range room {
			room[i] = max(sum/float64(k)-passing[i], 0)
		}
		s = make([][]int32, k)
		for i := 0; i < len(row); {
			j, need := i, 0.0
			for ; j < len(row) && w.slope(row[j]) == w.slope(row[i]); j++ {
				need += w.width[row[j]]
			}
			w.dealClass(row[i:j], need, s, room)
			i = j
		}
		w.widest(r, s, passing)
	}
	s = slices.DeleteFunc(s, func(row []int32) bool { return len(row) == 0 })
	return s, w.widest(r, s, nil)
}

// dealClass shares nodes that are as good as each other out to the first rows
// with room for them, going round the rows, to each in proportion.
func (w *wrapper) dealClass(class []int32, need float64, s [][]int32, room []float64) {
	total, placed, to := need, 0.0, -1
	share, got := make([]float64, len(s)), make([]float64, len(s))
	for i := range s {
		share[i] = min(max(room[i], 0), need)
		need -= share[i]
	}
	share[len(s)-1] += need
	for _, v := range class {
		for range s {
			to = (to + 1) % len(s)
			if share[to] > 0 && got[to]*total <= share[to]*placed {
				break
			}
		}
		got[to] += w.width[v]
		placed += w.width[v]
		room[to] -= w.width[v]
		s[to] = append(s[to], v)
	}
}

// widest is the width of the widest of row r's parts. What the edges that pass
// take of each goes to passing, unless it is nil.
func (w *wrapper) widest(r int, s [][]int32, passing []float64) float64 {
	edges := w.passes[r]
	for _, row := range s {
		for _, v := range row {
			edges += w.in[v]
		}
	}
	wide := 0.0
	for i, row := range s {
		for _, v := range row {
			edges -= w.in[v]
		}
		x := float64(edges) * w.o.EdgeSep * 1.3
		if passing != nil {
			passing[i] = x
		}
		for _, v := range row {
			x += w.width[v]
			edges += w.out[v]
		}
		wide = max(wide, x)
	}
	return wide
}

// rewrap is l with its rows split, in the order they had: a link that now passes
// a row beside its own end keeps that end's place.
func (l *layers) rewrap(s rows) *layers {
	rank := make([]int32, len(l.rank))
	for r, items := range s.items {
		for _, v := range items {
			rank[v] = int32(r)
		}
	}
	labelRow := make([]int32, len(l.links))
	for i := range labelRow {
		labelRow[i] = -1
		if v := l.labelAt(i); v >= 0 {
			labelRow[i] = rank[v]
		}
	}
	to := newLayers(rank[:l.n], labelRow, l.links)
	key := make([][2]int32, len(to.rank))
	for v := range l.n {
		key[v] = [2]int32{l.pos[v], 0}
	}
	for i, k := range l.links {
		for v := to.first[i]; v < to.first[i+1]; v++ {
			u := l.at(i, s.old[to.rank[v]])
			key[v] = [2]int32{l.pos[u], l.pos[k.hi]}
			if u == k.hi {
				key[v][1] = l.pos[k.lo]
			}
		}
	}
	for r, row := range to.row {
		slices.SortStableFunc(row, func(a, b int32) int {
			return cmp.Or(cmp.Compare(key[a][0], key[b][0]), cmp.Compare(key[a][1], key[b][1]))
		})
		to.setRow(r, row)
	}
	return to
}
