package layout

import (
	"math"
	"testing"
)

// astray is how much, of the distance in the graph, the distances on the sheet
// are off in the mean.
func astray(near csr, at []Point) float64 {
	pairs, _ := pairsOf(near)
	sum := 0.0
	for _, p := range pairs {
		long := math.Hypot(at[p.v].X-at[p.w].X, at[p.v].Y-at[p.w].Y)
		sum += math.Abs(long-float64(p.far)) / float64(p.far) / float64(len(pairs))
	}
	return sum
}

func TestStressFollowsDistances(t *testing.T) {
	for name, c := range map[string]struct {
		graph Graph
		most  float64
	}{
		"chain": {chain(60), 0.02}, "hub": {star(60, false), 0.4}, "complete": {complete(12), 0.4}, "roles": {roleLike(1, 200, 500), 0.4},
	} {
		t.Run(name, func(t *testing.T) {
			for _, p := range connected(sanitised(c.graph)) {
				if len(p.nodes) < 10 {
					continue
				}
				near := newSpringGraph(p.graph).near
				if off := astray(near, springs(p.graph)); !(off < c.most) {
					t.Errorf("%d nodes are %.2f off their distances", len(p.nodes), off)
				}
			}
		})
	}
}

func TestStressPartsWhatStandsAtOnePlace(t *testing.T) {
	at := make([]Point, 3)
	stressed(newSpringGraph(graphOf(3, 0, 1, 1, 2)).near, at)
	for v := range at {
		for w := range v {
			if long := math.Hypot(at[v].X-at[w].X, at[v].Y-at[w].Y); !(long > 0.5) {
				t.Errorf("nodes %d and %d are %v apart", v, w, long)
			}
		}
	}
}

// TestForceWastesLittle bounds the sheet and what runs behind boxes for groups
// that hang on hubs, as roles do.
func TestForceWastesLittle(t *testing.T) {
	g := Graph{}
	add := func(to int) int {
		g.Nodes = append(g.Nodes, Node{100, 24})
		if v := len(g.Nodes) - 1; v != to {
			g.Edges = append(g.Edges, Edge{From: to, To: v})
		}
		return len(g.Nodes) - 1
	}
	base := add(0)
	for range 12 {
		hub := add(base)
		for range 16 {
			add(hub)
		}
	}
	d := Force(g, Options{})
	checkForce(t, g, d)
	filled := float64(len(g.Nodes)) * 100 * 24 / (d.Width * d.Height)
	hidden := 0
	for i, e := range g.Edges {
		p, q := d.Edges[i].Points[0], d.Edges[i].Points[3]
		for v := range g.Nodes {
			if v != e.From && v != e.To && meets(p, q, d.Nodes[v], g.Nodes[v]) {
				hidden++
			}
		}
	}
	t.Logf("%.3f of the sheet is filled, %d boxes hide a part of one of %d edges", filled, hidden, len(g.Edges))
	if filled < 0.08 || hidden > 2*len(g.Edges) {
		t.Errorf("%.3f of the sheet is filled, %d boxes hide a part of one of %d edges", filled, hidden, len(g.Edges))
	}
}

// meets says whether the straight line from p to q touches the box at c.
func meets(p, q, c Point, box Node) bool {
	const steps = 200
	for i := range steps + 1 {
		t := float64(i) / steps
		if math.Abs(p.X+t*(q.X-p.X)-c.X) < box.Width/2 && math.Abs(p.Y+t*(q.Y-p.Y)-c.Y) < box.Height/2 {
			return true
		}
	}
	return false
}
