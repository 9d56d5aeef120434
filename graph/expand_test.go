package graph_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/parsers/repository"
	"github.com/converged/converged/parsers/role"
)

func mentioned(mentions []graph.Mention) string {
	var all []string
	for _, m := range mentions {
		text := m.Item.String()
		if m.Missing() {
			text += "!"
		}
		all = append(all, text)
	}
	return strings.Join(all, " ")
}

func expanded(t *testing.T, g *graph.Graph, id, env string) *graph.Expansion {
	t.Helper()
	x, err := g.Expand(id, env)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestExpand(t *testing.T) {
	for _, c := range []struct {
		name    string
		lines   []string
		id, env string
		want    string // recipes / roles / skipped
	}{
		{"in order, depth first", []string{"a: recipe[1] role[b] recipe[3]", "b: recipe[2]"}, "role[a]", "",
			"recipe[1] recipe[2] recipe[3] / role[a] role[b] / "},
		{"a cycle is no error", []string{"cycle_a: recipe[a1] role[cycle_b] recipe[a2]", "cycle_b: recipe[b1] role[cycle_a] recipe[b2]"}, "role[cycle_a]", "",
			"recipe[a1] recipe[b1] recipe[b2] recipe[a2] / role[cycle_a] role[cycle_b] / role[cycle_a]"},
		{"a diamond", []string{"a: role[b] role[c]", "b: role[d]", "c: role[d] recipe[c]", "d: recipe[d]"}, "role[a]", "",
			"recipe[d] recipe[c] / role[a] role[b] role[d] role[c] / role[d]"},
		{"itself", []string{"a: role[a] recipe[x]"}, "role[a]", "", "recipe[x] / role[a] / role[a]"},
		{"the first mention of a recipe wins", []string{"a: recipe[x] role[b] recipe[z]", "b: recipe[y] recipe[x]"}, "role[a]", "",
			"recipe[x] recipe[y] recipe[z] / role[a] role[b] / recipe[x]"},
		{"x and x::default are two", []string{"a: recipe[x] recipe[x::default]"}, "role[a]", "", "recipe[x] recipe[x::default] / role[a] / "},
		{"a missing role is passed over, and told", []string{"a: recipe[x] role[gone] recipe[y]"}, "role[a]", "", "recipe[x] recipe[y] / role[a] role[gone]! / "},
		{"missing twice", []string{"a: role[gone] role[b]", "b: role[gone]"}, "role[a]", "", " / role[a] role[gone]! role[b] / role[gone]!"},
		{"an environment with a list", []string{"a: recipe[x] prod=recipe[y] prod=recipe[y]"}, "role[a]", "prod", "recipe[y] / role[a] / recipe[y]"},
		{"an environment without one", []string{"a: recipe[x] prod=recipe[y]"}, "role[a]", "qa", "recipe[x] / role[a] / "},
		{"each role has its own lists", []string{"a: role[b] prod=role[b] prod=recipe[y]", "b: recipe[x] qa=recipe[z]"}, "role[a]", "prod", "recipe[x] recipe[y] / role[a] role[b] / "},
		{"a recipe", []string{"a: recipe[x]"}, "recipe[x@1.2]", "", "recipe[x@1.2] /  / "},
		{"a role that is nowhere", []string{"a:"}, "role[gone]", "", " / role[gone]! / "},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := expanded(t, roles(t, c.lines...), c.id, c.env)
			if got := mentioned(x.Recipes) + " / " + mentioned(x.Roles) + " / " + mentioned(x.Skipped); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if len(x.Maybe)+len(x.Conflicts) > 0 {
				t.Errorf("and %v, %v", x.Maybe, x.Conflicts)
			}
		})
	}
}

func TestExpandListsAnEmptyEnvironment(t *testing.T) {
	s := set(t, "a: recipe[x]")
	s.Roles[0].EnvRunLists["prod"] = nil
	if x := expanded(t, graph.New(s, repository.Set{}), "role[a]", "prod"); len(x.Recipes) != 0 {
		t.Errorf("prod has an empty list, and got %s", mentioned(x.Recipes))
	}
}

func TestExpandKeepsVersions(t *testing.T) {
	recipe := func(name, version string, line int) role.Item {
		return role.Item{Kind: role.RecipeItem, Name: name, Version: version, Line: line}
	}
	for _, c := range []struct {
		items []role.Item
		want  string // recipes / conflicts
	}{
		{[]role.Item{recipe("x", "", 2), recipe("x", "1.2", 3)}, "recipe[x@1.2] / "},
		{[]role.Item{recipe("x", "1.2.3", 2), recipe("x", "", 3)}, "recipe[x@1.2.3] / "},
		{[]role.Item{recipe("x", "1.2", 2), recipe("x", "01.2.0", 3)}, "recipe[x@01.2.0] / "},
		{[]role.Item{recipe("x", "1.2", 2), recipe("x", "1.3", 3)}, "recipe[x@1.3] / x:2,3"},
		{[]role.Item{recipe("x", "1.2", 2), recipe("x::y", "1.3", 3), recipe("x", "1.4", 4)}, "recipe[x@1.4] recipe[x::y@1.3] / x:2,3"},
		{[]role.Item{recipe("x", "1.2", 2), recipe("y", "1.3", 3)}, "recipe[x@1.2] recipe[y@1.3] / "},
	} {
		x := expanded(t, graph.New(role.Set{Roles: []role.Role{{Name: "a", File: "a.rb", RunList: c.items}}}, repository.Set{}), "role[a]", "")
		var conflicts []string
		for _, k := range x.Conflicts {
			conflicts = append(conflicts, fmt.Sprintf("%s:%d,%d", k.Cookbook, k.One.Item.Line, k.Two.Item.Line))
		}
		if got := mentioned(x.Recipes) + " / " + strings.Join(conflicts, " "); got != c.want {
			t.Errorf("%v: got %s, want %s", c.items, got, c.want)
		}
	}
}

func TestExpandTellsWhereEachCameFrom(t *testing.T) {
	x := expanded(t, roles(t, "a: recipe[0] role[b]", "b: role[c]", "c: recipe[x]"), "role[a]", "")
	var chain []string
	way, _ := x.Chain(x.Recipes[1])
	for _, m := range way {
		chain = append(chain, fmt.Sprintf("%s %s:%d", m.Item, m.File, m.Item.Line))
	}
	if got, want := strings.Join(chain, " > "), "role[a] :0 > role[b] a.rb:3 > role[c] b.rb:2"; got != want {
		t.Errorf("the chain is %s, want %s", got, want)
	}
	if m := x.Recipes[1]; m.File != "c.rb" || m.Item.Line != 2 {
		t.Errorf("the recipe is written in %s:%d", m.File, m.Item.Line)
	}
}

func TestExpandKeepsConditionsApart(t *testing.T) {
	s := set(t, "a: recipe[x] role[b]", "b: recipe[y] prod=recipe[z]", "c: recipe[deep] role[b]")
	maybe := func(kind role.Kind, name, env string) role.MaybeItem {
		return role.MaybeItem{Item: role.Item{Kind: kind, Name: name, Line: 7}, Environment: env, Condition: "ENV['" + name + "']"}
	}
	s.Roles[0].Maybe = []role.MaybeItem{
		maybe(role.RecipeItem, "y", graph.Default), maybe(role.RoleItem, "c", graph.Default),
		maybe(role.RecipeItem, "q", "qa"), maybe(role.RoleItem, "gone", graph.Default),
	}
	s.Roles[1].Maybe = []role.MaybeItem{maybe(role.RecipeItem, "plain", graph.Default), maybe(role.RecipeItem, "own", "prod")}
	g := graph.New(s, repository.Set{})
	for env, want := range map[string]string{
		graph.Default: "recipe[x] recipe[y] / recipe[plain] recipe[deep] / role[a] role[b] role[c] role[gone]!",
		"qa":          "recipe[x] recipe[y] / recipe[q] recipe[plain] recipe[deep] / role[a] role[b] role[c] role[gone]!",
		"prod":        "recipe[x] recipe[z] / recipe[y] recipe[own] recipe[deep] / role[a] role[b] role[c] role[gone]!",
	} {
		x := expanded(t, g, "role[a]", env)
		slices.SortFunc(x.Maybe, func(a, b graph.Mention) int { return a.By - b.By })
		if got := mentioned(x.Recipes) + " / " + mentioned(x.Maybe) + " / " + mentioned(x.Roles); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", env, got, want)
		}
		if !x.Roles[2].Maybe || x.Roles[2].Condition != "ENV['c']" || x.Roles[1].Maybe {
			t.Errorf("%s: the roles are %+v", env, x.Roles)
		}
	}
}

// What a condition may take away keeps its place, and so does what it brings; it
// is certain where another list brings it for certain.
func TestExpandMarksWhatMayBeTakenAway(t *testing.T) {
	s := set(t, "top: role[web] recipe[a]", "web: role[base] recipe[a] recipe[b] role[gone]", "base: recipe[ntp]")
	for i := range s.Roles[1].RunList {
		s.Roles[1].RunList[i].Doubt = `ENV["X"]`
	}
	s.Roles[1].RunList[2].Doubt = ""
	g := graph.New(s, repository.Set{})
	var got []string
	for _, m := range expanded(t, g, "role[top]", "").Recipes {
		got = append(got, fmt.Sprintf("%s %t %s", m.Item, m.InDoubt, m.Condition))
	}
	want := []string{"recipe[ntp] true ", `recipe[a] false ENV["X"]`, "recipe[b] false "}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if gone := expanded(t, g, "role[top]", "").Missing(); len(gone) != 1 || !gone[0].InDoubt {
		t.Errorf("missing are %+v", gone)
	}
	got = nil
	for _, e := range g.Edges {
		got = append(got, fmt.Sprint(e.From, e.To, e.Maybe))
	}
	want = []string{"role[base]recipe[ntp]false", "role[top]recipe[a]false", "role[top]role[web]false", "role[web]recipe[a]true",
		"role[web]recipe[b]false", "role[web]role[base]true", "role[web]role[gone]true"}
	if !slices.Equal(got, want) {
		t.Errorf("edges are %q, want %q", got, want)
	}
}

// An edge that the list of one environment makes certain holds in all that name it.
func TestAnEdgeIsCertainWhereAnyListMakesItSo(t *testing.T) {
	s := set(t, "web: recipe[a] prod=recipe[a] qa=recipe[b]")
	s.Roles[0].RunList[0].Doubt, s.Roles[0].EnvRunLists["qa"][0].Doubt = "x", "x"
	g := graph.New(s, repository.Set{})
	if a, b := g.Edges[0], g.Edges[1]; a.Maybe || !slices.Equal(a.Only(), []string{"_default", "prod"}) || !b.Maybe {
		t.Errorf("edges are %+v", g.Edges)
	}
}

func TestExpandLooksRolesUpByTheirFiles(t *testing.T) {
	list := func(name string) []role.Item { return []role.Item{{Kind: role.RecipeItem, Name: name}} }
	s := role.Set{Roles: []role.Role{
		{Name: "inner", File: "roles/outer.rb", RunList: list("outer")},
		{Name: "top", File: "roles/top.rb", RunList: []role.Item{{Kind: role.RoleItem, Name: "outer"}, {Kind: role.RoleItem, Name: "inner"}, {Kind: role.RoleItem, Name: "twice"}}},
		{Name: "twice", File: "roles/twice.rb", Format: role.Ruby, RunList: list("ruby")},
		{Name: "twice", File: "roles/z/twice.json", Format: role.JSON, RunList: list("json")},
	}}
	g := graph.New(s, repository.Set{})
	if x := expanded(t, g, "role[top]", ""); mentioned(x.Recipes)+" "+mentioned(x.Missing()) != "recipe[outer] recipe[json] " {
		t.Errorf("got %s, missing %s", mentioned(x.Recipes), mentioned(x.Missing()))
	} else if x.Roles[1].OnServerOnly() || !x.Roles[2].OnServerOnly() {
		t.Errorf("by their files: %+v", x.Roles)
	}
	if x := expanded(t, g, "role[inner]", ""); mentioned(x.Recipes) != "recipe[outer]" {
		t.Errorf("asked for by its declared name: %s", mentioned(x.Recipes))
	}
}

func TestExpandMachinesAndPolicies(t *testing.T) {
	app := []role.Item{{Kind: role.RecipeItem, Name: "app", Line: 3}}
	g := graph.New(set(t, "a: recipe[x] prod=recipe[y]"), repository.Set{
		Nodes: []repository.Node{
			{Name: "n1", File: "nodes/n1.json", Environment: "prod", RunList: []role.Item{{Kind: role.RecipeItem, Name: "first"}, {Kind: role.RoleItem, Name: "a", Line: 4}}},
			{Name: "n2", Environment: graph.Default, PolicyName: "shop"}, {Name: "n3", PolicyName: "gone"},
		},
		Policies: []repository.Policy{{Name: "shop", File: "policies/shop.rb", RunList: app}},
	})
	for _, c := range []struct{ id, env, want string }{
		{"node[n1]", "", "prod: recipe[first] recipe[y]"},
		{"node[n1]", "prod", "prod: recipe[first] recipe[y]"},
		{"node[n1]", "qa", "node[n1] is in environment prod, so it is not there in qa"},
		{"node[n2]", "", "_default: recipe[app]"},
		{"policy[shop]", "", "_default: recipe[app]"},
		{"node[n3]", "", "the run list of node[n3]: policy[gone] was not read"},
		{"node[n4]", "", "node[n4] was not read"},
		{"cookbook[x]", "", "cookbook[x] has no run list"},
	} {
		x, err := g.Expand(c.id, c.env)
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = x.Environment + ": " + mentioned(x.Recipes)
		}
		if !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %s, want %s", c.id, got, c.want)
		}
	}
	if x := expanded(t, g, "node[n1]", ""); x.Roles[0].File != "nodes/n1.json" || x.Roles[0].Item.Line != 4 {
		t.Errorf("the role is named in %s:%d", x.Roles[0].File, x.Roles[0].Item.Line)
	}
}

// naive is the expansion as Chef writes it: with recursion, and nothing to spare.
type naive struct {
	roles   map[string]role.Role
	env     string
	applied map[string]bool
	recipes []string
}

func (n *naive) expand(list []role.Item) {
	for _, item := range list {
		if item.Kind == role.RecipeItem {
			if !slices.Contains(n.recipes, item.Name) {
				n.recipes = append(n.recipes, item.Name)
			}
			continue
		}
		r, ok := n.roles[item.Name]
		if n.applied[item.Name] || !ok {
			continue
		}
		n.applied[item.Name] = true
		if own, ok := r.EnvRunLists[n.env]; ok {
			n.expand(own)
		} else {
			n.expand(r.RunList)
		}
	}
}

// anyRoles is some roles that name each other and some recipes, whatever comes.
func anyRoles(r *rand.Rand) role.Set {
	s := role.Set{}
	count := 1 + r.IntN(8)
	list := func() []role.Item {
		var items []role.Item
		for range r.IntN(5) {
			if r.IntN(3) > 0 {
				items = append(items, role.Item{Kind: role.RoleItem, Name: fmt.Sprint("r", r.IntN(count+1)), Line: 1 + r.IntN(9)})
			} else {
				items = append(items, role.Item{Kind: role.RecipeItem, Name: fmt.Sprint("c", r.IntN(6)), Line: 1 + r.IntN(9)})
			}
		}
		return items
	}
	for i := range count {
		x := role.Role{Name: fmt.Sprint("r", i), File: fmt.Sprintf("r%d.rb", i), RunList: list(), EnvRunLists: map[string][]role.Item{}}
		for _, env := range []string{"prod", "qa"} {
			if r.IntN(4) == 0 {
				x.EnvRunLists[env] = list()
			}
		}
		s.Roles = append(s.Roles, x)
	}
	return s
}

func TestExpandLikeANaiveModel(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 4))
	for range 3000 {
		s := anyRoles(r)
		g := graph.New(s, repository.Set{})
		byName := map[string]role.Role{}
		for _, x := range s.Roles {
			byName[x.Name] = x
		}
		for _, env := range []string{graph.Default, "prod", "qa"} {
			model := naive{roles: byName, env: env, applied: map[string]bool{}}
			model.expand([]role.Item{{Kind: role.RoleItem, Name: "r0"}})
			x := expanded(t, g, "role[r0]", env)
			var got []string
			for _, m := range x.Recipes {
				got = append(got, m.Item.Name)
			}
			if !slices.Equal(got, model.recipes) {
				t.Fatalf("%s of %+v:\ngot  %v\nwant %v", env, s.Roles, got, model.recipes)
			}
		}
	}
}

// chain is n roles, each naming the next and a recipe of its own.
func chain(n int) role.Set {
	var s role.Set
	for i := range n {
		list := []role.Item{{Kind: role.RecipeItem, Name: fmt.Sprintf("c%05d", i), Line: 1}}
		if i+1 < n {
			list = append(list, role.Item{Kind: role.RoleItem, Name: fmt.Sprintf("r%05d", i+1), Line: 2})
		}
		s.Roles = append(s.Roles, role.Role{Name: fmt.Sprintf("r%05d", i), File: fmt.Sprintf("r%05d.rb", i), RunList: list})
	}
	return s
}

func TestALongChainIsToldByItsEnds(t *testing.T) {
	x := expanded(t, graph.New(chain(30), repository.Set{}), "role[r00000]", "")
	for deep, m := range x.Recipes {
		way, omitted := x.Chain(m)
		if want := max(0, deep+1-20); omitted != want || len(way) != deep+1-want {
			t.Errorf("%d deep: %d told, %d omitted", deep, len(way), omitted)
		}
		for i, step := range way {
			at := i
			if i >= 10 {
				at += omitted
			}
			if step.Item.Name != fmt.Sprintf("r%05d", at) {
				t.Errorf("%d deep: step %d is %s", deep, i, step.Item)
			}
		}
	}
}

func BenchmarkExpandChain10000(b *testing.B) {
	g := graph.New(chain(10_000), repository.Set{})
	for b.Loop() {
		if x, err := g.Expand("role[r00000]", ""); err != nil || len(x.Recipes) != 10_000 {
			b.Fatal(err)
		}
	}
}

func TestExpandGoesByTheFileBeforeTheName(t *testing.T) {
	set := role.Set{Roles: []role.Role{
		{Name: "web", File: "api.rb", RunList: []role.Item{{Kind: role.RecipeItem, Name: "of_api"}}},
		{Name: "web", File: "web.rb", RunList: []role.Item{{Kind: role.RecipeItem, Name: "of_web"}}},
		{Name: "other", File: "alone.rb", RunList: []role.Item{{Kind: role.RecipeItem, Name: "of_alone"}}},
	}}
	g := graph.New(set, repository.Set{})
	for id, want := range map[string]string{"role[web]": "of_web", "role[api]": "of_api", "role[other]": "of_alone"} {
		x, err := g.Expand(id, "")
		if err != nil || len(x.Recipes) != 1 || x.Recipes[0].Item.Name != want {
			t.Errorf("%s: %+v, %v, want %s", id, x, err, want)
		}
	}
}
