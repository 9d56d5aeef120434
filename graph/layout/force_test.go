package layout

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

// brokenForce is the first promise a force-directed drawing breaks: boxes keep
// their distance, and edges join the borders of theirs.
func brokenForce(g Graph, d Drawing) error {
	g = sanitised(g)
	for i := range g.Edges {
		g.Edges[i].Label = Node{} // only layered drawings promise them room of their own
	}
	return brokenWhere(g, d, true)
}

func checkForce(t *testing.T, g Graph, d Drawing) {
	t.Helper()
	if err := brokenForce(g, d); err != nil {
		t.Fatal(err)
	}
}

func TestForceKeepsItsPromisesOnRandomGraphs(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		g := anyGraph(r)
		checkForce(t, g, Force(g, Options{}))
	}
}

func TestForceOnExtremes(t *testing.T) {
	for name, g := range map[string]Graph{
		"empty":                {},
		"one node":             graphOf(1),
		"two nodes":            graphOf(2, 0, 1),
		"lonely nodes":         graphOf(1000),
		"complete, 30":         complete(30),
		"chain of 2,000":       chain(2000),
		"hub of 2,000 leaves":  star(2000, false),
		"1,000 loops on one":   selfLoops(1000, false),
		"boxes without size":   sized(roleLike(1, 30, 60), Node{}),
		"huge boxes":           sized(roleLike(3, 20, 40), Node{1e9, 1e9}, Node{10, 10}),
		"sizes that are none":  sized(roleLike(4, 20, 40), Node{math.NaN(), 20}, Node{-5, math.Inf(1)}),
		"edges to nowhere":     graphOf(3, 0, 1, 1, 7, -2, 0, 1, 2),
		"1,000 parallel edges": {Nodes: sized(graphOf(2), Node{60, 24}).Nodes, Edges: slicesOf(1000, Edge{From: 0, To: 1})},
	} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && len(g.Nodes) > 500 {
				t.Skip("large")
			}
			start := time.Now()
			d := Force(g, Options{})
			t.Logf("%.0f x %.0f, %v", d.Width, d.Height, time.Since(start).Round(time.Millisecond))
			checkForce(t, g, d)
		})
	}
}

func TestForceIsDeterministic(t *testing.T) {
	g := roleLike(7, 120, 300)
	first := Force(g, Options{})
	for range 3 {
		if !reflect.DeepEqual(first, Force(g, Options{})) {
			t.Fatal("the same graph was drawn differently")
		}
	}
}

// TestForceBringsNeighboursTogether compares edges with the distance of any two.
func TestForceBringsNeighboursTogether(t *testing.T) {
	g := graphOf(144) // a lattice
	for v := range g.Nodes {
		if v%12 < 11 {
			g.Edges = append(g.Edges, Edge{From: v, To: v + 1})
		}
		if v < 132 {
			g.Edges = append(g.Edges, Edge{From: v, To: v + 12})
		}
	}
	d := Force(g, Options{})
	away := func(v, w int) float64 { return math.Hypot(d.Nodes[v].X-d.Nodes[w].X, d.Nodes[v].Y-d.Nodes[w].Y) }
	edges, any := 0.0, 0.0
	for _, e := range g.Edges {
		edges += away(e.From, e.To) / float64(len(g.Edges))
	}
	for v := range g.Nodes {
		any += away(v, len(g.Nodes)-1-v) / float64(len(g.Nodes))
	}
	if edges > any/3 {
		t.Errorf("an edge is %.0f long, any two nodes are %.0f apart", edges, any)
	}
}

func TestParallelLinesStandApart(t *testing.T) {
	g := graphOf(2, 0, 1, 0, 1, 1, 0)
	d := Force(g, Options{})
	for i := range d.Edges {
		for j := range i {
			p, q := d.Edges[i].Points, d.Edges[j].Points
			if math.Hypot(p[0].X-q[0].X, p[0].Y-q[0].Y) < 3 || p[0] == q[len(q)-1] {
				t.Errorf("edges %d and %d begin at %v and %v", i, j, p[0], q[0])
			}
		}
	}
}

func TestLabelsOfLinesAvoidBoxes(t *testing.T) {
	g := roleLike(2, 40, 60)
	for i := range g.Edges {
		g.Edges[i].Label = Node{40, 12}
	}
	d := Force(g, Options{})
	hidden := 0
	for i, e := range g.Edges {
		for v, n := range g.Nodes {
			if around(d.Nodes[v], n).overlaps(around(d.Edges[i].Label, e.Label), 0) {
				hidden++
			}
		}
	}
	if hidden > len(g.Edges)/6 {
		t.Errorf("%d of %d labels stand on a box", hidden, len(g.Edges))
	}
}

func BenchmarkForce(b *testing.B) {
	for name, g := range map[string]Graph{
		"300": roleLike(1, 300, 900), "1000": roleLike(1, 1000, 3000), "3000": roleLike(1, 3000, 9000), "10000": roleLike(1, 10000, 30000), "star9999": star(9999, true),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Force(g, Options{})
			}
		})
	}
}
