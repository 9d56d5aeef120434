package features

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// discovered is what converged discover says of one tool below a root.
type discovered struct {
	Tool    string
	Version string
	Sources []struct{ Path, State string }
}

func discoverAt(t *testing.T, bin, root string) []discovered {
	t.Helper()
	cmd := exec.Command(filepath.Join(bin, "converged"), "discover", "--root", root, "--format", "json")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var found struct{ Tools []discovered }
	if err := json.Unmarshal(out, &found); err != nil {
		t.Fatal(err)
	}
	return found.Tools
}

// rootWith is a root with one file.
func rootWith(t *testing.T, name, text string) string {
	t.Helper()
	root := t.TempDir()
	file := filepath.Join(root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return root
}

// Puppet itself is asked what its settings mean.
func TestDiscoverReadsPuppetsSettingsAsPuppetDoes(t *testing.T) {
	if testing.Short() {
		t.Skip("no daemon runs")
	}
	needsPuppet(t)
	bin := build(t)
	for _, settings := range []string{
		"",
		"[main]\nvardir = /srv/p {owner = root, mode = 0755}\nstatedir = $vardir/runs\n[agent]\nlastrunreport = $statedir/last.yaml\n",
		"[main]\nvardir = /srv/p # no comment\n[user]\nvardir=/srv/u\n",
		"vardir = /srv/nosection\n[main]\nvardir = \"/a\"\nvardir = /b\n[agent]\nlastrunreport = $vardir/x.yaml\n[master]\nvardir = /d\n",
		"[main]\n\tpublicdir = $vardir/pub\n# vardir = /no\n[agent]\nlastrunreport = '$publicdir/${certname}'x\n[agent]\nlastrunreport = /second\n",
		"[agent]\nstatedir = $vardir/$vardir\n",
	} {
		root := rootWith(t, "etc/puppet/puppet.conf", settings)
		cmd := exec.Command("puppet", "config", "print", "lastrunreport", "--section", "agent", "--confdir", filepath.Join(root, "etc/puppet"))
		cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		want := strings.TrimSpace(string(out))
		if strings.HasPrefix(want, os.Getenv("HOME")) { // it is not run as root
			t.Skipf("Puppet keeps reports in %s", want)
		}
		found := discoverAt(t, bin, root)
		if got := found[0].Sources[0].Path; got != want {
			t.Errorf("Puppet says %s, discover %s, of\n%s", want, got, settings)
		}
	}
}

// enabledCallbacks is the line of ansible-config dump that lists them.
var enabledCallbacks = regexp.MustCompile(`(?m)^CALLBACKS_ENABLED\(.*\) = (.*)$`)

// Ansible itself is asked what its settings mean.
func TestDiscoverReadsAnsiblesSettingsAsAnsibleDoes(t *testing.T) {
	if testing.Short() {
		t.Skip("no daemon runs")
	}
	config := filepath.Join(filepath.Dir(ansible(t)), "ansible-config")
	bin := build(t)
	plugins, err := filepath.Abs("../contrib/ansible/callback_plugins/converged_jsonl.py")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(plugins)
	if err != nil {
		t.Fatal(err)
	}
	for _, settings := range []string{
		"callbacks_enabled = timer,\n    converged_jsonl   ; ours\n  , other",
		"callbacks_enabled = timer,\n    converged_jsonl   # not ours",
		"callbacks_enabled:converged_jsonl\ncallback_whitelist=timer",
		"callback_whitelist = converged_jsonl",
		"callbacks_enabled = \"timer\", 'converged_jsonl'",
		"callbacks_enabled = \"timer\", \"converged_jsonl\"",
		"callbacks_enabled = converged_jsonl_too",
		"# callbacks_enabled = converged_jsonl",
	} {
		root := rootWith(t, "etc/ansible/ansible.cfg", "[defaults]\ncallback_plugins = /plugins\n"+settings+"\n")
		if err := os.Mkdir(filepath.Join(root, "plugins"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, "plugins/converged_jsonl.py"), text, 0o644); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(config, "dump", "--only-changed")
		cmd.Env = append(os.Environ(), "ANSIBLE_CONFIG="+filepath.Join(root, "etc/ansible/ansible.cfg"), "ANSIBLE_LOCAL_TEMP="+t.TempDir(), "NO_COLOR=1", "ANSIBLE_NOCOLOR=1")
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		on := false
		if m := enabledCallbacks.FindSubmatch(out); m != nil {
			on = slices.Contains(strings.Split(strings.Trim(string(m[1]), "[]"), ", "), "'converged_jsonl'")
		}
		source := discoverAt(t, bin, root)[0].Sources[0]
		if (source.State == "on") != on {
			t.Errorf("Ansible says %v, discover %s, of\n%s\n%s", on, source.State, settings, out)
		}
	}
}
