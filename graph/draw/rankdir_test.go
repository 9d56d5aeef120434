package draw_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/graph/draw"
	"github.com/converged/converged/graph/layout"
)

// middle is where the middle of the box of a node is.
func middle(t *testing.T, g *graph.Graph, dir draw.RankDir, id string) (x, y float64) {
	t.Helper()
	at := boxes(t, parseSVGWith(t, g, draw.Options{RankDir: dir}))[id]
	return at.x + at.w/2, at.y + at.h/2
}

func TestEdgesRunTheWayOfTheRankDir(t *testing.T) {
	g := roles("a: role[b]", "b:")
	for dir, want := range map[draw.RankDir][2]int{
		"": {1, 0}, "LR": {1, 0}, "lr": {1, 0}, "RL": {-1, 0}, "TB": {0, 1}, "BT": {0, -1},
	} {
		ax, ay := middle(t, g, dir, "role[a]")
		bx, by := middle(t, g, dir, "role[b]")
		if got := [2]int{sign(bx - ax), sign(by - ay)}; got != want {
			t.Errorf("%q: from a to b it goes %v, want %v", dir, got, want)
		}
	}
}

func sign(v float64) int {
	switch {
	case v > 1:
		return 1
	case v < -1:
		return -1
	}
	return 0
}

func TestTheDOTHasTheRankDir(t *testing.T) {
	for dir, want := range map[draw.RankDir]string{"": "rankdir=LR;", "tb": "rankdir=TB;", "RL": "rankdir=RL;", "BT": "rankdir=BT;"} {
		var b bytes.Buffer
		if err := draw.DOT(&b, samples()["web"], draw.Options{RankDir: dir}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q: no %s in\n%s", dir, want, b.String())
		}
	}
}

func TestAWrongRankDirIsAnErrorOfEveryPicture(t *testing.T) {
	g, o := samples()["web"], draw.Options{RankDir: "sideways"}
	for name, err := range map[string]error{
		"svg": draw.SVG(io.Discard, draw.Place(g, o)), "png": draw.PNG(io.Discard, draw.Place(g, o)), "dot": draw.DOT(io.Discard, g, o),
	} {
		if err == nil || !strings.Contains(err.Error(), `"sideways"`) || !strings.Contains(err.Error(), "LR, TB, RL, BT") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestALayoutThatFailsIsAnErrorOfEveryPicture(t *testing.T) {
	failed := errors.New("no such program")
	s := draw.Place(samples()["web"], draw.Options{Arrange: func(layout.Graph, layout.Options) (layout.Drawing, error) {
		return layout.Drawing{}, failed
	}})
	for name, write := range map[string]func(io.Writer, *draw.Sheet) error{"svg": draw.SVG, "png": draw.PNG} {
		var b bytes.Buffer
		if err := write(&b, s); !errors.Is(err, failed) || b.Len() > 0 {
			t.Errorf("%s: %v, %d bytes written", name, err, b.Len())
		}
	}
	if s.Notice() != "" {
		t.Errorf("it also has the notice %q", s.Notice())
	}
}
