package draw_test

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"

	"github.com/awalterschulze/gographviz"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/graph/draw"
)

func writeDOT(t testing.TB, g *graph.Graph) string {
	t.Helper()
	var b bytes.Buffer
	if err := draw.DOT(&b, g, draw.Options{Title: "roles"}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func parseDOT(t testing.TB, text string) *gographviz.Graph {
	t.Helper()
	parsed, err := gographviz.Read([]byte(text))
	if err != nil {
		t.Fatalf("the DOT does not parse: %v\n%.2000s", err, text)
	}
	return parsed
}

func TestDOTHasTheNodesAndEdgesOfTheSVG(t *testing.T) {
	graphs := samples()
	graphs["hostile"] = named(hostile()...)
	for name, g := range graphs {
		t.Run(name, func(t *testing.T) {
			parsed, svg := parseDOT(t, writeDOT(t, g)), parseSVG(t, g)
			if got, want := len(parsed.Nodes.Nodes), len(g.Nodes); got != want {
				t.Errorf("%d nodes, want %d", got, want)
			}
			for _, n := range svg.groups("node") {
				if !parsed.IsNode(quoted(n.attr("data-name"))) {
					t.Errorf("%.60q is not in the DOT", n.attr("data-name"))
				}
			}
			edges := svg.groups("edge")
			if len(parsed.Edges.Edges) != len(edges) {
				t.Fatalf("%d edges, want %d", len(parsed.Edges.Edges), len(edges))
			}
			for i, e := range parsed.Edges.Edges {
				if e.Src != quoted(edges[i].attr("data-from")) || e.Dst != quoted(edges[i].attr("data-to")) {
					t.Errorf("edge %d is %.60s -> %.60s", i, e.Src, e.Dst)
				}
			}
		})
	}
}

func quoted(s string) string {
	for _, r := range [][2]string{{`\`, `\\`}, {`"`, `\"`}, {"\n", `\n`}, {"\r", `\r`}, {"\ufffd", "□"}} {
		s = strings.ReplaceAll(s, r[0], r[1])
	}
	return `"` + s + `"`
}

func TestDOTLooks(t *testing.T) {
	parsed := parseDOT(t, writeDOT(t, samples()["cycle"]))
	for id, want := range map[string]map[gographviz.Attr]string{
		`"role[alerting]"`: {"shape": "box", "style": `"rounded,filled"`, "color": `"#d22f1b"`, "label": `"alerting"`},
		`"role[gone]"`:     {"shape": "box", "style": `"rounded,filled,dashed"`},
		`"recipe[agent]"`:  {"shape": "component", "style": "filled"},
	} {
		for name, value := range want {
			if got := parsed.Nodes.Lookup[id].Attrs[name]; got != value {
				t.Errorf("%s: %s is %s, want %s", id, name, got, value)
			}
		}
	}
	for _, e := range parsed.Edges.Edges {
		red := e.Attrs["color"] == `"#d22f1b"`
		if circle := e.Src == `"role[alerting]"` && e.Dst == `"role[monitoring]"` || e.Src == `"role[monitoring]"` && e.Dst == `"role[alerting]"` || e.Src == `"role[pager]"` && e.Dst == e.Src; circle != red {
			t.Errorf("%s -> %s: red is %v", e.Src, e.Dst, red)
		}
	}
	environments := writeDOT(t, samples()["environments"])
	if !strings.Contains(environments, `label="eu-west-production, prod, qa, staging, us-east-production"`) {
		t.Errorf("no label of environments in\n%s", environments)
	}
}

func TestDOTLeavesPlacingToGraphviz(t *testing.T) {
	text := writeDOT(t, samples()["cycle"])
	for _, attribute := range []string{"pos=", "nodesep", "ranksep", "width=", "height=", "size=", "margin", "splines", "len="} {
		if strings.Contains(strings.ReplaceAll(text, "penwidth=", ""), attribute) {
			t.Errorf("the DOT sets %s", attribute)
		}
	}
}

func TestGraphvizAcceptsEveryName(t *testing.T) {
	dot, err := exec.LookPath("dot")
	if err != nil {
		t.Skip("Graphviz is not installed")
	}
	graphs := samples()
	graphs["hostile"] = named(hostile()...)
	for name, g := range graphs {
		cmd := exec.CommandContext(t.Context(), dot, "-Tplain")
		cmd.Stdin = strings.NewReader(writeDOT(t, g))
		var out, said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &said
		if err := cmd.Run(); err != nil {
			t.Errorf("%s: dot: %v: %s", name, err, said.String())
		}
		if said.Len() > 0 {
			t.Errorf("%s: dot says: %.500s", name, said.String())
		}
		nodes, edges := 0, 0
		for line := range strings.Lines(out.String()) {
			if strings.HasPrefix(line, "node ") {
				nodes++
			}
			if strings.HasPrefix(line, "edge ") {
				edges++
			}
		}
		if nodes != len(g.Nodes) || edges != len(g.Edges) {
			t.Errorf("%s: dot sees %d nodes and %d edges, want %d and %d", name, nodes, edges, len(g.Nodes), len(g.Edges))
		}
	}
}
