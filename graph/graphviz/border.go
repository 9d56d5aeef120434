package graphviz

import (
	"math"

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
