package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/converged/converged/daemon/discover"
)

// tell runs the program, with nothing on standard input.
func tell(t *testing.T, args ...string) (exit int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	exit = run(t.Context(), args, streams{strings.NewReader(""), &out, &err})
	return exit, out.String(), err.String()
}

// What is printed for a node is good, to the program's own mind.
func TestWhatIsDiscoveredIsAGoodConfiguration(t *testing.T) {
	trees, err := filepath.Glob("../../testdata/discover/*/root")
	if err != nil || len(trees) < 10 {
		t.Fatalf("%d trees, %v", len(trees), err)
	}
	for _, tree := range trees {
		exit, stdout, stderr := tell(t, "discover", "--root", tree)
		if exit != 0 || stderr == "" {
			t.Errorf("%s: exit %d: %s", tree, exit, stderr)
		}
		config := filepath.Join(t.TempDir(), "converged.yaml")
		if err := os.WriteFile(config, []byte(stdout), 0o600); err != nil {
			t.Fatal(err)
		}
		if exit, said, complaint := tell(t, "config", "check", "--config", config); exit != 0 || !strings.Contains(said, "the configuration is good") {
			t.Errorf("%s: exit %d: %s%s", tree, exit, said, complaint)
		}
	}
}

// The lines that are commented out are good, too, once they are not.
func TestAlternativesAreGoodConfigurations(t *testing.T) {
	_, stdout, _ := tell(t, "discover", "--root", "../../testdata/discover/cinc-off/root")
	key := filepath.Join(t.TempDir(), "dd_api_key")
	config := filepath.Join(filepath.Dir(key), "converged.yaml")
	text := strings.ReplaceAll(stdout, "  # - ", "  - ")
	text = strings.ReplaceAll(text, "  #   ", "    ")
	text = strings.ReplaceAll(text, "/etc/converged/dd_api_key", key)
	for file, content := range map[string]string{key: "0123456789abcdef0123456789abcdef", config: text} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	exit, said, complaint := tell(t, "config", "check", "--config", config)
	if exit != 0 || !strings.Contains(said, "2 sources, 2 reporters") {
		t.Errorf("exit %d: %s%s of\n%s", exit, said, complaint, text)
	}
}

func TestDiscoverTellsAPersonWhatToDo(t *testing.T) {
	tree, own := t.TempDir(), "root/.ansible.cfg" // of an image, root's own settings count
	if err := os.CopyFS(tree, os.DirFS("../../testdata/discover/ansible-off/root")); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(tree, "srv", "operator"), filepath.Join(tree, filepath.Dir(own))); err != nil {
		t.Fatal(err)
	}
	_, _, stderr := tell(t, "discover", "--root", tree)
	for _, want := range []string{
		"ansible is here: /" + own + ", ",
		"not switched on: ansible-jsonl /var/log/ansible/events*.jsonl",
		"switch on, in /" + own + ":\n      [defaults]\n      callback_plugins = /srv/plugins:/usr/share/converged/ansible/callback_plugins\n      callback_whitelist = timer, profile_tasks, converged_jsonl\n",
		"trap: nothing is written by itself",
		"runs are printed: no Datadog Agent was found",
	} {
		if !strings.Contains(stderr, want) {
			t.Errorf("%q is not in\n%s", want, stderr)
		}
	}
	_, _, stderr = tell(t, "discover", "--root", "../../testdata/discover/chef-handler/root")
	if !strings.Contains(stderr, "2 files, the newest written ") || !strings.Contains(stderr, " ago, which this user can read") {
		t.Errorf("the reports are not counted in\n%s", stderr)
	}
}

func TestDiscoverTellsAMachineEverything(t *testing.T) {
	exit, stdout, stderr := tell(t, "discover", "--root", "../../testdata/discover/all/root", "-f", "json")
	var f discover.Findings
	if err := json.Unmarshal([]byte(stdout), &f); err != nil || exit != 0 || stderr != "" {
		t.Fatalf("exit %d, %v: %s", exit, err, stderr)
	}
	if len(f.Tools) != 4 || f.Tools[0].Sources[0].Files != 2 || f.Tools[0].Sources[0].Newest == nil || f.Agent.Address != "127.0.0.1:8126" {
		t.Errorf("%+v", f)
	}
}

func TestDiscoverWhereNothingIs(t *testing.T) {
	dir := t.TempDir()
	exit, stdout, stderr := tell(t, "discover", "--root", dir)
	if exit != 1 || stdout != "" || !strings.Contains(stderr, "no tool was found below "+dir+"; looked for /etc/chef/client.rb, ") {
		t.Errorf("exit %d: %q %q", exit, stdout, stderr)
	}
	for _, args := range [][]string{
		{"discover", "--root", filepath.Join(dir, "absent")},
		{"discover", "--root", dir, "--user", "nobody-at-all"},
		{"discover", "--format", "xml"},
		{"discover", "more"},
	} {
		if exit, stdout, stderr := tell(t, args...); exit != 2 || stdout != "" || stderr == "" {
			t.Errorf("%v: exit %d: %q %q", args, exit, stdout, stderr)
		}
	}
}
