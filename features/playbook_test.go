package features

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// playbook is a command that plays a playbook of testdata with the callback
// plugin, which leaves its events in a file.
func playbook(t *testing.T, events, file string, args ...string) *exec.Cmd {
	t.Helper()
	readsThePlugin(t)
	dir := t.TempDir()
	plugins, err := filepath.Abs("../contrib/ansible/callback_plugins")
	if err != nil {
		t.Fatal(err)
	}
	args = append([]string{"-i", "inventory", file, "-e", "output=" + dir, "-e", "ansible_python_interpreter=" + python(t)}, args...)
	cmd := exec.Command(ansible(t), args...)
	cmd.Dir = filepath.Join("..", "testdata", "ansible", "playbook")
	cmd.Env = append(os.Environ(), "ANSIBLE_CALLBACK_PLUGINS="+plugins, "ANSIBLE_CALLBACKS_ENABLED=converged_jsonl",
		"CONVERGED_JSONL_PATH="+events, "ANSIBLE_HOME="+dir, "ANSIBLE_LOCAL_TEMP="+dir, "PYTHONDONTWRITEBYTECODE=1", "LC_ALL=C.UTF-8", "ANSIBLE_PIPELINING=true")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // as a terminal has it
	return cmd
}

// played runs a command, and says how it exited and what it said.
func played(t *testing.T, cmd *exec.Cmd) (exit int, out string) {
	t.Helper()
	text, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(text)
}

// waiting is a playbook that is held up in the middle, until it is let go.
type waiting struct {
	cmd  *exec.Cmd
	out  *bytes.Buffer
	gate *os.File
}

// waits starts a playbook and returns when it is in the middle: its task has
// opened the pipe that holds it up.
func waits(t *testing.T, events string) *waiting {
	t.Helper()
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	w := &waiting{cmd: playbook(t, events, "wait.yml", "-e", "pipe="+pipe), out: &bytes.Buffer{}}
	w.cmd.Stdout, w.cmd.Stderr = w.out, w.out
	if err := w.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ctx, opened := context.WithTimeout(t.Context(), 5*patience)
	defer opened()
	context.AfterFunc(ctx, func() { // a playbook that never gets there must not hold up the test
		if ctx.Err() == context.DeadlineExceeded {
			_ = syscall.Kill(-w.cmd.Process.Pid, syscall.SIGKILL)
			if f, err := os.OpenFile(pipe, os.O_RDWR|syscall.O_NONBLOCK, 0); err == nil {
				defer f.Close()
			}
		}
	})
	gate, err := os.OpenFile(pipe, os.O_WRONLY, 0)
	if err != nil || ctx.Err() != nil {
		t.Fatalf("%v %v: %s", err, ctx.Err(), w.out)
	}
	w.gate = gate
	t.Cleanup(func() { _ = gate.Close() })
	return w
}

// goesOn lets the playbook come to its end, and says how it exited.
func (w *waiting) goesOn() int {
	_ = w.gate.Close()
	_ = w.cmd.Wait()
	return w.cmd.ProcessState.ExitCode()
}

// watches starts the daemon on every file of events of a folder, and an Agent.
func watches(t *testing.T, bin string) (w *world, events string) {
	t.Helper()
	ansible(t)
	dir, err := os.MkdirTemp("", "playbook-") // a socket's path is short, and a test's name no path
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	w = &world{bin: bin, dir: dir}
	config := strings.ReplaceAll("state_dir: DIR/state\nsources:\n  - {format: ansible-jsonl, path: DIR/events*.jsonl}\n"+
		"  - {format: ansible-jsonl, path: DIR/events-of/*.jsonl}\n"+
		"reporters:\n  - {type: dogstatsd, address: 'unix://DIR/dsd.socket'}\n", "DIR", w.dir)
	if err := os.WriteFile(w.path("converged.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := w.agentListens(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.agent.close)
	if err := w.startDaemon(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.daemon.kill()
		if t.Failed() {
			t.Logf("the daemon said:\n%s", w.daemon.stderr.String())
		}
	})
	return w, w.path("events.jsonl")
}

// sent fails the test unless the Agent gets a line that begins and goes on so.
func (w *world) sent(t *testing.T, prefix string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if err := w.agent.wait(prefix, text); err != nil {
			t.Errorf("no %q with %q: %v", prefix, text, err)
		}
	}
}

func TestPlaybooksThroughTheRunningDaemon(t *testing.T) {
	bin := build(t)
	for name, test := range map[string]func(*testing.T, *world, string){
		"changed, failed and unreachable": changedFailedUnreachable,
		"several plays":                   severalPlays,
		"a module that raises":            moduleRaises,
		"two at once":                     twoAtOnce,
		"renamed in the middle":           renamedInTheMiddle,
		"truncated in the middle":         truncatedInTheMiddle,
		"rotated by the plugin":           rotatedByThePlugin,
		"killed, and begun anew":          killedAndBegunAnew,
	} {
		t.Run(name, func(t *testing.T) {
			w, events := watches(t, bin)
			test(t, w, events)
		})
	}
}

func (w *world) receives(t *testing.T, runs int) {
	t.Helper()
	if err := w.agentReceivesRuns(runs); err != nil {
		t.Fatal(err)
	}
}

func changedFailedUnreachable(t *testing.T, w *world, _ string) {
	events := w.path("events-of/site.jsonl") // a folder that is not there yet
	if exit, out := played(t, playbook(t, events, "site.yml", "--diff")); exit != 2 && exit != 4 || strings.Contains(out, "converged_jsonl") {
		t.Fatalf("exit %d: %s", exit, out)
	}
	reportOfSite(t, events)
	w.receives(t, 3)
	w.sent(t, "configrun.runs:1|c|#host:good,tool:ansible,playbook:site.yml,role:web,status:success")
	w.sent(t, "configrun.resources.updated:5|g|#host:good,")
	w.sent(t, "ansible.task.ignored:3|g|#host:good,")
	w.sent(t, "_sc|configrun.status|0|", "|h:good|")
	w.sent(t, "configrun.runs:1|c|#host:bad,tool:ansible,playbook:site.yml,role:web,status:failure")
	w.sent(t, "configrun.resources.failed:1|g|#host:bad,")
	w.sent(t, "_sc|configrun.status|2|", "|h:bad|", "m:the disk is too small")
	w.sent(t, "_e{", "ansible failed on bad after", `Failed resource: ansible.builtin.fail[the failure that counts] at `)
	w.sent(t, "ansible.task.unreachable:1|g|#host:dead,")
	w.sent(t, "_e{", "s: unreachable|Failed to connect to the host via ssh")
	if all := strings.Join(w.agent.lines, "\n"); strings.Contains(all, "CANARY") {
		t.Errorf("a secret was sent:\n%s", all)
	}
}

func severalPlays(t *testing.T, w *world, events string) {
	if exit, out := played(t, playbook(t, events, "plays.yml")); exit != 2 {
		t.Fatalf("exit %d: %s", exit, out)
	}
	w.receives(t, 2)
	w.sent(t, "configrun.runs:1|c|#host:good,tool:ansible,playbook:plays.yml,role:web,status:success")
	w.sent(t, "_e{", `ansible failed on bad`, `non-zero return code\nno room for two\n\nFailed resource: ansible.builtin.shell[a loop of which one fails]`)
	if all := strings.Join(w.agent.lines, "\n"); strings.Contains(all, "CANARY") {
		t.Errorf("a secret was sent:\n%s", all)
	}
	runs := inspect(t, events)
	if got := strings.Join(runs["good"].Plays, "|"); got != "First play|Second : pläy" {
		t.Errorf("plays of good: %s", got)
	}
	if got := strings.Join(runs["bad"].Plays, "|"); got != "First play|Third play" {
		t.Errorf("plays of bad: %s", got)
	}
}

func moduleRaises(t *testing.T, w *world, events string) {
	if exit, out := played(t, playbook(t, events, "crash.yml")); exit != 2 {
		t.Fatalf("exit %d: %s", exit, out)
	}
	w.receives(t, 1)
	w.sent(t, "_e{", "the disk is gone", "Failed resource: crash[a module that raises]")
	w.sent(t, "_sc|configrun.status|2|", "the disk is gone")
}

func twoAtOnce(t *testing.T, w *world, events string) {
	first := waits(t, events)
	second := waits(t, events)
	if a, b := first.goesOn(), second.goesOn(); a != 0 || b != 0 {
		t.Fatalf("exit %d and %d: %s%s", a, b, first.out, second.out)
	}
	w.receives(t, 2)
	for _, file := range []string{events, strings.TrimSuffix(events, ".jsonl") + "-2.jsonl"} {
		if r := inspect(t, file)["good"]; r.Phase != "finished" || r.Resources["total"] != 3 || r.Resources["updated"] != 1 || len(r.Rows) != 3 {
			t.Errorf("%s: %+v", file, r)
		}
	}
}

// renamedInTheMiddle is logrotate as it is by default: Ansible writes on to the
// file that it has open, and the next playbook to a new one.
func renamedInTheMiddle(t *testing.T, w *world, events string) {
	held := waits(t, events)
	if err := os.Rename(events, events+".1"); err != nil {
		t.Fatal(err)
	}
	if exit := held.goesOn(); exit != 0 {
		t.Fatalf("exit %d: %s", exit, held.out)
	}
	w.receives(t, 1)
	w.sent(t, "configrun.resources.total:3|g|#host:good,")
	w.sent(t, "configrun.duration:")
	if exit, out := played(t, playbook(t, events, "quiet.yml")); exit != 0 {
		t.Fatalf("exit %d: %s", exit, out)
	}
	w.receives(t, 2)
	if r := inspect(t, events)["good"]; r.Playbook != "quiet.yml" || r.Phase != "finished" {
		t.Errorf("%+v", r)
	}
}

// truncatedInTheMiddle is logrotate's copytruncate: what was written of the run
// is in the copy, yet how it went is told, and the next run in full.
func truncatedInTheMiddle(t *testing.T, w *world, events string) {
	held := waits(t, events)
	if err := os.Truncate(events, 0); err != nil {
		t.Fatal(err)
	}
	if exit := held.goesOn(); exit != 0 {
		t.Fatalf("exit %d: %s", exit, held.out)
	}
	w.receives(t, 1)
	w.sent(t, "configrun.resources.total:3|g|#host:good,")
	if exit, out := played(t, playbook(t, events, "quiet.yml")); exit != 0 {
		t.Fatalf("exit %d: %s", exit, out)
	}
	w.receives(t, 2)
	w.sent(t, "configrun.duration:", "playbook:quiet.yml")
}

func rotatedByThePlugin(t *testing.T, w *world, events string) {
	for n := 1; n <= 3; n++ {
		cmd := playbook(t, events, "quiet.yml")
		cmd.Env = append(cmd.Env, "CONVERGED_JSONL_MAX_BYTES=1", "CONVERGED_JSONL_BACKUPS=1")
		if exit, out := played(t, cmd); exit != 0 {
			t.Fatalf("exit %d: %s", exit, out)
		}
		w.receives(t, n)
	}
	if files, err := filepath.Glob(events + "*"); err != nil || len(files) != 2 {
		t.Errorf("%v, %v", files, err)
	}
}

func killedAndBegunAnew(t *testing.T, w *world, events string) {
	held := waits(t, events)
	if err := syscall.Kill(-held.cmd.Process.Pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	held.goesOn()
	if exit := waits(t, events).goesOn(); exit != 0 {
		t.Fatalf("exit %d", exit)
	}
	w.receives(t, 2)
	w.sent(t, "configrun.runs:1|c|#host:good,tool:ansible,playbook:wait.yml,status:unknown")
	w.sent(t, "configrun.runs:1|c|#host:good,tool:ansible,playbook:wait.yml,status:success")
	w.sent(t, "_sc|configrun.status|3|", "|h:good|")
}

func TestAPlaybookThatIsKilledIsAnUnfinishedRun(t *testing.T) {
	if testing.Short() {
		t.Skip("no daemon runs")
	}
	for name, signal := range map[string]syscall.Signal{"kill -9": syscall.SIGKILL, "Ctrl-C": syscall.SIGINT} {
		t.Run(name, func(t *testing.T) {
			events := filepath.Join(t.TempDir(), "events.jsonl")
			held := waits(t, events)
			if err := syscall.Kill(-held.cmd.Process.Pid, signal); err != nil {
				t.Fatal(err)
			}
			if exit := held.goesOn(); exit == 0 {
				t.Fatalf("it was not killed: %s", held.out)
			}
			if r := inspect(t, events)["good"]; r.Phase != "started" || r.Status != "" || len(r.Rows) == 0 {
				t.Errorf("%+v", r)
			}
			if exit, out := played(t, playbook(t, events, "quiet.yml")); exit != 0 {
				t.Fatalf("exit %d: %s", exit, out)
			}
			if files, err := filepath.Glob(events + "*"); err != nil || len(files) != 1 {
				t.Errorf("%v, %v", files, err)
			}
		})
	}
}

// TestAPlaybookDoesNotMindWhatItsReportMeets is of paths and disks that cannot
// be written to: the play is as it would be, and the user is told once.
func TestAPlaybookDoesNotMindWhatItsReportMeets(t *testing.T) {
	if testing.Short() {
		t.Skip("no daemon runs")
	}
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ path, want string }{
		"below a file": {"/dev/null/events.jsonl", "/dev/null"},
		"a directory":  {dir, "Is a directory"},
		"a pipe":       {pipe, "is no regular file"},
		"a device":     {"/dev/full", "is no regular file"},
		"a full disk":  {filepath.Join(dir, "full.jsonl"), "no whole report in " + filepath.Join(dir, "full.jsonl") + ": [Errno 27] File too large"},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := playbook(t, c.path, "quiet.yml")
			if name == "a full disk" { // as near as a process without a disk of its own gets
				cmd.Args = append([]string{"sh", "-c", `ulimit -f 2; exec "$@"`, "sh"}, append([]string{cmd.Path}, cmd.Args[1:]...)...)
				cmd.Path = "/bin/sh"
			}
			exit, out := played(t, cmd)
			told := strings.Join(strings.Fields(out), " ") // Ansible wraps its warnings
			if exit != 0 || strings.Count(told, "this run leaves no whole report") != 1 || !strings.Contains(told, c.want) || !strings.Contains(told, "the play has ended") {
				t.Errorf("exit %d: %s", exit, out)
			}
		})
	}
}
