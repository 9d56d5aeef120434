package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// ran runs the program in a folder with these files.
func ran(t *testing.T, files map[string]string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for file, text := range files {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var out, errs bytes.Buffer
	code = run(args, &out, &errs)
	return code, out.String(), errs.String()
}

func TestSourcesOfFlagsAndOfTheConfiguration(t *testing.T) {
	files := map[string]string{
		"a/one/metadata.rb": "name 'one'\ndepends 'two'",
		"b/two/metadata.rb": "name 'two'\ndepends 'one'",
		"n/web.json":        `{"name": "web", "run_list": ["one"]}`,
		"e/prod.rb":         "name 'prod'",
		"p/edge.rb":         "name 'edge'\nrun_list 'two'",
		"conf/x.yaml":       "cookbooks: [../a, ../b]\nnodes: ../n",
	}
	for _, c := range []struct {
		args, want string
		code       int
	}{
		{"check --cookbooks a --cookbooks b", "2 cookbooks, 2 edges: 1 cycle", 1},
		{"check --cookbooks a", "2 cookbooks, 1 edge: 0 cycles", 0},
		{"check --nodes n", "0 roles, 1 recipe, 1 node, 1 edge", 0},
		{"check --environments e", "1 environment, 0 edges", 0},
		{"check --policyfiles p/edge.rb", "1 policy, 1 edge", 0},
		{"check --config conf/x.yaml", "2 cookbooks, 1 node, 4 edges: 1 cycle", 1},
		{"check --config conf/x.yaml --cookbooks a", "2 cookbooks, 1 node, 3 edges: 0 cycles", 1},
	} {
		code, stdout, stderr := ran(t, files, strings.Fields(c.args)...)
		if code != c.code || !strings.Contains(stdout, c.want) {
			t.Errorf("%s: exit %d\n%s%s", c.args, code, stdout, stderr)
		}
	}
}

func TestPlacesOfTheRestCanBeOpenedFromHere(t *testing.T) {
	files := map[string]string{
		"roles/web.rb":               "run_list 'a'",
		"cookbooks/a/recipes/b.rb":   "include_recipe 'a::b'",
		"cookbooks/a/metadata.json":  "{\n \"name\": 7\n}",
		"cookbooks/a/recipes/bad.rb": "\nx do",
	}
	for _, dir := range []string{"cookbooks", "./cookbooks/", "cookbooks/a"} {
		_, stdout, stderr := ran(t, files, "check", "roles", "--cookbooks", dir)
		for _, want := range []string{"cookbooks/a/recipes/b.rb:1", "cookbooks/a/metadata.json:2", "cookbooks/a/recipes/bad.rb:2"} {
			if !strings.Contains("\n"+stdout+stderr, "\n"+want) && !strings.Contains(stdout, "  "+want) {
				t.Errorf("--cookbooks %s: no line begins with %s in\n%s%s", dir, want, stdout, stderr)
			}
		}
	}
}
