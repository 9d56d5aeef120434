package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTreeAnswers(t *testing.T) {
	dir := folder(t, map[string]string{
		"web.rb": `run_list "role[base]", "recipe[nginx]", "role[gone]"`, "base.rb": `run_list "recipe[ntp]", "role[log]"`,
		"log.rb": `run_list "role[base]"`, "shop.rb": `env_run_lists "_default" => ["role[web]"], "prod" => ["role[web]", "recipe[waf]"]`,
		"torn.rb": `run_list "recipe[a]", "recipe[`,
	})
	const web = "role[web]\n├── role[base]\n│   ├── recipe[ntp]\n│   └── role[log]\n│       └── role[base] (cycle)\n├── recipe[nginx]\n└── role[gone] (missing)\n"
	for _, c := range []struct {
		args string
		code int
		want string // standard output, or a part of standard error
	}{
		{"web", 0, web},
		{filepath.Join(dir, "web.rb"), 0, web},
		{"web --depth 1 --no-recipes", 0, "role[web]\n├── role[base] …\n└── role[gone] (missing)\n"},
		{"shop --depth 1 --ascii", 0, "role[shop]\n|-- role[web] ...\n`-- recipe[waf] [prod]\n"},
		{"shop --depth 1 --env prod", 0, "role[shop]\n├── role[web] …\n└── recipe[waf]\n"},
		{"shop --depth 1 --env qa", 0, "role[shop]\n└── role[web] …\n"},
		{"nginx --direction up", 0, "recipe[nginx]\n└── role[web]\n    └── role[shop]\n"},
		{"ntp waf --direction up --depth 1", 0, "recipe[ntp]\n└── role[base] …\nrecipe[waf]\n└── role[shop] [prod]\n"},
		{"base log", 0, "role[base]\n├── recipe[ntp]\n└── role[log]\n    └── role[base] (cycle)\nrole[log] (*)\n"},
		{"--cycles-only", 2, "torn.rb:1: syntax-error"},
		{"torn", 2, "torn.rb:1: syntax-error"},
		{"wbe", 2, "did you mean role[web]?"},
		{"web --direction both", 2, "--direction both: expected down or up"},
		{"web --depth -1", 2, "--depth -1: expected"},
		{"web -f svg", 2, `unknown format "svg": known are text, json`},
	} {
		code, stdout, stderr := rolegraph(t, append(append([]string{"tree"}, strings.Fields(c.args)...), dir)...)
		if code != c.code || code == 0 && stdout != c.want || code != 0 && !strings.Contains(stderr, c.want) {
			t.Errorf("tree %s: exit code %d\n%swant\n%s%s", c.args, code, stdout, c.want, stderr)
		}
	}
}

func TestTreeIntoFiles(t *testing.T) {
	dir := folder(t, map[string]string{"web.rb": `run_list "role[base]"`, "base.rb": `run_list "recipe[ntp]"`})
	out := t.TempDir()
	text, document, picture := filepath.Join(out, "a.txt"), filepath.Join(out, "b.json"), filepath.Join(out, "c.tree")
	if code, stdout, stderr := rolegraph(t, "tree", "web", dir, "--depth", "1", "-o", text, "-o", document); code != 0 || stdout != "" {
		t.Fatal(code, stdout, stderr)
	}
	if code, _, stderr := rolegraph(t, "render", dir, "-o", picture); code != 0 {
		t.Fatal(stderr)
	}
	for file, want := range map[string]string{
		text: "role[web]\n└── role[base] …\n", picture: "role[web]\n└── role[base]\n    └── recipe[ntp]\n",
	} {
		if got, err := os.ReadFile(file); err != nil || string(got) != want {
			t.Errorf("%s holds\n%s%v", filepath.Base(file), got, err)
		}
	}
	content, err := os.ReadFile(document)
	var g struct{ Nodes, Edges []any }
	if err == nil {
		err = json.Unmarshal(content, &g)
	}
	if err != nil || len(g.Nodes) != 2 || len(g.Edges) != 1 {
		t.Errorf("%v: %d nodes and %d edges", err, len(g.Nodes), len(g.Edges))
	}
}
