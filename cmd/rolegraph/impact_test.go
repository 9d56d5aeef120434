package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/parsers/repository"
	"github.com/converged/converged/parsers/role"
)

// checkout is a working tree of git with a Chef repository in its folder chef.
func checkout(t *testing.T) string {
	t.Helper()
	top := t.TempDir()
	for name, content := range map[string]string{
		".git/HEAD":              "",
		"Makefile":               "",
		"base.rb":                "puts 'no role'",
		"chef/README.md":         "",
		"chef/roles/web.rb":      `env_run_lists "_default" => ["role[base]"], "prod" => ["role[base]", "recipe[nginx::ssl]", "role[old]"]`,
		"chef/roles/sub/base.rb": `run_list "recipe[ntp]"`, "chef/roles/grüße.rb": `name "greet"; run_list "role[web]"`,
		"chef/cookbooks/nginx/recipes/ssl.rb": "", "chef/cookbooks/unused/metadata.rb": "",
	} {
		full := filepath.Join(top, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		put(t, full, content, 0o644)
	}
	return top
}

// pipe runs the program with something piped in.
func pipe(t *testing.T, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "stdin")
	put(t, file, stdin, 0o644)
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	usual := os.Stdin
	os.Stdin = f
	defer func() { os.Stdin = usual }()
	return rolegraph(t, args...)
}

const (
	allOfBase = "role[base] role[web] role[greet]"
	allOfSSL  = "role[web] role[greet] recipe[nginx::ssl]"
)

func TestImpactOfPaths(t *testing.T) {
	top := checkout(t)
	for _, c := range []struct {
		cwd, stdin, args string
		want             string // the names, or what is said on standard error
		code             int
	}{
		{"", "chef/roles/sub/base.rb\nMakefile\nchef/README.md\n", "chef", allOfBase, 0},
		{"chef", "chef/roles/sub/base.rb\nMakefile\n", ".", allOfBase, 0},
		{"chef", "roles/sub/base.rb\n", "", allOfBase, 0},
		{"chef/roles", "sub/base.rb\n", ".", allOfBase, 0},
		{"", "chef/roles/sub/base.rb\r\n\n", "chef/roles", allOfBase, 0},
		{"", "chef/roles/web.rb\x00chef/roles/sub/base.rb", "chef -z", "role[base] role[web] role[greet]", 0},
		{"", `"chef/roles/gr\303\274\303\237e.rb"`, "chef", "role[greet]", 0},
		{"", "chef/roles/grüße.rb", "chef", "role[greet]", 0},
		{"", "base.rb\n", "chef", "", 0},
		{"", "base\nrole[web]\n", "chef", allOfBase, 0},
		{"", "chef/cookbooks/nginx/templates/default/site.erb\n", "chef", allOfSSL, 0},
		{"", "chef/cookbooks/unused/metadata.rb\n", "chef", "", 0},
		{"", "chef/roles/old.rb\n", "chef", "role[web] role[greet] role[old]", 0},
		{"chef/roles", "chef/roles/old.rb\n", ".", "role[web] role[greet] role[old]", 0},
		{"", "lib/old.rb\n", "chef", "", 0},
		{"", "", "chef", "", 0},
		{"", "", "chef --exit-code", "", 0},
		{"", "chef/roles/web.rb", "chef --exit-code", "role[web] role[greet]", 1},
		{"", "chef/roles/web.rb", "chef --exit-code --kind node", "", 0},
		{"", "", "recipe[nginx::ssl] chef --exit-code --kind environment", "environment[prod]", 1},
		{"", "chef/roles/web.rb", "chef --kind role --env prod", "role[web] role[greet]", 0},
		{"", "", "chef/roles/sub/base.rb chef", allOfBase, 0},
		{"", "", "base chef", allOfBase, 0},
		{"", "web", "base - chef", allOfBase, 0},
		{"", "", "Makefile chef", "", 0},
		{"", "", "chef/roles/old.rb chef", "role[web] role[greet] role[old]", 0},
		{"", "", "recipe[nginx::ssl] chef --kind recipe", "recipe[nginx::ssl]", 0},
		{"", "", "recipe[nginx::ssl] chef --kind environment", "environment[prod]", 0},
		{"", "role[nowhere]", "chef", "standard input: nothing here is named", 2},
		{"", "", "bsae chef", "did you mean role[base]?", 2},
		{"", "", "base chef --kind host", "--kind host is unknown", 2},
		{"", strings.Repeat("x", 2<<20), "chef", "line 1 is longer than", 2},
	} {
		t.Chdir(filepath.Join(top, filepath.FromSlash(c.cwd)))
		code, stdout, stderr := pipe(t, c.stdin, append([]string{"impact", "-f", "names"}, strings.Fields(c.args)...)...)
		got := strings.Join(strings.Fields(stdout), " ")
		if code != c.code || code != 2 && !sameWords(got, c.want) || code == 2 && !strings.Contains(stderr, c.want) {
			t.Errorf("%s: %.60q | impact %s: exit code %d: %s\n%s\nwant %s", c.cwd, c.stdin, c.args, code, got, stderr, c.want)
		}
	}
}

func sameWords(a, b string) bool {
	in := func(words, of string) bool {
		for _, w := range strings.Fields(words) {
			if !strings.Contains(" "+of+" ", " "+w+" ") {
				return false
			}
		}
		return true
	}
	return in(a, b) && in(b, a)
}

func TestImpactSaysWhatIsGone(t *testing.T) {
	top := checkout(t)
	t.Chdir(top)
	_, stdout, stderr := pipe(t, "chef/roles/old.rb\nchef/roles/never.json\nMakefile\nlib/x.rb\nx\n", "impact", "chef")
	for _, s := range []string{
		"chef/roles/old.rb is not there any more: taken as role[old]",
		"chef/roles/never.json is not there any more, and nothing names role[never]",
		"3 paths passed over: no part of what was read",
	} {
		if !strings.Contains(stderr, s) {
			t.Errorf("it does not say %q but\n%s", s, stderr)
		}
	}
	if want := "role[old] reaches 2 roles, 1 environment\n\nroles\n   0  role[old]    changed\n   1  role[web]    names role[old] (chef/roles/web.rb:1) [prod]\n"; !strings.HasPrefix(stdout, want) {
		t.Errorf("it says\n%swant\n%s", stdout, want)
	}
}

func TestImpactNeedsInput(t *testing.T) {
	terminal, err := os.Open("/dev/zero") // a device, as a terminal is
	if err != nil {
		t.Skip(err)
	}
	defer terminal.Close()
	usual := os.Stdin
	os.Stdin = terminal
	defer func() { os.Stdin = usual }()
	if code, _, stderr := rolegraph(t, "impact", folder(t, map[string]string{"a.rb": ""})); code != 2 || !strings.Contains(stderr, "no NAME or FILE given") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}

// whole is a repository with everything in it.
func whole() *input {
	set := role.Set{Roles: []role.Role{{Name: "web", File: "web.rb", RunList: []role.Item{{Kind: role.RecipeItem, Name: "nginx::ssl", Line: 2}}}}}
	return &input{dirs: []string{"roles"}, graph: graph.New(set, repository.Set{
		Cookbooks: []repository.Cookbook{
			{Name: "nginx", Dir: "./books/www", File: "./books/www/metadata.rb", Line: 1, Recipes: []repository.Recipe{{Name: "nginx::ssl", File: "./books/www/recipes/ssl.rb"}}},
			{Name: "shop", Dir: "./books/shop", File: "./books/shop/metadata.rb", Line: 1, Depends: []repository.Dependency{{Cookbook: "nginx", File: "./books/shop/metadata.rb", Line: 3}}},
		},
		Nodes: []repository.Node{{Name: "n1", File: "./nodes/n1.json", Line: 1, Environment: "prod", EnvLine: 2,
			RunList: []role.Item{{Kind: role.RoleItem, Name: "web", Line: 4}}}},
		Policies:     []repository.Policy{{Name: "shop", File: "./policyfiles/main.lock.json", Line: 1}, {Name: "old", File: "./Policyfile.rb", Line: 1}},
		Environments: []repository.Environment{{Name: "prod", File: "./environments/prod.rb", Line: 1}},
	})}
}

func TestImpactOfTheWholeRepository(t *testing.T) {
	t.Chdir(t.TempDir())
	for given, want := range map[string]string{
		"books/www/templates/x.erb":  "role[web] node[n1] recipe[nginx::ssl] cookbook[nginx] cookbook[shop]",
		"books/www/recipes/ssl.rb":   "role[web] node[n1] recipe[nginx::ssl] cookbook[nginx] cookbook[shop]",
		"./books/shop/metadata.rb":   "cookbook[shop]",
		"environments/prod.rb":       "node[n1]",
		"nodes/n1.json":              "node[n1]",
		"cookbooks/nginx/README.md":  "role[web] node[n1] recipe[nginx::ssl] cookbook[nginx] cookbook[shop]",
		"node[n1]":                   "node[n1]",
		"policyfiles/main.rb":        "policy[shop]",
		"policyfiles/shop.lock.json": "policy[shop]",
		"Policyfile.lock.json":       "policy[old]",
		"books/wwwelse/metadata.rb":  "",
		"books/shop/recipes/none.rb": "cookbook[shop]",
	} {
		a, err := whole().impact(nil, []string{given}, "")
		var names bytes.Buffer
		if err == nil {
			a.names(&names)
		}
		if got := strings.Join(strings.Fields(names.String()), " "); err != nil || !sameWords(got, want) {
			t.Errorf("%s reaches %s, %v; want %s", given, got, err, want)
		}
	}
}

// A recipe that no cookbook has is none that a change could break further.
func TestImpactMarksWhatIsMissing(t *testing.T) {
	dir := folder(t, map[string]string{"db.rb": `run_list "recipe[db::nope]", "recipe[db]"`})
	books := t.TempDir()
	for _, sub := range []string{"db", "db/recipes"} {
		if err := os.Mkdir(filepath.Join(books, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	put(t, filepath.Join(books, "db", "metadata.rb"), "name 'db'", 0o644)
	put(t, filepath.Join(books, "db", "recipes", "default.rb"), "", 0o644)
	_, stdout, stderr := rolegraph(t, "impact", "cookbook[db]", dir, "--cookbooks", books)
	for _, line := range strings.Split(stdout, "\n") {
		if strings.Contains(line, "is part of") && strings.HasSuffix(line, " (missing)") != strings.Contains(line, "recipe[db::nope]") {
			t.Errorf("it says %q", line)
		}
	}
	if strings.Count(stdout, "(missing)") != 1 {
		t.Errorf("it says %s%s", stdout, stderr)
	}
	if _, document, _ := rolegraph(t, "impact", "cookbook[db]", dir, "--cookbooks", books, "-f", "json"); strings.Count(document, `"missing": true`) != 1 {
		t.Errorf("JSON is %s", document)
	}
}

func TestImpactJSON(t *testing.T) {
	t.Chdir(t.TempDir())
	a, err := whole().impact([]string{"nginx::ssl"}, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := a.json(&b); err != nil {
		t.Fatal(err)
	}
	var document struct {
		Changed []struct{ Given string }
		Touched []struct {
			ID, Kind, File string
			Distance       int
			Via            *struct{ To, Relation string }
			Environments   []string
		}
		Environments []struct {
			Name  string
			Nodes int
		}
	}
	if err := json.Unmarshal(b.Bytes(), &document); err != nil || strings.Contains(b.String(), "null") {
		t.Fatalf("%v in %s", err, b.String())
	}
	node := document.Touched[1]
	if node.ID != "node[n1]" || node.Kind != "node" || node.Distance != 2 || node.Via == nil || node.Via.To != "role[web]" || node.Environments[0] != "prod" {
		t.Errorf("the node is %+v", node)
	}
	if e := document.Environments; len(e) != 1 || e[0].Name != "prod" || e[0].Nodes != 1 {
		t.Errorf("the environments are %+v", e)
	}
}
