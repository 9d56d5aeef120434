package draw

import (
	"image"
	"image/color"
	"slices"

	"git.sr.ht/~sbinet/gg"
	"golang.org/x/image/font/sfnt"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgimg"

	"github.com/converged/converged/graph/layout"
)

// canvas draws a band of a sheet, y downwards as the sheet counts. At 72 dots an
// inch vg's lengths are pixels, so all scaling is done here.
type canvas struct {
	*vgimg.Canvas
	ruler       *ruler
	scale       float64  // pixels per point
	top, height float64  // of the band, in pixels
	scratch     *vg.Path // the longest path so far, to be written over
}

// newCanvas draws on the band of the sheet that begins top pixels down.
func newCanvas(band *image.RGBA, s *Sheet, scale float64, top int) canvas {
	on := vgimg.NewWith(vgimg.UseDPI(int(vg.Inch)), vgimg.UseImageWithContext(band, gg.NewContextForRGBA(band)))
	return canvas{Canvas: on, ruler: s.ruler, scale: scale, top: float64(top), height: float64(band.Rect.Dy()), scratch: new(vg.Path)}
}

// sheet draws what of the sheet is in the band; lines are its edges, flattened.
func (c canvas) sheet(s *Sheet, lines [][]polyline) {
	for _, t := range s.texts {
		c.text(t)
	}
	for _, k := range s.keys {
		if k.box != nil {
			c.box(*k.box)
			c.text(k.box.label)
		} else {
			if k.wire.cased {
				c.casing(*k.wire)
			}
			c.wire(*k.wire, c.lines(*k.wire))
		}
		c.text(k.text)
	}
	for _, w := range s.casings() {
		c.casing(w)
	}
	for _, i := range s.drawn() {
		c.edge(s.wires[i], lines[i])
	}
	for _, b := range s.boxes {
		c.box(b)
		c.text(b.label)
	}
}

// misses says whether nothing of this area is in the band.
func (c canvas) misses(y, h float64) bool {
	return (y+h)*c.scale < c.top || y*c.scale > c.top+c.height
}

func (c canvas) box(b box) {
	if c.misses(b.y-badgeRoom, b.h+2*badgeRoom) {
		return
	}
	c.rect(b.tone, b.x, b.y, b.w, b.h, b.radius())
	for _, in := range b.inners() {
		c.rect(b.tone.solid(), in.x, in.y, in.w, in.h, in.radius)
	}
	if fold := b.fold(); fold != nil {
		c.fill(b.tone.line, c.ring(fold))
		c.fill(b.tone.fill, c.ring(shrunk(fold)))
	}
	if b.incomplete {
		badge := b.badge()
		c.rect(badge.tone, badge.x, badge.y, badge.w, badge.h, badge.radius())
		c.text(badge.label)
	}
}

// rect draws a line around an area and fills it.
func (c canvas) rect(t tone, x, y, w, h, radius float64) {
	half := t.width / 2
	if t.dash == nil {
		c.fill(t.line, c.outlined(rounded(x-half, y-half, w+t.width, h+t.width, radius+half)))
		c.fill(t.fill, c.outlined(rounded(x+half, y+half, w-t.width, h-t.width, max(0, radius-half))))
		return
	}
	border := rounded(x, y, w, h, radius)
	c.fill(t.fill, c.outlined(border))
	c.stroke(t, flatten(border, c.scale).dashed(c.dash(t)))
}

func (c canvas) fill(s shade, p vg.Path) {
	if len(p) == 0 {
		return
	}
	c.SetColor(s.rgba())
	c.Fill(p)
}

// dash is the tone's dash in pixels.
func (c canvas) dash(t tone) []float64 {
	scaled := make([]float64, len(t.dash))
	for i, d := range t.dash {
		scaled[i] = d * c.scale
	}
	return scaled
}

// stroke draws what of these lines is in the band.
func (c canvas) stroke(t tone, lines []polyline) {
	width := t.width * c.scale
	p := (*c.scratch)[:0]
	for _, line := range lines {
		for _, run := range line.within(c.top-width, c.top+c.height+width) {
			p = run.ribbons(p, width, c.top)
		}
	}
	*c.scratch = p
	c.fill(t.line, p)
}

// rounded is a rectangle with round corners: a start and cubic curves. It begins
// in the middle of its upper side, where no seam shows.
func rounded(x, y, w, h, r float64) []layout.Point {
	const round = 0.5523 // a quarter circle's control points, of its radius
	p := []layout.Point{{X: x + w/2, Y: y}}
	line := func(x, y float64) {
		at := layout.Point{X: x, Y: y}
		p = append(p, p[len(p)-1], at, at)
	}
	// corner turns from one side, dx, dy away, to the next, ex, ey away.
	corner := func(x, y, dx, dy, ex, ey float64) {
		line(x+dx*r, y+dy*r)
		k := r * (1 - round)
		p = append(p, layout.Point{X: x + dx*k, Y: y + dy*k}, layout.Point{X: x + ex*k, Y: y + ey*k}, layout.Point{X: x + ex*r, Y: y + ey*r})
	}
	corner(x+w, y, -1, 0, 0, 1)
	corner(x+w, y+h, 0, -1, -1, 0)
	corner(x, y+h, 1, 0, 0, -1)
	corner(x, y, 0, 1, 1, 0)
	line(x+w/2, y)
	return p
}

// outlined is a start and its cubic curves as a path to fill.
func (c canvas) outlined(points []layout.Point) vg.Path {
	var p vg.Path
	p.Move(c.point(points[0]))
	for i := 1; i+2 < len(points); i += 3 {
		if points[i+1] == points[i+2] {
			p.Line(c.point(points[i+2]))
		} else {
			p.CubeTo(c.point(points[i]), c.point(points[i+1]), c.point(points[i+2]))
		}
	}
	p.Close()
	return p
}

func (c canvas) edge(w wire, lines []polyline) {
	c.wire(w, lines)
	if w.label == nil {
		return
	}
	if at := w.label.halo(); !c.misses(at.y, at.h) {
		c.fill(paper, c.outlined(rounded(at.x, at.y, at.w, at.h, 2)))
		c.text(*w.label)
	}
}

// lines are the edge's line, or its dashes, in pixels.
func (c canvas) lines(w wire) []polyline { return flatten(w.points, c.scale).dashed(c.dash(w.tone)) }

func (c canvas) casing(w wire) { c.stroke(casingEdge, []polyline{flatten(w.points, c.scale)}) }

func (c canvas) wire(w wire, lines []polyline) {
	c.stroke(w.tone, lines)
	tip := w.tip()
	end, reach := tip[0], w.tone.reach()
	if c.misses(end.Y-reach, 2*reach) {
		return
	}
	c.fill(w.tone.line, c.ring(tip))
	if w.tone.hollow() {
		c.fill(paper, c.ring(shrunk(tip)))
	}
}

// ring is a path around these corners.
func (c canvas) ring(corners []layout.Point) vg.Path {
	var p vg.Path
	p.Move(c.point(corners[0]))
	for _, at := range corners[1:] {
		p.Line(c.point(at))
	}
	p.Close()
	return p
}

// text fills the outlines of its glyphs where they were measured, the last first
// for the reason that ribbons have.
func (c canvas) text(t text) {
	if c.misses(t.y-t.size, 1.5*t.size) {
		return
	}
	f := c.ruler.face(t.bold)
	type placed struct {
		*glyph
		x float64
	}
	glyphs := make([]placed, 0, len(t.string))
	f.each(t.string, func(g *glyph, x float64) { glyphs = append(glyphs, placed{g, t.left() + x*t.size}) })
	p := (*c.scratch)[:0]
	for _, g := range slices.Backward(glyphs) {
		p = c.outline(p, f.outline(g.glyph), g.x, t.y, t.size*f.unit)
	}
	*c.scratch = p
	c.fill(t.fill, p)
}

// outline adds a glyph's contours, given in font units, with its origin at x, y.
func (c canvas) outline(p vg.Path, s sfnt.Segments, x, y, unit float64) vg.Path {
	at := func(g sfnt.Segment, i int) vg.Point {
		return c.at(x+float64(g.Args[i].X)*unit, y+float64(g.Args[i].Y)*unit)
	}
	for _, g := range s {
		switch g.Op {
		case sfnt.SegmentOpMoveTo:
			p.Move(at(g, 0))
		case sfnt.SegmentOpLineTo:
			p.Line(at(g, 0))
		case sfnt.SegmentOpQuadTo:
			p.QuadTo(at(g, 0), at(g, 1))
		case sfnt.SegmentOpCubeTo:
			p.CubeTo(at(g, 0), at(g, 1), at(g, 2))
		}
	}
	return p
}

func (c canvas) point(p layout.Point) vg.Point { return c.at(p.X, p.Y) }

func (c canvas) at(x, y float64) vg.Point {
	return vg.Point{X: vg.Length(x * c.scale), Y: vg.Length(y*c.scale - c.top)}
}

// colour is c without its alpha: everything on a sheet is opaque.
func colour(r, g, b uint8) color.RGBA { return color.RGBA{R: r, G: g, B: b, A: 0xFF} }
