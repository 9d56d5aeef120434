package draw_test

import (
	"github.com/converged/converged/graph"
	"github.com/converged/converged/parsers/repository"
	"github.com/converged/converged/parsers/role"
)

// kinds is a small repository that has every kind of node and edge.
func kinds() *graph.Graph {
	roles := []role.Role{
		{
			Name: "web", File: "roles/web.rb", Format: role.Ruby, Line: 1,
			RunList:    []role.Item{item("role[base]", 3), item("recipe[nginx]", 4)},
			Maybe:      []role.MaybeItem{{Item: item("recipe[nginx::debug]", 6), Environment: graph.Default}},
			Unresolved: []role.Unresolved{{File: "roles/web.rb", Line: 7, Text: "ENV['EXTRA']", Reason: "it is not known"}},
		},
		{
			Name: "base", File: "roles/base.rb", Format: role.Ruby, Line: 1, RunList: []role.Item{item("recipe[ntp]", 2)},
			EnvRunLists: map[string][]role.Item{"prod": {item("recipe[ntp]", 4), item("role[hardened]", 5)}},
		},
	}
	rest := repository.Set{
		Cookbooks: []repository.Cookbook{{
			Name: "nginx", Dir: "cookbooks/nginx", File: "cookbooks/nginx/metadata.rb", Line: 1,
			Depends: []repository.Dependency{{Cookbook: "apt", File: "cookbooks/nginx/metadata.rb", Line: 2}},
			Recipes: []repository.Recipe{
				{Name: "nginx::debug", File: "cookbooks/nginx/recipes/debug.rb"},
				{Name: "nginx::default", File: "cookbooks/nginx/recipes/default.rb", Includes: []repository.Include{{Recipe: "nginx::ssl", Line: 1}, {Recipe: "nginx::debug", Line: 2, Maybe: true}}},
				{Name: "nginx::ssl", File: "cookbooks/nginx/recipes/ssl.rb"},
			},
		}},
		Nodes: []repository.Node{
			{Name: "web1.example.com", File: "nodes/web1.json", Line: 1, Environment: "prod", EnvLine: 2, RunList: []role.Item{item("role[web]", 3)}},
			{Name: "edge1.example.com", File: "nodes/edge1.json", Line: 1, Environment: "prod", EnvLine: 2, PolicyName: "edge", PolicyGroup: "prod"},
		},
		Environments: []repository.Environment{{Name: "prod", File: "environments/prod.rb", Line: 1}},
		Policies:     []repository.Policy{{Name: "edge", File: "Policyfile.rb", Line: 1, RunList: []role.Item{item("recipe[nginx]", 2)}}},
	}
	return graph.New(role.Set{Roles: roles}, rest)
}
