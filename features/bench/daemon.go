package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/converged/converged/features/rig"
)

const patience = time.Minute

// daemon measures converged: its size, its start, its idling, and how soon a
// report is on the wire.
func (b *bench) daemon() error {
	program := filepath.Join(b.bin, "converged")
	info, err := os.Stat(program)
	if err != nil {
		return err
	}
	b.add("converged, binary", "≤ 15 MB", "%.1f MB", float64(info.Size())/1e6)
	s := sidecar{program: program, dir: b.dir}
	if err := s.configure(); err != nil {
		return err
	}
	defer s.close()
	var starts []time.Duration
	for range 7 {
		took, err := s.start()
		if err != nil {
			return err
		}
		starts = append(starts, took)
		if err := s.stop(); err != nil {
			return err
		}
	}
	slices.Sort(starts)
	b.add("converged, ready after start", "≤ 20 ms", "%.1f ms", ms(starts[len(starts)/2]))
	if _, err := s.start(); err != nil {
		return err
	}
	if err := b.idling(s); err != nil {
		return err
	}
	if err := b.latency(s); err != nil {
		return err
	}
	return s.stop()
}

func (b *bench) idling(s sidecar) error {
	time.Sleep(time.Second) // let the start settle
	before, err := rig.UsageOf(s.cmd.Process.Pid)
	if err != nil {
		return err
	}
	time.Sleep(b.idle)
	after, err := rig.UsageOf(s.cmd.Process.Pid)
	if err != nil {
		return err
	}
	b.add("converged, idle RSS", "≤ 15 MB", "%.1f MB", after.RSS)
	b.add("converged, idle CPU per 30 s", "≤ 5 ms", "%.1f ms", ms(after.CPU-before.CPU)*30/b.idle.Seconds())
	return nil
}

// latency times reports written as Chef does, from the last byte to the datagram.
func (b *bench) latency(s sidecar) error {
	text, err := os.ReadFile(filepath.Join(b.samples, "chef", "18-updated", "report.json"))
	if err != nil {
		return err
	}
	text = bytes.TrimRight(text, "\n")
	at := bytes.LastIndex(text, []byte(`"run_id"`))
	if at < 0 {
		return errors.New("the sample has no run_id")
	}
	took := make([]time.Duration, 0, b.reports)
	for i := range b.reports {
		one := fmt.Appendf(text[:at:at], `"run_id": "run-%d"}`, i)
		name := filepath.Join(s.dir, "reports", fmt.Sprintf("chef-run-report-%014d.json", i))
		if err := os.WriteFile(name, one, 0o600); err != nil {
			return err
		}
		written := time.Now()
		if err := s.receiveRun(); err != nil {
			return fmt.Errorf("report %d: %w", i, err)
		}
		took = append(took, time.Since(written))
	}
	slices.Sort(took)
	b.add("converged, last byte to datagram", "p99 ≤ 100 ms", "p50 %.1f ms, p99 %.1f ms (%d reports)",
		ms(took[len(took)/2]), ms(took[len(took)*99/100]), len(took))
	return nil
}

// sidecar is a converged with a receiver of its own.
type sidecar struct {
	program, dir string
	agent, ready *net.UnixConn
	cmd          *exec.Cmd
}

func (s *sidecar) configure() (err error) {
	if err := os.Mkdir(filepath.Join(s.dir, "reports"), 0o755); err != nil {
		return err
	}
	config := fmt.Sprintf(`state_dir: %[1]s/state
sources:
  - {format: chef-report, path: %[1]s/reports}
  - {format: chef-collector, path: %[1]s/collector.json}
reporters:
  - {type: dogstatsd, address: "unix://%[1]s/dsd.socket"}
`, s.dir)
	if err := os.WriteFile(filepath.Join(s.dir, "converged.yaml"), []byte(config), 0o600); err != nil {
		return err
	}
	if s.agent, err = socket(s.dir, "dsd.socket"); err != nil {
		return err
	}
	s.ready, err = socket(s.dir, "notify.socket")
	return err
}

func socket(dir, name string) (*net.UnixConn, error) {
	return net.ListenUnixgram("unixgram", &net.UnixAddr{Name: filepath.Join(dir, name), Net: "unixgram"})
}

// start starts the daemon; it took as long as until it said that it is ready.
func (s *sidecar) start() (time.Duration, error) {
	s.cmd = exec.Command(s.program, "run", "--config", filepath.Join(s.dir, "converged.yaml"))
	s.cmd.Env = append(os.Environ(), "NOTIFY_SOCKET="+filepath.Join(s.dir, "notify.socket"))
	s.cmd.Stderr = os.Stderr
	began := time.Now()
	if err := s.cmd.Start(); err != nil {
		return 0, err
	}
	if err := s.ready.SetReadDeadline(began.Add(patience)); err != nil {
		return 0, err
	}
	if _, err := s.ready.Read(make([]byte, 64)); err != nil {
		return 0, fmt.Errorf("waiting for the daemon: %w", err)
	}
	return time.Since(began), nil
}

func (s *sidecar) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return s.cmd.Wait()
}

func (s *sidecar) close() {
	if s.cmd != nil {
		_ = s.cmd.Process.Kill() // a stopped one is not harmed
	}
	_ = s.agent.Close()
	_ = s.ready.Close()
}

// receiveRun reads datagrams up to the next run's first.
func (s *sidecar) receiveRun() error {
	if err := s.agent.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	buffer := make([]byte, 64<<10)
	for {
		n, err := s.agent.Read(buffer)
		if err != nil {
			return err
		}
		if bytes.Contains(buffer[:n], []byte("configrun.runs:")) {
			return nil
		}
	}
}
