package draw

import (
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"io"
	"math"
)

// Limits of a PNG.
const (
	pixelsMost   = 100e6 // a byte each while it is drawn
	sideMost     = 32767 // viewers refuse longer ones
	scaleMost    = 16
	scaleDefault = 2       // 144 dots an inch: crisp on today's screens
	scaleLeast   = 1.2     // what a large sheet is drawn at by default
	pixelsEnough = 10e6    // a sheet with more at scaleDefault is large
	bandPixels   = 2 << 20 // drawn at a time, 4 bytes each
	bandRows     = 512     // drawn at a time: every shape costs a look at every row
	bleed        = 1       // row above a band that is thrown away: the rasterizer rounds towards it
)

// PNG writes the sheet as an image of Pixels' size. It is drawn band by band
// into a palette of the sheet's own colours: a large sheet costs a byte a pixel.
func PNG(w io.Writer, s *Sheet) error {
	if s.err != nil {
		return s.err
	}
	width, _ := s.Pixels()
	sheet := s.paint(min(max(1, bandPixels/width), bandRows))
	e := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := e.Encode(w, sheet); err != nil {
		return fmt.Errorf("write the PNG: %w", err)
	}
	return nil
}

// paint draws the sheet in bands of so many rows.
func (s *Sheet) paint(rows int) *image.Paletted {
	width, height := s.Pixels()
	colours, scale := newColours(s), float64(width)/s.Width
	sheet := image.NewPaletted(image.Rect(0, 0, width, height), colours.palette)
	lines := make([][]polyline, len(s.wires))
	for i, w := range s.wires {
		lines[i] = canvas{scale: scale}.lines(w)
	}
	rows = min(rows, height)
	band := image.NewRGBA(image.Rect(0, 0, width, bleed+rows))
	for top := 0; top < height; top += rows {
		draw.Draw(band, band.Rect, image.NewUniform(paper.rgba()), image.Point{}, draw.Src)
		newCanvas(band, s, scale, top-bleed).sheet(s, lines)
		colours.reduce(sheet, band, top)
	}
	return sheet
}

// Pixels is the size of the PNG of this sheet: as wished, or as large as allowed.
func (s *Sheet) Pixels() (width, height int) {
	scale := min(s.wished(), s.allowed())
	return max(1, int(math.Round(s.Width*scale))), max(1, int(math.Round(s.Height*scale)))
}

// wished is the scale that was asked for, made sane.
func (s *Sheet) wished() float64 {
	if s.scale > 0 {
		return min(s.scale, scaleMost)
	}
	return min(scaleDefault, max(scaleLeast, math.Sqrt(pixelsEnough/max(1, s.Width*s.Height))))
}

// allowed is the largest scale within the limits of a PNG.
func (s *Sheet) allowed() float64 {
	side := sideMost / max(1, s.Width, s.Height)
	return min(side, math.Sqrt(pixelsMost/max(1, s.Width*s.Height)))
}
