package draw

import (
	"math"
	"testing"

	"gonum.org/v1/plot/vg"

	"github.com/converged/converged/graph/layout"
)

func (l polyline) length() float64 {
	sum := 0.0
	for i := 1; i < len(l); i++ {
		sum += math.Hypot(l[i].X-l[i-1].X, l[i].Y-l[i-1].Y)
	}
	return sum
}

func TestFlattenStaysNearTheCurve(t *testing.T) {
	const k, r = 0.5523, 100.0 // a quarter circle
	quarter := []layout.Point{{X: r}, {X: r, Y: k * r}, {X: k * r, Y: r}, {Y: r}}
	line := flatten(quarter, 3)
	for i := 1; i < len(line); i++ {
		middle := math.Hypot(line[i].X+line[i-1].X, line[i].Y+line[i-1].Y) / 2
		if math.Abs(middle-3*r) > 3*flatness {
			t.Errorf("piece %d is %.2f off the circle", i, middle-3*r)
		}
	}
	if len(line) < 8 || len(line) > 80 {
		t.Errorf("%d points for a quarter circle", len(line))
	}
	if end := line[len(line)-1]; end != (layout.Point{Y: 3 * r}) {
		t.Errorf("ends at %v", end)
	}
	straight := flatten([]layout.Point{{}, {X: 10}, {X: 20}, {X: 30}}, 1)
	if len(straight) != 2 {
		t.Errorf("%d points for a straight line", len(straight))
	}
}

func TestDashesHaveTheirLengths(t *testing.T) {
	line := polyline{{X: 0}, {X: 7}, {X: 7, Y: 13}} // 20 long, with a corner
	pieces := line.dashed([]float64{5, 3})
	want := []float64{5, 5, 4}
	if len(pieces) != len(want) {
		t.Fatalf("%d dashes, want %d: %v", len(pieces), len(want), pieces)
	}
	for i, p := range pieces {
		if math.Abs(p.length()-want[i]) > 1e-9 {
			t.Errorf("dash %d is %v long, want %v", i, p.length(), want[i])
		}
	}
	if solid := line.dashed(nil); len(solid) != 1 || solid[0].length() != 20 {
		t.Errorf("no dashes: %v", solid)
	}
}

func TestWithinCutsBetweenHeights(t *testing.T) {
	zigzag := polyline{{Y: 0}, {Y: 10}, {Y: 20}, {Y: 30}, {Y: 20}, {Y: 10}}
	for _, c := range []struct {
		top, bottom float64
		runs        int
	}{{0, 30, 1}, {-9, -1, 0}, {31, 40, 0}, {12, 18, 2}, {22, 28, 1}} {
		runs := zigzag.within(c.top, c.bottom)
		if len(runs) != c.runs {
			t.Errorf("between %v and %v: %v, want %d runs", c.top, c.bottom, runs, c.runs)
		}
	}
}

func TestRibbonsKeepTheirWidth(t *testing.T) {
	for name, line := range map[string]polyline{
		"bend":  {{X: 0, Y: 10}, {X: 50, Y: 10}, {X: 50, Y: 60}},
		"left":  {{X: 300, Y: 3}, {X: 200, Y: 3}, {X: 100, Y: 3}},
		"slope": {{X: 0, Y: 0}, {X: 1000, Y: 7}},
		"fall":  {{X: 5, Y: 0}, {X: 5, Y: 1000}},
	} {
		if got, want := areaOf(t, line.ribbons(nil, 4, 10)), 4*line.length(); math.Abs(got-want) > 0.01*want {
			t.Errorf("%s: a ribbon %v long and 4 wide covers %v", name, line.length(), got)
		}
	}
	back := polyline{{}, {X: 10}, {}}
	for _, c := range back.ribbons(nil, 4, 0) {
		if math.IsNaN(float64(c.Pos.X)) || math.Abs(float64(c.Pos.Y)) > 4 {
			t.Errorf("turning back: %v", c.Pos)
		}
	}
}

// areaOf is what the closed pieces of a path cover together.
func areaOf(t *testing.T, p vg.Path) float64 {
	t.Helper()
	sum := 0.0
	var piece []vg.Point
	for _, c := range p {
		if c.Type != vg.CloseComp {
			piece = append(piece, c.Pos)
			continue
		}
		for i, at := range piece {
			next := piece[(i+1)%len(piece)]
			sum += float64(at.X*next.Y-next.X*at.Y) / 2
		}
		piece = nil
	}
	if len(piece) > 0 {
		t.Fatal("the outline is open")
	}
	return math.Abs(sum)
}

func TestLongFlatLinesAreCutFromTheRight(t *testing.T) {
	for _, line := range []polyline{{{}, {X: 1000, Y: 9}}, {{X: 1000, Y: 9}, {}}} {
		last, pieces := math.Inf(1), 0
		for _, c := range line.ribbons(nil, 2, 0) {
			if c.Type != vg.MoveComp {
				continue
			}
			if x := float64(c.Pos.X); x >= last {
				t.Errorf("a piece at %v after one at %v", x, last)
			}
			last = float64(c.Pos.X)
			pieces++
		}
		if pieces < 1000/stretch || pieces > 2*1000/stretch {
			t.Errorf("%d pieces", pieces)
		}
	}
}
