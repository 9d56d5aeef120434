package draw_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/graph/draw"
)

func tree(t *testing.T, g *graph.Graph, o draw.TreeOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := draw.Tree(&b, g, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTree(t *testing.T) {
	for _, c := range trees() {
		t.Run(c.name, func(t *testing.T) {
			if got, want := tree(t, roles(c.lines...), c.o), strings.TrimPrefix(c.want, "\n"); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
}

// treeCase is a graph, wishes, and the tree they make after an empty line.
type treeCase struct {
	name  string
	lines []string
	o     draw.TreeOptions
	want  string
}

func trees() []treeCase {
	shop := []string{
		"shop: role[web] recipe[shop] prod=role[gone] prod=role[web]",
		"web: role[base] recipe[nginx@1.2] recipe[apt]", "base: recipe[ntp] role[watch]", "watch: recipe[agent] role[log]", "log: role[watch]",
	}
	return []treeCase{
		{"everything", shop, draw.TreeOptions{}, `
role[shop]
├── role[web]
│   ├── role[base]
│   │   ├── recipe[ntp]
│   │   └── role[watch]
│   │       ├── recipe[agent]
│   │       └── role[log]
│   │           └── role[watch] (cycle)
│   ├── recipe[nginx@1.2]
│   └── recipe[apt]
├── recipe[shop] [_default]
└── role[gone] (missing) [prod]
`},
		{"in ASCII, from a root", shop, draw.TreeOptions{Roots: []string{"role[base]"}, ASCII: true}, `
role[base]
|-- recipe[ntp]
` + "`-- role[watch]" + `
    |-- recipe[agent]
    ` + "`-- role[log]" + `
        ` + "`-- role[watch] (cycle)" + `
`},
		{"a level deep", shop, draw.TreeOptions{Roots: []string{"role[web]"}, Depth: 1}, `
role[web]
├── role[base] …
├── recipe[nginx@1.2]
└── recipe[apt]
`},
		{"upwards", shop, draw.TreeOptions{Roots: []string{"role[watch]"}, Up: true}, `
role[watch]
├── role[base]
│   └── role[web]
│       └── role[shop]
└── role[log]
    └── role[watch] (cycle)
`},
		{"several roots, one within another", shop, draw.TreeOptions{Roots: []string{"role[web]", "role[base]", "role[web]", "role[nowhere]"}, Depth: 1}, `
role[web]
├── role[base] (*)
├── recipe[nginx@1.2]
└── recipe[apt]
role[base]
├── recipe[ntp]
└── role[watch] …
`},
		{"twice", []string{"a: role[b] role[c]", "b: role[c]", "c: recipe[x]"}, draw.TreeOptions{}, `
role[a]
├── role[b]
│   └── role[c]
│       └── recipe[x]
└── role[c] (*)
`},
		{"the nearest is opened where depth counts", []string{"a: role[b] role[c]", "b: role[c]", "c: recipe[x]"}, draw.TreeOptions{Depth: 2}, `
role[a]
├── role[b]
│   └── role[c] (*)
└── role[c]
    └── recipe[x]
`},
		{"cycles that nothing leads to", []string{"a: role[b]", "b: role[a]", "c: role[c]", "d: role[c]"}, draw.TreeOptions{}, `
role[d]
└── role[c]
    └── role[c] (cycle)
role[a]
└── role[b]
    └── role[a] (cycle)
`},
		{"nothing", nil, draw.TreeOptions{}, "\n"},
	}
}

func TestTreeMarksWhatIsInDoubt(t *testing.T) {
	g := &graph.Graph{
		Nodes: []graph.Node{{ID: "role[a]", Kind: graph.Role, Name: "a", Incomplete: true}, {ID: "recipe[x]", Kind: graph.Recipe}, {ID: "recipe[y]", Kind: graph.Recipe}},
		Edges: []graph.Edge{
			{From: "role[a]", To: "recipe[x]", Relation: graph.RunList, Maybe: true, Environments: []string{"a", "b", "c", "d", "e", "f"}},
			{From: "recipe[x]", To: "recipe[y]", Relation: graph.Includes, Everywhere: true},
		},
	}
	want := "role[a] (incomplete)\n└── recipe[x] [a, b, c, d +2] (maybe)\n    └── recipe[y] (include_recipe)\n"
	if got := tree(t, g, draw.TreeOptions{}); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestTreeOfHostileNames(t *testing.T) {
	lines := strings.Split(strings.TrimSuffix(tree(t, named(hostile()...), draw.TreeOptions{}), "\n"), "\n")
	for _, line := range lines {
		if strings.ContainsAny(line, "\x1b\x00\r\t\u202e\u2028") || len([]rune(line)) > 2*200+32*4+80 {
			t.Errorf("the line is %.200q", line)
		}
	}
	if n := len(hostile()); len(lines) < 2*n {
		t.Errorf("%d names make %d lines", n, len(lines))
	}
}

// complete, chain and hub are the graphs of which a careless tree never ends.
func TestTreeIsBounded(t *testing.T) {
	var complete, chain []string
	hub := "hub:"
	for i := range 30 {
		line := fmt.Sprintf("r%d:", i)
		for k := range 30 {
			line += fmt.Sprintf(" role[r%d]", k)
		}
		complete = append(complete, line)
	}
	for i := range 10_000 {
		chain = append(chain, fmt.Sprintf("r%05d: role[r%05d]", i, (i+1)%10_000))
		hub += fmt.Sprintf(" recipe[c%d]", i)
	}
	for name, c := range map[string]struct {
		lines []string
		most  int // bytes
	}{"complete": {complete, 200_000}, "ring": {chain, 3_000_000}, "hub": {[]string{hub}, 400_000}} {
		g := roles(c.lines...)
		for _, o := range []draw.TreeOptions{{}, {Up: true}, {Depth: 5}, {Depth: 9999}} {
			began := time.Now()
			out := tree(t, g, o)
			if took := time.Since(began); len(out) > c.most || took > time.Minute {
				t.Errorf("%s %+v: %d bytes in %v", name, o, len(out), took)
			}
			if o.Depth == 0 {
				words := map[string]bool{}
				for word := range strings.FieldsSeq(out) {
					words[word] = true
				}
				for _, n := range g.Nodes {
					if !words[n.ID] {
						t.Fatalf("%s %+v leaves out %s", name, o, n.ID)
					}
				}
			}
		}
	}
}

func TestTreeReportsWriteErrors(t *testing.T) {
	if draw.Tree(full{}, samples()["web"], draw.TreeOptions{}) == nil {
		t.Error("no error from a writer that fails")
	}
}

func BenchmarkTreeLarge(b *testing.B) {
	g := large()
	for b.Loop() {
		if err := draw.Tree(&bytes.Buffer{}, g, draw.TreeOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
