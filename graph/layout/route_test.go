package layout

import (
	"math"
	"math/rand/v2"
	"testing"
)

// meetings counts the points in which edges that share no node cross.
func meetings(g Graph, d Drawing) int {
	ways := make([][]Point, len(g.Edges))
	for i := range g.Edges {
		ways[i] = sampled(d.Edges[i].Points)
	}
	count := 0
	for i, e := range g.Edges {
		for j := range i {
			f := g.Edges[j]
			if e.From != f.From && e.From != f.To && e.To != f.From && e.To != f.To {
				count += crossed(ways[i], ways[j])
			}
		}
	}
	return count
}

func crossed(a, b []Point) int {
	turn := func(p, q, r Point) float64 { return (q.X-p.X)*(r.Y-p.Y) - (q.Y-p.Y)*(r.X-p.X) }
	count := 0
	for i := 1; i < len(a); i++ {
		for j := 1; j < len(b); j++ {
			p, q, r, s := a[i-1], a[i], b[j-1], b[j]
			if turn(p, q, r)*turn(p, q, s) < 0 && turn(r, s, p)*turn(r, s, q) < 0 {
				count++
			}
		}
	}
	return count
}

func TestKnownGraphsAreDrawnWithTheLeastCrossings(t *testing.T) {
	for _, c := range []struct {
		name string
		g    Graph
		want int
	}{
		{"path", chain(6), 0},
		{"tree", graphOf(7, 0, 1, 0, 2, 1, 3, 1, 4, 2, 5, 2, 6), 0},
		{"crosswise", graphOf(4, 0, 3, 1, 2), 0},
		{"K2,2", graphOf(4, 0, 2, 0, 3, 1, 2, 1, 3), 1},
		{"K3,3", graphOf(6, 0, 3, 0, 4, 0, 5, 1, 3, 1, 4, 1, 5, 2, 3, 2, 4, 2, 5), 9},
		{"diamond with a long edge", graphOf(5, 0, 1, 0, 2, 1, 3, 2, 3, 3, 4, 0, 4), 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := meetings(c.g, Layered(c.g, Options{})); got != c.want {
				t.Errorf("%d crossings, the least is %d", got, c.want)
			}
		})
	}
}

func TestCurvesCrossOnlyWhereTheOrderSays(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	for range 30 {
		n := 8 + r.IntN(8)
		list := randomDAG(r, n, n/2)
		g := graphOf(n)
		for _, k := range list {
			g.Edges = append(g.Edges, Edge{From: int(k.hi), To: int(k.lo)})
		}
		list = links(g, make([]bool, len(g.Edges)))
		rank, labelRow := withLabelRows(ranks(n, list), list)
		l := newLayers(rank, labelRow, list)
		want := order(l, 1_000_000, fromTop)
		s := &sketch{g: g, o: Options{}.withDefaults(), turned: make([]bool, len(g.Edges)), list: list, loops: measureLoops(g)}
		if got := meetings(g, s.drawing(s.place(l))); got > want {
			t.Errorf("%d crossings drawn, %d in the order", got, want)
		}
	}
}

func TestArrowheadsHaveRoom(t *testing.T) {
	r := rand.New(rand.NewPCG(23, 24))
	for range 100 {
		g := anyGraph(r)
		d := Layered(g, Options{})
		for i, e := range g.Edges {
			p := d.Edges[i].Points
			if e.From == e.To {
				continue
			}
			end, before := p[len(p)-1], p[len(p)-4]
			if p[len(p)-2].X != end.X || before.X != end.X || math.Abs(before.Y-end.Y) < arrowRoom-1e-6 {
				t.Fatalf("edge %d ends by %v", i, p[len(p)-4:])
			}
		}
	}
}

func TestEdgesBetweenTheSameNodesAreApart(t *testing.T) {
	for name, g := range map[string]Graph{
		"there and back":         graphOf(2, 0, 1, 1, 0),
		"three times":            graphOf(2, 0, 1, 0, 1, 0, 1),
		"long, there and back":   graphOf(4, 0, 1, 1, 2, 2, 3, 0, 3, 3, 0),
		"through a larger cycle": graphOf(3, 0, 1, 1, 2, 2, 0, 0, 2, 1, 0),
	} {
		t.Run(name, func(t *testing.T) {
			for _, dir := range []Direction{TopDown, LeftRight, BottomUp, RightLeft} {
				d := Layered(g, Options{RankDir: dir})
				check(t, g, d)
				for i, e := range g.Edges {
					for j, f := range g.Edges[:i] {
						same := e.From == f.From && e.To == f.To || e.From == f.To && e.To == f.From
						if gap := nearest(sampled(d.Edges[i].Points), sampled(d.Edges[j].Points)); same && gap < 4 {
							t.Errorf("edges %d and %d come within %g", i, j, gap)
						}
					}
				}
			}
		})
	}
}

func nearest(a, b []Point) float64 {
	least := math.Inf(1)
	for _, p := range a {
		for _, q := range b {
			least = min(least, math.Hypot(p.X-q.X, p.Y-q.Y))
		}
	}
	return least
}

func TestSelfEdgesStayBesideTheirBox(t *testing.T) {
	g := graphOf(3, 0, 1, 0, 0, 0, 0, 0, 2, 0, 0)
	g.Edges[1].Label = Node{40, 12}
	d := Layered(g, Options{})
	check(t, g, d)
	box := around(d.Nodes[0], g.Nodes[0])
	for _, i := range []int{1, 2, 4} {
		for _, p := range sampled(d.Edges[i].Points) {
			if p.X < box.right-1e-6 || p.Y < box.top || p.Y > box.bottom {
				t.Errorf("loop %d runs through %v, its box is %v", i, p, box)
			}
		}
	}
	if a := around(d.Edges[1].Label, g.Edges[1].Label); a.left < box.right+loopReach {
		t.Errorf("label %v stands in its loop, beside %v", a, box)
	}
}

func TestLabelsStandBesideTheirEdge(t *testing.T) {
	g := graphOf(4, 0, 1, 0, 2, 2, 3, 0, 3)
	for i := range g.Edges {
		g.Edges[i].Label = Node{60, 14}
	}
	d := Layered(g, Options{})
	check(t, g, d)
	for i := range g.Edges {
		corner := Point{d.Edges[i].Label.X - 30, d.Edges[i].Label.Y}
		if gap := nearest([]Point{corner}, sampled(d.Edges[i].Points)); gap > 3*labelGap {
			t.Errorf("label %d is %g from its edge", i, gap)
		}
		for j := range g.Edges {
			for _, p := range sampled(d.Edges[j].Points) {
				if around(d.Edges[i].Label, g.Edges[i].Label).inside(p, 0) {
					t.Fatalf("edge %d runs through label %d at %v", j, i, p)
				}
			}
		}
	}
}

func TestPortsAreApartAndInOrder(t *testing.T) {
	g := graphOf(8, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7)
	g.Nodes[0].Width = 100
	d := Layered(g, Options{})
	for i := range g.Edges {
		for j := range g.Edges {
			a, b := d.Edges[i].Points[0].X, d.Edges[j].Points[0].X
			if d.Nodes[i+1].X < d.Nodes[j+1].X && b-a < 7 {
				t.Errorf("edges to %d and %d leave at %g and %g", i+1, j+1, a, b)
			}
		}
	}
}
