package draw_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"strings"
	"testing"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/graph/draw"
)

func parsePNG(t testing.TB, g *graph.Graph, o draw.Options) (image.Image, *draw.Sheet) {
	t.Helper()
	s := draw.Place(g, o)
	var b bytes.Buffer
	if err := draw.PNG(&b, s); err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(&b)
	if err != nil {
		t.Fatalf("the PNG does not decode: %v", err)
	}
	return picture, s
}

func rgb(c color.Color) (r, g, b int) {
	v, _ := color.NRGBAModel.Convert(c).(color.NRGBA)
	return int(v.R), int(v.G), int(v.B)
}

func TestPNGIsRedExactlyWhereThereIsACycle(t *testing.T) {
	for name, g := range samples() {
		picture, _ := parsePNG(t, g, draw.Options{Scale: 1})
		red := 0
		for y := range picture.Bounds().Dy() {
			for x := range picture.Bounds().Dx() {
				if r, g, b := rgb(picture.At(x, y)); r > 190 && g < 80 && b < 80 {
					red++
				}
			}
		}
		if cycles := g.Cycles(); (len(cycles) > 0) != (red > 100) || len(cycles) == 0 && red > 0 {
			t.Errorf("%s: %d red pixels, %d cycles", name, red, len(cycles))
		}
	}
}

func TestPNGHasTheSizeOfTheSheet(t *testing.T) {
	for _, scale := range []float64{0, 0.5, 1, 3} {
		picture, s := parsePNG(t, samples()["web"], draw.Options{Scale: scale})
		if scale == 0 {
			scale = 2
		}
		wide, high := picture.Bounds().Dx(), picture.Bounds().Dy()
		if math.Abs(float64(wide)-s.Width*scale) > 1 || math.Abs(float64(high)-s.Height*scale) > 1 {
			t.Errorf("at %v the PNG is %d x %d, the sheet %v x %v", scale, wide, high, s.Width, s.Height)
		}
		if s.Notice() != "" {
			t.Errorf("a notice without a reason: %s", s.Notice())
		}
	}
}

// TestPNGShowsWhatTheSVGShows looks for every box of the SVG at its place.
func TestPNGShowsWhatTheSVGShows(t *testing.T) {
	g := samples()["cycle"]
	const scale = 2
	picture, _ := parsePNG(t, g, draw.Options{Title: "roles", Scale: scale})
	for _, n := range parseSVG(t, g).groups("node") {
		r := n.all("rect")[0]
		x, y := r.num(t, "x"), r.num(t, "y")
		for what, at := range map[string]struct{ x, y float64 }{
			"stroke": {x + r.num(t, "width")/2, y}, "fill": {x + r.num(t, "width") - 6, y + r.num(t, "height")/2},
		} {
			if what == "stroke" && r.attr("stroke-dasharray") != "" {
				continue
			}
			if want, got := r.attr(what), picture.At(int(at.x*scale), int(at.y*scale)); !near(got, want) {
				t.Errorf("%s: its %s at %v is %v, in the SVG %s", n.attr("data-name"), what, at, got, want)
			}
		}
	}
}

// near allows for a line's own smooth edge.
func near(c color.Color, hex string) bool {
	const digits = "0123456789abcdef"
	value := func(i int) int { return strings.IndexByte(digits, hex[i])<<4 | strings.IndexByte(digits, hex[i+1]) }
	r, g, b := rgb(c)
	far := max(math.Abs(float64(r-value(1))), math.Abs(float64(g-value(3))), math.Abs(float64(b-value(5))))
	return far < 60
}

func TestHugeSheetsAreDrawnSmallerAndSayIt(t *testing.T) {
	s := draw.Place(samples()["web"], draw.Options{Scale: 16})
	s.Width, s.Height = 30_000, 20_000
	wide, high := s.Pixels()
	if wide*high > 100_500_000 || wide*high < 99_000_000 {
		t.Errorf("%d x %d pixels, want about 100 million", wide, high)
	}
	if n := s.Notice(); !strings.Contains(n, "pixels") || strings.Contains(n, "\n") {
		t.Errorf("notice: %q", n)
	}
	s.Width, s.Height = 1e6, 10
	if wide, high = s.Pixels(); wide > 32_767 || high < 1 {
		t.Errorf("%d x %d pixels, want at most 32767 a side", wide, high)
	}
}

func TestStrangeScalesDraw(t *testing.T) {
	for _, scale := range []float64{-1, math.NaN(), math.Inf(1), 1e-9, 1e9} {
		if wide, high := draw.Place(roles("a:"), draw.Options{Scale: scale}).Pixels(); wide < 1 || high < 1 || wide*high > 101_000_000 {
			t.Errorf("scale %v: %d x %d pixels", scale, wide, high)
		}
	}
}
