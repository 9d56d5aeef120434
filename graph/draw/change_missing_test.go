package draw

import (
	"bytes"
	"image/color"
	"image/png"
	"slices"
	"strings"
	"testing"

	"github.com/converged/converged/graph"
)

// lacking is the picture of a diff with roles missing now, as before, and no more.
func lacking() *graph.Graph {
	g := changed()
	missing := func(name string, c graph.Change) {
		g.Nodes = append(g.Nodes, graph.Node{ID: graph.RoleID(name), Kind: graph.Role, Name: name, Change: c, Missing: true})
		g.Edges = append(g.Edges, graph.Edge{From: graph.RoleID("a"), To: graph.RoleID(name), Kind: graph.Role, Everywhere: true, Change: graph.Kept})
	}
	missing("named", graph.Added)
	missing("deleted", graph.Removed)
	missing("old", graph.Kept)
	return g
}

func TestADiffTellsWhatIsMissingFromWhatIsRemoved(t *testing.T) {
	s := Place(lacking(), Options{})
	want := "1 node and 2 edges added, 1 node and 2 edges removed, 1 node and 1 edge changed, 2 roles newly missing"
	if s.summary != want {
		t.Errorf("the heading says %q, want %q", s.summary, want)
	}
	look := map[string]tone{}
	for _, b := range s.boxes {
		look[b.name] = b.tone
	}
	gone := changedNodes[graph.Removed]
	for _, name := range []string{"role[named]", "role[deleted]"} {
		if got := look[name]; got.name != lackingTone.name || slices.Equal(got.dash, gone.dash) || got.line == gone.line {
			t.Errorf("%s looks like %s", name, got.name)
		}
	}
	if got := look["role[old]"].name; got != stillLackingTone.name {
		t.Errorf("what was missing before looks like %s", got)
	}
	var legend []string
	for _, k := range s.keys {
		legend = append(legend, k.text.string)
	}
	for _, words := range []string{"newly missing: no file declares it", "missing as before", "of a new cycle"} {
		if !slices.Contains(legend, words) {
			t.Errorf("the legend does not explain %q: %q", words, legend)
		}
	}
}

// The edges of a new cycle keep the colour of their change on a broad band, which
// every notation shows.
func TestEdgesOfANewCycleAreCased(t *testing.T) {
	s := Place(changed(), Options{})
	for _, w := range s.wires {
		on := w.from == "role[a]" && w.to == "role[b]" || w.from == "role[b]"
		if w.cased != on {
			t.Errorf("the edge from %s to %s is cased: %v", w.from, w.to, w.cased)
		}
	}
	var svg, dot, picture bytes.Buffer
	for _, err := range []error{SVG(&svg, s), DOT(&dot, changed(), Options{}), PNG(&picture, s)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(svg.String(), `<path class="casing"`); n != 3 { // and one in the legend
		t.Errorf("the SVG has %d casings", n)
	}
	if casing, edge := strings.LastIndex(svg.String(), `class="casing"`), strings.Index(svg.String(), `class="edge"`); casing > edge {
		t.Error("a casing hides an edge")
	}
	if n := strings.Count(dot.String(), casingEdge.line.hex()+":"); n != 2 {
		t.Errorf("the DOT has %d cased edges", n)
	}
	image, err := png.Decode(&picture)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for y := range image.Bounds().Dy() {
		for x := range image.Bounds().Dx() {
			if color.RGBAModel.Convert(image.At(x, y)) == casingEdge.line.rgba() {
				seen++
			}
		}
	}
	if seen < 100 {
		t.Errorf("%d dots of the PNG are a casing's", seen)
	}
	for _, w := range Place(cyclic(), Options{}).wires {
		if w.cased {
			t.Error("a cycle of a graph that is no diff has its own colour and needs no casing")
		}
	}
}

func cyclic() *graph.Graph {
	g := changed()
	for i := range g.Nodes {
		g.Nodes[i].Change = ""
	}
	for i := range g.Edges {
		g.Edges[i].Change = ""
	}
	return g
}
