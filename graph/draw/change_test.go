package draw

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/converged/converged/graph"
)

// changed is the picture of a diff with a change of every kind.
func changed() *graph.Graph {
	node := func(name string, c graph.Change) graph.Node {
		return graph.Node{ID: graph.RoleID(name), Kind: graph.Role, Name: name, Change: c}
	}
	edge := func(from, to string, c graph.Change, only ...string) graph.Edge {
		return graph.Edge{From: graph.RoleID(from), To: graph.RoleID(to), Kind: graph.Role, Environments: only, Everywhere: len(only) == 0, Change: c}
	}
	return &graph.Graph{
		Nodes: []graph.Node{node("a", graph.Kept), node("b", graph.Added), node("c", graph.Removed), node("d", graph.Altered)},
		Edges: []graph.Edge{
			edge("a", "b", graph.Added, "prod"), edge("a", "c", graph.Removed), edge("a", "d", graph.Kept),
			edge("b", "a", graph.Added), edge("c", "a", graph.Removed), edge("d", "a", graph.Altered),
		},
	}
}

func TestADiffSaysWhatBecameOfEverything(t *testing.T) {
	var svg, dot bytes.Buffer
	if err := SVG(&svg, Place(changed(), Options{})); err != nil {
		t.Fatal(err)
	}
	if err := DOT(&dot, changed(), Options{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		">+ b<", ">− c<", ">~ d<", ">a<", // the boxes
		">+ prod<", ">−<", ">~<", // the edges
		">+ added<", ">− removed<", ">~ changed<", ">as before<", // the legend
		"1 node and 2 edges added, 1 node and 2 edges removed, 1 node and 1 edge changed",
		">New cycle: role[a] → role[b] → role[a]", ".circle-ink{",
		`class="gone"`, `class="removed"`, `stroke-dasharray="5 3 "`,
	} {
		if !strings.Contains(svg.String(), want) {
			t.Errorf("the SVG does not say %s", want)
		}
	}
	for _, want := range []string{`label="+ b"`, `label="− c"`, `label="+ prod"`, `style="rounded,filled,dashed"`, `style=dashed`} {
		if !strings.Contains(dot.String(), want) {
			t.Errorf("the DOT does not say %s", want)
		}
	}
}

// Only what an addition closes is a cycle of a diff, not what was one before or
// would be one with what was removed.
func TestADiffShowsNewCyclesOnly(t *testing.T) {
	if !slices.ContainsFunc(findCycles(changed()).found, func(c graph.Cycle) bool { return slices.Contains(c.Path, "role[b]") }) {
		t.Error("the new cycle is not told")
	}
	g := changed()
	g.Edges = slices.DeleteFunc(g.Edges, func(e graph.Edge) bool { return e.Change == graph.Added })
	if found := findCycles(g).found; len(found) > 0 {
		t.Errorf("told %v", found)
	}
}

func TestWhatStandsForManySaysHowMany(t *testing.T) {
	if got := label(graph.Node{Name: "base", Members: 12}); got != "base (12)" {
		t.Errorf("the folder is labelled %q", got)
	}
	if got := edgeLabel(graph.Edge{Count: 3}, "prod"); got != "prod ×3" {
		t.Errorf("the edge is labelled %q", got)
	}
}
