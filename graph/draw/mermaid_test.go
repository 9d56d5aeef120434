package draw_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/graph/draw"
)

func writeMermaid(t testing.TB, g *graph.Graph, o draw.Options) (text, notice string) {
	t.Helper()
	var b bytes.Buffer
	notice, err := draw.Mermaid(&b, g, o)
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), notice
}

func TestMermaid(t *testing.T) {
	got, notice := writeMermaid(t, samples()["environments"], draw.Options{Title: `the "shop"`, RankDir: "tb"})
	want := `---
title: "the \"shop\""
---
flowchart TB
  n0("app"):::cycle
  n1("hardened"):::cycle
  n2[["app"]]:::recipe
  n0 -.->|"_default, prod"| n2
  n0 -.->|"eu-west-production, prod, qa, staging, us-east-production"| n1
  n1 -.->|"prod"| n0
  classDef cycle fill:#fde7e2,stroke:#d22f1b,color:#7d170b,stroke-width:2.4px
  classDef recipe fill:#f2f4f6,stroke:#8593a1,color:#33414f,stroke-width:1px
  linkStyle 0 stroke:#0072b2,stroke-width:1.2px,stroke-dasharray:5 3
  linkStyle 1,2 stroke:#d22f1b,stroke-width:2.2px,stroke-dasharray:5 3
`
	if got != want || notice != "" {
		t.Errorf("got\n%s\nnotice %q, want\n%s", got, notice, want)
	}
}

// The lines of a flowchart: whatever a name holds stays between its quotes.
var (
	mermaidNode = regexp.MustCompile(`^  n\d+(\(|\[\[|\[\(|\{\{|\(\[|\[/|\[)"([^"\\<>&%;` + "`" + `\[\]{}|]|#(quot|\d+);)*"(\)|\]\]|\)\]|\}\}|\]\)|/\]|\]):::\w+$`)
	mermaidEdge = regexp.MustCompile(`^  n\d+ (-->|-\.->|==>)(\|"([^"\\<>&%;` + "`" + `\[\]{}|]|#(quot|\d+);)*"\|)? n\d+$`)
	mermaidRest = regexp.MustCompile(`^(flowchart LR|  classDef \w+ [\w:#,. -]+|  linkStyle [\d,]+ [\w:#,. -]+)$`)
)

func checkMermaid(t testing.TB, g *graph.Graph) {
	t.Helper()
	text, _ := writeMermaid(t, g, draw.Options{})
	nodes, edges := 0, 0
	for line := range strings.Lines(text) {
		switch line = strings.TrimSuffix(line, "\n"); {
		case mermaidNode.MatchString(line):
			nodes++
		case mermaidEdge.MatchString(line):
			edges++
		case !mermaidRest.MatchString(line):
			t.Errorf("the line %.200q is none of a flowchart", line)
		}
	}
	if nodes != len(g.Nodes) || edges != len(g.Edges) {
		t.Errorf("%d nodes and %d edges, want %d and %d", nodes, edges, len(g.Nodes), len(g.Edges))
	}
}

func TestMermaidHoldsHostileNames(t *testing.T) {
	checkMermaid(t, named(hostile()...))
	for _, g := range samples() {
		checkMermaid(t, g)
	}
	for in, want := range map[string]string{
		`say "hi"`:       `"say #quot;hi#quot;"`,
		"#quot;":         `"#35;quot#59;"`,
		"`code`":         `"#96;code#96;"`,
		"<b>&amp;":       `"#60;b#62;#38;amp#59;"`,
		"%%{init: {}}%%": `"#37;#37;#123;init: #123;#125;#125;#37;#37;"`,
		"- item":         `"#45; item"`,
		"nginx::ssl":     `"nginx::ssl"`,
		"漢 é":            `"漢 é"`,
	} {
		if text, _ := writeMermaid(t, named(in), draw.Options{}); !strings.Contains(text, "n0("+want+")") {
			t.Errorf("%q: no %s in\n%s", in, want, text)
		}
	}
}

func FuzzMermaid(f *testing.F) {
	for _, name := range hostile() {
		f.Add(name, "b")
	}
	f.Fuzz(func(t *testing.T, a, b string) { checkMermaid(t, named(a, b)) })
}

func TestMermaidSaysWhenItIsTooMuch(t *testing.T) {
	_, notice := writeMermaid(t, large(), draw.Options{})
	for _, want := range []string{"nodes, of which few pages show more than 140", "edges, of which Mermaid draws 500 unless maxEdges is raised", "--focus"} {
		if !strings.Contains(notice, want) {
			t.Errorf("no %q in the notice %q", want, notice)
		}
	}
	var lines []string
	for i := range 130 {
		lines = append(lines, fmt.Sprintf("%03d%s:", i, strings.Repeat("\x01", 100)))
	}
	if _, notice = writeMermaid(t, roles(lines...), draw.Options{}); !strings.Contains(notice, "of which Mermaid takes 50000") {
		t.Errorf("the notice is %q", notice)
	}
}

func TestMermaidSaysWhatItCannotDo(t *testing.T) {
	if _, err := draw.Mermaid(full{}, samples()["web"], draw.Options{}); err == nil {
		t.Error("no error from a writer that fails")
	}
	if _, err := draw.Mermaid(full{}, samples()["web"], draw.Options{RankDir: "up"}); err == nil || !strings.Contains(err.Error(), `"up"`) {
		t.Errorf("a wrong direction: %v", err)
	}
}
