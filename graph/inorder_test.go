package graph_test

import (
	"strings"
	"testing"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/parsers/repository"
	"github.com/converged/converged/parsers/role"
)

func TestInOrder(t *testing.T) {
	s := set(t, "b: role[z] recipe[y] recipe[a] prod=recipe[a] prod=recipe[m] beta=recipe[k]", "a: role[b]")
	s.Roles[0].RunList = append(s.Roles[0].RunList, role.Item{Kind: role.RecipeItem, Name: "c", Version: "1.2", Line: 1})
	g := graph.New(s, repository.Set{Nodes: []repository.Node{machine("n", "prod", "role[b]", "recipe[y]", "role[a]")}})
	var got []string
	for _, e := range g.InOrder() {
		got = append(got, e.From+">"+e.To)
	}
	want := "node[n]>role[b] node[n]>recipe[y] node[n]>role[a] node[n]>environment[prod] role[a]>role[b] " +
		"role[b]>role[z] role[b]>recipe[y] role[b]>recipe[a] role[b]>recipe[c@1.2] role[b]>recipe[k] role[b]>recipe[m]"
	if text := strings.Join(got, " "); text != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}
