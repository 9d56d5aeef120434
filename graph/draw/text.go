package draw

import (
	"fmt"

	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// family names the font that measures and its metric equals, so that a viewer
// without it still keeps every label inside its box.
const family = "Liberation Sans, Arimo, Helvetica, Arial, sans-serif"

// foreignWidth is the room, in em, for a character the font does not have. A
// viewer's substitute for a CJK character is 1 em wide; emoji a little more.
const foreignWidth = 1.2

// ruler measures text with the fonts that later draw it. Not safe for
// concurrent use: sfnt's buffer is shared.
type ruler struct{ regular, bold *face }

// face is one font with what was already looked up in it.
type face struct {
	font   *sfnt.Font
	unit   float64 // em per font unit
	buffer sfnt.Buffer
	glyphs map[rune]*glyph
}

// glyph is one character of a face.
type glyph struct {
	index    sfnt.GlyphIndex
	advance  float64 // em
	outline  sfnt.Segments
	outlined bool
}

// newRuler parses the fonts, about 0.1 ms each; nothing is parsed before.
func newRuler() (*ruler, error) {
	regular, err := newFace(liberationsansregular.TTF)
	if err != nil {
		return nil, err
	}
	bold, err := newFace(liberationsansbold.TTF)
	return &ruler{regular: regular, bold: bold}, err
}

func newFace(ttf []byte) (*face, error) {
	parsed, err := sfnt.Parse(ttf)
	if err != nil {
		return nil, fmt.Errorf("read the built-in font: %w", err)
	}
	return &face{font: parsed, unit: 1 / float64(parsed.UnitsPerEm()), glyphs: map[rune]*glyph{}}, nil
}

func (r *ruler) face(bold bool) *face {
	if bold {
		return r.bold
	}
	return r.regular
}

// width of s in points at this size, kerning included.
func (r *ruler) width(s string, size float64, bold bool) float64 {
	f := r.face(bold)
	end := 0.0
	f.each(s, func(g *glyph, x float64) { end = x + g.advance })
	return end * size
}

// foreign says whether s holds a character that the font does not have.
func (r *ruler) foreign(s string, bold bool) bool {
	f := r.face(bold)
	for _, c := range s {
		if f.glyph(c).index == 0 {
			return true
		}
	}
	return false
}

// each visits the glyphs of s with where they stand, in em from the start.
func (f *face) each(s string, visit func(g *glyph, x float64)) {
	x, previous := 0.0, (*glyph)(nil)
	for _, c := range s {
		g := f.glyph(c)
		if previous != nil {
			x += f.kern(previous, g)
		}
		visit(g, x)
		x += g.advance
		previous = g
	}
}

func (f *face) glyph(c rune) *glyph {
	if g, ok := f.glyphs[c]; ok {
		return g
	}
	g := &glyph{advance: foreignWidth}
	if i, err := f.font.GlyphIndex(&f.buffer, c); err == nil && i != 0 {
		g.index = i
		if a, err := f.font.GlyphAdvance(&f.buffer, i, f.ppem(), font.HintingNone); err == nil {
			g.advance = float64(a) * f.unit
		}
	}
	f.glyphs[c] = g
	return g
}

func (f *face) kern(a, b *glyph) float64 {
	k, err := f.font.Kern(&f.buffer, a.index, b.index, f.ppem(), font.HintingNone)
	if err != nil {
		return 0 // the font has no opinion on this pair
	}
	return float64(k) * f.unit
}

// outline is the glyph's contours in font units, y downwards, around its origin.
func (f *face) outline(g *glyph) sfnt.Segments {
	if !g.outlined {
		g.outlined = true
		if s, err := f.font.LoadGlyph(&f.buffer, g.index, f.ppem(), nil); err == nil {
			g.outline = append(sfnt.Segments(nil), s...)
		}
	}
	return g.outline
}

// ppem makes a fixed-point unit of sfnt one font unit, so nothing is rounded.
func (f *face) ppem() fixed.Int26_6 { return fixed.Int26_6(f.font.UnitsPerEm()) }
