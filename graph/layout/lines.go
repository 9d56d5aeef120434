package layout

import "math"

// lines routes every edge between two boxes straight from border to border;
// edges between the same two run side by side.
func lines(g Graph, edgeSep float64, d Drawing) {
	type pair [2]int
	of := func(e Edge) pair { return pair{min(e.From, e.To), max(e.From, e.To)} }
	count, drawn := map[pair]int{}, map[pair]int{}
	for _, e := range g.Edges {
		count[of(e)]++
	}
	for i, e := range g.Edges {
		if e.From == e.To {
			continue
		}
		p := of(e)
		n := count[p]
		lane := float64(drawn[p]) - float64(n-1)/2
		drawn[p]++
		if e.From > e.To {
			lane = -lane // the same side, seen from the other end
		}
		a, b := g.Nodes[e.From], g.Nodes[e.To]
		least := min(a.Width, a.Height, b.Width, b.Height)
		off := lane * min(edgeSep*1.5, least*0.8/float64(n))
		d.Edges[i].Points = straightLine(d.Nodes[e.From], a, d.Nodes[e.To], b, off)
	}
}

// straightLine is the way from box a to box b, this far beside their centres.
func straightLine(from Point, a Node, to Point, b Node, off float64) []Point {
	dx, dy := to.X-from.X, to.Y-from.Y
	long := math.Hypot(dx, dy)
	if long == 0 {
		dx, long = 1, 1
	}
	side := Point{-dy / long * off, dx / long * off}
	start := leaves(from, a, from.plus(side), Point{dx, dy})
	end := leaves(to, b, to.plus(side), Point{-dx, -dy})
	third := Point{(end.X - start.X) / 3, (end.Y - start.Y) / 3}
	return []Point{start, start.plus(third), {end.X - third.X, end.Y - third.Y}, end}
}

// leaves is where a ray from p, in the box at c, meets the box's border.
func leaves(c Point, box Node, p, way Point) Point {
	t, end := math.Inf(1), p
	if way.X != 0 {
		x := c.X + math.Copysign(box.Width/2, way.X)
		t = (x - p.X) / way.X
		end = Point{x, p.Y + t*way.Y}
	}
	if way.Y != 0 {
		y := c.Y + math.Copysign(box.Height/2, way.Y)
		if s := (y - p.Y) / way.Y; s < t {
			end = Point{p.X + s*way.X, y}
		}
	}
	return end
}

// labelLines finds a place beside its line for every label, near the middle, off
// the boxes and the other labels where there is one.
func labelLines(g Graph, d Drawing) {
	taken := newTaken(g, d)
	for i, e := range g.Edges {
		if e.Label == (Node{}) || e.From == e.To {
			continue
		}
		p := d.Edges[i].Points
		best := Point{}
		for k, t := range []float64{0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82} {
			at := Point{p[0].X + t*(p[3].X-p[0].X), p[0].Y + t*(p[3].Y-p[0].Y)}
			free := taken.free(at, e.Label)
			if k == 0 || free {
				best = at
			}
			if free {
				break
			}
		}
		d.Edges[i].Label = best
		taken.take(best, e.Label)
	}
}

// taken are the places of boxes and labels, by the cells of a grid they touch.
type taken struct {
	cells map[[2]int][]patch
}

// patch is a rectangle that is not free.
type patch struct {
	at   Point
	size Node
}

const takenCell = 128

func newTaken(g Graph, d Drawing) taken {
	t := taken{map[[2]int][]patch{}}
	for v, n := range g.Nodes {
		t.take(d.Nodes[v], n)
	}
	return t
}

func (t taken) take(at Point, size Node) {
	each(at, size, func(k [2]int) bool {
		t.cells[k] = append(t.cells[k], patch{at, size})
		return true
	})
}

func (t taken) free(at Point, size Node) bool {
	return each(at, size, func(k [2]int) bool {
		for _, o := range t.cells[k] {
			if math.Abs(o.at.X-at.X) < (o.size.Width+size.Width)/2 && math.Abs(o.at.Y-at.Y) < (o.size.Height+size.Height)/2 {
				return false
			}
		}
		return true
	})
}

// each calls do for the cells a rectangle touches, up to a number that only boxes
// of no real size go beyond, until it says no.
func each(at Point, size Node, do func([2]int) bool) bool {
	const most = 200
	cell := func(v float64) int { return int(math.Floor(v / takenCell)) }
	left, top := cell(at.X-size.Width/2), cell(at.Y-size.Height/2)
	right, bottom := min(cell(at.X+size.Width/2), left+most), min(cell(at.Y+size.Height/2), top+most)
	for x := left; x <= right; x++ {
		for y := top; y <= bottom; y++ {
			if !do([2]int{x, y}) {
				return false
			}
		}
	}
	return true
}
