package draw

import (
	"math"
	"strconv"
)

// coloured are the style rules that colour a drawing on light and on dark paper,
// and the page around it.
func (s *Sheet) coloured() string {
	p := &pen{}
	both := func(c shade) string { return "light-dark(" + hex(c.light) + "," + hex(c.dark) + ")" }
	p.raw(":root{--paper:" + both(paper) + ";--ink:" + both(ink) + ";--faded:" + both(faded) + "}\n")
	p.rules(s, both)
	return string(p.out)
}

// inline is the drawing without its heading, as an element of a page. Nodes and
// edges are numbered as those of the graph. What is lit is drawn once more over
// a veil, so that only few elements change.
func (s *Sheet) inline() string {
	p := &pen{out: make([]byte, 0, 4096+700*(len(s.boxes)+len(s.wires)))}
	a := s.extent()
	p.raw(`<svg id="drawing"`)
	p.size("width", a.w)
	p.size("height", a.h)
	p.attr("viewBox", number(a.x)+" "+number(a.y)+" "+number(a.w)+" "+number(a.h))
	p.attr("font-family", family)
	p.raw(` role="group" aria-label="Drawing">` + "\n" + `<g id="edges" aria-hidden="true">` + "\n")
	for i, e := range s.wires {
		p.raw(`<g class="edge" id="e` + strconv.Itoa(i) + `"`)
		p.attr("data-from", e.from)
		p.attr("data-to", e.to)
		p.raw(">")
		p.wire(e)
		if e.label != nil {
			p.halo(*e.label)
			p.text(*e.label)
		}
		p.raw("</g>\n")
	}
	p.raw(`</g>` + "\n" + `<g id="nodes">` + "\n")
	for i, b := range s.boxes {
		p.raw(`<g class="node" role="button" id="n` + strconv.Itoa(i) + `"`)
		p.attr("data-name", b.name)
		p.raw(">")
		p.labelled(b)
		p.raw("</g>\n")
	}
	p.raw(`</g>` + "\n" + `<rect id="veil"`)
	p.size("x", a.x)
	p.size("y", a.y)
	p.size("width", a.w)
	p.size("height", a.h)
	p.raw(` visibility="hidden"/>` + "\n" + `<g id="lit" aria-hidden="true"></g>` + "\n</svg>")
	return string(p.out)
}

// extent is the area that boxes, edges and their labels take, with a little room.
func (s *Sheet) extent() area {
	const room = 12
	left, top, right, bottom := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	take := func(x, y float64) {
		left, top, right, bottom = min(left, x), min(top, y), max(right, x), max(bottom, y)
	}
	for _, b := range s.boxes {
		take(b.x, b.y)
		take(b.x+b.w, b.y+b.h)
	}
	for _, w := range s.wires {
		for _, at := range w.points {
			take(at.X, at.Y)
		}
		if w.label != nil {
			h := w.label.halo()
			take(h.x, h.y)
			take(h.x+h.w, h.y+h.h)
		}
	}
	if left > right {
		return area{0, 0, sheetLeast, sheetLeast}
	}
	return area{left - room, top - room, right - left + 2*room, bottom - top + 2*room}
}

// legendList is the legend as items of a list, each with a picture of its own.
func (s *Sheet) legendList() string {
	p := &pen{}
	for _, k := range s.keys {
		// A key stands just left of its meaning, its middle above the baseline.
		left, middle := k.text.x-keyWidth-keySpace, k.text.y-baseline(0, keySize)
		p.raw(`<li><svg class="key" aria-hidden="true"`)
		p.size("width", keyWidth+4)
		p.size("height", keyHeight+4)
		p.attr("viewBox", number(left-2)+" "+number(middle-keyHeight/2-2)+" "+strconv.Itoa(keyWidth+4)+" "+strconv.Itoa(keyHeight+4))
		p.raw(">")
		p.sample(k)
		p.raw("</svg>")
		p.escape(k.text.string)
		p.raw("</li>\n")
	}
	return string(p.out)
}
