package draw_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/converged/converged/graph/draw"
	"github.com/converged/converged/graph/layout"
)

// inARow puts every box to the right of the last.
func inARow(g layout.Graph, _ layout.Options) (layout.Drawing, error) {
	var d layout.Drawing
	for _, n := range g.Nodes {
		d.Nodes = append(d.Nodes, layout.Point{X: d.Width + n.Width/2, Y: n.Height / 2})
		d.Width, d.Height = d.Width+n.Width+10, max(d.Height, n.Height)
	}
	d.Edges = make([]layout.Route, len(g.Edges))
	return d, nil
}

func TestNotices(t *testing.T) {
	many := func(n int) (lines []string) {
		for i := range n {
			lines = append(lines, fmt.Sprintf("role-number-%d:", i))
		}
		return lines
	}
	for name, c := range map[string]struct {
		lines []string
		o     draw.Options
		want  []string
	}{
		"nothing":   {many(3), draw.Options{}, nil},
		"unread":    {many(5000), draw.Options{Arrange: inARow}, []string{"32767 a side", "too small to be read", "SVG or HTML", "--focus"}},
		"smaller":   {many(300), draw.Options{Arrange: inARow, Scale: 4}, []string{"instead of 4 pixels per point", "an SVG has no such limit"}},
		"stripe":    {many(90), draw.Options{Arrange: inARow}, []string{"one long stripe", "--focus"}},
		"one name":  {[]string{"漢字:", "b:"}, draw.Options{}, []string{"1 name holds characters"}},
		"two names": {[]string{"漢字:", "b🎉:"}, draw.Options{}, []string{"2 names hold characters", "SVG"}},
	} {
		got := draw.Place(roles(c.lines...), c.o).Notice()
		if c.want == nil && got != "" {
			t.Errorf("%s: a notice without a reason: %q", name, got)
		}
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %q in %q", name, want, got)
			}
		}
	}
}
