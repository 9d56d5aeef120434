package repository_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/converged/converged/parsers/repository"
	"github.com/converged/converged/parsers/role"
)

// shop is the sample repository, read from its own folder as its owners would.
func shop(t *testing.T) repository.Set {
	t.Helper()
	t.Chdir(filepath.FromSlash("../../testdata/repository/shop"))
	set, err := repository.Read(repository.Folders{
		Cookbooks: []string{"."}, Nodes: []string{"nodes"}, Environments: []string{"environments/"}, Policyfiles: []string{"./policyfiles"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func compare(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n  %s\nwant\n  %s", what, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func list(items []role.Item) string {
	var all []string
	for _, i := range items {
		all = append(all, fmt.Sprintf("%s:%d", i, i.Line))
	}
	return strings.Join(all, " ")
}

func TestCookbooks(t *testing.T) {
	set := shop(t)
	var books, depends, recipes []string
	for _, c := range set.Cookbooks {
		books = append(books, fmt.Sprintf("%s %s %s:%d", c.Name, c.Dir, c.File, c.Line))
		for _, d := range c.Depends {
			depends = append(depends, fmt.Sprintf("%s %s %q %v %s:%d", c.Name, d.Cookbook, d.Constraint, d.Maybe, d.File, d.Line))
		}
		for _, r := range c.Recipes {
			recipes = append(recipes, r.Name+" "+r.File)
		}
	}
	compare(t, "cookbooks", books,
		"firewall ./cookbooks/firewall ./cookbooks/firewall/metadata.rb:1",
		"nginx ./cookbooks/nginx ./cookbooks/nginx/metadata.json:2",
		"shop ./cookbooks/shop ./cookbooks/shop/metadata.rb:1",
		"users ./cookbooks/users ./cookbooks/users:1", // no metadata
		"certs ./site-cookbooks/certs ./site-cookbooks/certs/metadata.rb:1")
	compare(t, "depends", depends,
		`firewall nginx "" false ./cookbooks/firewall/metadata.rb:2`,
		`nginx firewall "" false ./cookbooks/nginx/metadata.json:5`,
		`nginx certs ">= 1.0" false ./cookbooks/nginx/metadata.json:6`,
		`shop nginx "~> 2.1" false ./cookbooks/shop/metadata.rb:3`,
		`shop users "" false ./cookbooks/shop/metadata.rb:5`,
		`shop firewall "" false ./cookbooks/shop/metadata.rb:5`,
		`shop windows "" true ./cookbooks/shop/metadata.rb:7`)
	compare(t, "recipes", recipes,
		"firewall::web ./cookbooks/firewall/recipes/web.rb",
		"nginx::default ./cookbooks/nginx/recipes/default.rb",
		"nginx::status ./cookbooks/nginx/recipes/status.rb",
		"shop::cache ./cookbooks/shop/recipes/cache.rb",
		"shop::default ./cookbooks/shop/recipes/default.rb",
		"shop::queue ./cookbooks/shop/recipes/queue.yml",
		"shop::web ./cookbooks/shop/recipes/web.rb",
		"shop::worker ./cookbooks/shop/recipes/worker.rb",
		"users::default ./cookbooks/users/recipes/default.rb",
		"certs::shop ./site-cookbooks/certs/recipes/shop.rb")
	if len(set.Problems) > 0 {
		t.Errorf("problems: %v", set.Problems)
	}
}

func TestNodesEnvironmentsAndPolicies(t *testing.T) {
	set := shop(t)
	var nodes, environments, policies []string
	for _, n := range set.Nodes {
		nodes = append(nodes, fmt.Sprintf("%s %s:%d in %s:%d runs %s under %q %q", n.Name, n.File, n.Line, n.Environment, n.EnvLine, list(n.RunList), n.PolicyName, n.PolicyGroup))
	}
	for _, e := range set.Environments {
		environments = append(environments, fmt.Sprintf("%s %s:%d", e.Name, e.File, e.Line))
	}
	for _, p := range set.Policies {
		policies = append(policies, fmt.Sprintf("%s %s:%d runs %s", p.Name, p.File, p.Line, list(p.RunList)))
		for _, i := range p.Includes {
			policies = append(policies, fmt.Sprintf("includes %s:%d", i.Policy, i.Line))
		}
		for _, name := range slices.Sorted(maps.Keys(p.Named)) {
			policies = append(policies, name+" runs "+list(p.Named[name]))
		}
	}
	compare(t, "nodes", nodes,
		`batch1.example.com ./nodes/batch.rb:1 in staging:2 runs role[web]:4 recipe[shop::cache]:4 under "" ""`,
		`edge1.example.com ./nodes/edge.json:1 in live:1 runs recipe[nginx]:1 under "edge" "live"`,
		`web1.example.com ./nodes/web1.json:2 in prod:3 runs role[web]:6 recipe[shop::worker]:7 under "" ""`)
	compare(t, "environments", environments, "prod ./environments/prod.json:2", "qa ./environments/qa.rb:1")
	compare(t, "policies", policies,
		"edge ./policyfiles/edge.lock.json:3 runs recipe[nginx]:5 recipe[shop::web]:6 recipe[users]:7",
		"canary runs recipe[nginx]:10 recipe[shop::cache]:10",
		"edge ./policyfiles/edge.rb:1 runs recipe[nginx]:3 recipe[shop::web]:3",
		"includes base:6",
		"canary runs recipe[nginx]:4 recipe[shop::cache]:4")
}

func TestAttributesOfNodesAreNotKept(t *testing.T) {
	if got := fmt.Sprintf("%+v", shop(t)); strings.Contains(got, "hunter2") {
		t.Error("the set holds an attribute of a node")
	}
}

// tree writes files, by their paths, and makes their folder the working directory.
func tree(t testing.TB, files map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for file, text := range files {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func names(set repository.Set) []string {
	var all []string
	for _, c := range set.Cookbooks {
		all = append(all, c.Name+" "+c.Dir)
	}
	return all
}

func TestWhereCookbooksAreFound(t *testing.T) {
	tree(t, map[string]string{
		"one/metadata.rb": "name 'single'",
		"one/test/fixtures/cookbooks/fixture/metadata.rb": "name 'fixture'",
		"repo/cookbooks/a/metadata.json":                  `{"name": "a"}`,
		"repo/site-cookbooks/b/recipes/default.rb":        "",
		"repo/other/c/metadata.rb":                        "name 'c'",
		"repo/roles/web.rb":                               "",
		"nested/team/d/recipes/x.json":                    "{}",
		"nested/e/attributes/default.rb":                  "", // nothing that makes it a cookbook
		"both/metadata.rb":                                "name 'both'",
		"both/cookbooks/vendored/metadata.rb":             "name 'vendored'",
		"flat/f/metadata.rb":                              "name 'f'",
		"flat/f/recipe.rb":                                "include_recipe 'g'",
		"flat/f/recipes/default.rb":                       "include_recipe 'not::taken'",
		"flat/f/recipes/default.yml":                      "resources: []",
	})
	for dir, want := range map[string][]string{
		"one":            {"single ./one"},
		"repo":           {"a ./repo/cookbooks/a", "b ./repo/site-cookbooks/b"},
		"repo/cookbooks": {"a ./repo/cookbooks/a"},
		"nested":         {"d ./nested/team/d"},
		"both":           {"vendored ./both/cookbooks/vendored", "both ./both"},
		"flat/":          {"f ./flat/f"},
	} {
		set, err := repository.Read(repository.Folders{Cookbooks: []string{dir}})
		if err != nil {
			t.Errorf("%s: %v", dir, err)
			continue
		}
		compare(t, dir, names(set), want...)
		if dir == "flat/" {
			r := set.Cookbooks[0].Recipes
			if len(r) != 1 || r[0].File != "./flat/f/recipe.rb" || len(r[0].Includes) != 1 {
				t.Errorf("the default recipe is %+v", r)
			}
		}
	}
}

func TestTwoFilesOfOneName(t *testing.T) {
	tree(t, map[string]string{
		"cookbooks/a/metadata.rb":      "name 'a'",
		"site-cookbooks/a/metadata.rb": "name 'a'",
		"nodes/x.json":                 `{"name": "n"}`,
		"nodes/y.rb":                   "\nname 'n'",
		"environments/e.json":          `{"name": "e"}`,
		"environments/e.rb":            "name 'e'",
		"policyfiles/p.rb":             "name 'p'\nrun_list 'a'",
		"policyfiles/p.lock.json":      `{"name": "p", "run_list": []}`,
		"policyfiles/q.rb":             "name 'p'\nrun_list 'b'",
	})
	set, err := repository.Read(repository.Folders{Cookbooks: []string{"."}, Nodes: []string{"."}, Environments: []string{"."}, Policyfiles: []string{"."}})
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "problems", problems(set),
		`./environments/e.rb:1 duplicate-name the environment "e" stands also in ./environments/e.json, line 1; Chef takes a JSON file before a Ruby file`,
		`./nodes/y.rb:2 duplicate-name the node "n" stands also in ./nodes/x.json, line 1; the last one that is uploaded stays`,
		`./policyfiles/q.rb:1 duplicate-name the policy "p" stands also in ./policyfiles/p.rb, line 1; the last one that is pushed to a policy group stays`,
		`./site-cookbooks/a/metadata.rb:1 duplicate-name the cookbook "a" stands also in ./cookbooks/a/metadata.rb, line 1; Chef takes the one that is later in its cookbook_path`)
}

func problems(set repository.Set) []string {
	var all []string
	for _, p := range set.Problems {
		all = append(all, fmt.Sprintf("%s:%d %s %s", p.File, p.Line, p.Kind, p.Message))
	}
	return all
}
