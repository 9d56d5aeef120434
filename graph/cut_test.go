package graph

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// drawn is a graph of n roles with these edges, sorted, all of plain run lists.
func drawn(n int, edges ...[2]int) *Graph {
	g := &Graph{}
	for i := range n {
		g.Nodes = append(g.Nodes, Node{ID: fmt.Sprintf("role[%05d]", i), Kind: Role})
	}
	slices.SortFunc(edges, func(a, b [2]int) int { return slices.Compare(a[:], b[:]) })
	for _, e := range slices.Compact(edges) {
		g.Edges = append(g.Edges, Edge{From: g.Nodes[e[0]].ID, To: g.Nodes[e[1]].ID, Kind: Role, Everywhere: true})
	}
	return g
}

// tossed is a graph with random edges, some of them maybe or of a few environments.
func tossed(r *rand.Rand, n, edges int) *Graph {
	var all [][2]int
	for range edges {
		if a, b := r.IntN(n), r.IntN(n); a != b {
			all = append(all, [2]int{a, b})
		}
	}
	g := drawn(n, all...)
	for i := range g.Edges {
		e := &g.Edges[i]
		e.Maybe = r.IntN(4) == 0
		if r.IntN(3) == 0 {
			e.Everywhere = false
			e.Environments = []string{"a", "b", "c"}[:1+r.IntN(3)]
		}
	}
	return g
}

// only knots of a graph.
func knotted(g *Graph) (*knots, []knot) {
	k := newKnots(g)
	_, others := k.split()
	return k, k.among(others)
}

// opens says whether a knot without some of its arcs, as bits, holds no cycle.
func opens(w knot, without uint64) bool {
	var left []arc
	for i, a := range w.arcs {
		if without&(1<<i) == 0 {
			left = append(left, a)
		}
	}
	return len(newDigraph(len(w.nodes), left).strong()) == 0
}

// bruteCut is the least cost of a set of arcs that opens a knot, of all sets.
func bruteCut(k *knots, w knot) int64 {
	best := int64(-1)
	for set := range uint64(1) << len(w.arcs) {
		var cost int64
		for i, a := range w.arcs {
			if set&(1<<i) != 0 {
				cost += k.cost(a.edge)
			}
		}
		if (best < 0 || cost < best) && opens(w, set) {
			best = cost
		}
	}
	return best
}

// cutCost is what a cut costs; it fails the test when cycles are left.
func cutCost(t *testing.T, k *knots, w knot, c Cut) int64 {
	t.Helper()
	var set uint64
	var cost int64
	for i, a := range w.arcs {
		if slices.ContainsFunc(c.Edges, func(e Edge) bool { return e.From == k.g.Edges[a.edge].From && e.To == k.g.Edges[a.edge].To }) {
			set |= 1 << i
			cost += k.cost(a.edge)
		}
	}
	if !opens(w, set) {
		t.Errorf("cycles are left without %v", c.Edges)
	}
	return cost
}

func TestCutsAreTheSmallestOfAll(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	knotsSeen, larger := 0, 0
	for range 300 {
		n := 2 + r.IntN(6)
		k, all := knotted(tossed(r, n, 2*n+r.IntN(4)))
		for _, w := range all {
			if len(w.arcs) > 14 {
				continue
			}
			knotsSeen++
			want := bruteCut(k, w)
			k.effort = full
			subsets := k.cut(w)
			if got := cutCost(t, k, w, subsets); got != want || !subsets.Exact {
				t.Errorf("trying subsets: cost %d, exact %v, want %d", got, subsets.Exact, want)
			}
			k.effort.subsets = 0
			searched := k.cut(w)
			if got := cutCost(t, k, w, searched); got/oneEdge != want/oneEdge || !searched.Exact {
				t.Errorf("searching: %d edges, exact %v, want %d", got/oneEdge, searched.Exact, want/oneEdge)
			}
			k.effort.branches = 0
			guessed := k.cut(w)
			switch got := cutCost(t, k, w, guessed); {
			case got < want:
				t.Errorf("the heuristic found cost %d, and %d is the least", got, want)
			case got/oneEdge > want/oneEdge:
				larger++
				if guessed.Exact {
					t.Errorf("%d edges are called exact, and %d do", got/oneEdge, want/oneEdge)
				}
			}
		}
	}
	if knotsSeen < 200 || larger > knotsSeen/10 {
		t.Errorf("of %d components, the heuristic's cut is larger in %d", knotsSeen, larger)
	}
}

func TestCyclesAreTheShortest(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		n := 2 + r.IntN(7)
		g := tossed(r, n, n+r.IntN(n))
		k, all := knotted(g)
		for _, w := range all {
			path, sure := k.shortest(w)
			if want := bruteGirth(w); len(path) != want || !sure {
				t.Errorf("%v has %d edges, sure %v; the shortest has %d", path, len(path), sure, want)
			}
			if along := g.Along(Cycle{Path: path}); len(along) != len(path) {
				t.Errorf("%v is no cycle", path)
			}
			if path[0] != slices.Min(path) {
				t.Errorf("%v does not begin at its smallest name", path)
			}
		}
	}
}

// bruteGirth is the length of a shortest cycle, by the distances of all pairs.
func bruteGirth(w knot) int {
	n, far := len(w.nodes), 1<<20
	d := make([][]int, n)
	for i := range d {
		d[i] = slices.Repeat([]int{far}, n)
	}
	for _, a := range w.arcs {
		d[a.from][a.to] = 1
	}
	for via := range n {
		for i := range n {
			for j := range n {
				d[i][j] = min(d[i][j], d[i][via]+d[via][j])
			}
		}
	}
	girth := far
	for i := range n {
		girth = min(girth, d[i][i])
	}
	return girth
}

func TestTheCutPrefersWhatMattersLeast(t *testing.T) {
	ring := [][2]int{{0, 1}, {1, 2}, {2, 0}, {3, 0}}
	for name, c := range map[string]struct {
		change func(edges []Edge)
		want   string // From of the edge to cut
	}{
		"the least depended on": {func([]Edge) {}, "role[00001]"},
		"a maybe edge":          {func(e []Edge) { e[2].Maybe = true }, "role[00002]"},
		"one of fewer environments": {func(e []Edge) {
			e[0].Everywhere, e[0].Environments = false, []string{"a"}
			e[2].Everywhere, e[2].Environments = false, []string{"a", "b"}
			e[2].Maybe = true
		}, "role[00000]"},
	} {
		for _, subsets := range []int{0, full.subsets} {
			g := drawn(4, ring...)
			c.change(g.Edges)
			k, all := knotted(g)
			k.effort.subsets = subsets
			if got := k.cut(all[0]); len(got.Edges) != 1 || got.Edges[0].From != c.want {
				t.Errorf("%s: cut %v, want the edge of %s", name, got.Edges, c.want)
			}
		}
	}
}

// complete is every edge between n nodes.
func complete(n int) [][2]int {
	var edges [][2]int
	for i := range n {
		for j := range n {
			if i != j {
				edges = append(edges, [2]int{i, j})
			}
		}
	}
	return edges
}

// circle is n nodes, each leading to the next and to the one that many further.
func circle(n int, further ...int) [][2]int {
	var edges [][2]int
	for i := range n {
		for _, by := range append(further, 1) {
			edges = append(edges, [2]int{i, (i + by) % n})
		}
	}
	return edges
}

func TestLargeTanglesAnswerAtOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("large")
	}
	selves := make([][2]int, 1000)
	for i := range selves {
		selves[i] = [2]int{i, i}
	}
	for name, c := range map[string]struct {
		g     *Graph
		count int // of tangles
		cut   int // edges to cut of the first; 0: not known
		exact bool
	}{
		"complete graph of 30": {drawn(30, complete(30)...), 1, 435, true},
		"1,000 self loops":     {drawn(1000, selves...), 1000, 1, true},
		"ring of 10,000":       {drawn(10_000, circle(10_000)...), 1, 1, true},
		"double ring":          {drawn(10_000, circle(10_000, 2)...), 1, 0, false},
		"rings there and back": {drawn(10_000, circle(10_000, 9999)...), 1, 10_000, true},
		"a web":                {drawn(2000, circle(2000, 37, 911, 1500, 1999)...), 1, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			tangles := c.g.Tangles()
			if took := time.Since(began); took > time.Minute {
				t.Errorf("took %v", took)
			}
			if len(tangles) != c.count || c.cut > 0 && (len(tangles[0].Cut.Edges) != c.cut || tangles[0].Cut.Exact != c.exact) {
				t.Fatalf("%d tangles, cut of %d edges, exact %v", len(tangles), len(tangles[0].Cut.Edges), tangles[0].Cut.Exact)
			}
			cutIsEnough(t, c.g, tangles)
			t.Logf("%v: cut of %d, exact %v", time.Since(began), len(tangles[0].Cut.Edges), tangles[0].Cut.Exact)
		})
	}
}

// cutIsEnough looks for cycles in what is left without all cuts.
func cutIsEnough(t *testing.T, g *Graph, tangles []Tangle) {
	t.Helper()
	var without []Edge
	for _, tangle := range tangles {
		without = append(without, tangle.Cut.Edges...)
	}
	gone := map[[2]string]bool{}
	for _, e := range without {
		gone[[2]string{e.From, e.To}] = true
	}
	rest := &Graph{Nodes: g.Nodes}
	for _, e := range g.Edges {
		if !gone[[2]string{e.From, e.To}] {
			rest.Edges = append(rest.Edges, e)
		}
	}
	if left := rest.Cycles(); len(left) > 0 {
		t.Errorf("left is %v", left[0].Path)
	}
}
