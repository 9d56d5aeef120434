package draw_test

import (
	"strings"
	"testing"

	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font/opentype"
	"gonum.org/v1/plot/font"
)

// widthOf measures with gonum's own reading of the font.
func widthOf(t *testing.T, text string, size float64, bold bool) float64 {
	t.Helper()
	ttf := liberationsansregular.TTF
	if bold {
		ttf = liberationsansbold.TTF
	}
	parsed, err := opentype.Parse(ttf)
	if err != nil {
		t.Fatal(err)
	}
	face := font.Face{Face: parsed, Font: font.Font{Size: font.Points(size)}}
	return face.Width(text).Points()
}

func TestLabelsStayInsideTheirBoxes(t *testing.T) {
	graphs := samples()
	graphs["hostile"] = named(hostile()...)
	graphs["wide"] = named(strings.Repeat("W", 400), "WAVE AVATAR To", "iiiiiiiiii", "W")
	for name, g := range graphs {
		t.Run(name, func(t *testing.T) {
			for _, n := range parseSVG(t, g).groups("node") {
				r, label := n.all("rect")[0], n.all("text")[0]
				half := widthOf(t, label.Text, label.num(t, "font-size"), label.attr("font-weight") == "bold") / 2
				middle, left := label.num(t, "x"), r.num(t, "x")
				right := left + r.num(t, "width")
				if label.attr("text-anchor") != "middle" {
					t.Fatalf("%q is not centred", label.Text)
				}
				const padding = 6
				if middle-half < left+padding || middle+half > right-padding {
					t.Errorf("%q from %.1f to %.1f leaves its box from %.1f to %.1f", label.Text, middle-half, middle+half, left, right)
				}
				if y := label.num(t, "y"); y < r.num(t, "y")+8 || y > r.num(t, "y")+r.num(t, "height")-4 {
					t.Errorf("%q stands at %v, its box at %v", label.Text, y, r.num(t, "y"))
				}
			}
		})
	}
}

func TestLongNamesLoseTheirMiddle(t *testing.T) {
	long := "beginning-" + strings.Repeat("x", 10_000) + "-end"
	for _, n := range parseSVG(t, named(long)).groups("node") {
		shown := n.all("text")[0].Text
		if !strings.HasPrefix(shown, "beginning-") || !strings.HasSuffix(shown, "-end") || !strings.Contains(shown, "…") {
			t.Errorf("shown as %q", shown)
		}
		if !strings.Contains(n.attr("data-name"), long) || !strings.Contains(n.all("title")[0].Text, long) {
			t.Errorf("%q does not hold its whole name", shown)
		}
	}
}

func TestForeignScriptsAreHeldToTheirRoom(t *testing.T) {
	for _, n := range parseSVG(t, named("漢字の役割")).groups("node") {
		label, room := n.all("text")[0], n.all("rect")[0].num(t, "width")
		if long := label.num(t, "textLength"); long > room-12 || long < 5*11 {
			t.Errorf("%q is given %v of %v", label.Text, long, room)
		}
	}
	for _, n := range parseSVG(t, named("plain")).groups("node") {
		if n.all("text")[0].attr("textLength") != "" {
			t.Error("plain text is stretched")
		}
	}
}
