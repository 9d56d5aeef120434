package draw

import (
	"testing"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/parsers/repository"
	"github.com/converged/converged/parsers/role"
)

func TestPartsInCycles(t *testing.T) {
	to := func(names ...string) []role.Item {
		var items []role.Item
		for _, n := range names {
			items = append(items, role.Item{Kind: role.RoleItem, Name: n})
		}
		return items
	}
	// a -> b -> a is the shortest; c is on a longer way round, d only leads in, and e names itself.
	g := graph.New(role.Set{Roles: []role.Role{
		{Name: "a", RunList: to("b", "c")}, {Name: "b", RunList: to("a", "out")}, {Name: "c", RunList: to("c", "b")},
		{Name: "d", RunList: to("a")}, {Name: "e", RunList: to("e")},
	}}, repository.Set{})

	c := findCycles(g)
	for id, want := range map[string]part{"role[a]": onCycle, "role[b]": onCycle, "role[c]": onCycle, "role[d]": free, "role[e]": onCycle, "role[out]": free} {
		if c.nodes[id] != want {
			t.Errorf("%s: part %d, want %d", id, c.nodes[id], want)
		}
	}
	want := map[string]part{
		"role[a]role[b]": onCycle, "role[b]role[a]": onCycle, "role[c]role[c]": onCycle, "role[e]role[e]": onCycle,
		"role[a]role[c]": tangled, "role[c]role[b]": tangled, "role[d]role[a]": free, "role[b]role[out]": free,
	}
	for _, e := range g.Edges {
		if got := c.edge(e); got != want[e.From+e.To] {
			t.Errorf("%s -> %s: part %d, want %d", e.From, e.To, got, want[e.From+e.To])
		}
	}
}
