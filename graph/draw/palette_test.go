package draw

import (
	"image"
	"image/color"
	"testing"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/parsers/repository"
	"github.com/converged/converged/parsers/role"
)

// everything holds every tone.
func everything() *graph.Graph {
	return graph.New(role.Set{Roles: []role.Role{
		{Name: "a", File: "a.rb", RunList: []role.Item{{Kind: role.RoleItem, Name: "b"}, {Kind: role.RoleItem, Name: "c"}, {Kind: role.RecipeItem, Name: "r"}}},
		{Name: "b", File: "b.rb", RunList: []role.Item{{Kind: role.RoleItem, Name: "a"}, {Kind: role.RoleItem, Name: "gone"}}},
		{Name: "c", File: "c.rb", RunList: []role.Item{{Kind: role.RoleItem, Name: "b"}}},
		{Name: "d", File: "d.rb", EnvRunLists: map[string][]role.Item{"prod": {{Kind: role.RoleItem, Name: "a"}}}},
	}}, repository.Set{})
}

func TestPaletteHoldsEveryColourOfTheSheet(t *testing.T) {
	s := Place(everything(), Options{})
	c := newColours(s)
	if n := len(c.palette); n > 256 {
		t.Fatalf("%d colours in a palette of bytes", n)
	}
	for _, b := range s.boxes {
		for _, want := range []shade{b.tone.fill, b.tone.line, b.label.fill, paper} {
			v := want.rgba()
			if got := c.palette[c.index(packed(v.R, v.G, v.B))]; got != v {
				t.Errorf("%s: %v became %v", b.name, v, got)
			}
		}
	}
	for _, w := range s.wires {
		v := w.tone.line.rgba()
		if got := c.palette[c.index(packed(v.R, v.G, v.B))]; got != v {
			t.Errorf("%s: %v became %v", w.tone.name, v, got)
		}
	}
	if c.palette[0] != color.Color(paper.rgba()) {
		t.Errorf("colour 0 is %v, want the paper", c.palette[0])
	}
}

func TestReduceKeepsShadesClose(t *testing.T) {
	c := newColours(Place(everything(), Options{}))
	const wide = 255
	band := image.NewRGBA(image.Rect(0, 0, wide, 2+bleed))
	from, to := paper.rgba(), plainEdge.line.rgba()
	for x := range wide {
		mix := func(a, b uint8) uint8 { return uint8(int(a) + (int(b)-int(a))*x/wide) }
		band.SetRGBA(x, bleed, colour(mix(from.R, to.R), mix(from.G, to.G), mix(from.B, to.B)))
		band.SetRGBA(x, bleed+1, from)
	}
	sheet := image.NewPaletted(image.Rect(0, 0, wide, 2), c.palette)
	c.reduce(sheet, band, 0)
	for x := range wide {
		want := band.RGBAAt(x, bleed)
		got, _ := sheet.At(x, 0).(color.RGBA)
		if d := int(want.G) - int(got.G); max(d, -d) > 8 {
			t.Errorf("%v became %v", want, got)
		}
		if sheet.ColorIndexAt(x, 1) != 0 {
			t.Errorf("paper at %d became colour %d", x, sheet.ColorIndexAt(x, 1))
		}
	}
}

func TestBandsLeaveNoSeams(t *testing.T) {
	s := Place(everything(), Options{Scale: 1.5})
	whole := s.paint(1 << 20)
	for _, rows := range []int{1, 7, 64} {
		banded := s.paint(rows)
		for y := range whole.Rect.Dy() {
			for x := range whole.Rect.Dx() {
				want, _ := whole.At(x, y).(color.RGBA)
				got, _ := banded.At(x, y).(color.RGBA)
				if d := int(want.G) - int(got.G); max(d, -d) > 32 { // a hair of rounding
					t.Fatalf("in bands of %d, %d, %d is %v, want %v", rows, x, y, got, want)
				}
			}
		}
	}
}
