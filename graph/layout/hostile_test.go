package layout

import (
	"math"
	"testing"
	"time"
)

// star is a hub that n leaves lead to, or that leads to them.
func star(n int, inwards bool) Graph {
	g := graphOf(n + 1)
	for v := 1; v <= n; v++ {
		e := Edge{From: 0, To: v}
		if inwards {
			e = Edge{From: v, To: 0}
		}
		g.Edges = append(g.Edges, e)
	}
	return g
}

// leadingOn adds a node that the first one leads to.
func leadingOn(g Graph) Graph {
	g.Nodes = append(g.Nodes, g.Nodes[0])
	g.Edges = append(g.Edges, Edge{From: 0, To: len(g.Nodes) - 1})
	return g
}

func chain(n int) Graph {
	g := graphOf(n)
	for v := 1; v < n; v++ {
		g.Edges = append(g.Edges, Edge{From: v - 1, To: v})
	}
	return g
}

// complete has an edge from every node to every other.
func complete(n int) Graph {
	g := graphOf(n)
	for v := range n {
		for w := range n {
			if v != w {
				g.Edges = append(g.Edges, Edge{From: v, To: w})
			}
		}
	}
	return g
}

// selfLoops is n self edges, of one node or of a node each.
func selfLoops(n int, each bool) Graph {
	if !each {
		g := graphOf(1)
		g.Edges = make([]Edge, n)
		return g
	}
	g := graphOf(n)
	for v := range n {
		g.Edges = append(g.Edges, Edge{From: v, To: v})
	}
	return g
}

func sized(g Graph, sizes ...Node) Graph {
	for v := range g.Nodes {
		g.Nodes[v] = sizes[v%len(sizes)]
	}
	return g
}

func TestLayeredOnExtremes(t *testing.T) {
	nan := math.NaN()
	for name, g := range map[string]Graph{
		"empty":                  {},
		"one node":               graphOf(1),
		"5,000 lonely nodes":     graphOf(5000),
		"complete, 30":           complete(30),
		"chain of 10,000":        chain(10000),
		"hub of in-degree 9,999": star(9999, true),
		"hub that leads on":      leadingOn(star(9999, true)),
		"hub of 2,000 leaves":    star(2000, false),
		"1,000 loops on one":     selfLoops(1000, false),
		"1,000 nodes with loops": selfLoops(1000, true),
		"boxes without size":     sized(roleLike(1, 30, 60), Node{}),
		"flat and thin boxes":    sized(roleLike(2, 30, 60), Node{200, 0}, Node{0, 80}),
		"huge boxes":             sized(roleLike(3, 20, 40), Node{1e9, 1e9}, Node{10, 10}),
		"sizes that are none":    sized(roleLike(4, 20, 40), Node{nan, 20}, Node{-5, math.Inf(1)}),
		"edges to nowhere":       graphOf(3, 0, 1, 1, 7, -2, 0, 1, 2),
		"1,000 parallel edges":   {Nodes: make([]Node, 2), Edges: slicesOf(1000, Edge{From: 0, To: 1})},
	} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && len(g.Nodes) > 500 {
				t.Skip("large")
			}
			start := time.Now()
			d := Layered(g, Options{})
			t.Logf("%.0f x %.0f, %v", d.Width, d.Height, time.Since(start).Round(time.Millisecond))
			check(t, g, d)
		})
	}
}

func slicesOf(n int, e Edge) []Edge {
	s := make([]Edge, n)
	for i := range s {
		s[i] = e
	}
	return s
}
