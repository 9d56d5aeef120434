package repository_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/converged/converged/parsers/repository"
)

func TestWhatIsWrongWithFiles(t *testing.T) {
	for file, c := range map[string]struct{ text, want string }{
		"cookbooks/a/metadata.json":      {"{\n \"name\": \"a\",\n \"dependencies\": {\"b\": }\n}", `:3 syntax-error unexpected "}", expected a value`},
		"cookbooks/b/metadata.json":      {"\n[]", `:2 invalid-file the metadata is an object`},
		"cookbooks/c/metadata.json":      {"{\"dependencies\": {\n\"x\": 1}}", `:2 invalid-file the version of the dependency "x" must be a String, not an Integer`},
		"cookbooks/d/metadata.json":      {`{"dependencies": ["x"]}`, `:1 invalid-file dependencies must be a Hash, not an Array`},
		"cookbooks/e/metadata.rb":        {"name 'e'\ndepends 'x' 'y', do", `:2 syntax-error`},
		"cookbooks/f/metadata.rb":        {"name 'f'\nraise 'not here'\ndepends 'x'", `:2 invalid-file not here (RuntimeError); Chef would refuse`},
		"cookbooks/g/recipes/default.rb": {"include_recipe 'a'\n}", `:2 syntax-error`},
		"nodes/a.json":                   {`{"name": 5}`, `:1 invalid-file name must be a String, not an Integer`},
		"nodes/b.json":                   {"{\"run_list\": [\n\"recipe[a\"]}", `:2 invalid-file not a run-list item`},
		"nodes/c.rb":                     {"run_list 'role[a'", `:1 invalid-file not a run-list item`},
		"environments/a.json":            {``, `:1 invalid-file an environment is an object`},
		"environments/b.rb":              {"name(", `:1 syntax-error`},
		"policyfiles/a.lock.json":        {`{"name": "a", "run_list": [}`, `:1 syntax-error`},
		"policyfiles/b.rb":               {"name 'b'\nnamed_run_list :x, 'recipe[', 'b'", `:2 invalid-file not a run-list item`},
	} {
		t.Run(file, func(t *testing.T) {
			tree(t, map[string]string{file: c.text})
			folder, _, _ := strings.Cut(file, "/")
			f := repository.Folders{}
			*map[string]*[]string{"cookbooks": &f.Cookbooks, "nodes": &f.Nodes, "environments": &f.Environments, "policyfiles": &f.Policyfiles}[folder] = []string{folder}
			set, err := repository.Read(f)
			if err != nil {
				t.Fatal(err)
			}
			if got := problems(set); len(got) != 1 || !strings.HasPrefix(got[0], "./"+file+c.want) {
				t.Errorf("problems are %q, want one that begins %q", got, "./"+file+c.want)
			}
			if len(set.Cookbooks)+len(set.Nodes)+len(set.Environments)+len(set.Policies) != 1 {
				t.Errorf("what could be read is not kept: %+v", set)
			}
		})
	}
}

func TestWhatIsNotThere(t *testing.T) {
	tree(t, map[string]string{"empty/README.md": "", "some.txt": "", "roles/a.rb": ""})
	for want, f := range map[string]repository.Folders{
		"reading cookbooks: stat gone: no such file or directory; expected a cookbook": {Cookbooks: []string{"gone"}},
		"reading cookbooks: none found in empty; expected a cookbook":                  {Cookbooks: []string{"empty"}},
		"reading cookbooks: some.txt is not a directory":                               {Cookbooks: []string{"some.txt"}},
		"reading nodes: none found in empty; expected .json or .rb files":              {Nodes: []string{"empty"}},
		"reading nodes: some.txt is none: expected":                                    {Nodes: []string{"some.txt"}},
		"reading environments: stat gone":                                              {Environments: []string{"gone"}},
		"reading Policyfiles: none found in empty; expected Policyfile.rb":             {Policyfiles: []string{"empty"}},
		"reading Policyfiles: some.txt is none":                                        {Policyfiles: []string{"some.txt"}},
	} {
		if _, err := repository.Read(f); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%+v: %v, want %s", f, err, want)
		}
	}
}

func TestLinksLoopsAndLockedDoors(t *testing.T) {
	tree(t, map[string]string{"real/metadata.rb": "depends 'x'", "cookbooks/a/recipes/default.rb": "", "cookbooks/b/metadata.rb": "name 'b'"})
	for link, to := range map[string]string{"cookbooks/linked": "../real", "cookbooks/loop": "..", "cookbooks/a/recipes/self": ".", "cookbooks/dangling": "nowhere"} {
		if err := os.Symlink(to, filepath.FromSlash(link)); err != nil {
			t.Skipf("no symbolic links here: %v", err)
		}
	}
	if err := os.Symlink("nowhere.rb", filepath.FromSlash("cookbooks/a/recipes/gone.rb")); err != nil {
		t.Fatal(err)
	}
	set, err := repository.Read(repository.Folders{Cookbooks: []string{"cookbooks"}})
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "cookbooks", names(set), "a ./cookbooks/a", "b ./cookbooks/b", "linked ./cookbooks/linked")
	got := strings.Join(problems(set), "\n")
	for _, want := range []string{"./cookbooks/loop:1 unreadable the symbolic link leads to a directory around it, a loop", "./cookbooks/a/recipes/gone.rb:1 unreadable"} {
		if !strings.Contains(got, want) {
			t.Errorf("no problem says %q:\n%s", want, got)
		}
	}
}

func TestUnreadableFiles(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may read everything")
	}
	tree(t, map[string]string{"cookbooks/a/recipes/x.rb": "", "cookbooks/a/metadata.rb": "name 'a'", "nodes/n.json": `{"name": "other"}`})
	for _, path := range []string{"cookbooks/a/recipes", "nodes/n.json"} {
		if err := os.Chmod(path, 0); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Chmod(path, 0o755) })
	}
	set, err := repository.Read(repository.Folders{Cookbooks: []string{"cookbooks"}, Nodes: []string{"nodes"}})
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "problems", problems(set),
		"./cookbooks/a/recipes:1 unreadable the directory cannot be read: permission denied; it is left out",
		"./nodes/n.json:1 unreadable permission denied; the file is left out")
	if len(set.Nodes) != 1 || set.Nodes[0].Name != "n" {
		t.Errorf("the nodes are %+v", set.Nodes)
	}
}

func TestLargeInputIsBounded(t *testing.T) {
	files := map[string]string{
		"cookbooks/deep/recipes/default.rb": strings.Repeat("[", 100_000),
		"cookbooks/wide/recipes/default.rb": strings.Repeat("include_recipe node['x']\n", 20_000),
		"cookbooks/loop/recipes/default.rb": "x = 0\nloop { x += 1\n include_recipe \"a#{x}\" }",
		"nodes/deep.json":                   `{"normal": ` + strings.Repeat("[", 100_000),
		"nodes/long.json":                   `{"name": "` + strings.Repeat("n", 10_000) + `"}`,
		"nodes/huge.json":                   `{"name": "huge"}` + strings.Repeat(" ", 17<<20),
	}
	for i := range 300 {
		files[fmt.Sprintf("cookbooks/many/recipes/r%d.rb", i)] = ""
	}
	tree(t, files)
	set, err := repository.Read(repository.Folders{Cookbooks: []string{"cookbooks"}, Nodes: []string{"nodes"}})
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]string{}
	for _, p := range set.Problems {
		kinds[p.File] = string(p.Kind)
	}
	for _, file := range []string{"./cookbooks/deep/recipes/default.rb", "./nodes/deep.json", "./nodes/huge.json"} {
		if kinds[file] != "too-large" {
			t.Errorf("%s: %q", file, kinds[file])
		}
	}
	for _, c := range set.Cookbooks {
		for _, r := range c.Recipes {
			if len(r.Unresolved) > 1000 || len(r.Includes) > 10_000 {
				t.Errorf("%s: %d unresolved, %d includes", r.Name, len(r.Unresolved), len(r.Includes))
			}
		}
	}
}
