package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/parsers/repository"
	"github.com/converged/converged/parsers/role"
)

// folder is a folder of role files.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		put(t, filepath.Join(dir, name), content, 0o644)
	}
	return dir
}

func TestExpandAnswers(t *testing.T) {
	dir := folder(t, map[string]string{
		"web.rb":   `run_list "role[base]", "recipe[nginx]", "role[gone]"`,
		"base.rb":  `run_list "recipe[ntp]", "role[web]"` + "\n" + `run_list << "recipe[debug]" if ENV["DEBUG"]`,
		"old.rb":   `run_list "recipe[ntp@1.2]", "recipe[ntp::server@1.3]"`,
		"prod.rb":  `env_run_lists "_default" => ["recipe[a]"], "prod" => [], "qa" => ["recipe[b]"]`,
		"torn.rb":  `run_list "recipe[a]", "recipe[`,
		"inner.rb": `name "other"; run_list "recipe[inner]"`,
	})
	at := func(file string) string { return filepath.Join(dir, file) }
	for _, c := range []struct {
		args string
		code int
		says []string // on either stream
	}{
		{"web", 1, []string{"role[web] in _default: 2 recipes through 3 roles", "1  recipe[ntp]    role[web] (" + at("web.rb:1") + ") > role[base] (" + at("base.rb:1") + ")",
			"missing role: role[gone] (" + at("web.rb:1") + "); the client aborts"}},
		{"web -a", 1, []string{"skipped, because mentioned before:\n   1  role[web]"}},
		{"base", 1, []string{"role[base] in"}},
		{"old", 1, []string{"role[old] in _default: 0 recipes", "conflict: cookbook ntp is wanted as recipe[ntp@1.2]", "and as recipe[ntp::server@1.3]"}},
		{"prod", 0, []string{"1  recipe[a]"}},
		{"prod --env qa", 0, []string{"1  recipe[b]"}},
		{"prod --env prod", 0, []string{"in prod: 0 recipes through 1 role"}},
		{"prod --env elsewhere", 0, []string{"no role has a run list for environment elsewhere", "1  recipe[a]"}},
		{"inner", 0, []string{"recipe[inner]"}},
		{at("inner.rb"), 0, []string{"recipe[inner]"}},
		{"inner.rb prod", 0, []string{"recipe[inner]", "recipe[a]"}},
		{"torn", 2, []string{"torn.rb:1: syntax-error"}},
		{"recipe[ntp::server@1.3]", 0, []string{"recipe[ntp::server@1.3]  asked for"}},
		{"wbe", 2, []string{"did you mean role[web]?"}},
		{"", 2, []string{"no NAME given"}},
		{"web -f yaml", 2, []string{`unknown format "yaml": known are text, json, names`}},
	} {
		args := append(append([]string{"expand"}, strings.Fields(c.args)...), dir)
		if c.args == "" {
			args = []string{"expand"}
		}
		code, stdout, stderr := rolegraph(t, args...)
		if code != c.code {
			t.Errorf("expand %s: exit code %d, want %d: %s%s", c.args, code, c.code, stdout, stderr)
		}
		for _, s := range c.says {
			if !strings.Contains(stdout+stderr, s) {
				t.Errorf("expand %s does not say %q:\n%s%s", c.args, s, stdout, stderr)
			}
		}
	}
}

func TestExpandMarksConditions(t *testing.T) {
	item := role.Item{Kind: role.RecipeItem, Name: "debug", Line: 2}
	set := role.Set{Roles: []role.Role{{Name: "web", File: "web.rb", RunList: []role.Item{{Kind: role.RecipeItem, Name: "nginx", Line: 1}},
		Maybe: []role.MaybeItem{{Item: item, Environment: graph.Default, Condition: `ENV["DEBUG"]`}}}}}
	in := &input{dirs: []string{"roles"}, graph: graph.New(set, repository.Set{})}
	x, err := in.expand([]string{"web"}, "")
	if err != nil {
		t.Fatal(err)
	}
	var text, names bytes.Buffer
	x.text(&text)
	x.names(&names)
	want := `role[web] in _default: 1 recipe through 1 role
   1  recipe[nginx]  role[web] (roles/web.rb:1)
maybe, by conditions that cannot be known:
   1  recipe[debug]  role[web] (roles/web.rb:2) depending on ENV["DEBUG"]
`
	if text.String() != want || names.String() != "recipe[nginx]\n" {
		t.Errorf("it says\n%sand names %q", text.String(), names.String())
	}
}

func TestExpandJSON(t *testing.T) {
	dir := folder(t, map[string]string{"web.rb": `run_list "role[base]"`, "base.rb": "\nrun_list 'recipe[ntp]'"})
	code, stdout, stderr := rolegraph(t, "expand", "web", dir, "-f", "json")
	var document struct {
		Expansions []struct {
			Name, Environment string
			Recipes           []struct {
				Recipe, File string
				Line         int
				Chain        []struct {
					Role, File string
					Line       int
				}
			}
			Missing, Maybe, Skipped, Conflicts []any
		}
	}
	if err := json.Unmarshal([]byte(stdout), &document); err != nil || code != 0 || strings.Contains(stdout, "null") {
		t.Fatalf("exit code %d, %v: %s%s", code, err, stdout, stderr)
	}
	got := fmt.Sprint(document.Expansions)
	if want := "[{role[web] _default [{recipe[ntp] base.rb 2 [{role[web]  0} {role[base] web.rb 1}]}] [] [] [] []}]"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// A chain of 10,000 roles is told in a line of bounded length each.
func TestExpandIsBounded(t *testing.T) {
	files := map[string]string{}
	const many = 2000
	for i := range many {
		files[fmt.Sprintf("r%04d.rb", i)] = fmt.Sprintf("run_list 'recipe[c%d]', 'role[r%04d]'", i, (i+1)%many)
	}
	dir := folder(t, files)
	for _, format := range []string{"text", "json"} {
		code, stdout, stderr := rolegraph(t, "expand", "r0000", dir, "-f", format)
		if code != 0 || len(stdout) > many*6000 {
			t.Errorf("%s: exit code %d, %d bytes: %.300s", format, code, len(stdout), stderr)
		}
		if format == "text" && !strings.Contains(stdout, "… 1992 more …") {
			t.Errorf("nothing is left out: %.300s", stdout)
		}
	}
}

// Names that a file declares reach no terminal raw, wherever they are told.
func TestQuestionsPrintHostileNames(t *testing.T) {
	dir := folder(t, map[string]string{"a.json": `{"name": "a", "run_list": ["role[b\u001b[2J]", "recipe[c\u2028d]"], "env_run_lists": {"_default": ["role[b\u001b[2J]", "recipe[c\u2028d]"], "e\u001b[2J": ["recipe[c\u2028d]"]}}`})
	for _, args := range []string{"expand a", "expand a -a --env x", "expand a -f names", "tree", "tree a", "impact a", "impact b", "why a b", "why b a", "expand b", "impact c", "why a zzz"} {
		_, stdout, stderr := rolegraph(t, append(strings.Fields(args), dir)...)
		if strings.ContainsAny(stdout+stderr, "\x1b\u2028") || stdout+stderr == "" {
			t.Errorf("%s prints %q %q", args, stdout, stderr)
		}
	}
}

func TestNamesComplete(t *testing.T) {
	dir := folder(t, map[string]string{"web.rb": `run_list "recipe[nginx]", "role[web\e[2J]"`, "base.rb": ""})
	for _, c := range []struct{ typed, want string }{
		{"we", "web\trole\n:0\n"}, {"recipe", "recipe[nginx]\trecipe\n:0\n"}, {"role[b", "role[base]\trole\n:0\n"}, {"zzz", ":0\n"},
	} {
		code, stdout, _ := rolegraph(t, "__complete", "expand", dir, c.typed)
		if code != 0 || stdout != c.want {
			t.Errorf("%q completes to %q", c.typed, stdout)
		}
	}
	if code, stdout, _ := rolegraph(t, "__complete", "expand", filepath.Join(dir, "nowhere"), "w"); code != 0 || stdout != ":0\n" {
		t.Errorf("without a directory: %d, %q", code, stdout)
	}
}

// Chef finds role[web] in web.rb, whoever else is named web: most often a copy
// whose name was forgotten, or two whose names were swapped.
func TestExpandGoesByTheFile(t *testing.T) {
	dir := folder(t, map[string]string{
		"api.rb": "name 'web'\nrun_list 'recipe[of_api]'", "web.rb": "name 'web'\nrun_list 'recipe[of_web]'",
		"one.rb": "name 'two'\nrun_list 'recipe[of_one]'", "two.rb": "name 'one'\nrun_list 'recipe[of_two]'",
		"alone.rb": "name 'other'\nrun_list 'recipe[of_alone]'",
	})
	for asked, want := range map[string]string{
		"web": "of_web", "role[web]": "of_web", filepath.Join(dir, "web.rb"): "of_web",
		"api": "of_api", "role[api]": "of_api", filepath.Join(dir, "api.rb"): "of_api",
		"one": "of_one", "role[two]": "of_two", filepath.Join(dir, "one.rb"): "of_one",
		"alone": "of_alone", "other": "of_alone",
	} {
		code, stdout, stderr := rolegraph(t, "expand", asked, dir, "-f", "names")
		if code != 0 || stdout != "recipe["+want+"]\n" {
			t.Errorf("%s: exit code %d: %swant recipe[%s]\n%s", asked, code, stdout, want, stderr)
		}
	}
}
