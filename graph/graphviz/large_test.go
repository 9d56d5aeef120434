package graphviz

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/converged/converged/graph/layout"
)

// random has as many nodes and edges as the roles of a large company.
func random(nodes, edges int) layout.Graph {
	r := rand.New(rand.NewPCG(1, 2))
	g := layout.Graph{}
	for range nodes {
		g.Nodes = append(g.Nodes, layout.Node{Width: 44 + 80*r.Float64(), Height: 24})
	}
	for i := range edges {
		g.Edges = append(g.Edges, layout.Edge{From: r.IntN(nodes), To: min(i, nodes-1)})
	}
	return g
}

// To bend edges round boxes takes minutes where there are many of both.
func TestEdgesBendOnlyWhereThatIsFast(t *testing.T) {
	for _, c := range []struct {
		engine       string
		nodes, edges int
		want         string
	}{
		{"neato", 20, 40, "splines=true"}, {"twopi", 263, 322, "splines=line"}, {"sfdp", 10000, 0, "splines=line"},
		{"circo", 10, 50000, "splines=line"}, {"dot", 263, 322, "splines=true"},
	} {
		if got := string(question(c.engine, random(c.nodes, c.edges), layout.Options{}, prism)); !strings.Contains(got, c.want+",") {
			t.Errorf("%s is asked %.200s, want %s for %d nodes and %d edges", c.engine, got, c.want, c.nodes, c.edges)
		}
	}
}

func TestStraightEdgesOfInstalledEngines(t *testing.T) {
	g := random(150, 250)
	for _, name := range Engines()[1:] {
		t.Run(name, func(t *testing.T) {
			p, err := Find(name)
			if err != nil {
				t.Skip(err)
			}
			d, err := p.Arrange(t.Context(), g, layout.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if overlaps(g, d) {
				t.Error("boxes overlap")
			}
			for i, e := range g.Edges {
				r := d.Edges[i].Points
				for k, v := range map[int]int{0: e.From, len(r) - 1: e.To} {
					if on := onto(r[k], d.Nodes[v], g.Nodes[v]); math.Hypot(on.X-r[k].X, on.Y-r[k].Y) > 1e-6 {
						t.Errorf("edge %d touches %v, off the border of its box at %v", i, r[k], d.Nodes[v])
					}
				}
			}
		})
	}
}

// A Graphviz that leaves boxes on each other is told another way to part them.
func TestOverlapsAreAskedAway(t *testing.T) {
	p := engine(t, "prism")
	p.Engine = "neato"
	d, err := p.Arrange(t.Context(), pair, layout.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if overlaps(pair, d) {
		t.Errorf("the boxes lie on each other: %v", d.Nodes)
	}
}

func TestOverlapsAreFound(t *testing.T) {
	g := layout.Graph{Nodes: []layout.Node{{Width: 10, Height: 10}, {Width: 100, Height: 10}, {Width: 10, Height: 10}}}
	for _, c := range []struct {
		at   []layout.Point
		want bool
	}{
		{[]layout.Point{{X: 0}, {X: 100}, {X: 200}}, false},
		{[]layout.Point{{X: 60}, {X: 100}, {X: 200}}, true},
		{[]layout.Point{{X: 145}, {X: 100}, {X: -20}}, true},
		{[]layout.Point{{X: 100, Y: 10}, {X: 100}, {X: 100, Y: -10}}, false},
		{[]layout.Point{{X: 154.8}, {X: 100}, {X: 200}}, false},
	} {
		if got := overlaps(g, layout.Drawing{Nodes: c.at}); got != c.want {
			t.Errorf("%v overlap: %v", c.at, got)
		}
	}
}
