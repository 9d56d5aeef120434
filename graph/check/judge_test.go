package check

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/parsers/repository"
	"github.com/converged/converged/parsers/role"
)

func TestRulesOfRoles(t *testing.T) {
	for _, c := range []struct {
		rule  string
		lines []string
		want  []string
	}{
		{Cycle, []string{"a: role[b]", "b:"}, nil},
		{Cycle, []string{"a: role[b]", "b: recipe[x] role[a]"}, []string{"error: role[a] -> role[b] -> role[a] @a.rb:2 @b.rb:3"}},
		{Cycle, []string{"a: role[b] prod=role[x] qa=role[b]", "b: role[a]", "x:"},
			[]string{"error: role[a] -> role[b] -> role[a] (in _default, qa) @a.rb:2 @b.rb:2"}},
		{Cycle, []string{"a: prod=role[b] qa=role[c]", "b: prod=role[a]", "c: qa=role[a]"},
			[]string{"error: role[a] -> role[b] -> role[a] (in prod; a shortest one; 3 roles in all depend on each other) | in qa: role[a] -> role[c] -> role[a] @a.rb:2 @b.rb:2"}},
		{Cycle, []string{"a: role[b] prod=role[b]", "b: role[a]"}, []string{"error: role[a] -> role[b] -> role[a] (in every environment) @a.rb:2 @b.rb:2"}},
		{AcrossEnvironments, []string{"a: prod=role[b]", "b: qa=role[a]"},
			[]string{"error: role[a] -> role[b] -> role[a] (in no single environment) @a.rb:2 @b.rb:2"}},
		{AcrossEnvironments, []string{"a: prod=role[b]", "b: prod=role[a]"}, nil},
		{PossibleCycle, []string{"a: role[b]", "b: ?role[a]"},
			[]string{"warning: role[a] -> role[b] -> role[a] (possible: only if conditions hold that cannot be known) @a.rb:2 @b.rb:2"}},
		{Cycle, []string{"a: role[b]", "b: ?role[a]"}, nil},
		{SelfReference, []string{"a: recipe[x] role[a]"}, []string{"error: role[a] -> role[a] @a.rb:3"}},
		{SelfReference, []string{"a: ?role[a]"}, nil},
		{PossibleCycle, []string{"a: ?role[a]"}, []string{"warning: role[a] -> role[a] (possible: only if conditions hold that cannot be known) @a.rb:2"}},
		{MissingRole, []string{"a: role[ghost]", "b: role[a] role[ghost]"}, []string{"error: role[ghost] @a.rb:2 @b.rb:3"}},
		{MissingRole, []string{"a: recipe[ghost]"}, nil},
		{MissingRecipe, []string{"a: recipe[ghost]"}, nil},
		{UnusedRole, []string{"a: role[b] role[a]", "b:"}, nil}, // no nodes were read
		{DeepRunList, []string{"a: role[b]", "b: role[c]", "c: role[d]", "d:"},
			[]string{"warning: role[a] nests roles 4 deep, and 3 is the most @a.rb:2 @b.rb:2 @c.rb:2"}},
		{DeepRunList, []string{"a: role[b]", "b: role[c]", "c: ?role[d]", "d:"}, nil},
		{DeepRunList, []string{"a: role[b]", "b: role[c]", "c: role[a]"}, nil},
		{DeepRunList, []string{"a: role[b]", "b: role[c]", "c: role[d]", "d: role[a]"}, // once for all of it
			[]string{"warning: role[a] nests roles 4 deep, and 3 is the most @a.rb:2 @b.rb:2 @c.rb:2"}},
		{RedundantItem, []string{"a: role[b] recipe[x] recipe[y]", "b: recipe[x]"},
			[]string{"warning: role[a] names recipe[x], which role[b] before it already brings @a.rb:3 @a.rb:2"}},
		{RedundantItem, []string{"a: recipe[x] role[b]", "b: recipe[x]"}, nil}, // it decides on the order
		{RedundantItem, []string{"a: role[b] recipe[x]", "b: recipe[y] prod=recipe[x]"}, nil},
		{RedundantItem, []string{"a: role[b] recipe[x]", "b: recipe[x] prod=recipe[y]"}, nil}, // prod needs it
		{RedundantItem, []string{"a: role[b] recipe[x] prod=recipe[y]", "b: recipe[x] prod=recipe[y]"},
			[]string{"warning: role[a] names recipe[x], which role[b] before it already brings (_default) @a.rb:3 @a.rb:2"}},
		{RedundantItem, []string{"a: prod=role[b] prod=recipe[x]", "b: recipe[x]"},
			[]string{"warning: role[a] names recipe[x], which role[b] before it already brings (prod) @a.rb:3 @a.rb:2"}},
		{RedundantItem, []string{"a: prod=recipe[x] prod=recipe[x]"}, []string{"warning: role[a] names recipe[x] twice (prod) @a.rb:3 @a.rb:2"}},
		{RedundantItem, []string{"a: ?role[b] recipe[x]", "b: recipe[x]"}, nil},
		{RedundantItem, []string{"a: role[b] role[c]", "b: role[c] role[a]", "c:"}, nil}, // the cycle is told
		{UnknownEnvironment, []string{"a: prod=recipe[x]"}, nil},
	} {
		got := Judge(roles(t, c.lines...), Settings{MaxDepth: 3})
		if lines := told(got, c.rule); !slices.Equal(lines, c.want) {
			t.Errorf("%s of %q:\n%s\nwant\n%s", c.rule, c.lines, strings.Join(lines, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

// shop is a repository with something wrong on each of its levels.
func shop(t *testing.T) *graph.Graph {
	t.Helper()
	more := repository.Set{
		Cookbooks: []repository.Cookbook{
			{Name: "nginx", Dir: "cookbooks/nginx", File: "cookbooks/nginx/metadata.rb", Line: 1,
				Depends: []repository.Dependency{{Cookbook: "ssl", File: "cookbooks/nginx/metadata.rb", Line: 3}, {Cookbook: "apt", File: "cookbooks/nginx/metadata.rb", Line: 4}},
				Recipes: []repository.Recipe{{Name: "nginx::default", File: "cookbooks/nginx/recipes/default.rb",
					Unresolved: []role.Unresolved{{File: "cookbooks/nginx/recipes/default.rb", Line: 7, Text: "include_recipe x", Reason: "unknown name"}}}}},
			{Name: "ssl", Dir: "cookbooks/ssl", File: "cookbooks/ssl/metadata.rb", Line: 1,
				Depends: []repository.Dependency{{Cookbook: "nginx", File: "cookbooks/ssl/metadata.rb", Line: 2}}},
		},
		Nodes: []repository.Node{
			{Name: "web1", File: "nodes/web1.json", Line: 1, Environment: "prod", EnvLine: 2, RunList: []role.Item{{Kind: role.RoleItem, Name: "web", Line: 4}}},
			{Name: "web2", File: "nodes/web2.json", Line: 1, Environment: "lab", EnvLine: 3, RunList: []role.Item{{Kind: role.RecipeItem, Name: "nginx::proxy", Line: 5}}},
			{Name: "box", File: "nodes/box.json", Line: 1, Environment: "blue", PolicyName: "gone"},
		},
		Environments: []repository.Environment{{Name: "prod", File: "environments/prod.rb", Line: 1}},
		Policies:     []repository.Policy{{Name: "box", File: "policyfiles/box.rb", Line: 1}},
		Problems:     []role.Problem{{File: "nodes/bad.json", Line: 2, Column: 5, Kind: role.InvalidFile, Message: "no JSON"}},
	}
	return graph.New(set(t, "web: recipe[nginx] stage=recipe[nginx]", "old: recipe[nginx]"), more)
}

func TestRulesOfTheWholeRepository(t *testing.T) {
	got := Judge(shop(t), Settings{Levels: map[string]Level{MissingCookbook: Warning}})
	for rule, want := range map[string][]string{
		Cycle:              {"error: cookbook[nginx] -> cookbook[ssl] -> cookbook[nginx] (in every environment) @cookbooks/nginx/metadata.rb:3 @cookbooks/ssl/metadata.rb:2"},
		MissingRecipe:      {"error: recipe[nginx::proxy] @nodes/web2.json:5"},
		MissingCookbook:    {"warning: cookbook[apt] @cookbooks/nginx/metadata.rb:4"},
		MissingPolicy:      {"error: policy[gone] @nodes/box.json:1"},
		UnusedRole:         {"warning: role[old] @old.rb:1"},
		Unresolved:         {"warning: unknown name: include_recipe x @cookbooks/nginx/recipes/default.rb:7"},
		InvalidFile:        {"error: no JSON @nodes/bad.json:2:5"},
		UnknownEnvironment: {"warning: environment[lab] @nodes/web2.json:3", "warning: environment[stage] @web.rb:3"},
	} {
		if lines := told(got, rule); !slices.Equal(lines, want) {
			t.Errorf("%s: %q, want %q", rule, lines, want)
		}
	}
}

func TestProblemsOfReadingAreFindings(t *testing.T) {
	s := set(t, "a:")
	for kind := range ruleOf {
		s.Problems = append(s.Problems, role.Problem{File: "roles/" + string(kind), Line: 3, Column: 4, Kind: kind, Message: "it is"})
	}
	s.Problems = append(s.Problems, role.Problem{File: "x", Kind: "of-tomorrow", Message: "who knows"})
	got := Judge(graph.New(s, repository.Set{}), Settings{})
	if len(got.Findings) != len(s.Problems) {
		t.Fatalf("%d findings of %d problems", len(got.Findings), len(s.Problems))
	}
	for _, f := range got.Findings {
		if want := Error; (f.Level != want) != (f.Rule == NameMismatch) {
			t.Errorf("%s is %s", f.Rule, f.Level)
		}
	}
}

func TestLevelsAreSetAndOffIsNotLookedAt(t *testing.T) {
	g := roles(t, "a: role[b] role[ghost]", "b: role[a]")
	for level, want := range map[Level]struct {
		findings int
		fails    bool
	}{Off: {1, true}, Warning: {2, true}, Error: {2, true}} {
		r := Judge(g, Settings{Levels: map[string]Level{Cycle: level}})
		if len(r.Findings) != want.findings || r.Fails() != want.fails {
			t.Errorf("cycle=%s: %d findings, fails %v", level, len(r.Findings), r.Fails())
		}
	}
	warnings := map[string]Level{Cycle: Warning, MissingRole: Warning}
	if r := Judge(g, Settings{Levels: warnings}); r.Fails() {
		t.Error("warnings fail")
	}
	if r := Judge(g, Settings{Levels: warnings, FailOn: Warning}); !r.Fails() {
		t.Error("warnings do not fail where they should")
	}
	if r := Judge(g, Settings{Levels: map[string]Level{UnusedRole: Warning, Cycle: Off, MissingRole: Off}}); len(r.Findings) != 0 {
		t.Errorf("%+v", r.Findings)
	}
	if r := Judge(roles(t, "a: role[a]"), Settings{Levels: map[string]Level{UnusedRole: Error}}); len(told(r, UnusedRole)) != 1 {
		t.Error("a role that only names itself is used")
	}
}

func TestFindingsAreTheSameEachTimeAndSorted(t *testing.T) {
	first := Judge(shop(t), Settings{})
	if !slices.IsSortedFunc(first.Findings, compare) {
		t.Error("not sorted")
	}
	for range 10 {
		if again := Judge(shop(t), Settings{}); !reflect.DeepEqual(first, again) {
			t.Fatal("they differ")
		}
	}
}

func TestAFindingsFingerprintSurvivesEdits(t *testing.T) {
	before, after := roles(t, "a: role[b]", "b: role[a]"), roles(t, "a: recipe[x] role[b]", "b: recipe[y] recipe[z] role[a]", "c:")
	one, two := Judge(before, Settings{}), Judge(after, Settings{})
	if one.Findings[0].Fingerprint() != two.Findings[0].Fingerprint() {
		t.Error("an edit elsewhere changed it")
	}
	seen := map[string]bool{}
	for _, f := range Judge(hostileGraph(), Settings{}).Findings {
		if print := f.Fingerprint(); seen[print] || len(print) != 32 {
			t.Errorf("%s %.40q: %s is another's", f.Rule, f.Message, print)
		} else {
			seen[print] = true
		}
	}
}

func TestHowACutIsTold(t *testing.T) {
	for want, c := range map[string]Cut{
		"to open it, take away 1 edge:":                                       {Edges: make([][2]string, 1), Exact: true},
		"to open it, take away 2 edges (no fewer do):":                        {Edges: make([][2]string, 2), Exact: true},
		"to open it, take away 2 edges (found by a heuristic; fewer may do):": {Edges: make([][2]string, 2)},
	} {
		if got := c.says(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestLongCyclesAreToldShortly(t *testing.T) {
	path := make([]string, 10_000)
	for i := range path {
		path[i] = "role[x]"
	}
	if text := arrows(path); len(text) > 500 || !strings.Contains(text, "(9980 more)") {
		t.Errorf("%.600s", text)
	}
}
