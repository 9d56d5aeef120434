package main

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/converged/converged/graph/check"
)

func TestConfigIsReadAndItsPathsAreItsFolders(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "settings.yaml")
	put(t, file, `# what this repository holds
roles: [roles, /srv/roles]
cookbooks: cookbooks
rules:
  cycle: warning
  unused-role: off
  redundant-item: "error"
max_depth: 4
baseline: ci/known.json
fail_on: warning
`, 0o644)
	got, err := readConfig(file)
	if err != nil {
		t.Fatal(err)
	}
	want := config{
		Roles: []string{filepath.Join(dir, "roles"), "/srv/roles"}, Cookbooks: []string{filepath.Join(dir, "cookbooks")},
		Rules:    map[string]check.Level{"cycle": check.Warning, "unused-role": check.Off, "redundant-item": check.Error},
		MaxDepth: 4, Baseline: filepath.Join(dir, "ci", "known.json"), FailOn: check.Warning,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("read %+v,\nwant %+v", got, want)
	}
}

func TestConfigErrorsNameThePlace(t *testing.T) {
	for text, says := range map[string]string{
		"role: [roles]":                        `:1: unknown key "role": known are baseline, cookbooks,`,
		"max_depth: 3\nmax_depth: 4":           `:2: the key "max_depth" stands there twice`,
		"max_depth: deep":                      ":1: max_depth: expected a number of 1 or more",
		"max_depth: 0":                         ":1: max_depth: expected a number of 1 or more",
		"fail_on: off":                         ":1: fail_on: expected error or warning",
		"fail_on: [error]":                     ":1: fail_on: expected error or warning",
		"rules:\n  cycles: error":              `:2: rules: unknown rule "cycles": known are cycle,`,
		"rules:\n  cycle: fatal":               ":2: rules: cycle: expected off, warning or error",
		"rules:\n  cycle: error\n  cycle: off": `:3: rules: the key "cycle" stands there twice`,
		"rules: [cycle]":                       ":1: rules: expected rules as",
		"roles:\n  - a\n  - [b]":               ":3: roles: expected a path",
		"roles:":                               ":1: roles: expected a path",
		"baseline: 3":                          ":1: baseline: expected a text",
		"- roles":                              ":1: expected settings as",
		"roles: [a":                            ": line 1: did not find expected",
		"roles: a\n---\nroles: b":              ": more than one document",
		"roles: \x00":                          ": control characters are not allowed",
		strings.Repeat("#", maxConfigSize+1):   " is larger than 1024 KiB",
	} {
		file := filepath.Join(t.TempDir(), "c.yaml")
		put(t, file, text, 0o644)
		if _, err := readConfig(file); err == nil || !strings.Contains(err.Error(), file+says) {
			t.Errorf("%.60q: %v, want %q", text, err, says)
		}
	}
}

func TestAnEmptyConfigIsNone(t *testing.T) {
	for _, text := range []string{"", "# nothing\n", "---\n", "~\n"} {
		file := filepath.Join(t.TempDir(), "c.yaml")
		put(t, file, text, 0o644)
		if c, err := readConfig(file); err != nil || !reflect.DeepEqual(c, config{}) {
			t.Errorf("%q: %+v, %v", text, c, err)
		}
	}
}

func TestTheConfigOfTheWorkingDirectory(t *testing.T) {
	t.Chdir(t.TempDir())
	root := newRoot()
	if err := root.ParseFlags(nil); err != nil {
		t.Fatal(err)
	}
	if c, err := configOf(root); err != nil || c.MaxDepth != 0 {
		t.Errorf("no file: %+v, %v", c, err)
	}
	if err := os.WriteFile(configFile, []byte("max_depth: 7\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if c, err := configOf(root); err != nil || c.MaxDepth != 7 {
		t.Errorf("read %+v, %v", c, err)
	}
	if err := root.PersistentFlags().Set("config", "nowhere.yaml"); err != nil {
		t.Fatal(err)
	}
	if _, err := configOf(root); err == nil || !strings.Contains(err.Error(), "nowhere.yaml") {
		t.Errorf("a file that is named must be there: %v", err)
	}
}

// Whatever a configuration holds, it is taken or refused at a place in it.
func FuzzConfig(f *testing.F) {
	for _, text := range []string{"roles: [a, b]\nrules: {cycle: off}\n", "a: &x [1]\nb: *x\n", "rules: &r\n  cycle: *r\n", "<<: {roles: a}\n", "max_depth: 0x7\n", "? [a]\n: b\n", "--- !!str\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var c config
		if err := c.parse([]byte(text)); err != nil {
			if !strings.HasPrefix(err.Error(), ":") {
				t.Errorf("%q: %v does not begin with its place", text, err)
			}
			return
		}
		for name := range c.Rules {
			if _, err := check.Lookup(name); err != nil {
				t.Error(err)
			}
		}
		c.rebase("dir")
	})
}
