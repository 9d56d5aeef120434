package graphviz

import (
	"cmp"
	"math"
	"slices"

	"github.com/converged/converged/graph/layout"
)

// onto is the place on the box's border nearest to p: Graphviz writes five digits,
// which are points on a large sheet, and some engines leave a gap.
func onto(p, c layout.Point, n layout.Node) layout.Point {
	left, right := c.X-n.Width/2, c.X+n.Width/2
	top, bottom := c.Y-n.Height/2, c.Y+n.Height/2
	q := layout.Point{X: min(max(p.X, left), right), Y: min(max(p.Y, top), bottom)}
	if q != p {
		return q // p was outside
	}
	switch min(p.X-left, right-p.X, p.Y-top, bottom-p.Y) {
	case p.X - left:
		q.X = left
	case right - p.X:
		q.X = right
	case p.Y - top:
		q.Y = top
	default:
		q.Y = bottom
	}
	return q
}

// pointed gives the last curve a direction at its end, which an arrowhead needs.
func pointed(points []layout.Point) []layout.Point {
	n := len(points)
	end := points[n-1]
	if math.Hypot(end.X-points[n-2].X, end.Y-points[n-2].Y) > 0.01 {
		return points
	}
	for i := n - 3; i >= 0; i-- {
		if p := points[i]; math.Hypot(end.X-p.X, end.Y-p.Y) > 0.01 {
			points[n-2] = layout.Point{X: (p.X + 2*end.X) / 3, Y: (p.Y + 2*end.Y) / 3}
			return points
		}
	}
	points[n-2].X--
	return points
}

// hold moves the drawing and widens its sheet so that everything is on it.
func hold(g layout.Graph, d *layout.Drawing) {
	left, top, right, bottom := 0.0, 0.0, d.Width, d.Height
	take := func(p layout.Point, n layout.Node) {
		left, right = min(left, p.X-n.Width/2), max(right, p.X+n.Width/2)
		top, bottom = min(top, p.Y-n.Height/2), max(bottom, p.Y+n.Height/2)
	}
	for i, p := range d.Nodes {
		take(p, g.Nodes[i])
	}
	for i, r := range d.Edges {
		for _, p := range r.Points {
			take(p, layout.Node{})
		}
		if l := g.Edges[i].Label; l != (layout.Node{}) && r.Points != nil {
			take(r.Label, l)
		}
	}
	const pad = 12
	d.Width, d.Height = right-left+2*pad, bottom-top+2*pad
	move := func(p layout.Point) layout.Point { return layout.Point{X: p.X - left + pad, Y: p.Y - top + pad} }
	for i, p := range d.Nodes {
		d.Nodes[i] = move(p)
	}
	for i := range d.Edges {
		d.Edges[i].Label = move(d.Edges[i].Label)
		for k, p := range d.Edges[i].Points {
			d.Edges[i].Points[k] = move(p)
		}
	}
}

// overlaps says whether two boxes hide a part of each other: not every Graphviz
// can keep its promise, and places are rounded.
func overlaps(g layout.Graph, d layout.Drawing) bool {
	const rounding = 0.5
	turn := make([]int, len(g.Nodes))
	widest := 0.0
	for v, n := range g.Nodes {
		turn[v] = v
		widest = max(widest, n.Width)
	}
	slices.SortFunc(turn, func(a, b int) int { return cmp.Compare(d.Nodes[a].X, d.Nodes[b].X) })
	for i, v := range turn {
		for _, w := range turn[i+1:] {
			a, b := d.Nodes[v], d.Nodes[w]
			if b.X-a.X > (g.Nodes[v].Width+widest)/2 {
				break
			}
			if math.Abs(a.X-b.X)+rounding < (g.Nodes[v].Width+g.Nodes[w].Width)/2 && math.Abs(a.Y-b.Y)+rounding < (g.Nodes[v].Height+g.Nodes[w].Height)/2 {
				return true
			}
		}
	}
	return false
}
