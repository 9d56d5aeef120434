package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/parsers/repository"
)

func TestNesting(t *testing.T) {
	n := graph.New(maybes(set(t,
		"leaf: recipe[x]", "one: role[leaf]", "two: role[leaf] role[one]", "circle: role[around] role[leaf]",
		"around: role[circle]", "top: role[around] role[two]", "maybe: ?role[top]", "gone: role[nowhere]")), repository.Set{}).Nesting()
	for id, want := range map[string]string{
		"role[leaf]": "1", "role[one]": "2 one>leaf", "role[two]": "3 two>one one>leaf", "role[circle]": "2 circle>leaf",
		"role[around]": "3 around>circle circle>leaf", "role[top]": "4 top>around around>circle circle>leaf", "role[maybe]": "1",
		"role[gone]": "2 gone>nowhere", "recipe[x]": "1", "role[other]": "0",
	} {
		got := fmt.Sprint(n.Depth(id))
		for _, e := range n.Chain(id) {
			got += " " + strings.NewReplacer("role[", "", "]", "").Replace(e.From+">"+e.To)
		}
		if got != want {
			t.Errorf("%s is %s, want %s", id, got, want)
		}
	}
}

func TestNestingOfALongChain(t *testing.T) {
	var lines []string
	for i := range 10_000 {
		lines = append(lines, fmt.Sprintf("r%05d: role[r%05d]", i, i+1))
	}
	if got := graph.New(set(t, append(lines, "r10000:")...), repository.Set{}).Nesting().Depth("role[r00000]"); got != 10_001 {
		t.Errorf("it is %d deep", got)
	}
}
