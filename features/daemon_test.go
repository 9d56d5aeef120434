package features

import (
	"bytes"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/cucumber/godog"

	"github.com/converged/converged/features/rig"
)

func registerDaemon(sc *godog.ScenarioContext, w *world) {
	sc.Step(`^the daemon watches Chef's reports$`, func() error { return w.startWatching(false) })
	sc.Step(`^the daemon watches Chef's reports and the data collector's file$`, func() error { return w.startWatching(true) })
	sc.Step(`^the Agent takes nothing that is older than an hour$`, func() {
		w.limits = ", max_age: {metrics: 1h, events: 1h, service_checks: 1h}"
	})
	sc.Step(`^Chef leaves the report "([^"]+)"$`, w.chefLeaves)
	sc.Step(`^Chef leaves a report that says "(.+)"$`, func(text string) error {
		return w.writeAsChef([]byte(strings.ReplaceAll(text, `\"`, `"`)))
	})
	sc.Step(`^the data collector writes the lines of "([^"]+)"$`, w.collectorWrites)
	sc.Step(`^the daemon says "([^"]+)"$`, func(text string) error {
		return eventually("the daemon says "+text, func() bool { return strings.Contains(w.daemon.stderr.String(), text) })
	})
	sc.Step(`^(\d+) runs? waits? on disk$`, w.runsWait)
	sc.Step(`^the daemon is stopped$`, func() error { return w.daemon.stop() })
	sc.Step(`^the daemon is started again$`, w.startDaemon)
	sc.Step(`^the daemon is killed and started again$`, func() error { w.daemon.kill(); return w.startDaemon() })
}

// daemon is a running converged.
type daemon struct {
	cmd    *exec.Cmd
	stderr *rig.Transcript
	exited chan struct{} // closed when it has ended
}

func (w *world) startWatching(collector bool) error {
	config := fmt.Sprintf("state_dir: %[1]s/state\nwatch: {empty_after: 3s}\nsources:\n  - {format: chef-report, path: %[1]s/reports}\n", w.dir)
	if collector {
		config += fmt.Sprintf("  - {format: chef-collector, path: %s/collector.json}\n", w.dir)
	}
	config += fmt.Sprintf("reporters:\n  - {type: dogstatsd, address: 'unix://%s'%s}\n", w.socket(), w.limits)
	if err := os.Mkdir(w.path("reports"), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(w.path("converged.yaml"), []byte(config), 0o600); err != nil {
		return err
	}
	return w.startDaemon()
}

// startDaemon starts converged and waits until it says that it is ready.
func (w *world) startDaemon() error {
	socket := w.path("notify.socket")
	_ = os.Remove(socket)
	ready, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		return err
	}
	defer ready.Close()
	d := &daemon{cmd: exec.Command(filepath.Join(w.bin, "converged"), "run", "--config", w.path("converged.yaml")),
		stderr: &rig.Transcript{}, exited: make(chan struct{})}
	d.cmd.Env = append(os.Environ(), "NOTIFY_SOCKET="+socket)
	d.cmd.Stderr = d.stderr
	if err := d.cmd.Start(); err != nil {
		return err
	}
	go func() {
		_ = d.cmd.Wait() // the state says how it ended
		close(d.exited)
	}()
	w.daemon = d
	if err := ready.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	if _, err := ready.Read(make([]byte, 64)); err != nil {
		return fmt.Errorf("the daemon did not become ready: %w: %s", err, d.stderr.String())
	}
	return nil
}

// stop tells the daemon to stop, and has it exit with 0.
func (d *daemon) stop() error {
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-d.exited:
		if !d.cmd.ProcessState.Success() {
			return fmt.Errorf("it stopped with %s: %s", d.cmd.ProcessState, d.stderr.String())
		}
		return nil
	case <-time.After(patience):
		return fmt.Errorf("it did not stop within %v: %s", patience, d.stderr.String())
	}
}

// kill is kill -9; a daemon that has stopped is not harmed.
func (d *daemon) kill() {
	_ = d.cmd.Process.Kill()
	select {
	case <-d.exited:
	case <-time.After(patience):
	}
}

func (w *world) chefLeaves(sample string) error {
	text, err := os.ReadFile(w.sample(sample))
	if err != nil {
		return err
	}
	return w.writeAsChef(bytes.TrimRight(text, "\n"))
}

// writeAsChef writes in place: created empty, filled in one write, the newline apart.
// The daemon gives up on what is empty for 3 s, longer than a busy machine stands still.
func (w *world) writeAsChef(text []byte) error {
	w.dropped++
	name := fmt.Sprintf("chef-run-report-202611202215%02d.json", w.dropped)
	f, err := os.Create(w.path("reports/" + name))
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Write(text); err != nil {
		return err
	}
	_, err = f.WriteString("\n")
	return err
}

func (w *world) collectorWrites(sample string) error {
	text, err := os.ReadFile(filepath.Join(w.samples, "chef", sample, "collector.json"))
	if err != nil {
		return err
	}
	f, err := os.OpenFile(w.path("collector.json"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.Write(text)
	return err
}

// runsWait counts what the spools hold.
func (w *world) runsWait(n int) error {
	return eventually(fmt.Sprintf("%d runs wait", n), func() bool { return w.waiting() == n })
}

func (w *world) waiting() int {
	n := 0
	_ = filepath.WalkDir(w.path("state/spool"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && filepath.Base(filepath.Dir(path)) == "pending" {
			n++
		}
		return nil
	})
	return n
}

// eventually looks again and again: nothing tells a bystander when a file
// appears in a directory that may not exist yet.
func eventually(what string, holds func() bool) error {
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for deadline := time.After(patience); !holds(); {
		select {
		case <-look.C:
		case <-deadline:
			return fmt.Errorf("not within %v: %s", patience, what)
		}
	}
	return nil
}
