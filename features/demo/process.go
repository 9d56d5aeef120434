package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

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
  - format: puppet-report
    path: %[1]s/last_run_report.yaml
  - format: ansible-jsonl
    path: %[1]s/ansible.jsonl
receive:
  listen: ["unix://%[1]s/receive.sock"]
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
