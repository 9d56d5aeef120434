package layout

import (
	"cmp"
	"math"
	"slices"
)

// A drawing that is a strip, as that of a long chain is, is folded as a text is
// set in columns: cut between rows where few edges pass, the pieces side by side.
// An edge that is cut goes on from the foot of one column to the head of the next.
const (
	foldLength = 4000 // points: what is shorter than this stays as it is,
	foldStrip  = 8    // and what is not this much longer than its rows are wide,
	foldStair  = 2.5  // or than all is, where the rows are the steps of a stair
	foldLanes  = 24   // edges that may pass a cut
	foldTurn   = 8    // room for an edge to turn round
)

// fold is a drawing on its way into columns.
type fold struct {
	t       *router
	o       Options
	cuts    []float64 // ordinates where columns begin, the first being that of the top
	columns []column
	top     float64 // of all columns
}

// column is a piece of the drawing.
type column struct {
	left, right float64   // of what is in it, before it is moved
	move        Point     // by how much it is
	lanes       []float64 // abscissas at which edges come from the column before
	corridor    float64   // where the first of them goes up, left of the column
}

// folded is d, or d in columns if it is a strip.
func (t *router) folded(d Drawing, o Options) Drawing {
	wide := t.widestRow()
	if long := d.Height * o.Aspect; d.Height < foldLength || long < foldStair*d.Width || long < foldStrip*wide {
		return d
	}
	f := &fold{t: t, o: o}
	f.cut(d, wide)
	if len(f.cuts) < 2 {
		return d
	}
	f.measure(d)
	f.place()
	return f.drawing(d)
}

// widestRow is how far the row that reaches farthest does, from its left to its right.
func (t *router) widestRow() float64 {
	wide := 0.0
	for _, row := range t.l.row {
		first, last := row[0], row[len(row)-1]
		wide = max(wide, t.x[last]+t.m.right[last]-t.x[first]+t.m.left[first])
	}
	return wide
}

// cut chooses where columns begin: near where they would all be equally long, at
// the row that fewest edges lead into from above.
func (f *fold) cut(d Drawing, wide float64) {
	f.cuts = []float64{math.Inf(-1)}
	passing := f.passing()
	// n columns take n rows' width, and once that by which the rows drift aside
	wide, drift := wide+4*f.o.NodeSep, d.Width-wide
	count := math.Round((math.Sqrt(drift*drift+4*wide*f.o.Aspect*d.Height) - drift) / (2 * wide))
	long := d.Height / max(count, 1)
	last := 0.0
	for r := 1; r < len(passing); r++ {
		if f.at(r) < last+long*0.85 {
			continue
		}
		best := r
		for k := r; k < len(passing) && f.at(k) < last+long*1.15; k++ {
			if passing[k] < passing[best] {
				best = k
			}
		}
		if r = best; passing[best] <= foldLanes {
			f.cuts = append(f.cuts, f.at(best))
			last = f.at(best)
		}
	}
}

// at is the ordinate above row r where all edges run straight down.
func (f *fold) at(r int) float64 { return f.t.top[r] - f.t.head[r] }

// passing counts, for every row, the edges that lead into or past it from above.
func (f *fold) passing() []int {
	n := make([]int, len(f.t.l.row)+1)
	for _, k := range f.t.l.links {
		n[f.t.l.rank[k.hi]+1] += len(k.edges)
		n[f.t.l.rank[k.lo]+1] -= len(k.edges)
	}
	for r := 1; r < len(n); r++ {
		n[r] += n[r-1]
	}
	return n[:len(n)-1]
}

// in is the column that has this ordinate.
func (f *fold) in(y float64) int {
	i, _ := slices.BinarySearchFunc(f.cuts, y, func(cut, y float64) int {
		if cut <= y {
			return -1
		}
		return 1
	})
	return i - 1
}

// measure finds how far each column reaches, and the edges cut at its head.
func (f *fold) measure(d Drawing) {
	f.columns = make([]column, len(f.cuts))
	for i := range f.columns {
		f.columns[i].left, f.columns[i].right = math.Inf(1), math.Inf(-1)
	}
	hold := func(p Point, left, right float64) {
		c := &f.columns[f.in(p.Y)]
		c.left, c.right = min(c.left, p.X-left), max(c.right, p.X+right)
	}
	for v, p := range d.Nodes {
		hold(p, f.t.m.left[v], f.t.m.right[v])
	}
	for i, e := range f.t.g.Edges {
		if e.Label != (Node{}) {
			hold(d.Edges[i].Label, e.Label.Width/2, e.Label.Width/2)
		}
		if e.From == e.To {
			continue
		}
		for k, piece := range f.pieces(d.Edges[i].Points) {
			for _, p := range piece {
				c := f.in(piece[0].Y)
				f.columns[c].left, f.columns[c].right = min(f.columns[c].left, p.X), max(f.columns[c].right, p.X)
			}
			if k > 0 {
				c := &f.columns[f.in(piece[0].Y)]
				c.lanes = append(c.lanes, piece[0].X)
			}
		}
	}
}

// place says where the columns and the corridors between them are.
func (f *fold) place() {
	for i := range f.columns {
		slices.Sort(f.columns[i].lanes)
		f.top = max(f.top, f.turning(i))
	}
	x := 0.0
	for i := range f.columns {
		c := &f.columns[i]
		if i > 0 {
			c.corridor = x + 2*f.o.NodeSep
			x = c.corridor + float64(len(c.lanes)-1)*f.o.EdgeSep + 2*f.o.NodeSep
		}
		c.move = Point{x - c.left, f.top - max(f.cuts[i], 0)}
		x += c.right - c.left
	}
}

// turning is the height in which the edges turn round at the head of a column, or
// at the foot of the one before.
func (f *fold) turning(i int) float64 {
	if len(f.columns[i].lanes) == 0 {
		return 0
	}
	return foldTurn + float64(len(f.columns[i].lanes))*f.o.EdgeSep
}

// drawing is d with everything in its column.
func (f *fold) drawing(d Drawing) Drawing {
	folded := Drawing{Nodes: make([]Point, len(d.Nodes)), Edges: make([]Route, len(d.Edges))}
	move := func(p Point) Point { return p.plus(f.columns[f.in(p.Y)].move) }
	for v, p := range d.Nodes {
		folded.Nodes[v] = move(p)
	}
	taken := make([]map[float64]int, len(f.columns)) // lanes of equal abscissa that are used
	for i, e := range f.t.g.Edges {
		folded.Edges[i].Label = move(d.Edges[i].Label)
		if e.From == e.To {
			by := f.columns[f.in(d.Nodes[e.From].Y)].move
			for _, p := range d.Edges[i].Points {
				folded.Edges[i].Points = append(folded.Edges[i].Points, p.plus(by))
			}
			continue
		}
		folded.Edges[i].Points = f.route(d.Edges[i].Points, taken)
	}
	last := f.columns[len(f.columns)-1]
	folded.Width = last.right + last.move.X
	bottom := append(slices.Clone(f.cuts[1:]), d.Height)
	for i, y := range bottom {
		y += f.columns[i].move.Y
		if i+1 < len(f.columns) {
			y += f.turning(i + 1)
		}
		folded.Height = max(folded.Height, y)
	}
	return folded
}

// route is the way of an edge through the columns it passes.
func (f *fold) route(points []Point, taken []map[float64]int) []Point {
	var way []Point
	for k, piece := range f.pieces(points) {
		i := f.in(piece[0].Y)
		c := f.columns[i]
		if k > 0 {
			if taken[i] == nil {
				taken[i] = map[float64]int{}
			}
			lane, _ := slices.BinarySearch(c.lanes, piece[0].X)
			lane += taken[i][piece[0].X]
			taken[i][piece[0].X]++
			way = f.carry(way, i, lane, piece[0].plus(c.move))
			piece = piece[1:]
		}
		for _, p := range piece {
			way = append(way, p.plus(c.move))
		}
	}
	if points[0].Y > points[len(points)-1].Y {
		slices.Reverse(way)
	}
	return way
}

// carry takes the way over to the head of column i. Of two lanes the right one
// turns first at the foot, goes up on the left, and turns last at the head: so they
// do not cross.
func (f *fold) carry(way []Point, i, lane int, head Point) []Point {
	c := f.columns[i]
	n := len(c.lanes)
	foot := way[len(way)-1]
	down := foot.Y + foldTurn + float64(n-1-lane)*f.o.EdgeSep
	x := c.corridor + float64(n-1-lane)*f.o.EdgeSep
	up := head.Y - foldTurn - float64(lane)*f.o.EdgeSep
	return turning(way, Point{foot.X, down}, Point{x, down}, Point{x, up}, Point{head.X, up}, head)
}

// turning leads the way over corners, which are rounded, to the last of them.
func turning(way []Point, corners ...Point) []Point {
	const radius = 6
	straight := func(to Point) {
		from := way[len(way)-1]
		third := Point{(to.X - from.X) / 3, (to.Y - from.Y) / 3}
		way = append(way, from.plus(third), Point{to.X - third.X, to.Y - third.Y}, to)
	}
	for i, c := range corners {
		if i == len(corners)-1 {
			straight(c)
			break
		}
		before, after := toward(c, way[len(way)-1], radius), toward(c, corners[i+1], radius)
		straight(before)
		way = append(way, Point{(before.X + 2*c.X) / 3, (before.Y + 2*c.Y) / 3}, Point{(after.X + 2*c.X) / 3, (after.Y + 2*c.Y) / 3}, after)
	}
	return way
}

// toward is the place this far from c on the way to p, at most half way.
func toward(c, p Point, far float64) Point {
	long := math.Hypot(p.X-c.X, p.Y-c.Y)
	if long == 0 {
		return c
	}
	q := min(far, long/2) / long
	return Point{c.X + q*(p.X-c.X), c.Y + q*(p.Y-c.Y)}
}

// pieces cuts a route, turned downwards if need be, at the columns' ends.
func (f *fold) pieces(points []Point) [][]Point {
	p := slices.Clone(points)
	if p[0].Y > p[len(p)-1].Y {
		slices.Reverse(p)
	}
	var all [][]Point
	piece := []Point{p[0]}
	for i := 0; i+3 < len(p); i += 3 {
		rest := p[i : i+4]
		for f.in(rest[0].Y) < f.in(rest[3].Y) {
			head, tail := split(rest, f.cuts[f.in(rest[0].Y)+1])
			all = append(all, append(piece, head[1:]...))
			piece, rest = []Point{tail[0]}, tail
		}
		if rest[3] != rest[0] {
			piece = append(piece, rest[1:]...)
		}
	}
	return append(all, piece)
}

// split cuts a cubic that leads downwards at y.
func split(p []Point, y float64) (head, tail []Point) {
	low, high := 0.0, 1.0
	for range 60 {
		t := (low + high) / 2
		if s := 1 - t; cmp.Less(s*s*s*p[0].Y+3*s*s*t*p[1].Y+3*s*t*t*p[2].Y+t*t*t*p[3].Y, y) {
			low = t
		} else {
			high = t
		}
	}
	mix := func(a, b Point) Point { return Point{a.X + (b.X-a.X)*high, a.Y + (b.Y-a.Y)*high} }
	a, b, c := mix(p[0], p[1]), mix(p[1], p[2]), mix(p[2], p[3])
	d, e := mix(a, b), mix(b, c)
	m := mix(d, e)
	m.Y = y
	return []Point{p[0], a, d, m}, []Point{m, e, c, p[3]}
}
