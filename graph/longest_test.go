package graph_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/parsers/repository"
)

// naming is the lines of roles that each name some others at random, and may
// depend on each other; and whom each names.
func naming(r *rand.Rand, roles, names int) (lines []string, next map[string][]string) {
	next = map[string][]string{}
	for i := range roles {
		id := fmt.Sprintf("r%05d", i)
		line := id + ":"
		for range r.IntN(names + 1) {
			to := fmt.Sprintf("r%05d", r.IntN(roles))
			line += " role[" + to + "]"
			next[graph.RoleID(id)] = append(next[graph.RoleID(id)], graph.RoleID(to))
		}
		lines = append(lines, line)
	}
	return lines, next
}

// deepest tries every chain.
func deepest(next map[string][]string, id string, on map[string]bool) int {
	on[id] = true
	defer delete(on, id)
	most := 0
	for _, to := range next[id] {
		if !on[to] {
			most = max(most, deepest(next, to, on))
		}
	}
	return most + 1
}

// honest says what is wrong with the chain that is to show how deep a role nests.
func honest(n *graph.Nesting, id string) error {
	chain, seen := n.Chain(id), map[string]bool{id: true}
	if len(chain)+1 != n.Depth(id) {
		return fmt.Errorf("%s is %d deep, and its chain has %d steps", id, n.Depth(id), len(chain))
	}
	for at, e := range chain {
		if e.From != id || seen[e.To] || e.To == "" {
			return fmt.Errorf("step %d is from %s to %s", at, e.From, e.To)
		}
		id, seen[e.To] = e.To, true
	}
	return nil
}

func TestNestingIsTheLongestChain(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		lines, next := naming(r, 2+r.IntN(9), 3)
		n := graph.New(set(t, lines...), repository.Set{}).Nesting()
		for i := range lines {
			id := fmt.Sprintf("role[r%05d]", i)
			if want := deepest(next, id, map[string]bool{}); n.Depth(id) != want || !n.Exact(id) {
				t.Fatalf("seed %d: %s is %d deep (exact: %t), want %d\n%q", seed, id, n.Depth(id), n.Exact(id), want, lines)
			}
			if err := honest(n, id); err != nil {
				t.Fatalf("seed %d: %v\n%q", seed, err, lines)
			}
		}
	}
}

// Of larger components the chain is a real one, never longer than possible, and
// said to be a lower bound where it may be one.
func TestNestingOfLargeComponentsIsHonest(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 2))
		lines, next := naming(r, 14+r.IntN(3), 3)
		n := graph.New(set(t, lines...), repository.Set{}).Nesting()
		for i := range lines {
			id := fmt.Sprintf("role[r%05d]", i)
			if err := honest(n, id); err != nil {
				t.Fatalf("seed %d: %v\n%q", seed, err, lines)
			}
			if i > 2 {
				continue // trying every chain takes long
			}
			want := deepest(next, id, map[string]bool{})
			if got := n.Depth(id); got > want || got < want && n.Exact(id) {
				t.Fatalf("seed %d: %s is %d deep (exact: %t), want %d\n%q", seed, id, got, n.Exact(id), want, lines)
			}
		}
	}
}

func TestStatsOfCycles(t *testing.T) {
	both := make([]string, 30)
	for i := range both {
		both[i] = fmt.Sprintf("r%05d: role[r%05d] role[r%05d]", i, max(0, i-1), min(29, i+1))
	}
	for name, c := range map[string]struct {
		lines   []string
		depth   int
		atLeast bool
	}{
		"through a cycle":        {[]string{"shop: role[web]", "web: role[base]", "base: role[mon]", "mon: role[log]", "log: role[mon]"}, 5, false},
		"six that name all":      {complete(6), 6, false},
		"a hundred that do":      {complete(100), 100, false},
		"a ring":                 {ring(10_000), 10_000, false},
		"a ring with a way out":  {append(ring(20), "zout: role[zlast]", "zlast:", "r00007: role[zout] role[r00008]"), 22, false},
		"a road both ways":       {both, 30, false},
		"three around a hub":     {[]string{"hub: role[a] role[b] role[c]", "a: role[hub]", "b: role[hub]", "c: role[hub]"}, 3, false},
		"too many around a hub":  {hub(30), 3, true},
		"itself, and one beside": {[]string{"a: role[a] role[b]", "b: role[b]"}, 2, false},
	} {
		lines := slices.Clone(c.lines)
		if name == "a ring with a way out" {
			lines = slices.DeleteFunc(lines, func(l string) bool { return l == "r00007: role[r00008]" })
		}
		s := graph.New(set(t, lines...), repository.Set{}).Stats()
		if s.Depth != c.depth || s.AtLeast != c.atLeast || len(s.Chain) != s.Depth {
			t.Errorf("%s: %d deep (at least: %t) by %d roles, want %d", name, s.Depth, s.AtLeast, len(s.Chain), c.depth)
		}
	}
}

// hub is roles that all name one, which names them all.
func hub(roles int) []string {
	lines := []string{"hub:"}
	for i := range roles {
		lines[0] += fmt.Sprintf(" role[r%05d]", i)
		lines = append(lines, fmt.Sprintf("r%05d: role[hub]", i))
	}
	return lines
}

// Whatever roles name, the search for long chains ends soon.
func TestNestingIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("large")
	}
	var twelve []string
	for i := range 9_996 {
		line := fmt.Sprintf("r%05d:", i)
		for k := range 12 {
			line += fmt.Sprintf(" role[r%05d]", i/12*12+k)
		}
		twelve = append(twelve, line)
	}
	tangled, _ := naming(rand.New(rand.NewPCG(1, 3)), 10_000, 6)
	for name, lines := range map[string][]string{"twelve by twelve": twelve, "one tangle": tangled, "a hub": hub(9_999), "all name all": complete(500)} {
		g := graph.New(set(t, lines...), repository.Set{})
		began := time.Now()
		n := g.Nesting()
		took := time.Since(began)
		t.Logf("%s: %v, %d deep", name, took, n.Depth(g.Nodes[0].ID))
		if err := honest(n, g.Nodes[0].ID); err != nil || took > time.Minute {
			t.Errorf("%s took %v: %v", name, took, err)
		}
	}
}
