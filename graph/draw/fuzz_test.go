package draw_test

import (
	"bytes"
	"testing"

	"github.com/converged/converged/graph/draw"
)

func FuzzSVG(f *testing.F) {
	for _, name := range hostile() {
		f.Add(name, "b")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		g := named(a, b)
		svg := parseSVG(t, g)
		if n := len(svg.groups("node")); n != len(g.Nodes) {
			t.Errorf("%d nodes drawn, want %d", n, len(g.Nodes))
		}
		if n := len(svg.groups("edge")); n != len(g.Edges) {
			t.Errorf("%d edges drawn, want %d", n, len(g.Edges))
		}
		if n := len(svg.all("script")); n > 0 {
			t.Errorf("%d scripts", n)
		}
	})
}

func FuzzDOT(f *testing.F) {
	for _, name := range hostile() {
		f.Add(name, "b")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		g := named(a, b)
		var out bytes.Buffer
		if err := draw.DOT(&out, g, draw.Options{Title: a}); err != nil {
			t.Fatal(err)
		}
		parsed := parseDOT(t, out.String())
		if len(parsed.Nodes.Nodes) != len(g.Nodes) || len(parsed.Edges.Edges) != len(g.Edges) {
			t.Errorf("%d nodes and %d edges, want %d and %d", len(parsed.Nodes.Nodes), len(parsed.Edges.Edges), len(g.Nodes), len(g.Edges))
		}
	})
}
