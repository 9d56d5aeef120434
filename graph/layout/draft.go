package layout

// orderWork and straightWork bound the search for few crossings and for straight
// edges, in steps of some nanoseconds.
const (
	orderWork    = 4_000_000 // and some for each segment
	straightWork = 3_000_000
	straightMost = 8000 // segments; of more it would leave most as they are
	relaxRounds  = 12
)

// sketch is what is known of a connected graph before its rows are settled.
type sketch struct {
	g      Graph
	o      Options
	turned []bool
	list   []link
	loops  []loop
}

// drawPart draws a connected graph from its own origin.
func drawPart(g Graph, o Options) Drawing {
	s := &sketch{g: g, o: o, turned: breakCycles(len(g.Nodes), g.Edges), loops: measureLoops(g)}
	s.list = links(g, s.turned)
	rank, labelRow := withLabelRows(ranks(len(g.Nodes), s.list), s.list)
	l := newLayers(rank, labelRow, s.list)
	order(l, orderWork/2+30*len(l.down.to), fromTop, fromBottom)
	if r := newWrapper(l, newRoom(g, l, s.loops, o), o).choose(); len(r.items) > len(l.row) {
		l = l.rewrap(r)
		order(l, orderWork+60*len(l.down.to), asIs, fromTop, fromBottom)
	}
	t := s.place(l)
	return t.folded(s.drawing(t), o)
}

// place gives the vertices of l their abscissas.
func (s *sketch) place(l *layers) *router {
	l.faceForward()
	m := newRoom(s.g, l, s.loops, s.o)
	x := relax(l, m, relaxRounds)
	if len(l.down.to) < straightMost {
		straighten(l, m, x)
	}
	left, _ := m.bounds(x)
	for v := range x {
		x[v] -= left
	}
	return &router{g: s.g, l: l, m: m, x: x, turned: s.turned, ports: newPorts(s.g, l, m, x)}
}

// drawing is what the router draws, with the self edges.
func (s *sketch) drawing(t *router) Drawing {
	_, right := t.m.bounds(t.x)
	d := Drawing{Width: right, Height: t.placeRows(s.o)}
	d.Nodes, d.Edges = make([]Point, t.l.n), make([]Route, len(s.g.Edges))
	for v := range d.Nodes {
		d.Nodes[v] = Point{t.x[v], t.middle(t.l.rank[v])}
		s.loops[v].draw(s.g, s.g.Nodes[v], d.Nodes[v], d.Edges)
	}
	t.draw(d.Edges)
	return d
}
