package draw

import (
	"fmt"
	"strings"
)

// readable is the smallest size of a label, in pixels, that one can read.
const readable = 6.5

// stripes is how many times as long as wide a sheet may be; nobody looks at a
// longer one as a picture.
const stripes = 60

// Notice is empty, or says what the PNG of this sheet cannot show: it is smaller
// than asked for, too small to be read, a stripe, or has characters the built-in
// font lacks.
func (s *Sheet) Notice() string {
	if s.err != nil {
		return ""
	}
	var parts []string
	width, height := s.Pixels()
	if s.wished() > s.allowed() {
		parts = append(parts, fmt.Sprintf("the PNG is drawn at %.2g instead of %.2g pixels per point, %d x %d pixels: more than %d million, or %d a side, are not written",
			s.allowed(), s.wished(), width, height, int(pixelsMost/1e6), sideMost))
	}
	switch long, short := max(s.Width, s.Height), min(s.Width, s.Height); {
	case float64(width)/max(1, s.Width)*labelSize < readable && s.wished() > s.allowed():
		parts = append(parts, "its labels are too small to be read: an SVG or HTML can be enlarged, --focus NAME shows a part")
	case s.wished() > s.allowed():
		parts = append(parts, "an SVG has no such limit")
	case long > stripes*short:
		parts = append(parts, "it is one long stripe: --focus NAME shows a part, an SVG or HTML can be enlarged")
	}
	if n := s.foreignNames(); n > 0 {
		parts = append(parts, foreignWords(n))
	}
	return strings.Join(parts, "; ")
}

// PDFNotice is empty, or says what the PDF of this sheet cannot show.
func (s *Sheet) PDFNotice() string {
	if s.err != nil {
		return ""
	}
	var parts []string
	if scale := s.pdfScale(); scale < 1 {
		parts = append(parts, fmt.Sprintf("the page is drawn at %.2g of its size: viewers show no page longer than %d points", scale, pdfSide))
	}
	if n := s.foreignNames(); n > 0 {
		parts = append(parts, foreignWords(n))
	}
	return strings.Join(parts, "; ")
}

// foreignNames counts the labels with characters that the built-in font lacks.
func (s *Sheet) foreignNames() int {
	n := 0
	for _, b := range s.boxes {
		if b.label.squeeze {
			n++
		}
	}
	return n
}

func foreignWords(n int) string {
	hold := "hold"
	if n == 1 {
		hold = "holds"
	}
	names := map[bool]string{true: "name", false: "names"}[n == 1]
	return fmt.Sprintf("%d %s %s characters that the built-in font lacks, drawn as boxes: in an SVG or HTML the viewer's fonts show them", n, names, hold)
}
