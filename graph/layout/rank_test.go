package layout

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// randomDAG has links from lower to higher numbers and is connected.
func randomDAG(r *rand.Rand, n, extra int) []link {
	var edges []Edge
	for v := 1; v < n; v++ {
		edges = append(edges, Edge{From: r.IntN(v), To: v})
	}
	for range extra {
		if a, b := r.IntN(n), r.IntN(n); a < b {
			edges = append(edges, Edge{From: a, To: b})
		}
	}
	return links(Graph{Nodes: make([]Node, n), Edges: edges}, make([]bool, len(edges)))
}

func span(rank []int32, list []link) int {
	sum := 0
	for _, k := range list {
		sum += int(rank[k.lo]-rank[k.hi]) * len(k.edges)
	}
	return sum
}

// leastSpan tries all ranks.
func leastSpan(n int, list []link) int {
	best := -1
	rank := make([]int32, n)
	var try func(v int)
	try = func(v int) {
		if v == n {
			if s := span(rank, list); best < 0 || s < best {
				best = s
			}
			return
		}
		for rank[v] = 0; int(rank[v]) < n; rank[v]++ {
			ok := true
			for _, k := range list {
				ok = ok && (int(k.lo) != v || rank[k.hi] < rank[v])
			}
			if ok {
				try(v + 1)
			}
		}
	}
	try(0)
	return best
}

func TestRanksAreAsTightAsCanBe(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		n := 2 + r.IntN(5)
		list := randomDAG(r, n, r.IntN(6))
		rank := ranks(n, list)
		if slices.Min(rank) != 0 {
			t.Fatalf("ranks %v do not begin at 0", rank)
		}
		if got, want := span(rank, list), leastSpan(n, list); got != want {
			t.Fatalf("%v: ranks %v span %d, the least is %d", list, rank, got, want)
		}
	}
}

func TestRanksLeadDownwards(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 50 {
		n := 2 + r.IntN(200)
		list := randomDAG(r, n, r.IntN(3*n))
		rank := ranks(n, list)
		for _, k := range list {
			if rank[k.hi] >= rank[k.lo] {
				t.Fatalf("link from %d to %d leads from row %d to %d", k.hi, k.lo, rank[k.hi], rank[k.lo])
			}
		}
	}
}

func TestRanksOutOfWorkAreStillLawful(t *testing.T) {
	list := randomDAG(rand.New(rand.NewPCG(1, 1)), 300, 900)
	edges := make([]simplexEdge, len(list))
	for i, l := range list {
		edges[i] = simplexEdge{tail: l.hi, head: l.lo, length: 1, weight: 1}
	}
	for _, work := range []int{0, 100, 1000, 10000} {
		s := newSimplex(longestPath(300, list), edges, work)
		s.solve()
		for e := range edges {
			if s.slack(int32(e)) < 0 {
				t.Fatalf("after %d steps edge %v is too short", work, edges[e])
			}
		}
	}
}

func TestBalanceUsesTheEmptiestRow(t *testing.T) {
	// 0 to 4 by way of 1, 2, 3; 5 may stand beside any of these
	list := links(graphOf(8, 0, 1, 1, 2, 2, 3, 3, 4, 0, 5, 5, 4, 0, 6, 6, 2, 0, 7, 7, 2), make([]bool, 10))
	if rank := ranks(8, list); rank[5] == 1 {
		t.Errorf("ranks %v: node 5 stands in the fullest row", rank)
	}
}

func TestLinksBundleEdges(t *testing.T) {
	g := graphOf(3, 0, 1, 1, 0, 0, 1, 1, 2, 2, 2)
	g.Edges[2].Label = Node{10, 10}
	list := links(g, []bool{false, true, false, false, false})
	var got [][]int32
	for _, k := range list {
		got = append(got, k.edges)
	}
	if want := [][]int32{{0, 1}, {2}, {3}}; !slices.EqualFunc(got, want, slices.Equal[[]int32]) {
		t.Errorf("edges %v, want %v", got, want)
	}
}
