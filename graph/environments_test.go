package graph_test

import (
	"slices"
	"testing"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/parsers/repository"
)

func TestAnEdgeHoldsWhereItsListIsTaken(t *testing.T) {
	g := graph.New(set(t,
		"web: role[all] role[plain] prod=role[all] prod=role[prod] qa=role[all]",
		"db: role[all]", "all:", "plain:", "prod:"), repository.Set{})
	if got := g.Environments(); !slices.Equal(got, []string{"prod", "qa"}) {
		t.Errorf("environments are %v", got)
	}
	for _, c := range []struct {
		from, to string
		in       []string // of the environments asked for below
	}{
		{"role[web]", "role[all]", []string{"_default", "prod", "qa", "other"}},
		{"role[web]", "role[plain]", []string{"_default", "other"}},
		{"role[web]", "role[prod]", []string{"prod"}},
		{"role[db]", "role[all]", []string{"_default", "prod", "qa", "other"}},
	} {
		e, ok := g.Edge(c.from, c.to)
		if !ok {
			t.Fatalf("no edge from %s to %s", c.from, c.to)
		}
		var in []string
		for _, env := range []string{"_default", "prod", "qa", "other"} {
			if g.Holds(e, env) {
				in = append(in, env)
			}
		}
		if !slices.Equal(in, c.in) {
			t.Errorf("%s to %s holds in %v, want %v", c.from, c.to, in, c.in)
		}
	}
}
