package draw

import (
	"fmt"
	"io"

	"github.com/converged/converged/graph/layout"
)

// SVG writes the sheet as one SVG document without scripts and without
// references to anything outside it.
//
// Every node is a <g class="node" data-name="role[a]"> whose first <rect> is its
// box; every edge a <g class="edge" data-from data-to> with one <path> from box
// to box. Colours are attributes, which every viewer knows, and style rules turn
// them dark where the viewer prefers that.
func SVG(w io.Writer, s *Sheet) error {
	if s.err != nil {
		return s.err
	}
	p := &pen{out: make([]byte, 0, 4096+700*(len(s.boxes)+len(s.wires)))}
	p.open(s)
	for _, t := range s.texts {
		p.text(t)
	}
	p.legend(s.keys)
	p.raw("<g>\n")
	for _, w := range s.casings() {
		p.line(casingEdge, w.points)
	}
	for _, i := range s.drawn() {
		p.edge(s.wires[i])
	}
	p.raw("</g>\n<g>\n")
	for _, b := range s.boxes {
		p.node(b)
	}
	p.raw("</g>\n</svg>\n")
	if _, err := w.Write(p.out); err != nil {
		return fmt.Errorf("write the SVG: %w", err)
	}
	return nil
}

func (p *pen) open(s *Sheet) {
	p.raw(`<svg xmlns="http://www.w3.org/2000/svg"`)
	p.attr("width", points(s.Width))
	p.attr("height", points(s.Height))
	p.attr("viewBox", "0 0 "+number(s.Width)+" "+number(s.Height))
	p.attr("role", "img")
	p.attr("aria-labelledby", "rolegraph-title rolegraph-summary")
	p.attr("font-family", family)
	p.raw(">\n" + `<title id="rolegraph-title">`)
	p.escape(s.title)
	p.raw("</title>\n" + `<desc id="rolegraph-summary">`)
	p.escape(s.summary)
	p.raw("</desc>\n")
	p.style(s)
	p.raw(`<rect class="paper" width="100%" height="100%"`)
	p.attr("fill", paper.hex())
	p.raw("/>\n")
}

// style holds the dark colours only: the light ones are attributes.
func (p *pen) style(s *Sheet) {
	p.raw("<style>\n@media (prefers-color-scheme: dark) {\n")
	p.rules(s, func(c shade) string { return hex(c.dark) })
	p.raw("}\n</style>\n")
}

// rules colour every class of a sheet in what paint makes of its shades.
func (p *pen) rules(s *Sheet, paint func(shade) string) {
	rule := func(class, property string, c shade) {
		p.raw("." + class + "{" + property + ":" + paint(c) + "}\n")
	}
	rule("paper", "fill", paper)
	rule("ink", "fill", ink)
	rule("faded", "fill", faded)
	nodes, edges := s.tones()
	for _, t := range nodes {
		rule(t.name, "fill", t.fill)
		rule(t.name, "stroke", t.line)
		rule(t.name+"-ink", "fill", t.ink)
	}
	for _, t := range edges {
		rule(t.name, "stroke", t.line)
		rule(t.name+"-tip", "stroke", t.line)
		rule(t.name+"-tip", "fill", t.head())
		rule(t.name+"-ink", "fill", t.ink)
	}
}

func (p *pen) legend(keys []key) {
	p.raw(`<g class="legend">` + "\n")
	for _, k := range keys {
		p.sample(k)
		p.text(k.text)
	}
	p.raw("</g>\n")
}

// sample is what a key of the legend explains.
func (p *pen) sample(k key) {
	if k.wire != nil {
		p.wire(*k.wire)
		return
	}
	p.box(*k.box)
	if k.box.label.string != "" {
		p.text(k.box.label)
	}
}

func (p *pen) node(b box) {
	p.raw(`<g class="node"`)
	p.attr("data-name", b.name)
	p.raw(">")
	p.element("title", b.hover)
	p.labelled(b)
	p.raw("</g>\n")
}

// labelled is a box and what stands on it.
func (p *pen) labelled(b box) {
	p.box(b)
	p.text(b.label)
	if b.incomplete {
		p.badge(b.badge())
	}
}

func (p *pen) box(b box) {
	p.rect(b.tone, b.x, b.y, b.w, b.h, b.radius())
	for _, in := range b.inners() {
		p.rect(b.tone.solid(), in.x, in.y, in.w, in.h, in.radius)
	}
	if fold := b.fold(); fold != nil {
		p.raw("<polygon")
		p.attr("class", b.tone.name)
		p.corners(fold)
		p.attr("fill", b.tone.fill.hex())
		p.stroke(b.tone.solid())
		p.raw("/>")
	}
}

// badge stands on the box, above its label.
func (p *pen) badge(b box) {
	p.rect(b.tone, b.x, b.y, b.w, b.h, b.radius())
	p.text(b.label)
}

func (p *pen) corners(points []layout.Point) {
	p.raw(` points="`)
	for i, at := range points {
		if i > 0 {
			p.raw(" ")
		}
		p.point(at)
	}
	p.raw(`"`)
}

func (p *pen) rect(t tone, x, y, w, h, radius float64) {
	p.raw("<rect")
	p.attr("class", t.name)
	p.size("x", x)
	p.size("y", y)
	p.size("width", w)
	p.size("height", h)
	p.size("rx", radius)
	p.attr("fill", t.fill.hex())
	p.stroke(t)
	p.raw("/>")
}

func (p *pen) stroke(t tone) {
	p.attr("stroke", t.line.hex())
	p.size("stroke-width", t.width)
	if t.dash != nil {
		p.raw(` stroke-dasharray="`)
		for _, d := range t.dash {
			p.num(d)
			p.raw(" ")
		}
		p.raw(`"`)
	}
}

func (p *pen) edge(e wire) {
	p.raw(`<g class="edge"`)
	p.attr("data-from", e.from)
	p.attr("data-to", e.to)
	p.raw(">")
	p.element("title", e.hover)
	p.arrow(e)
	if e.label != nil {
		p.halo(*e.label)
		p.text(*e.label)
	}
	p.raw("</g>\n")
}

func (p *pen) wire(e wire) {
	if e.cased {
		p.line(casingEdge, e.points)
	}
	p.arrow(e)
}

// arrow is an edge without its casing.
func (p *pen) arrow(e wire) {
	p.line(e.tone, e.points)
	p.raw("<polygon")
	p.attr("class", e.tone.name+"-tip")
	p.corners(e.tip())
	p.attr("fill", e.tone.head().hex())
	if e.tone.hollow() {
		p.attr("stroke", e.tone.line.hex())
	}
	p.raw("/>")
}

// line is a start and its cubic curves.
func (p *pen) line(t tone, points []layout.Point) {
	p.raw("<path")
	p.attr("class", t.name)
	p.raw(` d="`)
	for i, at := range points {
		switch i {
		case 0:
			p.raw("M")
		case 1:
			p.raw("C")
		default:
			p.raw(" ")
		}
		p.point(at)
	}
	p.raw(`" fill="none"`)
	p.stroke(t)
	p.raw("/>")
}

// halo is a patch of paper that keeps crossing edges off a label.
func (p *pen) halo(t text) {
	at := t.halo()
	p.raw(`<rect class="paper"`)
	p.size("x", at.x)
	p.size("y", at.y)
	p.size("width", at.w)
	p.size("height", at.h)
	p.raw(` rx="2"`)
	p.attr("fill", paper.hex())
	p.raw("/>")
}

func (p *pen) text(t text) {
	p.raw("<text")
	p.attr("class", t.class)
	p.size("x", t.x)
	p.size("y", t.y)
	p.size("font-size", t.size)
	if t.bold {
		p.raw(` font-weight="bold"`)
	}
	if t.middle {
		p.raw(` text-anchor="middle"`)
	}
	if t.squeeze {
		p.size("textLength", t.width)
		p.raw(` lengthAdjust="spacingAndGlyphs"`)
	}
	p.attr("fill", t.fill.hex())
	p.raw(">")
	p.escape(t.string)
	p.raw("</text>\n")
}

func (p *pen) point(at layout.Point) {
	p.num(at.X)
	p.raw(",")
	p.num(at.Y)
}

func number(v float64) string {
	p := pen{}
	p.num(v)
	return string(p.out)
}

func points(v float64) string { return number(v) + "pt" }
