package repository

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/converged/converged/parsers/role"
)

// fuzz feeds a parser with the samples that match a pattern, and others.
func fuzz(f *testing.F, file, pattern string, read func(t *testing.T, d *document), seeds ...string) {
	f.Helper()
	files, err := filepath.Glob(filepath.FromSlash("../../testdata/repository/*/" + pattern))
	if err != nil || len(files) == 0 {
		f.Fatalf("no sample matches %s (%v)", pattern, err)
	}
	for _, sample := range files {
		src, err := os.ReadFile(sample)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(src))
	}
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		d := document{file: file, src: src}
		read(t, &d)
		for _, p := range d.problems {
			d.mustBeIn(t, p.Line, string(p.Kind), p.File, p.Message)
		}
		for _, u := range d.unresolved {
			d.mustBeIn(t, u.Line, "unresolved", u.File, u.Reason, u.Text)
		}
	})
}

// mustBeIn checks that a place lies in the file and that texts are texts.
func (d *document) mustBeIn(t *testing.T, line int, what string, texts ...string) {
	t.Helper()
	if lines := strings.Count(d.src, "\n") + 1; line < 1 || line > lines {
		t.Errorf("%s on line %d of %d", what, line, lines)
	}
	for _, text := range texts {
		if !utf8.ValidString(text) {
			t.Errorf("%s: %q is no text", what, text)
		}
	}
}

func (d *document) itemsMustBeIn(t *testing.T, items []role.Item) {
	t.Helper()
	for _, i := range items {
		d.mustBeIn(t, i.Line, i.String(), i.Name)
	}
}

func checkMetadata(t *testing.T, d *document) {
	c := Cookbook{Name: "c", Line: 1}
	d.metadata(&c)
	d.mustBeIn(t, c.Line, "name", c.Name)
	for _, dep := range c.Depends {
		d.mustBeIn(t, dep.Line, "depends", dep.Cookbook, dep.Constraint)
	}
}

func checkNode(t *testing.T, d *document) {
	n := d.node()
	d.mustBeIn(t, n.Line, "name", n.Name, n.PolicyName, n.PolicyGroup)
	d.mustBeIn(t, n.EnvLine, "environment", n.Environment)
	d.itemsMustBeIn(t, n.RunList)
}

func checkEnvironment(t *testing.T, d *document) {
	e := d.environment()
	d.mustBeIn(t, e.Line, "name", e.Name)
}

func checkPolicy(t *testing.T, d *document) {
	var r reader
	r.policy(d, true)
	for _, p := range r.set.Policies {
		d.mustBeIn(t, p.Line, "name", p.Name)
		d.itemsMustBeIn(t, p.RunList)
		for name, items := range p.Named {
			d.mustBeIn(t, 1, "named run list", name)
			d.itemsMustBeIn(t, items)
		}
	}
}

func FuzzMetadataRuby(f *testing.F) {
	fuzz(f, "metadata.rb", "cookbooks/*/metadata.rb", checkMetadata, "depends", "depends nil, 1", "name :x\ndepends *%w(a b)", "depends 'a', ['> 1', '< 2']", "$A00$-\x80")
}

func FuzzMetadataJSON(f *testing.F) {
	fuzz(f, "metadata.json", "cookbooks/*/metadata.json", checkMetadata, `{"dependencies": []}`, `{"dependencies": {"a": 1}}`, `{"name": null`, "{\"name\": \"\xff\"}")
}

func FuzzRecipe(f *testing.F) {
	fuzz(f, "default.rb", "cookbooks/*/recipes/*.rb", func(t *testing.T, d *document) {
		r := d.recipe("c", "default")
		for _, i := range r.Includes {
			d.mustBeIn(t, i.Line, "include_recipe", i.Recipe)
			if !strings.Contains(i.Recipe, "::") {
				t.Errorf("%q is no whole name", i.Recipe)
			}
		}
	}, "include_recipe", "include_recipe [['a', ['b']], nil, 1, :c]", "def include_recipe(x) include_recipe x end\ninclude_recipe 'a'", "include_recipe(*x, **y, &z)")
}

func FuzzNodeJSON(f *testing.F) {
	fuzz(f, "n.json", "nodes/*.json", checkNode, `{"run_list": "a", "recipes": ["b"]}`, `{"recipes": ["recipe[a]"], "name": 1}`, `{"run_list": [{"type": "role", "name": "a"}, [["b"]]]}`)
}

func FuzzNodeRuby(f *testing.F) {
	fuzz(f, "n.rb", "nodes/*.rb", checkNode, "run_list", "run_list << 'a'", "chef_environment ENV['X']\nrun_list [['a'], 'role[b'] if x", "name __FILE__")
}

func FuzzEnvironmentJSON(f *testing.F) {
	fuzz(f, "e.json", "environments/*.json", checkEnvironment, `{"name": {}}`, `[]`, ``, "{\"\xc1\x91\"")
}

func FuzzEnvironmentRuby(f *testing.F) {
	fuzz(f, "e.rb", "environments/*.rb", checkEnvironment, "name", "name nil", "name \"#{x}\"")
}

func FuzzPolicyfile(f *testing.F) {
	fuzz(f, "Policyfile.rb", "policyfiles/*.rb", checkPolicy, "named_run_list", "named_run_list nil, 1", "named_run_list :a, ['b'], c", "run_list *x")
}

func FuzzPolicyfileLock(f *testing.F) {
	fuzz(f, "Policyfile.lock.json", "policyfiles/*.lock.json", checkPolicy, `{"run_list": {"a": 1}}`, `{"named_run_lists": {"a": "b", "c": null, "d": [1]}}`)
}
