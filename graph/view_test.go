package graph_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/parsers/repository"
	"github.com/converged/converged/parsers/role"
)

// shop is a small repository: two levels, a cycle and an environment.
func shop(t *testing.T) *graph.Graph {
	t.Helper()
	return graph.New(set(t,
		"base: recipe[ntp] recipe[ssh::server]",
		"web: role[base] recipe[nginx] recipe[nginx::ssl] prod=role[base] prod=recipe[waf]",
		"shop: role[web] role[base] recipe[ntp]",
		"db: role[base] role[ghost]",
		"ring: role[other]", "other: role[ring] recipe[ntp]",
	), repository.Set{})
}

// drawn is the edges as "a>b", without the brackets and "role", and what stands alone.
func drawn(g *graph.Graph) []string {
	short := strings.NewReplacer("role[", "", "recipe[", "r:", "cookbook[", "c:", "folder[", "f:", "]", "")
	var all []string
	linked := map[string]bool{}
	for _, e := range g.Edges {
		text := short.Replace(e.From + ">" + e.To)
		if len(e.Only()) > 0 {
			text += " " + strings.Join(e.Only(), ",")
		}
		if e.Maybe {
			text += " ?"
		}
		if e.Count > 0 {
			text += " x" + string(rune('0'+e.Count))
		}
		linked[e.From], linked[e.To] = true, true
		all = append(all, text)
	}
	for _, n := range g.Nodes {
		if !linked[n.ID] {
			all = append(all, short.Replace(n.ID))
		}
	}
	return all
}

func TestView(t *testing.T) {
	for _, c := range []struct {
		name string
		view graph.View
		want string // separated by "; "
	}{
		{"focus, down", graph.View{Focus: []string{"web"}, Direction: graph.Down},
			"base>r:ntp; base>r:ssh::server; web>r:nginx::ssl _default; web>r:nginx _default; web>r:waf prod; web>base"},
		{"focus, down one level", graph.View{Focus: []string{"role[shop]"}, Direction: graph.Down, Depth: 1},
			"base>r:ntp; shop>r:ntp; shop>base; shop>web; web>base"},
		{"focus, up", graph.View{Focus: []string{"recipe[nginx]"}, Direction: graph.Up}, "shop>web; web>r:nginx _default"},
		{"focus, both", graph.View{Focus: []string{"web"}, Depth: 1, NoRecipes: true}, "shop>base; shop>web; web>base"},
		{"both is no way up and down again", graph.View{Focus: []string{"ghost"}}, "db>ghost"},
		{"two focuses", graph.View{Focus: []string{"ghost", "ring"}, Depth: 1, NoRecipes: true}, "db>ghost; other>ring; ring>other"},
		{"no recipes", graph.View{NoRecipes: true}, "db>base; db>ghost; other>ring; ring>other; shop>base; shop>web; web>base"},
		{"the focus stays without recipes", graph.View{Focus: []string{"nginx"}, NoRecipes: true}, "shop>web; web>r:nginx _default"},
		{"cycles only", graph.View{CyclesOnly: true}, "other>ring; ring>other"},
		{"cycles around what is on none", graph.View{CyclesOnly: true, Focus: []string{"web"}}, ""},
		{"an environment with its own list", graph.View{Environment: "prod", Focus: []string{"web"}, Depth: 1, Direction: graph.Down}, "web>r:waf; web>base"},
		{"an environment nobody lists", graph.View{Environment: "qa", Focus: []string{"web"}, Depth: 1, Direction: graph.Down}, "web>r:nginx::ssl; web>r:nginx; web>base"},
		{"the unreachable stays", graph.View{Environment: "qa", NoRecipes: true, Focus: []string{"base"}, Direction: graph.Down}, "base"},
		{"cookbooks", graph.View{Collapse: graph.ByCookbook, Focus: []string{"web"}, Direction: graph.Down},
			"base>c:ntp; base>c:ssh; web>c:nginx _default x2; web>c:waf prod; web>base"},
		{"folders", graph.View{Collapse: graph.ByFolder, NoRecipes: true}, "f:.>ghost"},
		{"reduced", graph.View{Reduce: true, NoRecipes: true, Focus: []string{"shop"}, Direction: graph.Down}, "shop>web; web>base"},
		{"reduced with cycles", graph.View{Reduce: true, NoRecipes: true, Focus: []string{"ring"}}, "other>ring; ring>other"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := shop(t)
			got, err := g.View(c.view)
			if err != nil {
				t.Fatal(err)
			}
			if text := strings.Join(drawn(got), "; "); text != c.want {
				t.Errorf("shows\n%s\nwant\n%s", text, c.want)
			}
			if len(got.Roles) != len(g.Roles) {
				t.Errorf("%d of %d roles are left", len(got.Roles), len(g.Roles))
			}
		})
	}
}

func TestViewRefuses(t *testing.T) {
	for _, c := range []struct {
		view graph.View
		says string
	}{
		{graph.View{Focus: []string{"nobody"}}, `"nobody"`},
		{graph.View{Focus: []string{"web"}, Depth: -1}, "-1 levels"},
		{graph.View{Direction: "sideways"}, `"sideways"`},
		{graph.View{Collapse: "colour"}, `"colour"`},
	} {
		if g, err := shop(t).View(c.view); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: %v, %v", c.view, g, err)
		}
	}
}

func TestAViewLeavesTheGraphAsItIs(t *testing.T) {
	g, before := shop(t), shop(t)
	for _, v := range []graph.View{{}, {Environment: "prod", Collapse: graph.ByCookbook, Reduce: true}, {CyclesOnly: true}} {
		if _, err := g.View(v); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(drawn(g), drawn(before)) {
		t.Errorf("became %v", drawn(g))
	}
	whole, err := g.View(graph.View{})
	if err != nil || !slices.Equal(drawn(g), drawn(whole)) {
		t.Errorf("the zero view shows %v, %v", drawn(whole), err)
	}
}

func TestFoldersCountWhatTheyHold(t *testing.T) {
	s := set(t, "a: role[c] role[d] recipe[x]", "b: role[c] prod=role[c] role[a]", "c: recipe[x]", "d:", "e: role[d]")
	for i, folder := range []string{"apps", "apps", "base/old", "base/old", ""} {
		s.Roles[i].File = strings.TrimPrefix(folder+"/"+s.Roles[i].File, "/")
	}
	g, err := graph.New(s, repository.Set{}).View(graph.View{Collapse: graph.ByFolder})
	if err != nil {
		t.Fatal(err)
	}
	want := "f:.>f:base/old; f:apps>f:base/old x3; f:apps>r:x; f:base/old>r:x"
	if got := strings.Join(drawn(g), "; "); got != want {
		t.Errorf("shows\n%s\nwant\n%s", got, want)
	}
	var members []int
	for _, n := range g.Nodes {
		members = append(members, n.Members)
	}
	if want := []int{0, 1, 2, 2}; !slices.Equal(members, want) { // recipe[x], then the folders
		t.Errorf("members are %v, want %v", members, want)
	}
}

func TestCookbooksAndTheirRecipesAreOneNode(t *testing.T) {
	g := &graph.Graph{
		Nodes: []graph.Node{
			{ID: "recipe[a::one]", Kind: graph.Recipe, Name: "a::one", Incomplete: true},
			{ID: "recipe[a]", Kind: graph.Recipe, Name: "a"},
			{ID: "recipe[b@1.2]", Kind: graph.Recipe, Name: "b", Version: "1.2", Missing: true},
			{ID: "cookbook[a]", Kind: graph.Cookbook, Name: "a", File: "cookbooks/a/metadata.rb", Line: 1},
		},
		Edges: []graph.Edge{
			{From: "cookbook[a]", To: "recipe[b@1.2]", Relation: graph.Depends, Everywhere: true, File: "z", Line: 9},
			{From: "recipe[a]", To: "cookbook[a]", Relation: graph.PartOf, Everywhere: true},
			{From: "recipe[a]", To: "recipe[b@1.2]", Relation: graph.Includes, Maybe: true, Everywhere: true, File: "y", Line: 9},
			{From: "recipe[a]", To: "recipe[a::one]", Relation: graph.Includes, Everywhere: true},
		},
	}
	view, err := g.View(graph.View{Collapse: graph.ByCookbook})
	if err != nil {
		t.Fatal(err)
	}
	if len(view.Nodes) != 2 || len(view.Edges) != 1 {
		t.Fatalf("shows %+v", view)
	}
	a, b, e := view.Nodes[0], view.Nodes[1], view.Edges[0]
	if a.File != "cookbooks/a/metadata.rb" || a.Members != 2 || !a.Incomplete || a.Missing {
		t.Errorf("a is %+v", a)
	}
	if b.ID != "cookbook[b]" || !b.Missing {
		t.Errorf("b is %+v", b)
	}
	if e.Maybe || e.Count != 2 || e.File != "y" || e.Relation != graph.Depends || e.Kind != graph.Cookbook {
		t.Errorf("the edge is %+v", e)
	}
}

func TestMaybeIsShownInEitherEnvironment(t *testing.T) {
	s := set(t, "web: prod=recipe[a]")
	s.Roles[0].Maybe = []role.MaybeItem{{Item: role.Item{Kind: role.RecipeItem, Name: "x"}, Environment: "prod"}}
	g := graph.New(s, repository.Set{})
	for environment, want := range map[string]string{"prod": "web>r:a; web>r:x ?", "qa": "r:a; r:x; web"} {
		view, err := g.View(graph.View{Environment: environment})
		if err != nil {
			t.Fatal(err)
		}
		got := drawn(view)
		slices.Sort(got)
		if text := strings.Join(got, "; "); text != want {
			t.Errorf("%s: %s, want %s", environment, text, want)
		}
	}
}

func TestAnEnvironmentHasItsOwnMachines(t *testing.T) {
	g := graph.New(set(t, "web: prod=recipe[waf]"), repository.Set{
		Nodes: []repository.Node{
			{Name: "one", File: "one.json", Line: 1, Environment: "prod", RunList: []role.Item{{Kind: role.RoleItem, Name: "web", Line: 1}}},
			{Name: "two", File: "two.json", Line: 1, Environment: "qa", RunList: []role.Item{{Kind: role.RoleItem, Name: "web", Line: 1}}},
		},
		Environments: []repository.Environment{{Name: "prod", File: "prod.json", Line: 1}, {Name: "qa", File: "qa.json", Line: 1}},
	})
	for _, c := range []struct {
		view graph.View
		want []string
	}{
		{graph.View{Environment: "prod"}, []string{"environment[prod]", "node[one]", "recipe[waf]", "role[web]"}},
		{graph.View{Environment: "qa", Focus: []string{"node[two]"}}, []string{"environment[qa]", "node[two]", "role[web]"}},
	} {
		view, err := g.View(c.view)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, n := range view.Nodes {
			ids = append(ids, n.ID)
		}
		slices.Sort(ids)
		if !slices.Equal(ids, c.want) {
			t.Errorf("%+v shows %v, want %v", c.view, ids, c.want)
		}
	}
	for _, id := range []string{"node[two]", "environment[qa]"} {
		_, err := g.View(graph.View{Environment: "prod", Focus: []string{"web", id}})
		var elsewhere *graph.ElsewhereError
		if !errors.As(err, &elsewhere) || elsewhere.ID != id || elsewhere.Home != "qa" {
			t.Errorf("%s in prod: %v", id, err)
		}
	}
}
