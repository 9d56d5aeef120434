package graph_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/parsers/repository"
)

// told is a diff as lines: a sign, then what it is about.
func told(d *graph.Diff) []string {
	var all []string
	say := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	for _, n := range d.RemovedNodes {
		say("- %s", n.ID)
	}
	for _, n := range d.AddedNodes {
		say("+ %s", n.ID)
	}
	for _, e := range d.RemovedEdges {
		say("- %s>%s", e.From, e.To)
	}
	for _, e := range d.AddedEdges {
		say("+ %s>%s", e.From, e.To)
	}
	for _, c := range d.ChangedEdges {
		say("~ %s>%s %v>%v", c.After.From, c.After.To, c.Before.Only(), c.After.Only())
	}
	for _, r := range d.Reordered {
		say("~ %s %s:%d %v", r.Role, r.Environment, r.Line, r.After)
	}
	for _, c := range d.NewCycles {
		say("+ cycle %v of %d", c.Path, len(c.Component))
	}
	for _, c := range d.OpenedCycles {
		say("- cycle %v of %d", c.Path, len(c.Component))
	}
	for _, m := range d.NewlyMissing {
		say("+ missing %s", m.Node.ID)
	}
	for _, m := range d.NoLongerMissing {
		say("- missing %s", m.Node.ID)
	}
	for i, line := range all {
		all[i] = strings.NewReplacer("role[", "", "recipe[", "r:", "]", "").Replace(line)
	}
	return all
}

func TestCompare(t *testing.T) {
	lines := func(s string) []string { return strings.Split(s, "; ") }
	for _, c := range []struct{ name, before, after, want string }{
		{"nothing", "a: recipe[x]", "a: recipe[x]", ""},
		{"nothing but a list that says what the plain one does", "a: recipe[x]", "a: recipe[x] prod=recipe[x]", ""},
		{"a role and its edges", "a: role[b]; b:", "a: role[b] role[c]; b:; c: role[b]", "+ c; + a>c; + c>b"},
		{"an item more", "a: recipe[x]", "a: recipe[x] recipe[y]", "+ r:y; + a>r:y"},
		{"an item less", "a: recipe[x] recipe[y]", "a: recipe[y]", "- r:x; - a>r:x"},
		{"another environment", "a: prod=recipe[x]", "a: qa=recipe[x]", "~ a>r:x [prod>[qa"},
		{"no longer everywhere", "a: recipe[x]", "a: recipe[x] prod=recipe[y]", "+ r:y; + a>r:y; ~ a>r:x [>[_default"},
		{"another order", "a: recipe[x] recipe[y] recipe[z]", "a: recipe[x] recipe[z] recipe[y]", "~ a _default:3 [r:x r:z r:y"},
		{"what comes between is no other order", "a: recipe[x] recipe[y]", "a: recipe[x] recipe[z] recipe[y]", "+ r:z; + a>r:z"},
		{"another order in an environment that had the plain list", "a: recipe[x] recipe[y]",
			"a: recipe[x] recipe[y] prod=recipe[y] prod=recipe[x]", "~ a prod:4 [r:y r:x"},
		{"repetitions do not count", "a: prod=recipe[x] prod=recipe[y]", "a: prod=recipe[x] prod=recipe[y] prod=recipe[x]", ""},
		{"a new cycle", "a: role[b]; b:", "a: role[b]; b: role[a]", "+ b>a; + cycle [a b of 2"},
		{"an opened cycle", "a: role[b]; b: role[a]", "a: role[b]; b:", "- b>a; - cycle [a b of 2"},
		{"a new role in an old cycle", "a: role[b]; b: role[a]; c: role[a]", "a: role[b]; b: role[a] role[c]; c: role[a]", "+ b>c; + cycle [a b c of 3"},
		{"another edge beside an old cycle", "a: role[b]; b: role[a]; c:", "a: role[b] role[c]; b: role[a]; c:", "+ a>c"},
		{"a loop", "a:", "a: role[a]", "+ a>a; + cycle [a of 1"},
		{"a role deleted and still named", "a: role[b]; b:", "a: role[b]", "- b; + missing b"},
		{"a role declared at last", "a: role[b]", "a: role[b]; b:", "+ b; - missing b"},
		{"a role that is missing and named at first", "a:", "a: role[b]", "+ b; + a>b; + missing b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := graph.Compare(graph.New(set(t, lines(c.before)...), repository.Set{}), graph.New(set(t, lines(c.after)...), repository.Set{}))
			if got := strings.Join(told(d), "; "); got != strings.ReplaceAll(c.want, "]", "") {
				t.Errorf("told\n%s\nwant\n%s", got, c.want)
			}
			if d.Changed() != (c.want != "") {
				t.Errorf("changed: %v", d.Changed())
			}
		})
	}
}

// randomly is some roles that name each other and recipes, here and there by
// environment. Some are not declared.
func randomly(t *testing.T, seed uint64) *graph.Graph {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 3))
	var lines []string
	for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
		line := name + ":"
		for range r.IntN(5) {
			line += [...]string{" ", " ", " prod=", " qa="}[r.IntN(4)]
			line += [...]string{"role[a]", "role[b]", "role[c]", "role[d]", "role[e]", "role[f]", "recipe[x]", "recipe[y]"}[r.IntN(8)]
		}
		if r.IntN(8) > 0 {
			lines = append(lines, line)
		}
	}
	return graph.New(set(t, lines...), repository.Set{})
}

func TestComparingIsSymmetric(t *testing.T) {
	for seed := range uint64(200) {
		a, b := randomly(t, seed), randomly(t, seed+1000)
		there, back := graph.Compare(a, b), graph.Compare(b, a)
		if graph.Compare(a, a).Changed() {
			t.Fatalf("seed %d: a graph differs from itself: %v", seed, told(graph.Compare(a, a)))
		}
		mirrored := told(back)
		for i, line := range mirrored {
			sign, rest, _ := strings.Cut(line, " ")
			mirrored[i] = map[string]string{"+": "-", "-": "+", "~": "~"}[sign] + " " + rest
		}
		signs := func(all []string) []string {
			all = slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s[0] == '~' })
			slices.Sort(all)
			return all
		}
		if !slices.Equal(signs(told(there)), signs(mirrored)) {
			t.Fatalf("seed %d: there %v, back %v", seed, told(there), told(back))
		}
		for i, c := range there.ChangedEdges {
			if other := back.ChangedEdges[i]; !reflect.DeepEqual(c.Before, other.After) || !reflect.DeepEqual(c.After, other.Before) {
				t.Fatalf("seed %d: %+v there, %+v back", seed, c, other)
			}
		}
		if len(there.Reordered) != len(back.Reordered) {
			t.Fatalf("seed %d: %d lists there, %d back", seed, len(there.Reordered), len(back.Reordered))
		}
	}
}

// What changed is all in the picture, and every edge in it has both its ends.
func TestTheNeighbourhoodShowsWhatChanged(t *testing.T) {
	for seed := range uint64(200) {
		a, b := randomly(t, seed), randomly(t, seed+1000)
		d := graph.Compare(a, b)
		g := d.Neighbourhood()
		changes := map[graph.Change]int{}
		there := map[string]bool{}
		missing := 0
		for _, n := range g.Nodes {
			there[n.ID] = true
			if n.Kind == graph.Role && n.Missing && n.Change != graph.Kept {
				missing++
			}
		}
		if missing != len(d.NewlyMissing) {
			t.Fatalf("seed %d: %d roles are shown as missing now, of %v", seed, missing, told(d))
		}
		for _, e := range g.Edges {
			changes[e.Change]++
			if !there[e.From] || !there[e.To] {
				t.Fatalf("seed %d: %s to %s hangs in the air", seed, e.From, e.To)
			}
		}
		if changes[graph.Added] != len(d.AddedEdges) || changes[graph.Removed] != len(d.RemovedEdges) || changes[graph.Altered] != len(d.ChangedEdges) {
			t.Fatalf("seed %d: %v of %v", seed, changes, told(d))
		}
		for _, c := range slices.Concat(d.NewCycles, d.OpenedCycles) {
			if len(g.Along(c)) != len(c.Path) {
				t.Fatalf("seed %d: %v is not drawn", seed, c.Path)
			}
		}
		if d.Changed() == (len(g.Nodes) == 0) {
			t.Fatalf("seed %d: changed %v, %d nodes", seed, d.Changed(), len(g.Nodes))
		}
	}
}

func TestComparingTenThousandRolesIsFast(t *testing.T) {
	a := random(rand.New(rand.NewPCG(1, 1)), 10_000, 3, false)
	b := random(rand.New(rand.NewPCG(2, 1)), 10_000, 3, false)
	began := time.Now()
	d := graph.Compare(a, b)
	if len(d.NewCycles) == 0 || len(d.AddedEdges) < 10_000 {
		t.Errorf("%d cycles, %d edges", len(d.NewCycles), len(d.AddedEdges))
	}
	if took := time.Since(began); took > time.Minute {
		t.Errorf("it took %v", took)
	}
}

func BenchmarkCompare10000(b *testing.B) {
	before := random(rand.New(rand.NewPCG(1, 1)), 10_000, 3, false)
	after := random(rand.New(rand.NewPCG(2, 1)), 10_000, 3, false)
	for b.Loop() {
		graph.Compare(before, after).Neighbourhood()
	}
}

// What a view leaves out is not compared, and neither is its order.
func TestDiffOfViewsTellsTheOrdersTheyShow(t *testing.T) {
	before := graph.New(set(t, "web: role[x] role[y] dev=recipe[p] dev=recipe[q] prod=role[x] prod=role[y]", "x:", "y:"), repository.Set{})
	after := graph.New(set(t, "web: role[y] role[x] dev=recipe[q] dev=recipe[p] prod=role[x] prod=role[y]", "x:", "y:"), repository.Set{})
	for _, c := range []struct {
		view graph.View
		want []string // the environments of the lists that are told
	}{
		{graph.View{}, []string{graph.Default, "dev"}},
		{graph.View{Environment: "dev"}, []string{"dev"}},
		{graph.View{Environment: "prod"}, nil},
		{graph.View{Environment: "other"}, []string{"other"}},
		{graph.View{NoRecipes: true}, []string{graph.Default}},
		{graph.View{Collapse: graph.ByCookbook}, []string{graph.Default}},
		{graph.View{Focus: []string{"x"}, Direction: graph.Up}, nil},
	} {
		a, err := before.View(c.view)
		if err != nil {
			t.Fatal(err)
		}
		b, err := after.View(c.view)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range graph.Compare(a, b).Reordered {
			got = append(got, r.Environment)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%+v: told of %v, want %v", c.view, got, c.want)
		}
	}
}

// A cycle may come without a new edge, when old ones come to hold together.
func TestNewCyclesOfEnvironments(t *testing.T) {
	apart := []string{"x: prod=role[y] dev=recipe[r]", "y: dev=role[x] prod=recipe[r]"}
	inDev := []string{"x: prod=role[y] dev=role[y]", "y: dev=role[x] prod=recipe[r]"}
	inBoth := []string{"x: prod=role[y] dev=role[y]", "y: dev=role[x] prod=role[x]"}
	plain := []string{"x: role[y]", "y: role[x]"}
	for _, c := range []struct {
		name          string
		before, after []string
		news, opened  int
	}{
		{"the edges meet in an environment", apart, inDev, 1, 0},
		{"and part again", inDev, apart, 0, 1},
		{"one more environment has a known cycle", inDev, inBoth, 0, 0},
		{"every environment has a known cycle", inDev, plain, 0, 0},
		{"no cycle is near", []string{"x: prod=role[y]", "y:"}, []string{"x: role[y]", "y:"}, 0, 0},
	} {
		d := graph.Compare(graph.New(set(t, c.before...), repository.Set{}), graph.New(set(t, c.after...), repository.Set{}))
		if len(d.NewCycles) != c.news || len(d.OpenedCycles) != c.opened {
			t.Errorf("%s: new %v, opened %v, want %d and %d", c.name, d.NewCycles, d.OpenedCycles, c.news, c.opened)
		}
	}
}
