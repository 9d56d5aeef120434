package main

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

// A role's name is one word of a line, whoever wrote it.
func TestCheckPrintsHostileNames(t *testing.T) {
	roles := t.TempDir()
	put(t, filepath.Join(roles, "a.json"), `{"name": "a", "run_list": ["role[x\u001b[2J]", "role[y\u2028::error::]"]}`, 0o644)
	_, stdout, stderr := rolegraph(t, "check", roles)
	if strings.ContainsAny(stdout+stderr, "\x1b\u2028") {
		t.Errorf("printed raw: %q %q", stdout, stderr)
	}
	if !strings.Contains(stdout, `missing role: role[y\u2028::error::]`) {
		t.Errorf("not told: %q", stdout)
	}
}

// full is a stream of which some is written, and then no more.
type full struct{ left int }

func (f *full) Write(text []byte) (int, error) {
	if f.left -= len(text); f.left < 0 {
		return 0, errors.New("no space left on device")
	}
	return len(text), nil
}

// Whoever reads half an answer must not take it for all of it.
func TestAFullDiskIsTold(t *testing.T) {
	old, roles := folder(t, map[string]string{"a.rb": "run_list 'recipe[a]'"}), folder(t, map[string]string{"b.rb": "run_list 'recipe[b]'"})
	for _, args := range [][]string{
		{"check", roles}, {"check", roles, "-f", "text"}, {"check", roles, "-f", "json"}, {"check", "--list-rules"}, {"diff", old, roles},
		{"diff", old, roles, "-f", "json"}, {"tree", roles}, {"expand", "b", roles}, {"why", "b", "recipe[b]", roles}, {"impact", "recipe[b]", roles},
		{"stats", roles}, {"render", roles, "-f", "dot", "-o", "-"}, {"render", roles, "-o", filepath.Join(old, "x.dot")}, {"--help"},
	} {
		var stderr bytes.Buffer
		code := run(args, &full{left: 10}, &stderr)
		if code != 2 || strings.Count(stderr.String(), "standard output: ") != 1 || !strings.Contains(stderr.String(), "no space left") {
			t.Errorf("%v: exit code %d: %s", args, code, stderr.String())
		}
	}
}

// A name of an environment that nothing knows is a slip of the pen in any command.
func TestAnUnknownEnvironmentIsTold(t *testing.T) {
	roles := folder(t, map[string]string{"a.rb": "env_run_lists '_default' => ['recipe[a]'], 'prod' => []", "b.rb": "run_list 'role[a]'"})
	for _, args := range [][]string{
		{"check", roles}, {"diff", roles, roles}, {"diff", roles, roles, "--focus", "a"}, {"tree", roles}, {"expand", "b", roles},
		{"why", "b", "a", roles}, {"impact", "a", roles}, {"render", roles, "-f", "dot", "-o", "-"},
	} {
		for env, want := range map[string]int{"prod": 0, "_default": 0, "prdo": 1} {
			_, _, stderr := rolegraph(t, append(args, "--env", env)...)
			if got := strings.Count(stderr, "no role has a run list for environment "+env); got != want {
				t.Errorf("%v in %s: told %d times: %s", args, env, got, stderr)
			}
			if like := "(prod have one; did you mean prod?)"; strings.Contains(stderr, like) != (want > 0) {
				t.Errorf("%v in %s: %s", args, env, stderr)
			}
		}
	}
}
