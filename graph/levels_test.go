package graph_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/parsers/repository"
	"github.com/converged/converged/parsers/role"
)

func items(names ...string) []role.Item {
	var list []role.Item
	for i, name := range names {
		kind := role.RecipeItem
		if rest, ok := strings.CutPrefix(name, "@"); ok {
			kind, name = role.RoleItem, rest
		}
		name, version, _ := strings.Cut(name, "=")
		list = append(list, role.Item{Kind: kind, Name: name, Version: version, Line: i + 3})
	}
	return list
}

// cookbook makes a cookbook of recipes such as "default: apt::update nginx".
func cookbook(name string, depends []string, recipes ...string) repository.Cookbook {
	dir := "./cookbooks/" + name
	c := repository.Cookbook{Name: name, Dir: dir, File: dir + "/metadata.rb", Line: 1}
	for i, d := range depends {
		c.Depends = append(c.Depends, repository.Dependency{Cookbook: d, File: c.File, Line: i + 2})
	}
	for _, text := range recipes {
		short, includes, _ := strings.Cut(text, ":")
		r := repository.Recipe{Name: name + "::" + short, File: dir + "/recipes/" + short + ".rb"}
		for i, include := range strings.Fields(includes) {
			r.Includes = append(r.Includes, repository.Include{Recipe: include, Line: i + 1})
		}
		c.Recipes = append(c.Recipes, r)
	}
	return c
}

func relations(g *graph.Graph) []string {
	var all []string
	for _, e := range g.Edges {
		maybe := ""
		if e.Maybe {
			maybe = "?"
		}
		all = append(all, fmt.Sprintf("%s %s%s %s at %s:%d", e.From, e.Relation, maybe, e.To, e.File, e.Line))
	}
	return all
}

func remarks(g *graph.Graph) map[string]string {
	all := map[string]string{}
	for _, n := range g.Nodes {
		var words []string
		for word, is := range map[string]bool{"missing": n.Missing, "external": n.External, "incomplete": n.Incomplete} {
			if is {
				words = append(words, word)
			}
		}
		slices.Sort(words)
		all[n.ID] = strings.Join(words, " ")
	}
	return all
}

func compare(t *testing.T, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestWithCookbooksAllFormsOfARecipeAreOneNode(t *testing.T) {
	roles := role.Set{Roles: []role.Role{{Name: "web", File: "web.rb", RunList: items("nginx", "nginx::default", "nginx=1.2", "nginx::ssl")}}}
	g := graph.New(roles, repository.Set{Cookbooks: []repository.Cookbook{cookbook("nginx", nil, "default:", "ssl:")}})
	compare(t, relations(g), []string{
		"recipe[nginx::ssl] part_of cookbook[nginx] at ./cookbooks/nginx/recipes/ssl.rb:1",
		"recipe[nginx] part_of cookbook[nginx] at ./cookbooks/nginx/recipes/default.rb:1",
		"role[web] run_list recipe[nginx::ssl] at web.rb:6",
		"role[web] run_list recipe[nginx] at web.rb:3",
	})
	if got := graph.New(roles, repository.Set{}).Summary(); got != "1 role, 4 recipes, 4 edges" {
		t.Errorf("without cookbooks it is %s", got)
	}
	if got := g.Summary(); got != "1 role, 2 recipes, 1 cookbook, 4 edges" {
		t.Errorf("with cookbooks it is %s", got)
	}
}

func TestCyclesOfRecipesAndOfCookbooks(t *testing.T) {
	g := graph.New(role.Set{}, repository.Set{Cookbooks: []repository.Cookbook{
		cookbook("a", []string{"b"}, "default: b::default", "alone:"),
		cookbook("b", []string{"a"}, "default: a::default"),
	}})
	var paths []string
	for _, c := range g.Cycles() {
		paths = append(paths, strings.Join(c.Path, " "))
	}
	compare(t, paths, []string{"cookbook[a] cookbook[b]", "recipe[a] recipe[b]"})
	if _, there := remarks(g)["recipe[a::alone]"]; !there {
		t.Error("a recipe that nothing includes is not in the graph")
	}
}

func TestWhatIsMissingAndWhatComesFromElsewhere(t *testing.T) {
	unread := cookbook("closed", nil)
	more := repository.Set{
		Cookbooks:    []repository.Cookbook{cookbook("a", []string{"apt"}, "default: a::gone apt::update closed::x"), unread},
		Nodes:        []repository.Node{{Name: "n1", File: "./nodes/n1.json", Environment: "prod", EnvLine: 2, RunList: items("@web", "@ghost")}},
		Environments: []repository.Environment{{Name: "qa", File: "./environments/qa.rb", Line: 1}},
		Problems: []role.Problem{
			{File: unread.Dir + "/recipes", Kind: role.Unreadable},
			{File: "./nodes/n1.json", Kind: role.SyntaxError},
			{File: "./environments/qa.rb", Kind: role.DuplicateName},
		},
	}
	got := remarks(graph.New(set(t, "web:"), more))
	want := map[string]string{
		"role[web]": "", "role[ghost]": "missing", "recipe[a]": "", "recipe[a::gone]": "missing",
		"recipe[apt::update]": "external", "cookbook[apt]": "external", "cookbook[a]": "",
		"recipe[closed::x]": "", "cookbook[closed]": "", "node[n1]": "incomplete",
		"environment[prod]": "missing", "environment[qa]": "",
	}
	for id, remark := range want {
		if r, there := got[id]; r != remark || !there {
			t.Errorf("%s is %q (in the graph: %v), want %q", id, r, there, remark)
		}
	}
	if len(got) != len(want) {
		t.Errorf("the nodes are %v", got)
	}
}

func TestNothingIsMissingOfAKindThatWasNotRead(t *testing.T) {
	g := graph.New(role.Set{}, repository.Set{Nodes: []repository.Node{
		{Name: "n1", File: "./n1.json", Environment: "prod", EnvLine: 2, RunList: items("@web", "nginx")},
		{Name: "n2", File: "./n2.json", Environment: "prod", PolicyName: "base", RunList: items("@ignored")},
	}})
	for id, remark := range remarks(g) {
		if remark != "" {
			t.Errorf("%s is %s", id, remark)
		}
	}
	compare(t, relations(g), []string{
		"node[n1] chef_environment environment[prod] at ./n1.json:2",
		"node[n1] run_list recipe[nginx] at ./n1.json:4",
		"node[n1] run_list role[web] at ./n1.json:3",
		"node[n2] policy_name policy[base] at ./n2.json:1",
	})
}

func TestMachinesAndTheirEnvironment(t *testing.T) {
	g := graph.New(role.Set{}, repository.Set{Nodes: []repository.Node{
		{Name: "n1", Environment: "prod", RunList: items("a")}, {Name: "n2", Environment: graph.Default},
	}})
	var envs []string
	for _, n := range g.Nodes {
		if n.Kind == graph.Machine {
			envs = append(envs, n.ID+" "+n.Environment)
		}
		if n.ID == "environment[_default]" {
			t.Error("_default is drawn, which no file declares")
		}
	}
	compare(t, envs, []string{"node[n1] prod", "node[n2] _default"})
	for _, e := range g.Edges {
		if !e.Everywhere || len(e.Environments) > 0 {
			t.Errorf("%s to %s is restricted to %v", e.From, e.To, e.Only())
		}
	}
}

func TestNamedRunListsAreNodesThatThePolicyMayRun(t *testing.T) {
	lock := repository.Policy{Name: "web", File: "./Policyfile.lock.json", Line: 2, RunList: items("base", "nginx")}
	source := repository.Policy{Name: "web", File: "./Policyfile.rb", Line: 1, RunList: items("base"),
		Named: map[string][]role.Item{"canary": items("nginx::canary")}}
	g := graph.New(role.Set{}, repository.Set{Policies: []repository.Policy{lock, source}})
	compare(t, relations(g), []string{
		"policy[web:canary] run_list recipe[nginx::canary] at ./Policyfile.rb:3",
		"policy[web] named_run_list? policy[web:canary] at ./Policyfile.rb:3",
		"policy[web] run_list recipe[base] at ./Policyfile.rb:3",
		"policy[web] run_list recipe[nginx] at ./Policyfile.lock.json:4",
	})
	if got := g.Summary(); got != "0 roles, 3 recipes, 2 policies, 4 edges" {
		t.Errorf("the summary is %s", got)
	}
}

func TestIncludedPoliciesMayComeFromElsewhere(t *testing.T) {
	g := graph.New(role.Set{}, repository.Set{
		Nodes: []repository.Node{{Name: "n", PolicyName: "gone"}},
		Policies: []repository.Policy{
			{Name: "base", File: "./base.rb"},
			{Name: "web", File: "./web.rb", Includes: []repository.PolicyInclude{{Policy: "base", Line: 2}, {Policy: "remote", Line: 3, Maybe: true}}},
		}})
	compare(t, relations(g), []string{
		"node[n] policy_name policy[gone] at :1",
		"policy[web] include_policy policy[base] at ./web.rb:2",
		"policy[web] include_policy? policy[remote] at ./web.rb:3",
	})
	got := remarks(g)
	if got["policy[gone]"] != "missing" || got["policy[remote]"] != "external" || got["policy[base]"] != "" {
		t.Errorf("the nodes are %v", got)
	}
}

func TestWhatIsCertainOutweighsWhatMayBe(t *testing.T) {
	c := cookbook("a", nil, "default: a::x a::x", "x:")
	c.Recipes[0].Includes[0].Maybe = true
	g := graph.New(role.Set{}, repository.Set{Cookbooks: []repository.Cookbook{c}})
	e, ok := g.Edge("recipe[a]", "recipe[a::x]")
	if !ok || e.Maybe || e.Relation != graph.Includes {
		t.Errorf("the edge is %+v", e)
	}
}
