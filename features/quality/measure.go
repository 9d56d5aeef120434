package main

import (
	"math"
	"slices"
)

// figures are what is measured of one picture. Lengths are in units of the
// size of its text, so that a picture gains nothing by being printed small.
type figures struct {
	nodes, edges int
	crossings    int     // of edges that join different boxes
	tangles      int     // and of edges of one box, away from it
	length       float64 // of all edges
	overlaps     int     // pairs of boxes
	through      int     // edges that pass through a box they do not join
	aspect       float64 // width to height of what is drawn, title and legend apart
}

func (p picture) measure() figures {
	f := figures{nodes: len(p.boxes), edges: len(p.wires), overlaps: p.overlaps(), through: p.through()}
	f.crossings, f.tangles = p.crossings()
	all := make([]point, 0, 2*len(p.boxes))
	for _, b := range p.boxes {
		all = append(all, point{b.left, b.top}, point{b.right, b.bottom})
	}
	for _, w := range p.wires {
		all = append(all, w.line...)
		for i := 1; i < len(w.line); i++ {
			f.length += w.line[i-1].to(w.line[i]) / p.text
		}
	}
	sheet := bounds(all)
	f.aspect = (sheet.right - sheet.left) / (sheet.bottom - sheet.top)
	return f
}

// strangeness is how far the picture is from the shape of a page or a screen.
func (f figures) strangeness() float64 { return math.Abs(math.Log(f.aspect / 1.6)) }

func (p picture) overlaps() int {
	n := 0
	for i, a := range p.boxes {
		for _, b := range p.boxes[:i] {
			if a.grown(-0.1).meets(b) {
				n++
			}
		}
	}
	return n
}

// through counts the edges that pass through a foreign box by more than a point.
func (p picture) through() int {
	n := 0
	for _, w := range p.wires {
		around := bounds(w.line)
		for i, b := range p.boxes {
			if b = b.grown(-1); i != w.from && i != w.to && b.meets(around) && b.cutBy(w.line) {
				n++
				break
			}
		}
	}
	return n
}

func (r rect) cutBy(line []point) bool {
	for i := 1; i < len(line); i++ {
		if r.cut(line[i-1], line[i]) {
			return true
		}
	}
	return false
}

// piece is a straight stretch of an edge.
type piece struct {
	a, b point
	edge int
}

// crossings counts where two edges cross: edges that join four different boxes,
// and edges that share one, whose crossings beside the box, within a text's height
// of it, are part of the fan and do not count. Graphviz leads all edges of a box
// to one point and lets them weave on the way; that is told apart, so as not to
// gain by it. Several crossings of a pair within 4 points of each other are one.
func (p picture) crossings() (apart, sharing int) {
	pieces := p.pieces()
	met := map[[2]int][]point{}
	for i, s := range pieces {
		low := max(s.a.y, s.b.y)
		for _, t := range pieces[i+1:] {
			if min(t.a.y, t.b.y) > low {
				break
			}
			at, ok := s.meets(t)
			if !ok || s.edge == t.edge {
				continue
			}
			pair := [2]int{min(s.edge, t.edge), max(s.edge, t.edge)}
			if slices.ContainsFunc(met[pair], func(q point) bool { return q.to(at) < 4 }) {
				continue
			}
			met[pair] = append(met[pair], at)
			switch share, beside := p.share(s.edge, t.edge, at); {
			case !share:
				apart++
			case !beside:
				sharing++
			}
		}
	}
	return apart, sharing
}

// pieces are those of all edges, from the top.
func (p picture) pieces() []piece {
	var all []piece
	for i, w := range p.wires {
		for k := 1; k < len(w.line); k++ {
			all = append(all, piece{w.line[k-1], w.line[k], i})
		}
	}
	slices.SortStableFunc(all, func(s, t piece) int { return cmpFloat(min(s.a.y, s.b.y), min(t.a.y, t.b.y)) })
	return all
}

// share says whether two edges have a box in common, and the place is beside it.
func (p picture) share(e, f int, at point) (share, beside bool) {
	a, b := p.wires[e], p.wires[f]
	for _, v := range [2]int{a.from, a.to} {
		if v == b.from || v == b.to {
			share, beside = true, beside || p.boxes[v].grown(p.text).holds(at)
		}
	}
	return share, beside
}

// meets is where two pieces cross. A point on the other's line counts as being on
// its right, so that a crossing at a joint of two pieces is one crossing and a
// touch is none or two at one place.
func (s piece) meets(t piece) (point, bool) {
	if max(s.a.x, s.b.x) < min(t.a.x, t.b.x) || max(t.a.x, t.b.x) < min(s.a.x, s.b.x) {
		return point{}, false
	}
	if (turn(s.a, s.b, t.a) < 0) == (turn(s.a, s.b, t.b) < 0) {
		return point{}, false
	}
	from, to := turn(t.a, t.b, s.a), turn(t.a, t.b, s.b)
	if (from < 0) == (to < 0) {
		return point{}, false
	}
	q := from / (from - to)
	return point{s.a.x + q*(s.b.x-s.a.x), s.a.y + q*(s.b.y-s.a.y)}, true
}

func turn(a, b, c point) float64 { return (b.x-a.x)*(c.y-a.y) - (b.y-a.y)*(c.x-a.x) }
