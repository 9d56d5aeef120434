package layout

import (
	"math"
	"slices"
)

// router draws the edges: straight down through the rows, where only dummies'
// places are free of boxes, and in equal S-curves from row to row. All curves
// between two rows share their ordinates, so two of them meet only if they change
// sides, and none can touch a box.
type router struct {
	g           Graph
	l           *layers
	m           *room
	x           []float64
	ports       ports
	turned      []bool
	top, bottom []float64 // of rows
	stub, head  []float64 // straight room for arrowheads below and above rows
}

// lane is a lane's abscissas where it leaves the row above and enters the one below.
func (t *router) lane(i int, j int, r int32) (from, to float64) {
	k := t.l.links[i]
	off := (float64(j) - float64(len(k.edges)-1)/2) * t.m.edgeSep
	from, to = t.x[t.l.at(i, r)]+off, t.x[t.l.at(i, r+1)]+off
	if r == t.l.rank[k.hi] {
		from = t.ports.out.lane(i, j)
	}
	if r+1 == t.l.rank[k.lo] {
		to = t.ports.in.lane(i, j)
	}
	return from, to
}

// placeRows gives every row its ordinates and returns the height of all. Where
// edges run far to the side the rows stand further apart, up to a limit, so that
// the edges are not flat.
func (t *router) placeRows(o Options) float64 {
	n := len(t.l.row)
	far := t.measureGaps()
	t.top, t.bottom = make([]float64, n), make([]float64, n)
	y := 0.0
	for r, row := range t.l.row {
		if r > 0 {
			gap := o.RankSep
			if t.head[r] == 0 || t.head[r-1] == 0 { // to or from a row of labels
				gap *= 2. / 3
			}
			gap = max(gap-t.head[r], 10, min(far[r-1]/8, 3*o.RankSep))
			y += t.stub[r-1] + gap + t.head[r]
		}
		t.top[r] = y
		for _, v := range row {
			t.bottom[r] = max(t.bottom[r], y+t.m.height[v])
		}
		y = t.bottom[r]
	}
	return y
}

// measureGaps sets the room for arrowheads about every row, and returns how far
// edges run to the side below each.
func (t *router) measureGaps() []float64 {
	l := t.l
	far, count := make([]float64, len(l.row)), make([]float64, len(l.row))
	t.stub, t.head = make([]float64, len(l.row)), make([]float64, len(l.row))
	for _, r := range l.rank[:l.n] {
		t.head[r] = arrowRoom
	}
	for i, k := range l.links {
		for r := l.rank[k.hi]; r < l.rank[k.lo]; r++ {
			from, to := t.lane(i, 0, r)
			far[r] += (from - to) * (from - to)
			count[r]++
		}
		for _, e := range k.edges {
			if t.turned[e] {
				t.stub[l.rank[k.hi]] = arrowRoom
			}
		}
	}
	for r := range far {
		far[r] = 1.7 * math.Sqrt(far[r]/max(count[r], 1)) // the farthest, were they spread evenly
	}
	return far
}

// middle is the ordinate of row r's centre.
func (t *router) middle(r int32) float64 { return (t.top[r] + t.bottom[r]) / 2 }

// draw routes every edge but the self edges.
func (t *router) draw(routes []Route) {
	for i, k := range t.l.links {
		for j, e := range k.edges {
			points := t.trace(i, j)
			if t.turned[e] {
				slices.Reverse(points)
			}
			routes[e].Points = points
		}
		if v := t.l.labelAt(i); v >= 0 {
			routes[k.edges[0]].Label = Point{t.x[v] + labelGap + k.label.Width/2, t.middle(t.l.rank[v])}
		}
	}
}

// trace is the way of one lane from the upper box to the lower.
func (t *router) trace(i, j int) []Point {
	k := t.l.links[i]
	top, last := t.l.rank[k.hi], t.l.rank[k.lo]
	x, _ := t.lane(i, j, top)
	p := pen{at: Point{x, t.middle(top) + t.g.Nodes[k.hi].Height/2}}
	p.points = append(p.points, p.at)
	p.down = p.at.Y
	for r := top; r < last; r++ {
		_, to := t.lane(i, j, r)
		p.down = t.bottom[r] + t.stub[r]
		p.swing(to, t.top[r+1]-t.head[r+1])
	}
	p.down = t.middle(last) - t.g.Nodes[k.lo].Height/2
	p.straight()
	return p.points
}

// pen draws downwards; straight ways are put off so that they join into one.
type pen struct {
	points []Point
	at     Point
	down   float64 // how far the pen is to go straight down
}

// straight goes down as far as the pen was to go.
func (p *pen) straight() {
	if p.down <= p.at.Y {
		return
	}
	h := (p.down - p.at.Y) / 3
	end := Point{p.at.X, p.down}
	p.points = append(p.points, Point{p.at.X, p.at.Y + h}, Point{p.at.X, p.down - h}, end)
	p.at = end
}

// swing goes over to x by the time it is down at y.
func (p *pen) swing(x, y float64) {
	if math.Abs(x-p.at.X) < 0.01 {
		p.down = y
		return
	}
	p.straight()
	h := (y - p.at.Y) / 2
	end := Point{x, y}
	p.points = append(p.points, Point{p.at.X, p.at.Y + h}, Point{x, y - h}, end)
	p.at, p.down = end, y
}
