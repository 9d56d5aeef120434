package features

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/cucumber/godog"
)

func registerAnsible(sc *godog.ScenarioContext, w *world) {
	sc.Step(`^the daemon watches Ansible's documents and events$`, func() error {
		config := "state_dir: DIR/state\nwatch: {empty_after: 500ms}\nsources:\n" +
			"  - {format: ansible-json, path: DIR/reports}\n  - {format: ansible-jsonl, path: DIR/events*.jsonl}\n" +
			"reporters:\n  - {type: dogstatsd, address: 'unix://" + w.socket() + "'}\n"
		if err := os.Mkdir(w.path("reports"), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(w.path("converged.yaml"), []byte(strings.ReplaceAll(config, "DIR", w.dir)), 0o600); err != nil {
			return err
		}
		return w.startDaemon()
	})
	sc.Step(`^Ansible's standard output of "([^"]+)" is left in a file$`, func(sample string) error {
		return w.ansibleWrites(sample, "stdout.json", "reports/"+sample+".log", "Using /etc/ansible/ansible.cfg as config file\n", 0)
	})
	sc.Step(`^Ansible appends the events of "([^"]+)" to "([^"]+)"$`, func(sample, file string) error {
		return w.ansibleWrites(sample, "stdout.jsonl", file, "", 0)
	})
	sc.Step(`^Ansible is killed while it appends the events of "([^"]+)" to "([^"]+)"$`, func(sample, file string) error {
		return w.ansibleWrites(sample, "stdout.jsonl", file, "", 400)
	})
}

// ansibleWrites appends a sample to a file, less its last bytes.
func (w *world) ansibleWrites(sample, of, file, before string, without int) error {
	text, err := os.ReadFile(filepath.Join(w.samples, "ansible", sample, of))
	if err != nil {
		return err
	}
	f, err := os.OpenFile(w.path(file), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.WriteString(before + string(text[:len(text)-without]))
	return err
}

// ansible is the path of ansible-playbook; without one the test is skipped, but
// fails where CI is set, whose .ci/install brings it.
func ansible(t *testing.T) string {
	t.Helper()
	found, err := exec.LookPath("ansible-playbook")
	if err == nil {
		return found
	}
	if os.Getenv("CI") != "" {
		t.Fatal("no ansible-playbook on PATH: .ci/install installs ansible-core")
	}
	t.Skip("no ansible-playbook on PATH: install ansible-core to test the callback plugin with it")
	return ""
}

// pythonOf is the line of ansible-playbook --version that names its interpreter.
var pythonOf = regexp.MustCompile(`python version = .*\(([^()]+)\)`)

// readsThePlugin tells the go tool, which reuses a result while the files that a
// test looks at stay the same, of those that only Python reads.
func readsThePlugin(t *testing.T) {
	t.Helper()
	for _, file := range []string{"callback_plugins/converged_jsonl.py", "tests/test_converged_jsonl.py"} {
		if _, err := os.ReadFile(filepath.Join("..", "contrib", "ansible", file)); err != nil {
			t.Fatal(err)
		}
	}
}

// python is the interpreter that Ansible itself runs in.
func python(t *testing.T) string {
	t.Helper()
	found, err := pythonBy(ansible(t))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// interpreters are what pythonBy has found: to ask costs as much as a playbook.
var interpreters sync.Map

func pythonBy(ansible string) (string, error) {
	if found, ok := interpreters.Load(ansible); ok {
		return found.(string), nil
	}
	version, err := exec.Command(ansible, "--version").Output()
	if err != nil {
		return "", err
	}
	found := "python3"
	if m := pythonOf.FindSubmatch(version); m != nil {
		found = string(m[1])
	}
	interpreters.Store(ansible, found)
	return found, nil
}

func TestTheCallbackPluginsOwnTests(t *testing.T) {
	readsThePlugin(t)
	cmd := exec.Command(python(t), "-m", "unittest", "discover", "-s", "../contrib/ansible/tests")
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "ANSIBLE_LOCAL_TEMP="+t.TempDir())
	if out, err := cmd.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("\nOK")) {
		t.Fatalf("%v\n%s", err, out)
	}
}

// play runs the playbook of testdata with the callback plugin, and says how it exited.
func play(t *testing.T, events string, args ...string) (exit int, out string) {
	t.Helper()
	return played(t, playbook(t, events, "site.yml", args...))
}

// told is what a run of converged inspect says of a host.
type told struct {
	ID, Host, Status, Phase, Playbook string
	Version                           string `json:"tool_version"`
	Noop                              *bool
	Roles, Plays                      []string
	Resources                         map[string]int
	Failure                           struct{ Message, Resource, File, Phase string }
	Rows                              []struct{ Name, Status string } `json:"resource_list"`
}

func inspect(t *testing.T, file string) map[string]told {
	t.Helper()
	out, err := exec.Command(filepath.Join(build(t), "converged"), "inspect", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	runs := map[string]told{}
	for line := range strings.Lines(string(out)) {
		var r told
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		runs[r.Host] = r
	}
	return runs
}

// reportOfSite wants a report of site.yml that says how each of its hosts went,
// and nothing that is secret.
func reportOfSite(t *testing.T, events string) {
	t.Helper()
	text, err := os.ReadFile(events)
	if err != nil || bytes.Contains(text, []byte("CANARY")) {
		t.Fatalf("a secret is in the events, or %v:\n%s", err, text)
	}
	runs := inspect(t, events)
	if len(runs) != 3 {
		t.Fatalf("%+v", runs)
	}
	good, bad, dead := runs["good"], runs["bad"], runs["dead"]
	if good.Status != "success" || good.Resources["updated"] == 0 || good.Resources["ignored"] != 3 || good.Resources["rescued"] != 1 || good.Resources["failed"] != 0 {
		t.Errorf("%+v", good)
	}
	if bad.Status != "failure" || bad.Failure.Message != "the disk is too small" || bad.Failure.Resource != "ansible.builtin.fail[the failure that counts]" ||
		filepath.Base(bad.Failure.File) != "site.yml" || bad.Resources["failed"] != 1 || bad.Resources["ignored"] != 3 {
		t.Errorf("%+v", bad)
	}
	if dead.Status != "failure" || dead.Failure.Phase != "setup" || dead.Resources["unreachable"] != 1 || dead.Failure.Message == "" {
		t.Errorf("%+v", dead)
	}
	for _, r := range runs {
		if r.Playbook != "site.yml" || r.Version == "" || r.Noop == nil || *r.Noop || r.Phase != "finished" || strings.Join(r.Roles, " ") != "web" {
			t.Errorf("%+v", r)
		}
	}
}

func TestARealPlaybookInCheckMode(t *testing.T) {
	if testing.Short() {
		t.Skip("no daemon runs")
	}
	events := filepath.Join(t.TempDir(), "events.jsonl")
	if exit, out := play(t, events, "--check", "--limit", "good"); exit != 0 {
		t.Fatalf("exit %d: %s", exit, out)
	}
	r := inspect(t, events)["good"]
	if r.Status != "success" || r.Noop == nil || !*r.Noop || r.Resources["pending"] == 0 || r.Resources["updated"] != 0 {
		t.Errorf("%+v", r)
	}
}
