package graph_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/converged/converged/graph"
)

// random is n roles with about so many edges each; acyclic when down.
func random(r *rand.Rand, n int, degree float64, down bool) *graph.Graph {
	g := &graph.Graph{}
	name := func(i int) string { return fmt.Sprintf("role[r%05d]", i) }
	for i := range n {
		g.Nodes = append(g.Nodes, graph.Node{ID: name(i), Kind: graph.Role, Name: name(i)})
		targets := map[int]bool{}
		for range int(degree * 2 * r.Float64()) {
			if to := r.IntN(n); !down || to > i {
				targets[to] = true
			}
		}
		for _, to := range slices.Sorted(maps.Keys(targets)) {
			g.Edges = append(g.Edges, graph.Edge{From: name(i), To: name(to), Kind: graph.Role, Relation: graph.RunList, Everywhere: true})
		}
	}
	return g
}

// conditional makes some edges hold in an environment only, or perhaps.
func conditional(r *rand.Rand, g *graph.Graph) {
	for i := range g.Edges {
		switch r.IntN(4) {
		case 0:
			g.Edges[i].Everywhere, g.Edges[i].Environments = false, []string{"prod"}
		case 1:
			g.Edges[i].Maybe = true
		}
	}
}

// reach is what every node reaches in one step or more, without the edge at
// index without, along edges that count.
func reach(g *graph.Graph, without int, counts func(graph.Edge) bool) map[[2]string]bool {
	next := map[string][]string{}
	for i, e := range g.Edges {
		if i != without && counts(e) {
			next[e.From] = append(next[e.From], e.To)
		}
	}
	all := map[[2]string]bool{}
	for _, n := range g.Nodes {
		stack := []string{n.ID}
		for len(stack) > 0 {
			at := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			for _, to := range next[at] {
				if !all[[2]string{n.ID, to}] {
					all[[2]string{n.ID, to}] = true
					stack = append(stack, to)
				}
			}
		}
	}
	return all
}

func every(graph.Edge) bool    { return true }
func always(e graph.Edge) bool { return !e.Maybe && e.Only() == nil }

func reduced(t *testing.T, g *graph.Graph) *graph.Graph {
	t.Helper()
	small, err := g.View(graph.View{Reduce: true})
	if err != nil {
		t.Fatal(err)
	}
	return small
}

func TestReductionOfRandomGraphsKeepsTheReach(t *testing.T) {
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 7))
		g := random(r, 3+r.IntN(14), 1+3*r.Float64(), seed%3 == 0)
		if seed%2 == 1 {
			conditional(r, g)
		}
		small := reduced(t, g)
		for name, counts := range map[string]func(graph.Edge) bool{"any": every, "unconditional": always} {
			if before, after := reach(g, -1, counts), reach(small, -1, counts); fmt.Sprint(before) != fmt.Sprint(after) {
				t.Fatalf("seed %d: %s reach was %v, became %v", seed, name, before, after)
			}
		}
		if fmt.Sprint(cyclic(g)) != fmt.Sprint(cyclic(small)) {
			t.Fatalf("seed %d: cycles were %v, became %v", seed, cyclic(g), cyclic(small))
		}
	}
}

func cyclic(g *graph.Graph) (all [][]string) {
	for _, c := range g.Cycles() {
		all = append(all, c.Path, c.Component)
	}
	return all
}

// Without cycles nothing can be left out of the result, and what was left out
// is reached by a longer way that always holds.
func TestReductionOfRandomGraphsIsMinimal(t *testing.T) {
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 11))
		g := random(r, 3+r.IntN(14), 1+3*r.Float64(), true)
		if seed%2 == 1 {
			conditional(r, g)
		}
		small := reduced(t, g)
		kept := map[[2]string]int{}
		for i, e := range small.Edges {
			kept[[2]string{e.From, e.To}] = i
		}
		for i, e := range g.Edges {
			pair := [2]string{e.From, e.To}
			_, stays := kept[pair]
			if needed := !reach(g, i, always)[pair]; stays != needed {
				t.Fatalf("seed %d: %s to %s is kept: %v, needed: %v", seed, e.From, e.To, stays, needed)
			}
		}
	}
}

func TestViewsOfTenThousandRolesAreFast(t *testing.T) {
	g := random(rand.New(rand.NewPCG(1, 1)), 10_000, 3, true)
	began := time.Now()
	small := reduced(t, g)
	if took := time.Since(began); took > time.Minute {
		t.Errorf("reducing took %v", took)
	}
	if len(small.Edges) >= len(g.Edges) || len(small.Edges) < 5_000 {
		t.Errorf("%d of %d edges are left", len(small.Edges), len(g.Edges))
	}
}

func BenchmarkView10000(b *testing.B) {
	g := random(rand.New(rand.NewPCG(1, 1)), 10_000, 3, false)
	for _, v := range []struct {
		name string
		view graph.View
	}{
		{"focus", graph.View{Focus: []string{"r00007"}, Depth: 3}},
		{"cycles", graph.View{CyclesOnly: true}},
		{"collapse", graph.View{Collapse: graph.ByFolder}},
		{"reduce", graph.View{Reduce: true}},
	} {
		b.Run(v.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := g.View(v.view); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
