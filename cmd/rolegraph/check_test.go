package main

import (
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/converged/converged/graph/check"
)

// circle is a folder with two roles that name each other, one of which names a
// role that is not there.
func circle(t *testing.T) (roles, out string) {
	t.Helper()
	roles, out = t.TempDir(), t.TempDir()
	put(t, filepath.Join(roles, "a.rb"), "run_list 'role[b]'\n", 0o644)
	put(t, filepath.Join(roles, "b.rb"), "run_list 'role[a]', 'role[ghost]', ENV['X']\n", 0o644)
	return roles, out
}

func TestCheckTellsEverythingOnStandardOutput(t *testing.T) {
	roles, _ := circle(t)
	code, stdout, stderr := rolegraph(t, "check", roles)
	want := `error: cycle: role[a] -> role[b] -> role[a] [cycle]
  ROLES/a.rb:1: role[a] names role[b]
  ROLES/b.rb:1: role[b] names role[a]
  to open it, take away 1 edge:
  ROLES/a.rb:1: without: role[a] names role[b]
error: missing role: role[ghost] [missing-role]
  ROLES/b.rb:1: role[b] names role[ghost]
`
	got := strings.ReplaceAll(stdout, roles, "ROLES")
	if code != 1 || !strings.HasPrefix(got, want) || !strings.Contains(got, "ROLES/b.rb:1: warning: unresolved: ") || stderr != "" {
		t.Errorf("exit code %d:\n%s\n%s", code, got, stderr)
	}
	if !strings.HasSuffix(got, "1 cycle, 1 missing role, 0 duplicate names; 2 errors, 1 warning\n") {
		t.Errorf("the summary is not the last of\n%s", got)
	}
}

func TestCheckWritesEveryNotationAndThePicture(t *testing.T) {
	roles, out := circle(t)
	at := func(name string) string { return filepath.Join(out, name) }
	code, stdout, stderr := rolegraph(t, "check", roles, "-o", at("f.json"), "-o", at("f.sarif"), "-o", at("f.xml"), "-o", at("f.github"), "-o", at("f.txt"),
		"-o", at("p.svg"), "-o", at("p.dot"))
	if code != 1 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	isSVG(t, at("p.svg"))
	content := func(name string) string {
		text, err := os.ReadFile(at(name))
		if err != nil {
			t.Error(err)
		}
		return string(text)
	}
	for _, name := range []string{"f.json", "f.sarif"} {
		if !json.Valid([]byte(content(name))) {
			t.Errorf("%s is no JSON", name)
		}
	}
	if err := xml.Unmarshal([]byte(content("f.xml")), new(struct{})); err != nil {
		t.Error(err)
	}
	if !strings.HasPrefix(content("f.github"), "::error file=") || !strings.HasPrefix(content("p.dot"), "digraph") {
		t.Error(content("f.github"), content("p.dot"))
	}
	findings, _, _ := strings.Cut(stdout, "wrote ")
	if text := content("f.txt"); !strings.HasPrefix(text, findings) || strings.Contains(text, "wrote ") {
		t.Errorf("the text file holds\n%s\nand standard output\n%s", text, stdout)
	}
	if !strings.Contains(stdout, "wrote "+at("f.sarif")+": 3 findings\n") {
		t.Errorf("not told: %s", stdout)
	}
}

func TestAFormatAloneGoesToStandardOutput(t *testing.T) {
	roles, _ := circle(t)
	for format, begins := range map[string]string{"json": "{", "sarif": "{", "junit": "<?xml", "github": "::error ", "text": "error: ", "dot": "digraph"} {
		code, stdout, stderr := rolegraph(t, "check", roles, "-f", format)
		if code != 1 || !strings.HasPrefix(stdout, begins) {
			t.Errorf("%s: exit code %d: %.80s", format, code, stdout)
		}
		told := strings.Contains(stderr, "role[ghost]") // beside a picture the findings are told, beside themselves not again
		if summary := strings.Contains(stderr+stdout, "1 cycle, 1 missing role"); !summary || told != (format == "dot") {
			t.Errorf("%s: standard error is %s", format, stderr)
		}
	}
}

func TestWarningsAloneDoNotFail(t *testing.T) {
	roles := t.TempDir()
	put(t, filepath.Join(roles, "a.rb"), "run_list ENV['X']\n", 0o644)
	for _, c := range []struct {
		code int
		args []string
	}{
		{0, nil}, {1, []string{"--strict"}}, {1, []string{"--fail-on", "warning"}}, {0, []string{"--fail-on", "error"}},
		{1, []string{"--rule", "unresolved=error"}}, {0, []string{"--strict", "--rule", "unresolved=off"}},
		{1, []string{"--rule", "unresolved=off", "--rule", "unused-role=error"}},
		{2, []string{"--rule", "unresolved"}}, {2, []string{"--rule", "unresolve=off"}}, {2, []string{"--rule", "unresolved=on"}},
		{2, []string{"--fail-on", "off"}}, {2, []string{"--strict", "--fail-on", "error"}}, {2, []string{"--max-depth", "0"}},
		{2, []string{"--update-baseline"}}, {2, []string{"--baseline", "nowhere.json"}}, {2, []string{"-f", "pdf2"}},
	} {
		if code, stdout, stderr := rolegraph(t, append([]string{"check", roles}, c.args...)...); code != c.code {
			t.Errorf("%v: exit code %d, want %d\n%s%s", c.args, code, c.code, stdout, stderr)
		}
	}
}

func TestTheBaselineIsWrittenReadAndCleared(t *testing.T) {
	roles, out := circle(t)
	file := filepath.Join(out, "known.json")
	steps := []struct {
		change func()
		args   []string
		code   int
		says   string
	}{
		{nil, []string{"--update-baseline"}, 0, "wrote " + file + ": 3 findings, 3 of them new, 0 gone"},
		{nil, nil, 0, "0 cycles, 0 missing roles, 0 duplicate names; 0 errors, 0 warnings, 3 known"},
		{func() { put(t, filepath.Join(roles, "c.rb"), "run_list 'role[c]'\n", 0o644) }, nil, 1, "error: cycle: role[c] -> role[c] [self-reference]"},
		{func() { put(t, filepath.Join(roles, "b.rb"), "run_list 'role[a]'\n", 0o644) }, nil, 1, "no longer found, and still in the baseline: missing-role: role[b] role[ghost]"},
		{nil, []string{"--update-baseline"}, 0, "2 findings, 1 of them new, 2 gone"},
		{nil, nil, 0, "2 known\n"},
	}
	for i, s := range steps {
		if s.change != nil {
			s.change()
		}
		code, stdout, stderr := rolegraph(t, append([]string{"check", roles, "--baseline", file}, s.args...)...)
		if code != s.code || !strings.Contains(stdout+stderr, s.says) {
			t.Errorf("step %d: exit code %d, want %d and %q\n%s%s", i, code, s.code, s.says, stdout, stderr)
		}
	}
	put(t, file, "{]", 0o644)
	if code, _, stderr := rolegraph(t, "check", roles, "--baseline", file); code != 2 || !strings.Contains(stderr, file+": line 1: it is no baseline") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	if code, _, _ := rolegraph(t, "check", roles, "--baseline", filepath.Join(out, "no", "where.json"), "--update-baseline"); code != 2 {
		t.Errorf("exit code %d", code)
	}
}

func TestTheConfigurationIsTaken(t *testing.T) {
	roles, out := circle(t)
	config := filepath.Join(out, "rolegraph.yaml")
	put(t, config, "roles: ["+roles+"]\nrules:\n  cycle: off\n  missing-role: warning\nbaseline: known.json\n", 0o644)
	put(t, filepath.Join(out, "known.json"), `{"version": 1, "findings": []}`, 0o644)
	if code, stdout, stderr := rolegraph(t, "check", "--config", config); code != 0 || !strings.Contains(stdout, "0 cycles, 1 missing role") {
		t.Errorf("exit code %d:\n%s%s", code, stdout, stderr)
	}
	if code, stdout, stderr := rolegraph(t, "check", "--config", config, "--rule", "cycle=error"); code != 1 {
		t.Errorf("a flag goes before it: exit code %d:\n%s%s", code, stdout, stderr)
	}
	put(t, config, "fail_on: warning\nmax_depth: 1\nrules: {cycle: off, missing-role: off, unresolved: off}\n", 0o644)
	if code, stdout, _ := rolegraph(t, "check", roles, "--config", config); code != 1 || !strings.Contains(stdout, "warning: deep run list: role[a] nests roles 3 deep, and 1 is the most") {
		t.Errorf("exit code %d:\n%s", code, stdout)
	}
	put(t, config, "rule: {}\n", 0o644)
	if code, _, stderr := rolegraph(t, "check", roles, "--config", config); code != 2 || !strings.Contains(stderr, config+`:1: unknown key "rule"`) {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}

func TestRulesAreListedAtTheirLevels(t *testing.T) {
	code, stdout, _ := rolegraph(t, "check", "--list-rules", "--rule", "cycle=warning")
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	if code != 0 || len(lines) != len(check.Rules()) || !strings.HasPrefix(lines[0], "cycle                      warning  roles, recipes") {
		t.Errorf("exit code %d:\n%s", code, stdout)
	}
}

func TestRulesAreCompleted(t *testing.T) {
	names, directive := completeRules(nil, nil, "missing-r")
	if len(names) != 2 || !strings.HasPrefix(names[0], "missing-role=\t") || directive&cobra.ShellCompDirectiveNoSpace == 0 {
		t.Errorf("%q, %d", names, directive)
	}
	if levels, _ := completeRules(nil, nil, "cycle="); strings.Join(levels, " ") != "cycle=off cycle=warning cycle=error" {
		t.Errorf("%q", levels)
	}
}

func TestAnUnreadableFileStillEndsWithTwo(t *testing.T) {
	roles, out := circle(t)
	put(t, filepath.Join(roles, "bad.rb"), "run_list 'a',\n", 0o644)
	file := filepath.Join(out, "known.json")
	for _, args := range [][]string{{"--rule", "syntax-error=off"}, {"--baseline", file, "--update-baseline"}, {"--baseline", file}} {
		if code, stdout, stderr := rolegraph(t, append([]string{"check", roles}, args...)...); code != 2 {
			t.Errorf("%v: exit code %d\n%s%s", args, code, stdout, stderr)
		}
	}
}
