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

// roles is the graph of set's lines.
func roles(t *testing.T, lines ...string) *graph.Graph {
	t.Helper()
	return graph.New(set(t, lines...), repository.Set{})
}

func TestFind(t *testing.T) {
	s := set(t, "web: recipe[nginx] recipe[nginx::ssl] recipe[nginx::default] recipe[web] role[gone]", "web1: recipe[ntp]", "web2:", "database: recipe[postgres]")
	s.Roles[0].RunList = append(s.Roles[0].RunList, role.Item{Kind: role.RecipeItem, Name: "nginx", Version: "1.2.3", Line: 9})
	s.Roles = append(s.Roles, role.Role{Name: "inner", File: "roles/outer.rb"})
	g := graph.New(s, repository.Set{})
	for _, c := range []struct {
		name, want string // the IDs, or what the error says
	}{
		{"web", "role[web]"},
		{"role[web]", "role[web]"},
		{"recipe[web]", "recipe[web]"},
		{"nginx::ssl", "recipe[nginx::ssl]"},
		{"nginx", "recipe[nginx::default] recipe[nginx@1.2.3] recipe[nginx]"},
		{"recipe[nginx::default]", "recipe[nginx::default] recipe[nginx@1.2.3] recipe[nginx]"},
		{"recipe[nginx@1.2.3]", "recipe[nginx@1.2.3]"},
		{"gone", "role[gone]"},
		{"web.rb", "role[web]"},
		{"roles/outer.rb", "role[inner]"},
		{"roles//./outer.rb", "role[inner]"},
		{"outer", "role[inner]"},
		{"inner", "role[inner]"},
		{"role[web0]", `nothing here is named "role[web0]"; did you mean role[web1] or role[web2] or role[web]?`},
		{"Web1", "did you mean role[web1] or"},
		{"databsae", "did you mean role[database]?"},
		{"data", "did you mean role[database]?"},
		{"postgres::server", "did you mean recipe[postgres]?"},
		{"zzz", `nothing here is named "zzz": expected`},
		{"", `nothing here is named "": expected`},
		{"folder[web]", `nothing here is named "folder[web]"`},
		{strings.Repeat("web", 99_999), "nothing here is named"},
	} {
		got, err := g.Find(c.name)
		if err != nil {
			var named *graph.NameError
			if !errors.As(err, &named) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%.40q: %.200v; want %s", c.name, err, c.want)
			}
			continue
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%.40q is %v, want %s", c.name, got, c.want)
		}
	}
}

func TestFindTellsThingsOfOneNameApart(t *testing.T) {
	g := &graph.Graph{Nodes: []graph.Node{
		{ID: "recipe[prod]", Kind: graph.Recipe, Name: "prod"}, {ID: "cookbook[prod]", Kind: graph.Cookbook, Name: "prod"},
		{ID: "node[db]", Kind: graph.Machine, Name: "db"}, {ID: "environment[db]", Kind: graph.Environment, Name: "db"},
	}}
	if ids, err := g.Find("prod"); err != nil || !slices.Equal(ids, []string{"recipe[prod]"}) {
		t.Errorf("a recipe goes before its cookbook: %v, %v", ids, err)
	}
	_, err := g.Find("db")
	if err == nil || err.Error() != `"db" is the name of node[db] and environment[db]: expected one of them, written so` {
		t.Errorf("two things of one name: %v", err)
	}
}

// A file from the working directory is another than one of that name in a DIR.
func TestFilesFromHereAreOthers(t *testing.T) {
	n := (&graph.Graph{Nodes: []graph.Node{
		{ID: "role[web]", Kind: graph.Role, Name: "web", File: "web.rb"}, {ID: "policy[app]", Kind: graph.Policy, Name: "app", File: "./web.rb"},
		{ID: "node[n]", Kind: graph.Machine, Name: "n", File: "../nodes/n.json"},
	}}).Names()
	for file, want := range map[string]string{"web.rb": "role[web]", "./web.rb": "policy[app]", "./x/../web.rb": "policy[app]", "x/../web.rb": "role[web]", "./../nodes/n.json": "node[n]", "../web.rb": ""} {
		if got := strings.Join(n.In(file), " "); got != want {
			t.Errorf("%s declares %s, want %s", file, got, want)
		}
	}
	if ids := n.Has("nothing"); ids != nil {
		t.Errorf("nothing is %v", ids)
	}
}

// What reads role[outer] reads the file outer.rb, whatever name is in it.
func TestAFileIsAlsoTheRoleThatChefFindsInIt(t *testing.T) {
	s := set(t, "web: role[outer]")
	s.Roles = append(s.Roles, role.Role{Name: "inner", File: "roles/outer.rb"})
	ids, err := graph.New(s, repository.Set{}).Find("roles/outer.rb")
	if slices.Sort(ids); err != nil || !slices.Equal(ids, []string{"role[inner]", "role[outer]"}) {
		t.Errorf("it is %v, %v", ids, err)
	}
}
