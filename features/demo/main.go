// Command demo shows the main job of both programs on sample input: no account,
// no network. It starts the real daemon, plays the Datadog Agent on a UNIX
// socket, leaves real reports as Chef, Puppet and Ansible do, posts one of Salt,
// and draws a sample of roles.
//
//	demo -bin bin -out demo-output -samples testdata
package main

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// patience bounds each wait of the demo: it should take a moment, not this long.
const patience = time.Minute

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

// daemon shows what Datadog receives of good and of failed converges.
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

	say("1. converged, the daemon, waits for the reports of Chef, Puppet, Ansible and Salt")
	running, err := d.start(state)
	if err != nil {
		return err
	}
	defer running.kill()
	for i, s := range d.scenes(state) {
		say("%d. %s; over the Agent's socket arrives:", i+2, s.what)
		if err := s.happen(); err != nil {
			return err
		}
		if err := receive(agent, s.brief); err != nil {
			return err
		}
	}
	say("7. The stdout reporter told of the same runs, one JSON object a line:")
	return running.stop()
}

func listen(socket string) (*net.UnixConn, error) {
	agent, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		return nil, fmt.Errorf("opening a DogStatsD socket: %w", err)
	}
	return agent, nil
}

// receive prints the datagrams of one run, up to its service check and, when it
// failed, its event. In brief, times of resource types and the names that other
// handlers gave the same figures are left out.
func receive(agent *net.UnixConn, brief bool) error {
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
			if !brief || essential(line) {
				show(line)
			}
		}
	}
	return nil
}

func essential(line string) bool {
	return strings.HasPrefix(line, "_") || strings.HasPrefix(line, "configrun.") && !strings.HasPrefix(line, "configrun.resource.")
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
	say("8. rolegraph draws what depends on what, and flags the cycle:")
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

func say(format string, args ...any) { fmt.Printf("\n"+format+"\n", args...) }
