// Package draw writes a graph down, one notation a file: SVG and PNG from one
// placed sheet, DOT for Graphviz and JSON for programs.
package draw

import (
	"fmt"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/graph/layout"
)

// Arrange decides where the boxes and edges of a graph stand.
type Arrange func(layout.Graph, layout.Options) (layout.Drawing, error)

// Options are the wishes for a picture. The zero value works.
type Options struct {
	Title   string  // stands on top; empty is "Roles"
	RankDir RankDir // the way the edges run; empty is LeftRight
	Arrange Arrange // nil is layout.Layered
	NoFade  bool    // draws the edges to hubs like all others
	Scale   float64 // enlarges a PNG: pixels per point, 1/72 inch; 0 is 2, for large sheets down to 1.2
}

// Sheet is a placed picture: SVG and PNG are drawn from it, with the same
// positions. A Sheet is not for concurrent use.
type Sheet struct {
	Width, Height float64 // points

	title, summary string
	diff           bool // it shows what changed
	hubs           int  // to so many nodes the edges are drawn faint
	scale          float64
	texts          []text // above the picture
	keys           []key  // the legend
	boxes          []box
	wires          []wire
	ruler          *ruler
	err            error // of the fonts
}

// text is a line of text on the sheet.
type text struct {
	x, y   float64 // the middle or the start of its baseline
	string string
	size   float64 // points
	bold   bool
	middle bool // x is the middle
	fill   shade
	class  string
	width  float64
	// squeeze tells viewers to keep to width: their font for these characters
	// is not ours.
	squeeze bool
}

// box is a node on the sheet.
type box struct {
	name, hover string // of the node; empty in the legend
	x, y, w, h  float64
	kind        graph.Kind
	incomplete  bool // has a badge: there may be more edges
	tone        tone
	label       text
}

// wire is an edge on the sheet, from border to border.
type wire struct {
	from, to, hover string // names of its nodes; empty in the legend
	tone            tone
	points          []layout.Point // a start, then three for each cubic curve
	label           *text          // its environments; nil when it has none
	cased           bool           // it is part of a new cycle, and of a colour of its own
}

// Lengths in points.
const (
	margin     = 24
	labelSize  = 11
	envSize    = 8.5
	boxHeight  = 24
	boxPadding = 11
	boxLeast   = 44
	labelMost  = 250 // a longer label is cut in its middle
	envMost    = 96
	sheetLeast = 380
)

// Place measures and lays out a graph. Its cost is that of the layout.
func Place(g *graph.Graph, o Options) *Sheet {
	s := &Sheet{scale: o.Scale, diff: isDiff(g)}
	if s.ruler, s.err = newRuler(); s.err != nil {
		return s
	}
	c := findCycles(g)
	s.title, s.summary = "Roles", summarise(g, len(c.found))
	if o.Title != "" {
		s.title = printable(o.Title)
	}
	p := placer{Sheet: s, graph: g, cycles: c, names: names(g, clean)}
	p.makeBoxes()
	p.makeWires()
	if !o.NoFade {
		p.fade()
	}
	s.err = p.lay(o)
	return s
}

// placer is a sheet in the making.
type placer struct {
	*Sheet
	graph  *graph.Graph
	cycles cycles
	names  map[string]string
	at     map[string]int // node ID -> its box
}

func (p *placer) makeBoxes() {
	p.at = make(map[string]int, len(p.graph.Nodes))
	p.boxes = make([]box, 0, len(p.graph.Nodes))
	hovers := newHovers(p.graph)
	for i, n := range p.graph.Nodes {
		p.at[n.ID] = i
		b := box{name: p.names[n.ID], hover: hovers.node(n), kind: n.Kind, incomplete: n.Incomplete, tone: nodeTone(n, p.cycles.nodes[n.ID]), h: boxHeight}
		bold := lookOf(n.Kind).bold
		b.label = text{string: p.ruler.cut(label(n), labelMost, labelSize, bold), size: labelSize, bold: bold, middle: true, fill: b.tone.ink, class: b.tone.name + "-ink"}
		p.measure(&b.label)
		b.w = max(boxLeast, b.label.width+2*(boxPadding+b.aside()))
		p.boxes = append(p.boxes, b)
	}
}

func (p *placer) makeWires() {
	p.wires = make([]wire, 0, len(p.graph.Edges))
	for _, e := range p.graph.Edges {
		part := p.cycles.edge(e)
		w := wire{from: p.names[e.From], to: p.names[e.To], hover: edgeHover(e), tone: edgeTone(e, part), cased: p.diff && part == onCycle}
		environments := ""
		if len(e.Only()) > 0 {
			environments = p.ruler.environments(e.Only(), envMost, envSize)
		}
		if words := edgeLabel(e, environments); words != "" {
			w.label = &text{string: words, size: envSize, middle: true, fill: w.tone.ink, class: w.tone.name + "-ink"}
			p.measure(w.label)
		}
		p.wires = append(p.wires, w)
	}
}

func (s *Sheet) measure(t *text) {
	t.width = s.ruler.width(t.string, t.size, t.bold)
	t.squeeze = s.ruler.foreign(t.string, t.bold)
}

// lay asks the layout where everything stands, and puts it below the heading.
func (p *placer) lay(o Options) error {
	in := layout.Graph{Nodes: make([]layout.Node, len(p.boxes)), Edges: make([]layout.Edge, len(p.wires))}
	for i, b := range p.boxes {
		in.Nodes[i] = layout.Node{Width: b.w, Height: b.h}
	}
	for i, e := range p.graph.Edges {
		in.Edges[i] = layout.Edge{From: p.at[e.From], To: p.at[e.To]}
		if l := p.wires[i].label; l != nil {
			in.Edges[i].Label = layout.Node{Width: l.width + 6, Height: l.size * 1.5}
		}
	}
	dir, err := ParseRankDir(string(o.RankDir))
	if err != nil {
		return err
	}
	arrange := o.Arrange
	if arrange == nil {
		arrange = func(g layout.Graph, o layout.Options) (layout.Drawing, error) { return layout.Layered(g, o), nil }
	}
	d, err := arrange(in, layout.Options{RankDir: directions[dir], NodeSep: 10})
	if err != nil {
		return fmt.Errorf("place the boxes: %w", err)
	}
	p.Width = max(sheetLeast, d.Width+2*margin)
	top := p.head()
	p.put(d, (p.Width-d.Width)/2, top)
	p.fans()
	p.Height = top + d.Height + margin
	return nil
}

func (p *placer) put(d layout.Drawing, left, top float64) {
	for i, at := range d.Nodes {
		b := &p.boxes[i]
		b.x, b.y = left+at.X-b.w/2, top+at.Y-b.h/2
		b.label.x, b.label.y = left+at.X+b.aside(), baseline(top+at.Y, b.label.size)
	}
	for i, r := range d.Edges {
		w := &p.wires[i]
		w.points = make([]layout.Point, len(r.Points))
		for k, at := range r.Points {
			w.points[k] = layout.Point{X: left + at.X, Y: top + at.Y}
		}
		if w.label != nil {
			w.label.x, w.label.y = left+r.Label.X, baseline(top+r.Label.Y, w.label.size)
		}
	}
}

// baseline is where text stands whose capitals' middle is at y.
func baseline(y, size float64) float64 { return y + size*0.35 }
