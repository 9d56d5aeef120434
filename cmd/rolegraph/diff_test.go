package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// two are folders of roles, from lines such as "web: role[base] recipe[nginx]".
func two(t *testing.T, before, after []string) (a, b string) {
	t.Helper()
	dirs := [2]string{}
	for i, lines := range [][]string{before, after} {
		dirs[i] = filepath.Join(t.TempDir(), "roles")
		for _, line := range lines {
			name, list, _ := strings.Cut(line, ":")
			items, err := json.Marshal(map[string]any{"name": name, "run_list": strings.Fields(list)})
			if err != nil {
				t.Fatal(err)
			}
			if err := os.MkdirAll(dirs[i], 0o755); err != nil {
				t.Fatal(err)
			}
			put(t, filepath.Join(dirs[i], "f"+strings.Repeat("x", len(line)%9)+strings.Map(word, name)+".json"), string(items), 0o644)
		}
	}
	return dirs[0], dirs[1]
}

func word(c rune) rune {
	if c >= 'a' && c <= 'z' {
		return c
	}
	return '_'
}

func TestDiffIsSilentWhenEqual(t *testing.T) {
	a, b := two(t, []string{"web: role[base]", "base:"}, []string{"base:", "web: role[base]"})
	for _, format := range []string{"text", "markdown", "svg"} {
		if code, stdout, stderr := rolegraph(t, "diff", a, b, "-f", format); code != 0 || stdout+stderr != "" {
			t.Errorf("%s: exit code %d: %q %q", format, code, stdout, stderr)
		}
	}
	code, stdout, stderr := rolegraph(t, "diff", a, b, "-f", "json")
	if code != 0 || stderr != "" || strings.Contains(stdout, "null") || !json.Valid([]byte(stdout)) {
		t.Errorf("json: exit code %d: %q %q", code, stdout, stderr)
	}
	picture := filepath.Join(t.TempDir(), "same.svg")
	if code, stdout, _ := rolegraph(t, "diff", a, b, "-o", picture); code != 0 || stdout != "" {
		t.Errorf("exit code %d: %q", code, stdout)
	}
	isSVG(t, picture)
}

// Names stand in blocks of code that they cannot end, a line each.
func TestDiffMarkdownHoldsHostileNames(t *testing.T) {
	a, b := two(t, []string{"web:"}, []string{"web: role[@octocat] recipe[```] role[</details>] recipe[x\u202ey] role[**b**]"})
	code, stdout, stderr := rolegraph(t, "diff", a, b, "-f", "markdown")
	if code != 1 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	fence, outside := "", ""
	for line := range strings.Lines(stdout) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case fence == "" && strings.HasPrefix(line, "```"):
			fence = strings.TrimSuffix(line, "diff")
		case line == fence:
			fence = ""
		case fence == "":
			outside += line
		}
	}
	if fence != "" || strings.ContainsAny(outside, "@`<![") {
		t.Errorf("outside the blocks stands %q", outside)
	}
	for _, want := range []string{"role[@octocat]", "recipe[```]", "</details>", `x\u202ey`} {
		if !strings.Contains(stdout, want) {
			t.Errorf("%s is not told:\n%s", want, stdout)
		}
	}
}

func TestDiffMarkdownIsACommentsSize(t *testing.T) {
	var many []string
	for i := range 2000 {
		many = append(many, "recipe["+strings.Repeat("n", 40)+strings.Repeat("i", i%40)+string(rune('a'+i%26))+strings.Repeat("j", i/40)+"]")
	}
	a, b := two(t, []string{"web: recipe[" + strings.Repeat("é", 5000) + "]"}, []string{"web: " + strings.Join(many, " ")})
	code, stdout, _ := rolegraph(t, "diff", a, b, "-f", "markdown")
	if code != 1 || len(stdout) > 65_536 {
		t.Errorf("exit code %d, %d bytes", code, len(stdout))
	}
	if strings.Count(stdout, "<details>") != strings.Count(stdout, "</details>") || !strings.Contains(stdout, "more\n```") {
		t.Errorf("the end is %q", stdout[len(stdout)-300:])
	}
}

func TestDiffTellsWhere(t *testing.T) {
	a, b := two(t, []string{"a: role[b] recipe[x] recipe[y]", "b:", "c: recipe[z]"}, []string{"a: role[b] recipe[y] recipe[x]", "b: role[a] role[ghost]"})
	code, stdout, _ := rolegraph(t, "diff", a, b)
	if code != 1 {
		t.Errorf("exit code %d", code)
	}
	for _, want := range []string{
		"! new cycle role[a] -> role[b] -> role[a]  (" + b, "! missing role role[ghost], named by role[b]",
		"- role[c]  (" + a, "+ role[b] -> role[a]  (" + b, "- role[c] -> recipe[z]  (" + a,
		"~ role[a]: recipe[x], recipe[y] is now recipe[y], recipe[x]", "1 new cycle, 1 newly missing role, 1 role added",
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("%q is not told:\n%s", want, stdout)
		}
	}
}

func TestDiffOfAView(t *testing.T) {
	a, b := two(t, []string{"a: recipe[x]", "b:"}, []string{"a: recipe[y]", "b: role[c]", "c: recipe[x]"})
	for _, c := range []struct {
		args []string
		code int
		last string
	}{
		{[]string{"--no-recipes"}, 1, "1 role added, 1 edge added"},
		{[]string{"--focus", "a", "--no-recipes"}, 0, ""},
		{[]string{"--focus", "c", "--direction", "down"}, 1, "1 role added, 1 recipe added, 1 edge added"},
		{[]string{"--focus", "nobody"}, 2, ""},
	} {
		code, stdout, stderr := rolegraph(t, append([]string{"diff", a, b}, c.args...)...)
		lines := strings.Split(strings.TrimSpace(stdout), "\n")
		if code != c.code || lines[len(lines)-1] != c.last {
			t.Errorf("%v: exit code %d: %s%s", c.args, code, stdout, stderr)
		}
	}
}

func TestDiffOfRevisions(t *testing.T) {
	inRepository(t, map[string]string{"chef/roles/web.rb": "run_list 'role[base]', 'recipe[old]'\n", "chef/roles/base.rb": ""})
	put(t, "chef/roles/web.rb", "run_list 'role[base]', 'recipe[new]'\n", 0o644)
	commitAs(t, "two")
	put(t, "chef/roles/web.rb", "run_list 'role[base]'\n", 0o644)
	for _, c := range []struct {
		args []string
		code int
		want string // a line
	}{
		{[]string{"one", "two", "chef/roles"}, 1, "+ role[web] -> recipe[new]  (two:chef/roles/web.rb:1)"},
		{[]string{"two", "one", "chef"}, 1, "- role[web] -> recipe[new]  (two:chef/roles/web.rb:1)"},
		{[]string{"one:chef/roles", "chef/roles"}, 1, "- role[web] -> recipe[old]  (one:chef/roles/web.rb:1)"},
		{[]string{"two", "two", "chef/roles"}, 0, ""},
		{[]string{"one", "three", "chef/roles"}, 2, ""},
		{[]string{"one", "two", "nowhere"}, 2, ""},
	} {
		code, stdout, stderr := rolegraph(t, append([]string{"diff"}, c.args...)...)
		if code != c.code || c.want != "" && !strings.Contains(stdout, c.want+"\n") || c.code != 1 && stdout != "" {
			t.Errorf("%v: exit code %d: %s%s", c.args, code, stdout, stderr)
		}
	}
}

// What both sides share is told once.
func TestDiffReadsTheRestOnce(t *testing.T) {
	a, b := two(t, []string{"web: role[base]", "base:"}, []string{"base:", "web:"})
	nodes := filepath.Join(folder(t, map[string]string{"torn.json": "{"}), "torn.json")
	code, stdout, stderr := rolegraph(t, "diff", a, b, "--nodes", nodes)
	if code != 2 || strings.Count(stderr, "torn.json") != 1 || !strings.Contains(stdout, "1 edge removed") {
		t.Errorf("exit code %d: %s%s", code, stdout, stderr)
	}
	if _, stdout, _ := rolegraph(t, "diff", a, b, "-v", "--nodes", nodes); strings.Contains(stdout, "reading") {
		t.Errorf("it is told on standard output: %s", stdout)
	}
	if _, _, stderr := rolegraph(t, "diff", a, b, "-v", "--nodes", nodes); strings.Count(stderr, "reading "+nodes+":") != 1 {
		t.Errorf("it is read again: %s", stderr)
	}
}
