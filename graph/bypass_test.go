package graph_test

import (
	"slices"
	"testing"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/parsers/repository"
)

func TestBypassedEdges(t *testing.T) {
	g := graph.New(maybes(set(t,
		"web: role[base] recipe[ntp] recipe[nginx] prod=role[base] prod=recipe[nginx]",
		"base: recipe[ntp] prod=recipe[nginx]",
		"may: ?role[base] recipe[ntp]",
		"a: role[b] role[base]", "b: role[a] role[base]", // a cycle
	)), repository.Set{})
	for env, want := range map[string][]string{
		graph.Default: {"role[web] recipe[ntp]"},
		"prod":        {"role[web] recipe[nginx]"},
		"qa":          {"role[web] recipe[ntp]"},
	} {
		var got []string
		for _, e := range g.Bypassed(env) {
			got = append(got, e.From+" "+e.To)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", env, got, want)
		}
	}
}
