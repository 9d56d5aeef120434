package draw

import (
	"math"
	"slices"

	"gonum.org/v1/plot/vg"

	"github.com/converged/converged/graph/layout"
)

// Lines are filled as narrow ribbons along polylines: the rasterizer's own way of
// stroking cuts a curve far finer than can be seen, and costs ten times as much.

// flatness is how far a polyline may be from its curve, in pixels.
const flatness = 0.1

// polyline is a curve as straight pieces, in pixels.
type polyline []layout.Point

// flatten turns a start and its cubic curves into a polyline scale times as large.
func flatten(points []layout.Point, scale float64) polyline {
	at := func(i int) layout.Point { return layout.Point{X: points[i].X * scale, Y: points[i].Y * scale} }
	line := polyline{at(0)}
	for i := 0; i+3 < len(points); i += 3 {
		line = line.curve(at(i), at(i+1), at(i+2), at(i+3))
	}
	return line
}

// curve appends a cubic curve. Its pieces are as many as the second differences
// of its control points ask for.
func (l polyline) curve(a, b, c, d layout.Point) polyline {
	bend := max(math.Hypot(a.X-2*b.X+c.X, a.Y-2*b.Y+c.Y), math.Hypot(b.X-2*c.X+d.X, b.Y-2*c.Y+d.Y))
	n := min(max(1, int(math.Ceil(math.Sqrt(0.75*bend/flatness)))), 500)
	for i := 1; i <= n; i++ {
		t := float64(i) / float64(n)
		s := 1 - t
		p, q, r, u := s*s*s, 3*s*s*t, 3*s*t*t, t*t*t
		next := layout.Point{X: p*a.X + q*b.X + r*c.X + u*d.X, Y: p*a.Y + q*b.Y + r*c.Y + u*d.Y}
		if last := l[len(l)-1]; math.Hypot(next.X-last.X, next.Y-last.Y) > flatness {
			l = append(l, next)
		}
	}
	return l
}

// dashed cuts the line into pieces drawn and left out, of these lengths in turn.
func (l polyline) dashed(dash []float64) []polyline {
	if len(dash) == 0 {
		return []polyline{l}
	}
	var pieces []polyline
	piece, turn, left := polyline{l[0]}, 0, dash[0]
	for i := 1; i < len(l); i++ {
		from, to := l[i-1], l[i]
		long := math.Hypot(to.X-from.X, to.Y-from.Y)
		done := 0.0
		for long-done > left {
			done += left
			at := layout.Point{X: from.X + (to.X-from.X)*done/long, Y: from.Y + (to.Y-from.Y)*done/long}
			if turn%2 == 0 {
				pieces = append(pieces, append(piece, at))
			}
			turn++
			piece, left = polyline{at}, dash[turn%len(dash)]
		}
		left -= long - done
		piece = append(piece, to)
	}
	if turn%2 == 0 && len(piece) > 1 {
		pieces = append(pieces, piece)
	}
	return pieces
}

// within are the runs of the line that can be seen between two heights.
func (l polyline) within(top, bottom float64) []polyline {
	var runs []polyline
	from := -1
	for i := range len(l) - 1 {
		seen := max(l[i].Y, l[i+1].Y) >= top && min(l[i].Y, l[i+1].Y) <= bottom
		if seen && from < 0 {
			from = i
		}
		if !seen && from >= 0 {
			runs = append(runs, l[from:i+1])
			from = -1
		}
	}
	if from >= 0 {
		runs = append(runs, l[from:])
	}
	return runs
}

// stretch is how far, in pixels, a ribbon goes before the next begins.
const stretch = 64

// ribbons adds the outline of the line drawn this wide and moved up by top, as
// pieces that share their ends, from the right to the left: the rasterizer walks
// each row from its left, and a long flat outline costs the square of its length.
func (l polyline) ribbons(p vg.Path, width, top float64) vg.Path {
	l = l.stretches()
	left, right := make([]vg.Point, len(l)), make([]vg.Point, len(l))
	for i, at := range l {
		dx, dy := l.normal(i)
		dx, dy = dx*width/2, dy*width/2
		left[i] = vg.Point{X: vg.Length(at.X + dx), Y: vg.Length(at.Y + dy - top)}
		right[i] = vg.Point{X: vg.Length(at.X - dx), Y: vg.Length(at.Y - dy - top)}
	}
	var from []int // where a piece begins
	for i := range len(l) - 1 {
		if len(from) == 0 || math.Abs(l[i+1].X-l[from[len(from)-1]].X) > stretch {
			from = append(from, i)
		}
	}
	from = append(from, len(l)-1)
	for k := range len(from) - 1 {
		if l[0].X < l[len(l)-1].X {
			k = len(from) - 2 - k
		}
		p = ring(p, left[from[k]:from[k+1]+1], right[from[k]:from[k+1]+1])
	}
	return p
}

// ring adds the outline between two sides.
func ring(p vg.Path, left, right []vg.Point) vg.Path {
	p.Move(left[0])
	for _, at := range left[1:] {
		p.Line(at)
	}
	for _, at := range slices.Backward(right) {
		p.Line(at)
	}
	p.Close()
	return p
}

// stretches is the line without pieces that are wider than a stretch.
func (l polyline) stretches() polyline {
	var out polyline
	for i, at := range l {
		if i > 0 {
			from := l[i-1]
			n := math.Ceil(math.Abs(at.X-from.X) / stretch)
			for k := 1.0; k < n; k++ {
				out = append(out, layout.Point{X: from.X + (at.X-from.X)*k/n, Y: from.Y + (at.Y-from.Y)*k/n})
			}
		}
		out = append(out, at)
	}
	return out
}

// normal is across the line at its point i, long enough to keep the ribbon's
// width where it bends, up to twice.
func (l polyline) normal(i int) (x, y float64) {
	ax, ay := l.direction(max(i-1, 0))
	bx, by := l.direction(min(i, len(l)-2))
	x, y = -(ay + by), ax+bx
	if square := x*x + y*y; square > 1 {
		return 2 * x / square, 2 * y / square
	}
	return -by, bx // turns back on itself
}

// direction of the piece that begins at point i, of length 1.
func (l polyline) direction(i int) (x, y float64) {
	dx, dy := l[i+1].X-l[i].X, l[i+1].Y-l[i].Y
	long := math.Hypot(dx, dy)
	if long == 0 {
		return 1, 0
	}
	return dx / long, dy / long
}
