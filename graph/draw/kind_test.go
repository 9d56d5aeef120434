package draw_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/graph/draw"
)

// of is the node's group.
func of(t *testing.T, svg element, id string) element {
	t.Helper()
	for _, n := range svg.groups("node") {
		if n.attr("data-name") == id {
			return n
		}
	}
	t.Fatalf("no node %s", id)
	return element{}
}

func TestEveryKindHasAShapeAndAToneOfItsOwn(t *testing.T) {
	svg, seen := parseSVG(t, kinds()), map[string]string{}
	for _, id := range []string{"role[web]", "recipe[nginx::ssl]", "cookbook[nginx]", "node[web1.example.com]", "environment[prod]", "policy[edge]"} {
		n := of(t, svg, id)
		n.Children = slices.DeleteFunc(n.Children, func(e element) bool { return e.attr("class") == "badge" })
		box := n.all("rect")[0]
		shape := strings.Repeat("r", len(n.all("rect"))) + strings.Repeat("p", len(n.all("polygon"))) + box.attr("rx")
		for what, value := range map[string]string{"shape": shape, "fill": box.attr("fill"), "line": box.attr("stroke")} {
			if other, ok := seen[what+value]; ok {
				t.Errorf("%s and %s have the same %s", id, other, what)
			}
			seen[what+value] = id
		}
	}
}

func TestEveryShapeStaysInsideItsBox(t *testing.T) {
	svg := parseSVG(t, kinds())
	for _, n := range svg.groups("node") {
		box := boxes(t, element{Children: []element{n}})[n.attr("data-name")]
		for _, r := range n.all("rect")[1:] {
			if r.attr("class") == "badge" {
				continue
			}
			x, y := r.num(t, "x"), r.num(t, "y")
			if x < box.x-0.01 || y < box.y-0.01 || x+r.num(t, "width") > box.x+box.w+0.01 || y+r.num(t, "height") > box.y+box.h+0.01 {
				t.Errorf("%s: a part of its shape lies outside", n.attr("data-name"))
			}
		}
	}
}

func TestABadgeSaysThatThereMayBeMore(t *testing.T) {
	svg := parseSVG(t, kinds())
	for _, n := range svg.groups("node") {
		badges := slices.DeleteFunc(n.all("rect"), func(r element) bool { return r.attr("class") != "badge" })
		if want := n.attr("data-name") == "role[web]"; want != (len(badges) == 1) {
			t.Errorf("%s has %d badges", n.attr("data-name"), len(badges))
		}
	}
	if title := of(t, svg, "role[web]").all("title")[0].Text; !strings.Contains(title, "1 place not known without running it") {
		t.Errorf("its title is %q", title)
	}
	g := kinds()
	for i := range g.Nodes {
		g.Nodes[i].Incomplete = g.Nodes[i].ID == "cookbook[nginx]"
	}
	if title := of(t, parseSVG(t, g), "cookbook[nginx]").all("title")[0].Text; !strings.Contains(title, "there may be more edges") {
		t.Errorf("its title is %q", title)
	}
}

func TestTheLegendNamesTheKindsThatOccur(t *testing.T) {
	got := legend(parseSVG(t, kinds()))
	for _, want := range []string{
		"role|recipe|cookbook|node|environment|policy", "missing: no file declares it", "comes from elsewhere", "holds what is not known",
		"cookbook's metadata", "belongs to", "in these environments", "only if a condition holds",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %s", want, got)
		}
	}
	if strings.Contains(got, "folder") {
		t.Errorf("a folder in %s", got)
	}
}

func TestRelationsAndConditionsShow(t *testing.T) {
	svg := parseSVG(t, kinds())
	for _, e := range svg.groups("edge") {
		var want [2]string // class, dashes
		switch e.attr("data-from") + " " + e.attr("data-to") {
		case "cookbook[nginx] cookbook[apt]":
			want = [2]string{"depends", ""}
		case "recipe[nginx::ssl] cookbook[nginx]", "node[web1.example.com] environment[prod]":
			want = [2]string{"part", ""}
		case "role[web] recipe[nginx::debug]":
			want = [2]string{"plain", "1.5 2.5 "}
		case "role[base] role[hardened]":
			want = [2]string{"env", "5 3 "}
		default:
			continue
		}
		path, tip := e.all("path")[0], e.all("polygon")
		if got := [2]string{path.attr("class"), path.attr("stroke-dasharray")}; got != want {
			t.Errorf("%s -> %s is %q, want %q", e.attr("data-from"), e.attr("data-to"), got, want)
		}
		if len(tip) != 1 || (tip[0].attr("fill") == path.attr("stroke")) == (want[0] == "depends" || want[0] == "part") {
			t.Errorf("%s -> %s has the heads %v", e.attr("data-from"), e.attr("data-to"), tip)
		}
	}
}

func TestTheDOTHasTheKinds(t *testing.T) {
	text := writeDOT(t, kinds())
	for id, want := range map[string]string{
		"cookbook[nginx]": "shape=cylinder", "node[web1.example.com]": "shape=box3d", "environment[prod]": "shape=ellipse", "policy[edge]": "shape=note",
		"cookbook[apt]": "dotted", "role[web]": `label="web (?)"`,
	} {
		found := false
		for line := range strings.Lines(text) {
			found = found || strings.HasPrefix(line, `  "`+id+`" [`) && strings.Contains(line, want)
		}
		if !found {
			t.Errorf("%s: no %s in\n%s", id, want, text)
		}
	}
}

func TestAKindThatHasNoLookIsDrawn(t *testing.T) {
	g := &graph.Graph{Nodes: []graph.Node{{ID: "data_bag[users]", Kind: "data_bag", Name: "users"}}}
	if n := len(parseSVGWith(t, g, draw.Options{}).groups("node")); n != 1 {
		t.Errorf("%d nodes drawn", n)
	}
}
