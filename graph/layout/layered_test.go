package layout

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
)

// graphOf is a graph of n boxes of a label's size and the edges given as pairs.
func graphOf(n int, pairs ...int) Graph {
	g := Graph{Nodes: make([]Node, n)}
	for v := range g.Nodes {
		g.Nodes[v] = Node{60 + float64(v*37%90), 36}
	}
	for i := 0; i < len(pairs); i += 2 {
		g.Edges = append(g.Edges, Edge{From: pairs[i], To: pairs[i+1]})
	}
	return g
}

// roleLike is a graph as roles have it: a few levels, a few hubs, many leaves.
func roleLike(seed uint64, n, edges int) Graph {
	r := rand.New(rand.NewPCG(seed, uint64(n)))
	g := graphOf(n)
	for len(g.Edges) < edges {
		a := r.IntN(n*2/3 + 1)
		span := n - a
		b := a + r.IntN(span)
		if r.IntN(4) == 0 {
			b = n - 1 - r.IntN(1+n/20)
		}
		if a < b && a/(n/5+1) != b/(n/5+1) {
			g.Edges = append(g.Edges, Edge{From: a, To: b})
		}
	}
	return g
}

// anyGraph has everything a graph can have: cycles, self edges, repeated edges,
// labels, and boxes of all sizes.
func anyGraph(r *rand.Rand) Graph {
	n := 1 + r.IntN(25)
	g := Graph{Nodes: make([]Node, n)}
	for v := range g.Nodes {
		g.Nodes[v] = Node{float64(r.IntN(200)), float64(r.IntN(80))}
	}
	for range r.IntN(3 * n) {
		e := Edge{From: r.IntN(n), To: r.IntN(n)}
		if r.IntN(5) == 0 {
			e.Label = Node{float64(10 + r.IntN(60)), 12}
		}
		g.Edges = append(g.Edges, e)
	}
	return g
}

func TestLayeredKeepsItsPromisesOnRandomGraphs(t *testing.T) {
	graphs := 800
	if testing.Short() {
		graphs = 100
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range graphs {
		g := anyGraph(r)
		o := Options{RankDir: Direction(r.IntN(4))}
		check(t, g, Layered(g, o))
	}
}

func TestLayeredIsDeterministic(t *testing.T) {
	g := roleLike(7, 120, 300)
	first := Layered(g, Options{})
	for range 3 {
		if !reflect.DeepEqual(first, Layered(g, Options{})) {
			t.Fatal("the same graph was drawn differently")
		}
	}
}

func TestLayeredLeavesItsArgumentAlone(t *testing.T) {
	g := roleLike(3, 40, 80)
	g.Nodes[0].Width = math.NaN()
	before := Graph{append([]Node(nil), g.Nodes...), append([]Edge(nil), g.Edges...)}
	Layered(g, Options{RankDir: LeftRight})
	before.Nodes[0].Width, g.Nodes[0].Width = 0, 0
	if !reflect.DeepEqual(g, before) {
		t.Error("the graph was changed")
	}
}

func TestEdgesLeadDownwards(t *testing.T) {
	g := roleLike(5, 80, 200)
	d := Layered(g, Options{})
	for i, e := range g.Edges {
		if p := d.Edges[i].Points; p[0].Y >= p[len(p)-1].Y {
			t.Errorf("edge %d, %d to %d, leads from %v up to %v", i, e.From, e.To, p[0], p[len(p)-1])
		}
	}
}
