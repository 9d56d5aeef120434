package draw

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
)

// colours turns what was drawn into a palette of the sheet's own colours: each
// of its inks in even steps on each ground it is drawn on. A palette makes a PNG
// several times smaller and faster to write, and smooth edges stay smooth.
type colours struct {
	palette color.Palette
	rgb     [][3]int32
	exact   map[uint32]uint8 // the palette's own colours
	// coarse is the nearest to each colour of six bits a channel, one more than its
	// index; 0 is not known yet. That is off by less than one can see.
	coarse [1 << 18]uint16
	// known remembers colours that were looked up, by a hash of the colour.
	known [1 << 15]struct {
		colour uint32
		index  uint8
		set    bool
	}
}

// blend is an ink on a ground.
type blend struct{ ink, ground shade }

func newColours(s *Sheet) *colours {
	blends := s.blends()
	steps := min(24, 255/len(blends))
	c := &colours{exact: map[uint32]uint8{}}
	c.add(paper.rgba())
	for _, b := range blends {
		from, to := b.ground.rgba(), b.ink.rgba()
		for i := range steps {
			// The ink itself is the last step; the ground is another's ink, or paper.
			part := func(a, b uint8) uint8 { return uint8(int(a) + (int(b)-int(a))*(i+1)/steps) }
			c.add(colour(part(from.R, to.R), part(from.G, to.G), part(from.B, to.B)))
		}
	}
	return c
}

// blends are all that occur on the sheet, in the order of their first use.
func (s *Sheet) blends() []blend {
	var list []blend
	seen := map[blend]bool{}
	use := func(ink, ground shade) {
		if b := (blend{ink, ground}); ink != ground && !seen[b] {
			seen[b] = true
			list = append(list, b)
		}
	}
	box := func(b box) {
		use(b.tone.fill, paper)
		use(b.tone.line, paper)
		use(b.tone.line, b.tone.fill)
		use(b.label.fill, b.tone.fill)
		if b.incomplete {
			use(badgeTone.line, badgeTone.fill)
			use(badgeTone.fill, paper)
			use(badgeTone.ink, badgeTone.fill)
		}
	}
	for _, t := range s.texts {
		use(t.fill, paper)
	}
	for _, b := range s.boxes {
		box(b)
	}
	for _, w := range s.wires {
		use(w.tone.line, paper)
		if w.cased {
			use(casingEdge.line, paper)
			use(w.tone.line, casingEdge.line)
		}
		if w.label != nil {
			use(w.label.fill, paper)
		}
	}
	for _, k := range s.keys {
		if k.wire != nil {
			use(k.wire.tone.line, paper)
		} else {
			box(*k.box)
		}
		use(k.text.fill, paper)
	}
	return list
}

func (c *colours) add(v color.RGBA) {
	if _, ok := c.exact[packed(v.R, v.G, v.B)]; !ok {
		c.exact[packed(v.R, v.G, v.B)] = uint8(len(c.palette))
	}
	c.palette = append(c.palette, v)
	c.rgb = append(c.rgb, [3]int32{int32(v.R), int32(v.G), int32(v.B)})
}

// reduce writes the band, without its bleed, into the sheet, top pixels down.
// Where the band is blank the sheet is already: paper is colour 0.
func (c *colours) reduce(sheet *image.Paletted, band *image.RGBA, top int) {
	blank := bytes.Repeat(paperPixel(), stretch)
	wide := sheet.Rect.Dx()
	for y := range min(band.Rect.Dy()-bleed, sheet.Rect.Dy()-top) {
		from := band.Pix[(y+bleed)*band.Stride:][:4*wide]
		to := sheet.Pix[(top+y)*sheet.Stride:][:wide]
		for x := 0; x < wide; x += stretch {
			n := min(stretch, wide-x)
			if part := from[4*x : 4*(x+n)]; !bytes.Equal(part, blank[:4*n]) {
				c.translate(to[x:x+n], part)
			}
		}
	}
}

func paperPixel() []byte {
	p := paper.rgba()
	return []byte{p.R, p.G, p.B, p.A}
}

// translate looks up pixels of four bytes each.
func (c *colours) translate(to, from []byte) {
	var last uint32
	index := c.index(last)
	for x := range to {
		if v := binary.LittleEndian.Uint32(from[4*x:]) & 0xFFFFFF; v != last {
			last, index = v, c.index(v)
		}
		to[x] = index
	}
}

// index is the palette's colour that is nearest to this packed one.
func (c *colours) index(v uint32) uint8 {
	known := &c.known[v*2654435761>>17]
	if !known.set || known.colour != v {
		known.colour, known.index, known.set = v, c.look(uint8(v), uint8(v>>8), uint8(v>>16)), true
	}
	return known.index
}

// look finds a colour that is not remembered.
func (c *colours) look(r, g, b uint8) uint8 {
	if i, ok := c.exact[packed(r, g, b)]; ok {
		return i
	}
	cell := &c.coarse[uint32(r)>>2<<12|uint32(g)>>2<<6|uint32(b)>>2]
	if *cell == 0 {
		*cell = 1 + uint16(c.nearest(int32(r|3)-1, int32(g|3)-1, int32(b|3)-1))
	}
	return uint8(*cell - 1)
}

// packed is a colour as four bytes of a picture hold it, without its alpha.
func packed(r, g, b uint8) uint32 { return uint32(r) | uint32(g)<<8 | uint32(b)<<16 }

func (c *colours) nearest(r, g, b int32) uint8 {
	best, least := 0, int32(1<<30)
	for i, p := range c.rgb {
		dr, dg, db := r-p[0], g-p[1], b-p[2]
		if d := 2*dr*dr + 4*dg*dg + db*db; d < least { // the eye's weights
			best, least = i, d
		}
	}
	return uint8(best)
}
