// Command demo shows the main job of both programs on sample input: no account,
// no network. It starts the real daemon, plays the Datadog Agent on a UNIX
// socket, drops two real Chef reports, and draws a sample of roles.
//
//	demo -bin bin -out demo-output -samples testdata
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// patience bounds each wait of the demo: it should take a moment, not this long.
const patience = 20 * time.Second

func main() {
	bin := flag.String("bin", "bin", "the `DIRECTORY` of the two programs")
	out := flag.String("out", "demo-output", "the `DIRECTORY` for the pictures")
	samples := flag.String("samples", "testdata", "the `DIRECTORY` of the samples")
	flag.Parse()
	d := demo{bin: *bin, out: *out, samples: *samples}
	if err := errors.Join(d.daemon(), d.pictures()); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

type demo struct{ bin, out, samples string }

// daemon shows what Datadog receives of a good and of a failed converge.
func (d demo) daemon() error {
	state, err := os.MkdirTemp("", "converged-demo-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(state) }()
	agent, err := listen(filepath.Join(state, "dsd.socket"))
	if err != nil {
		return err
	}
	defer func() { _ = agent.Close() }()

	say("1. converged, the daemon, watches a directory for Chef's reports")
	running, err := d.start(state)
	if err != nil {
		return err
	}
	defer running.kill()
	for i, sample := range []struct{ dir, told string }{
		{"18-updated", "a converge that updated 11 resources"},
		{"18-converge-fail", "a converge that failed"},
	} {
		say("%d. Chef leaves the report of %s; over the Agent's socket arrives:", i+2, sample.told)
		if err := d.drop(sample.dir, filepath.Join(state, "reports")); err != nil {
			return err
		}
		if err := receive(agent); err != nil {
			return err
		}
	}
	say("4. The stdout reporter told of the same two runs, one JSON object a line:")
	return running.stop()
}

func listen(socket string) (*net.UnixConn, error) {
	agent, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		return nil, fmt.Errorf("opening a DogStatsD socket: %w", err)
	}
	return agent, nil
}

// drop writes a sample as Chef does: in place, the newline apart.
func (d demo) drop(sample, dir string) error {
	text, err := os.ReadFile(filepath.Join(d.samples, "chef", sample, "report.json"))
	if err != nil {
		return err
	}
	name := "chef-run-report-" + time.Now().Format("20060102150405") + ".json"
	if sample == "18-converge-fail" {
		name = "chef-run-report-" + time.Now().Add(time.Minute).Format("20060102150405") + ".json"
	}
	f, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	_, err = f.WriteString(strings.TrimRight(string(text), "\n"))
	if err == nil {
		_, err = f.WriteString("\n")
	}
	return errors.Join(err, f.Close())
}

// receive prints the datagrams of one run, up to its service check and, when it
// failed, its event.
func receive(agent *net.UnixConn) error {
	if err := agent.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	buffer := make([]byte, 64<<10)
	for checked, failed, told := false, false, false; !checked || failed && !told; {
		n, err := agent.Read(buffer)
		if err != nil {
			return fmt.Errorf("waiting for datagrams: %w", err)
		}
		for line := range strings.Lines(string(buffer[:n])) {
			line = strings.TrimRight(line, "\n")
			checked = checked || strings.HasPrefix(line, "_sc|")
			failed = failed || strings.Contains(line, "status:failure")
			told = told || strings.HasPrefix(line, "_e{")
			show(line)
		}
	}
	return nil
}

// show prints one DogStatsD line; an event's text is unfolded for the eye.
func show(line string) {
	if !strings.HasPrefix(line, "_e{") {
		fmt.Println("   ", line)
		return
	}
	for i, part := range strings.Split(line, `\n`) {
		if i > 0 {
			part = "  " + part
		}
		fmt.Println("   ", part)
	}
}

func (d demo) pictures() error {
	if err := os.MkdirAll(d.out, 0o755); err != nil {
		return err
	}
	say("5. rolegraph draws what depends on what, and flags the cycle:")
	roles := filepath.Join(d.samples, "roles", "sample", "roles")
	args := []string{"render", roles, "--title", "Sample roles"}
	for _, name := range []string{"roles.png", "roles.svg", "roles.dot"} {
		args = append(args, "-o", filepath.Join(d.out, name))
	}
	cmd := exec.Command(filepath.Join(d.bin, "rolegraph"), args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("drawing: %w", err)
	}
	say("That was all. The pictures are in %s; nothing is left running.", d.out)
	return nil
}

// process is the running daemon.
type process struct {
	cmd    *exec.Cmd
	stdout strings.Builder
}

// start starts the daemon and waits until it says that it is ready.
func (d demo) start(state string) (*process, error) {
	if err := os.Mkdir(filepath.Join(state, "reports"), 0o755); err != nil {
		return nil, err
	}
	config := filepath.Join(state, "converged.yaml")
	text := fmt.Sprintf(`state_dir: %[1]s/state
tags: ["team:shop"]
sources:
  - format: chef-report
    path: %[1]s/reports
reporters:
  - type: dogstatsd
    address: unix://%[1]s/dsd.socket
  - type: stdout
`, state)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, err
	}
	ready, err := listen(filepath.Join(state, "notify.socket"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = ready.Close() }()
	p := &process{cmd: exec.Command(filepath.Join(d.bin, "converged"), "run", "--config", config)}
	p.cmd.Env = append(os.Environ(), "NOTIFY_SOCKET="+filepath.Join(state, "notify.socket"))
	p.cmd.Stdout, p.cmd.Stderr = &p.stdout, os.Stderr
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the daemon: %w", err)
	}
	if err := ready.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return nil, err
	}
	if _, err := ready.Read(make([]byte, 64)); err != nil {
		p.kill()
		return nil, fmt.Errorf("waiting for the daemon: %w", err)
	}
	return p, nil
}

// stop tells the daemon to stop, and shows what its stdout reporter said.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	go func() {
		if <-ctx.Done(); ctx.Err() == context.DeadlineExceeded {
			p.kill()
		}
	}()
	err := p.cmd.Wait()
	for line := range strings.Lines(p.stdout.String()) {
		line = strings.TrimRight(line, "\n")
		fmt.Printf("    %.150s…\n", line)
	}
	if err != nil {
		return fmt.Errorf("stopping the daemon: %w", err)
	}
	return nil
}

// kill is for a demo that failed half way; a stopped process is not harmed.
func (p *process) kill() { _ = p.cmd.Process.Kill() }

func say(format string, args ...any) { fmt.Printf("\n"+format+"\n", args...) }
