package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestShapes(t *testing.T) {
	for name, c := range map[string]struct {
		roles        []role
		nodes, edges int
	}{
		"levels":   {levels(3000, 9000), 3000, 9000},
		"complete": {complete(30), 30, 870},
		"hub":      {hub(99), 100, 99},
		"loops":    {loops(10), 10, 10},
		"chain":    {chain(10), 10, 9},
		"missing":  {missing(10), 11, 10},
	} {
		t.Run(name, func(t *testing.T) {
			nodes, edges := map[string]bool{}, map[[2]string]bool{}
			for _, r := range c.roles {
				nodes[r.name] = true
				for _, use := range r.uses {
					nodes[use] = true
					edges[[2]string{r.name, use}] = true
				}
			}
			if len(nodes) != c.nodes || len(edges) != c.edges {
				t.Errorf("%d nodes and %d edges, want %d and %d", len(nodes), len(edges), c.nodes, c.edges)
			}
		})
	}
}

func TestWrittenRoles(t *testing.T) {
	dir := t.TempDir()
	if err := write(dir, chain(3)); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "role-00000.rb"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), `run_list(["role[role-00001]"])`) {
		t.Error(string(text))
	}
}

func TestVerdict(t *testing.T) {
	var b bench
	b.judge("fast", cost{cpu: 400e6, peak: 20}, 0.5, "")
	b.judge("slow", cost{cpu: 600e6, peak: 20}, 0.5, "")
	b.judge("large", cost{cpu: 1, peak: 501}, 0.5, "")
	for i, want := range []string{"met", "MISSED", "MISSED"} {
		if b.rows[i].met != want {
			t.Errorf("%s is %s, want %s", b.rows[i].what, b.rows[i].met, want)
		}
	}
}
