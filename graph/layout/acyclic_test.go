package layout

import (
	"math/rand/v2"
	"testing"
)

func pairs(p ...int) []Edge { return graphOf(0, p...).Edges }

func countTrue(list []bool) int {
	n := 0
	for _, b := range list {
		if b {
			n++
		}
	}
	return n
}

func TestBreakCyclesTurnsFewEdges(t *testing.T) {
	for _, c := range []struct {
		name  string
		n     int
		edges []Edge
		want  int
	}{
		{"no edges", 3, nil, 0},
		{"no cycle", 4, pairs(0, 1, 1, 2, 0, 2, 3, 1), 0},
		{"self edge", 1, pairs(0, 0), 0},
		{"two nodes", 2, pairs(0, 1, 1, 0), 1},
		{"ring", 5, pairs(0, 1, 1, 2, 2, 3, 3, 4, 4, 0), 1},
		{"two rings in a row", 6, pairs(0, 1, 1, 2, 2, 0, 2, 3, 3, 4, 4, 5, 5, 3), 2},
		{"two rings sharing an edge", 4, pairs(0, 1, 1, 2, 2, 0, 1, 3, 3, 0), 1},
		{"complete", 5, complete(5).Edges, 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			turned := breakCycles(c.n, c.edges)
			if got := countTrue(turned); got != c.want {
				t.Errorf("turned %d edges, want %d", got, c.want)
			}
			if !acyclic(c.n, c.edges, turned) {
				t.Error("a cycle is left")
			}
		})
	}
}

func TestBreakCyclesTurnsTheEdgeBackToWhereAReaderComesIn(t *testing.T) {
	turned := breakCycles(3, pairs(0, 1, 2, 1, 1, 2)) // 0 leads in at 1
	if turned[0] || !turned[1] || turned[2] {
		t.Errorf("turned %v, want only the edge from 2 back to 1", turned)
	}
}

func TestBreakCyclesOnRandomGraphs(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		n := 1 + r.IntN(30)
		var edges []Edge
		for range r.IntN(4 * n) {
			edges = append(edges, Edge{From: r.IntN(n), To: r.IntN(n)})
		}
		turned := breakCycles(n, edges)
		if !acyclic(n, edges, turned) {
			t.Fatalf("a cycle is left in %v", edges)
		}
		if countTrue(turned)*2 > len(edges) {
			t.Fatalf("turned %d of %d edges", countTrue(turned), len(edges))
		}
	}
}

func TestBreakCyclesIsNearTheBest(t *testing.T) {
	r := rand.New(rand.NewPCG(27, 28))
	turned, least := 0, 0
	for range 200 {
		n := 4 + r.IntN(3)
		var edges []Edge
		for range 3 * n {
			if a, b := r.IntN(n), r.IntN(n); a != b {
				edges = append(edges, Edge{From: a, To: b})
			}
		}
		turned += countTrue(breakCycles(n, edges))
		least += leastTurned(n, edges)
	}
	if turned*10 > least*11 {
		t.Errorf("turned %d edges where %d would do", turned, least)
	}
}

// leastTurned tries all rows the nodes can stand in.
func leastTurned(n int, edges []Edge) int {
	place := make([]int, n)
	best := len(edges)
	var try func(v, used int)
	try = func(v, used int) {
		if v == n {
			back := 0
			for _, e := range edges {
				if place[e.From] > place[e.To] {
					back++
				}
			}
			best = min(best, back)
			return
		}
		for p := range n {
			if used&(1<<p) == 0 {
				place[v] = p
				try(v+1, used|1<<p)
			}
		}
	}
	try(0, 0)
	return best
}

// acyclic takes nodes nothing leads to away until none is left.
func acyclic(n int, edges []Edge, turned []bool) bool {
	in := make([]int, n)
	out := make([][]int, n)
	for i, e := range edges {
		if e.From == e.To {
			continue
		}
		if turned[i] {
			e.From, e.To = e.To, e.From
		}
		in[e.To]++
		out[e.From] = append(out[e.From], e.To)
	}
	var free []int
	for v := range n {
		if in[v] == 0 {
			free = append(free, v)
		}
	}
	for i := 0; i < len(free); i++ {
		for _, w := range out[free[i]] {
			if in[w]--; in[w] == 0 {
				free = append(free, w)
			}
		}
	}
	return len(free) == n
}
