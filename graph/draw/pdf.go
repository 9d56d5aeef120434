package draw

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"

	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"codeberg.org/go-pdf/fpdf"

	"github.com/converged/converged/graph/layout"
)

// pdfSide is the longest side of a page that every viewer shows, in points.
const pdfSide = 14400

// PDF writes the sheet as one page of its size, with the same positions as the
// SVG: lines are curves, text is text, the used part of the font is inside. A
// sheet longer than a page may be is drawn smaller. The same sheet gives the same
// bytes: there is no date in it.
func PDF(w io.Writer, s *Sheet) error {
	if s.err != nil {
		return s.err
	}
	scale := s.pdfScale()
	size := fpdf.SizeType{Wd: s.Width * scale, Ht: s.Height * scale}
	doc := fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", Size: size})
	doc.SetCatalogSort(true)
	doc.SetTitle(bmp(s.title), true)
	doc.SetSubject(bmp(s.summary), true)
	doc.SetCreationDate(time.Unix(0, 0).UTC())
	doc.SetModificationDate(time.Unix(0, 0).UTC())
	doc.SetAutoPageBreak(false, 0)
	doc.AddUTF8FontFromBytes("sans", "", liberationsansregular.TTF)
	doc.AddUTF8FontFromBytes("sans", "B", liberationsansbold.TTF)
	doc.AddPage()
	page{Fpdf: doc, scale: scale, sheet: s}.draw()
	var out bytes.Buffer
	if err := doc.Output(&out); err != nil {
		return fmt.Errorf("make the PDF: %w", err)
	}
	if _, err := w.Write(undated(out.Bytes())); err != nil {
		return fmt.Errorf("write the PDF: %w", err)
	}
	return nil
}

// undated blanks the dates, which the library always writes, without moving what
// follows: a PDF tells where everything stands in it.
func undated(pdf []byte) []byte {
	for _, key := range []string{"/CreationDate (D:19700101000000)", "/ModDate (D:19700101000000)"} {
		if at := bytes.LastIndex(pdf, []byte(key)); at >= 0 {
			copy(pdf[at:], strings.Repeat(" ", len(key)))
		}
	}
	return pdf
}

func (s *Sheet) pdfScale() float64 { return min(1, pdfSide/max(1, s.Width, s.Height)) }

// page draws a sheet, both y downwards.
type page struct {
	*fpdf.Fpdf
	scale float64
	sheet *Sheet
}

func (p page) draw() {
	s := p.sheet
	p.paint(paper)
	p.Rect(0, 0, s.Width*p.scale, s.Height*p.scale, "F")
	for _, t := range s.texts {
		p.text(t)
	}
	for _, k := range s.keys {
		if k.box != nil {
			p.box(*k.box)
		} else {
			if k.wire.cased {
				p.line(casingEdge, k.wire.points)
			}
			p.wire(*k.wire)
		}
		p.text(k.text)
	}
	for _, w := range s.casings() {
		p.line(casingEdge, w.points)
	}
	for _, i := range s.drawn() {
		p.edge(s.wires[i])
	}
	for _, b := range s.boxes {
		p.box(b)
		if b.incomplete {
			p.box(b.badge())
		}
	}
}

func (p page) box(b box) {
	p.rect(b.tone, rounded(b.x, b.y, b.w, b.h, b.radius()))
	for _, in := range b.inners() {
		p.rect(b.tone.solid(), rounded(in.x, in.y, in.w, in.h, in.radius))
	}
	if fold := b.fold(); fold != nil {
		p.paint(b.tone.line)
		p.polygon(fold)
		p.paint(b.tone.fill)
		p.polygon(shrunk(fold))
	}
	p.text(b.label)
}

func (p page) rect(t tone, outline []layout.Point) {
	p.paint(t.fill)
	p.pen(t)
	p.curve(outline)
	p.ClosePath()
	p.DrawPath("FD")
}

func (p page) edge(w wire) {
	p.wire(w)
	if w.label == nil {
		return
	}
	at := w.label.halo()
	p.paint(paper)
	p.Rect(at.x*p.scale, at.y*p.scale, at.w*p.scale, at.h*p.scale, "F")
	p.text(*w.label)
}

func (p page) wire(w wire) {
	if len(w.points) == 0 {
		return
	}
	p.line(w.tone, w.points)
	p.paint(w.tone.line)
	p.polygon(w.tip())
	if w.tone.hollow() {
		p.paint(paper)
		p.polygon(shrunk(w.tip()))
	}
}

// line is a start and its cubic curves.
func (p page) line(t tone, points []layout.Point) {
	p.pen(t)
	p.curve(points)
	p.DrawPath("D")
}

// curve begins a path: a start and its cubic curves.
func (p page) curve(points []layout.Point) {
	p.MoveTo(points[0].X*p.scale, points[0].Y*p.scale)
	for i := 1; i+2 < len(points); i += 3 {
		a, b, c := points[i], points[i+1], points[i+2]
		p.CurveBezierCubicTo(a.X*p.scale, a.Y*p.scale, b.X*p.scale, b.Y*p.scale, c.X*p.scale, c.Y*p.scale)
	}
}

func (p page) polygon(corners []layout.Point) {
	points := make([]fpdf.PointType, len(corners))
	for i, at := range corners {
		points[i] = fpdf.PointType{X: at.X * p.scale, Y: at.Y * p.scale}
	}
	p.Polygon(points, "F")
}

// paint sets what fills, pen what draws lines.
func (p page) paint(c shade) {
	at := c.rgba()
	p.SetFillColor(int(at.R), int(at.G), int(at.B))
}

func (p page) pen(t tone) {
	at := t.line.rgba()
	p.SetDrawColor(int(at.R), int(at.G), int(at.B))
	p.SetLineWidth(t.width * p.scale)
	dash := make([]float64, len(t.dash))
	for i, d := range t.dash {
		dash[i] = d * p.scale
	}
	p.SetDashPattern(dash, 0)
}

func (p page) text(t text) {
	if t.string == "" {
		return
	}
	style := ""
	if t.bold {
		style = "B"
	}
	at, words := t.fill.rgba(), p.sheet.drawable(t.string, t.bold)
	p.SetTextColor(int(at.R), int(at.G), int(at.B))
	p.SetFont("sans", style, t.size*p.scale)
	x := t.x * p.scale
	if t.middle {
		x -= p.GetStringWidth(words) / 2
	}
	p.Text(x, t.y*p.scale, words)
}

// drawable is s with a box for each character that the built-in font lacks.
func (s *Sheet) drawable(text string, bold bool) string {
	f := s.ruler.face(bold)
	return strings.Map(func(c rune) rune {
		if f.glyph(c).index == 0 {
			return '□'
		}
		return c
	}, text)
}

// bmp is text without what a title of a PDF cannot hold as this library writes it:
// characters of more than 16 bits.
func bmp(text string) string {
	return strings.Map(func(c rune) rune {
		if c > 0xFFFF {
			return '□'
		}
		return c
	}, text)
}
