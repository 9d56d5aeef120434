package graph_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/parsers/repository"
	"github.com/converged/converged/parsers/role"
)

// machine is a node of an environment with these items in its run list.
func machine(name, env string, items ...string) repository.Node {
	m := repository.Node{Name: name, File: "nodes/" + name + ".json", Line: 1, Environment: env}
	for _, text := range items {
		kind, rest, _ := strings.Cut(strings.TrimSuffix(text, "]"), "[")
		m.RunList = append(m.RunList, role.Item{Kind: role.Kind(kind), Name: rest, Line: 2})
	}
	return m
}

// shown is "1 role[web] in prod > role[base]" for each that is touched.
func shown(found graph.Impact) []string {
	var all []string
	for _, t := range found.Touched {
		text := fmt.Sprint(t.Distance, " ", t.ID)
		if t.In != nil {
			text += " in " + strings.Join(t.In, ",")
		}
		if t.Maybe {
			text += " maybe"
		}
		if t.MaybeIn != nil {
			text += " maybe in " + strings.Join(t.MaybeIn, ",")
		}
		if t.Distance > 0 {
			text += " > " + t.Via.To
		}
		all = append(all, text)
	}
	return all
}

func TestImpact(t *testing.T) {
	for _, c := range []struct {
		name    string
		lines   []string
		nodes   []repository.Node
		ids     string
		env     string
		want    string // what is touched
		affects string // environments
	}{
		{"upwards, nearest first", []string{"a: role[b] role[c]", "b: role[c]", "c: recipe[x]", "d: recipe[y]"}, nil, "recipe[x]", "",
			"1 role[c] > recipe[x]; 2 role[a] > role[c]; 2 role[b] > role[c]; 0 recipe[x]", "_default"},
		{"nothing names it", []string{"a: recipe[x]"}, nil, "role[a]", "", "0 role[a]", ""},
		{"nothing of that name", []string{"a: recipe[x]"}, nil, "role[z]", "", "", ""},
		{"several at once", []string{"a: recipe[x]", "b: recipe[y]", "c: role[a] role[b]"}, nil, "recipe[x] role[b]", "",
			"0 role[b]; 1 role[a] > recipe[x]; 1 role[c] > role[b]; 0 recipe[x]", "_default"},
		{"a cycle ends", []string{"a: role[b]", "b: role[a]"}, nil, "role[a]", "", "0 role[a]; 1 role[b] > role[a]", "_default"},
		{"only in its environment", []string{"a: prod=role[b]", "b: recipe[x]"}, nil, "recipe[x]", "",
			"1 role[b] > recipe[x]; 2 role[a] in prod > role[b]; 0 recipe[x]", "_default prod"},
		{"not where steps are of different environments", []string{"a: prod=role[b]", "b: qa=recipe[x]"}, nil, "recipe[x]", "",
			"1 role[b] in qa > recipe[x]; 0 recipe[x]", "qa"},
		{"the plain list counts where there is no other", []string{"a: recipe[x] prod=recipe[y]"}, nil, "recipe[x]", "",
			"1 role[a] in _default > recipe[x]; 0 recipe[x]", "_default"},
		{"one environment", []string{"a: recipe[x] prod=recipe[y]", "b: recipe[x]"}, nil, "recipe[x]", "prod",
			"1 role[b] > recipe[x]; 0 recipe[x]", "prod"},
		{"a machine in its environment only", []string{"a: recipe[y] prod=recipe[x]"},
			[]repository.Node{machine("p", "prod", "role[a]"), machine("q", "qa", "role[a]"), machine("r", "prod", "recipe[y]")}, "recipe[x]", "",
			"1 role[a] in prod > recipe[x]; 2 node[p] in prod > role[a]; 0 recipe[x]", "prod 1"},
		{"a longer way in another environment", []string{"a: role[b] prod=recipe[x]", "b: recipe[x]"}, nil, "recipe[x]", "",
			"1 role[a] > recipe[x]; 1 role[b] > recipe[x]; 0 recipe[x]", "_default prod"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := graph.New(set(t, c.lines...), repository.Set{Nodes: c.nodes})
			found := g.Impact(strings.Fields(c.ids), c.env)
			if got := strings.Join(shown(found), "; "); got != c.want {
				t.Errorf("touched is\n%s\nwant\n%s", got, c.want)
			}
			var affects []string
			for _, a := range found.Environments {
				text := a.Name
				if a.Machines > 0 {
					text += fmt.Sprint(" ", a.Machines)
				}
				affects = append(affects, text)
			}
			if got := strings.Join(affects, " "); got != c.affects {
				t.Errorf("environments are %s, want %s", got, c.affects)
			}
		})
	}
}

// mentionMaybe adds a role to a role's list on a condition.
func mentionMaybe(r *role.Role, name, env string) {
	r.Maybe = append(r.Maybe, role.MaybeItem{Item: role.Item{Kind: role.RoleItem, Name: name, Line: 9}, Environment: env, Condition: "x"})
}

func TestImpactTellsWhatOnlyMayBe(t *testing.T) {
	s := set(t, "a: recipe[x] qa=recipe[x]", "b: recipe[y]", "c: role[b]", "d: recipe[y] prod=role[a]")
	mentionMaybe(&s.Roles[1], "a", graph.Default)
	mentionMaybe(&s.Roles[3], "a", graph.Default)
	got := strings.Join(shown(graph.New(s, repository.Set{}).Impact([]string{"recipe[x]"}, "")), "; ")
	want := "1 role[a] > recipe[x]; 2 role[b] maybe > role[a]; 2 role[d] in prod > role[a]; 3 role[c] maybe > role[b]; 0 recipe[x]"
	if got != want {
		t.Errorf("touched is\n%s\nwant\n%s", got, want)
	}
}

// way is the IDs of a chain.
func way(chain []graph.Edge) string {
	if len(chain) == 0 {
		return ""
	}
	ids := []string{chain[0].From}
	for _, e := range chain {
		ids = append(ids, e.To)
	}
	return strings.Join(ids, " ")
}

func TestWhy(t *testing.T) {
	lines := []string{"a: role[b] role[c]", "b: role[d]", "c: recipe[x]", "d: recipe[x]", "p: prod=role[q]", "q: qa=recipe[y]", "e: prod=role[a] qa=role[b]"}
	for _, c := range []struct{ from, to, env, want string }{
		{"role[a]", "recipe[x]", "", "role[a] role[c] recipe[x] [] | | |"},
		{"role[a]", "role[d]", "", "role[a] role[b] role[d] [] | | |"},
		{"role[e]", "recipe[x]", "", "role[e] role[a] role[c] recipe[x] [prod] | | |"},
		{"role[e]", "role[b]", "prod", "role[e] role[a] role[b] [] | | |"},
		{"role[e]", "role[b]", "qa", "role[e] role[b] [] | | |"},
		{"role[e]", "role[a]", "qa", " [prod] | role[e] role[a] | |"},
		{"role[p]", "recipe[y]", "", " [] | | role[p] role[q] recipe[y] |"},
		{"recipe[x]", "role[b]", "", " [] | | | role[b] role[d] recipe[x]"},
		{"role[a]", "recipe[y]", "", " [] | | |"},
		{"role[a]", "role[nowhere]", "", " [] | | |"},
	} {
		w := roles(t, lines...).Why([]string{c.from}, []string{c.to}, c.env)
		got := fmt.Sprintf("%s %v | %s | %s | %s", way(w.Chain), w.In, way(w.Elsewhere), way(w.Mixed), way(w.Back))
		if fields := strings.Fields; !slices.Equal(fields(got), fields(c.want)) || w.Maybe {
			t.Errorf("%s to %s %s:\ngot  %s\nwant %s", c.from, c.to, c.env, got, c.want)
		}
	}
}

func TestWhyPrefersWhatIsCertain(t *testing.T) {
	s := set(t, "a: role[b]", "b: role[c]", "c: recipe[x]", "d:")
	mentionMaybe(&s.Roles[0], "c", graph.Default)
	mentionMaybe(&s.Roles[3], "c", graph.Default)
	g := graph.New(s, repository.Set{})
	if w := g.Why([]string{"role[a]"}, []string{"recipe[x]"}, ""); way(w.Chain) != "role[a] role[b] role[c] recipe[x]" || w.Maybe {
		t.Errorf("the chain is %s, maybe %v", way(w.Chain), w.Maybe)
	}
	if w := g.Why([]string{"role[d]"}, []string{"recipe[x]"}, ""); way(w.Chain) != "role[d] role[c] recipe[x]" || !w.Maybe {
		t.Errorf("the chain is %s, maybe %v", way(w.Chain), w.Maybe)
	}
}

// distances are the steps from one node up to all others in one environment,
// as a child would count them.
func distances(g *graph.Graph, to, env string) map[string]int {
	home := map[string]string{}
	for _, n := range g.Nodes {
		home[n.ID] = n.Environment
	}
	away := func(id string) bool { return strings.HasPrefix(id, "node[") && home[id] != env }
	far := map[string]int{to: 0}
	if away(to) {
		return nil
	}
	for again := true; again; {
		again = false
		for _, e := range g.Edges {
			d, ok := far[e.To]
			if had, known := far[e.From]; ok && g.Holds(e, env) && !away(e.From) && (!known || had > d+1) {
				far[e.From], again = d+1, true
			}
		}
	}
	return far
}

func TestReachLikeANaiveModel(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	environments := []string{graph.Default, "prod", "qa"}
	for range 800 {
		s := anyRoles(r)
		more := repository.Set{Nodes: []repository.Node{machine("m", environments[r.IntN(3)], "role[r0]"), machine("n", "qa", "role[r1]", "role[r0]")}}
		g := graph.New(s, more)
		known := append([]string{graph.Default}, g.Environments()...)
		if !slices.Contains(known, "qa") {
			known = append(known, "qa")
		}
		if e := more.Nodes[0].Environment; !slices.Contains(known, e) {
			known = append(known, e)
		}
		slices.Sort(known)
		changed := g.Nodes[r.IntN(len(g.Nodes))].ID
		want := map[string]string{}
		far := map[string]int{}
		for _, env := range known {
			for id, d := range distances(g, changed, env) {
				want[id] += " " + env
				if had, ok := far[id]; !ok || had > d {
					far[id] = d
				}
			}
		}
		found := g.Impact([]string{changed}, "")
		if len(found.Touched) != len(want) {
			t.Fatalf("%s of %+v reaches %v, want %v", changed, s, shown(found), want)
		}
		for _, touched := range found.Touched {
			in := touched.In
			if in == nil {
				in = known
			}
			if got := " " + strings.Join(in, " "); got != want[touched.ID] || touched.Distance != far[touched.ID] {
				t.Fatalf("%s of %+v reaches %s %d far in%s, want %d in%s", changed, s, touched.ID, touched.Distance, got, far[touched.ID], want[touched.ID])
			}
			w := g.Why([]string{touched.ID}, []string{changed}, "")
			if len(w.Chain) != far[touched.ID] {
				t.Fatalf("%s to %s of %+v: %s, want %d steps", touched.ID, changed, s, way(w.Chain), far[touched.ID])
			}
			for i, e := range w.Chain {
				for _, env := range w.In {
					if !g.Holds(e, env) || i > 0 && w.Chain[i-1].To != e.From {
						t.Fatalf("the chain %s has a step that does not hold in %s", way(w.Chain), env)
					}
				}
			}
		}
	}
}

// wide is n roles in layers, each naming some of the layer below and, in its
// own of many environments, some others.
func wide(n, environments int) role.Set {
	var s role.Set
	for i := range n {
		r := role.Role{Name: fmt.Sprint("r", i), File: fmt.Sprintf("r%d.rb", i), EnvRunLists: map[string][]role.Item{}}
		for k := range 3 {
			if i > 0 {
				r.RunList = append(r.RunList, role.Item{Kind: role.RoleItem, Name: fmt.Sprint("r", (i*7+k*13)%i), Line: k})
			}
		}
		if i%10 == 0 {
			r.EnvRunLists[fmt.Sprint("e", i%environments)] = r.RunList[:len(r.RunList)/2]
		}
		s.Roles = append(s.Roles, r)
	}
	return s
}

func TestReachIsQuick(t *testing.T) {
	if testing.Short() {
		t.Skip("large")
	}
	for name, s := range map[string]role.Set{"chain": chain(10_000), "wide": wide(10_000, 20), "many environments": wide(10_000, 10_000)} {
		g := graph.New(s, repository.Set{})
		began := time.Now()
		g.Impact([]string{"role[r0]", "recipe[c09999]"}, "")
		g.Why([]string{"role[r9999]", "role[r00000]"}, []string{"role[r0]", "recipe[c09999]"}, "")
		if took := time.Since(began); took > time.Minute {
			t.Errorf("%s took %v", name, took)
		}
	}
}

func BenchmarkImpact10000(b *testing.B) {
	for name, s := range map[string]role.Set{"chain": chain(10_000), "wide": wide(10_000, 20), "environments": wide(10_000, 1000)} {
		g := graph.New(s, repository.Set{})
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				g.Impact([]string{"role[r0]", "recipe[c09999]"}, "")
			}
		})
	}
}

func BenchmarkWhy10000(b *testing.B) {
	for name, s := range map[string]role.Set{"chain": chain(10_000), "wide": wide(10_000, 20), "environments": wide(10_000, 1000)} {
		g := graph.New(s, repository.Set{})
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				g.Why([]string{"role[r9999]", "role[r00000]"}, []string{"role[r0]", "recipe[c09999]"}, "")
			}
		})
	}
}
