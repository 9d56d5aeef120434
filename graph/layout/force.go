package layout

import "math"

// Force draws g without rows: edges are springs and straight lines, boxes push
// each other off, and near in the graph is near on the sheet. Nothing keeps an
// edge from running behind a box. The same graph always gives the same drawing.
// The direction and the row distance of the options have no meaning here; sizes
// and edges are taken as Layered takes them.
func Force(g Graph, o Options) Drawing {
	o = o.withDefaults()
	return packParts(sanitised(g), o, forcePart)
}

// forceGap is the least distance of two boxes: an arrowhead is to be seen there.
const forceGap = 2*arrowRoom + 4

// forcePart draws a connected graph from its own origin.
func forcePart(g Graph, o Options) Drawing {
	loops := measureLoops(g)
	label := Node{} // the largest: between any two boxes it may have to stand
	for _, e := range g.Edges {
		label = Node{max(label.Width, e.Label.Width), max(label.Height, e.Label.Height)}
	}
	areas := make([]Node, len(g.Nodes)) // of boxes with their self edges
	for v, n := range g.Nodes {
		areas[v] = Node{n.Width + loops[v].width + label.Width, max(n.Height, loops[v].height) + label.Height}
	}
	gap := max(o.NodeSep, forceGap)
	// boxes, which are wide, are parted upwards and downwards: that takes back the half
	at := spread(areas, fitted(areas, g.Edges, springs(g), gap, 2*o.Aspect), gap)
	d := Drawing{Nodes: at, Edges: make([]Route, len(g.Edges))}
	for v := range at {
		at[v].X -= loops[v].width / 2
		loops[v].draw(g, g.Nodes[v], at[v], d.Edges)
	}
	lines(g, o.EdgeSep, d)
	labelLines(g, d)
	d.moveToOrigin(g, loops)
	return d
}

// moveToOrigin moves all that is drawn to the positive quadrant, and measures it.
func (d *Drawing) moveToOrigin(g Graph, loops []loop) {
	left, top, right, bottom := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	hold := func(p Point, w, h float64) {
		left, right = min(left, p.X-w/2), max(right, p.X+w/2)
		top, bottom = min(top, p.Y-h/2), max(bottom, p.Y+h/2)
	}
	for v, n := range g.Nodes {
		hold(d.Nodes[v], n.Width, max(n.Height, loops[v].height))
		hold(d.Nodes[v].plus(Point{X: loops[v].width}), n.Width, n.Height)
	}
	for i, e := range d.Edges {
		for _, p := range e.Points {
			hold(p, 0, 0)
		}
		if l := g.Edges[i].Label; l != (Node{}) {
			hold(e.Label, l.Width, l.Height)
		}
	}
	d.Width, d.Height = right-left, bottom-top
	d.mirror(func(p Point) Point { return Point{max(p.X-left, 0), max(p.Y-top, 0)} })
}
