package layout

import "math"

// Layered draws g in rows: edges lead from row to row, downwards unless they are
// part of a cycle, and pass beside the boxes of the rows between (Sugiyama's
// method, as Graphviz' dot has it). The same graph always gives the same drawing.
//
// Sizes that are not lengths (negative, infinite, not a number) count as zero. An
// edge between nodes that do not exist gets an empty route.
func Layered(g Graph, o Options) Drawing {
	o = o.withDefaults()
	g = sanitised(g)
	switch o.RankDir {
	case LeftRight, RightLeft:
		o.Aspect = 1 / o.Aspect
		d := transposed(drawParts(transposedGraph(g), o))
		if o.RankDir == RightLeft {
			d.mirror(func(p Point) Point { return Point{d.Width - p.X, p.Y} })
		}
		return d
	case BottomUp:
		d := drawParts(g, o)
		d.mirror(func(p Point) Point { return Point{p.X, d.Height - p.Y} })
		return d
	}
	return drawParts(g, o)
}

// mirror moves every point of the drawing.
func (d *Drawing) mirror(at func(Point) Point) {
	for i, p := range d.Nodes {
		d.Nodes[i] = at(p)
	}
	for i := range d.Edges {
		e := &d.Edges[i]
		e.Label = at(e.Label)
		for j, p := range e.Points {
			e.Points[j] = at(p)
		}
	}
}

func (o Options) withDefaults() Options {
	for _, f := range []struct {
		value *float64
		usual float64
	}{{&o.NodeSep, 18}, {&o.EdgeSep, 7}, {&o.RankSep, 36}, {&o.Pad, 12}, {&o.Aspect, 1.6}} {
		if !(*f.value > 0) || math.IsInf(*f.value, 0) {
			*f.value = f.usual
		}
	}
	o.RankSep = max(o.RankSep, 2*arrowRoom)
	return o
}

// sanitised is g with sizes that are lengths and edges that join nodes.
func sanitised(g Graph) Graph {
	c := Graph{Nodes: make([]Node, len(g.Nodes)), Edges: make([]Edge, len(g.Edges))}
	for i, n := range g.Nodes {
		c.Nodes[i] = n.sanitised()
	}
	for i, e := range g.Edges {
		if e.From < 0 || e.To < 0 || e.From >= len(g.Nodes) || e.To >= len(g.Nodes) {
			e = Edge{From: -1, To: -1}
		}
		e.Label = e.Label.sanitised()
		c.Edges[i] = e
	}
	return c
}

func (n Node) sanitised() Node {
	const most = 1e6 // keeps sums exact
	if !(n.Width > 0) || math.IsInf(n.Width, 0) {
		n.Width = 0
	}
	if !(n.Height > 0) || math.IsInf(n.Height, 0) {
		n.Height = 0
	}
	return Node{min(n.Width, most), min(n.Height, most)}
}

func transposedGraph(g Graph) Graph {
	for i, n := range g.Nodes {
		g.Nodes[i] = Node{n.Height, n.Width}
	}
	for i, e := range g.Edges {
		g.Edges[i].Label = Node{e.Label.Height, e.Label.Width}
	}
	return g
}

func transposed(d Drawing) Drawing {
	d.Width, d.Height = d.Height, d.Width
	for i, p := range d.Nodes {
		d.Nodes[i] = Point{p.Y, p.X}
	}
	for i := range d.Edges {
		e := &d.Edges[i]
		e.Label = Point{e.Label.Y, e.Label.X}
		for j, p := range e.Points {
			e.Points[j] = Point{p.Y, p.X}
		}
	}
	return d
}

func drawParts(g Graph, o Options) Drawing { return packParts(g, o, drawPart) }

// packParts draws each connected part by itself and packs them.
func packParts(g Graph, o Options, draw func(Graph, Options) Drawing) Drawing {
	parts := connected(g)
	drawings := make([]Drawing, len(parts))
	sizes := make([]Node, len(parts))
	for i, p := range parts {
		drawings[i] = draw(p.graph, o)
		sizes[i] = Node{drawings[i].Width, drawings[i].Height}
	}
	whole := Drawing{Nodes: make([]Point, len(g.Nodes)), Edges: make([]Route, len(g.Edges))}
	for i, at := range pack(sizes, 2*o.NodeSep, o.Aspect) {
		at.X, at.Y = at.X+o.Pad, at.Y+o.Pad
		parts[i].put(drawings[i], at, &whole)
		whole.Width = max(whole.Width, at.X+sizes[i].Width)
		whole.Height = max(whole.Height, at.Y+sizes[i].Height)
	}
	whole.Width, whole.Height = whole.Width+o.Pad, whole.Height+o.Pad
	return whole
}
