// Package receivers asks programs that others wrote what they make of what
// converged sends: every metric, value and tag, and every line they refuse.
// docs/telemetry.md tells it to people.
package receivers

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/converged/converged/features/rig"
)

func TestMain(m *testing.M) { os.Exit(rig.Races(m.Run)) }

func TestWhatOthersUnderstand(t *testing.T) {
	folder := programs(t)
	overUDP := startExporter(t, folder, "udp")
	overUnix := startExporter(t, folder, "unixgram")
	telegraf := startTelegraf(t, folder)
	meant := converge(t, overUDP.address, overUnix.address, telegraf.address)
	t.Run("statsd_exporter over UDP", func(t *testing.T) { overUDP.understood(t, meant) })
	t.Run("statsd_exporter over a Unix socket", func(t *testing.T) { overUnix.understood(t, meant) })
	t.Run("Telegraf over UDP", func(t *testing.T) { telegraf.understood(t, meant) })
}

// programs is where 'make receivers' leaves them. Where CI is set they are made
// if they are not there, and elsewhere the test says that it is skipped.
func programs(t *testing.T) string {
	t.Helper()
	root := filepath.Join("..", "..")
	folder := filepath.Join(root, "bin", "receivers")
	_, err := os.Stat(filepath.Join(folder, "telegraf"))
	if err == nil {
		return folder
	}
	if os.Getenv("CI") == "" {
		t.Skip("the receivers of others are not built: make receivers")
	}
	if out, err := exec.Command("make", "-C", root, "receivers").CombinedOutput(); err != nil {
		t.Fatalf("make receivers: %v\n%s", err, out)
	}
	return folder
}

// process is a receiver that runs until the test ends.
type process struct {
	name string
	said rig.Transcript
}

// log is what the process said so far.
func (p *process) log() string { return p.said.String() }

func start(t *testing.T, program string, args ...string) *process {
	t.Helper()
	p := &process{name: filepath.Base(program)}
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr = &p.said, &p.said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("%s said:\n%s", p.name, p.log())
		}
	})
	return p
}

// eventually looks again and again until it finds no fault: what another program
// has understood is told by no event.
func eventually(t *testing.T, fault func() error) {
	t.Helper()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for deadline := time.After(rig.Patience); ; {
		err := fault()
		if err == nil {
			return
		}
		select {
		case <-look.C:
		case <-deadline:
			t.Fatalf("after %v: %v", rig.Patience, err)
		}
	}
}

// free is an address of this machine on which nobody listens.
func free(t *testing.T, network string) string {
	t.Helper()
	if network == "tcp" {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = l.Close() }()
		return l.Addr().String()
	}
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	return conn.LocalAddr().String()
}

// differ is how what was understood differs from what was expected, by what is told of.
func differ[V comparable](got, want map[string]V) error {
	var all []error
	for name, v := range want {
		if g, ok := got[name]; !ok {
			all = append(all, fmt.Errorf("missing: %s %v", name, v))
		} else if g != v {
			all = append(all, fmt.Errorf("%s is\n  %v, expected\n  %v", name, g, v))
		}
	}
	for name, g := range got {
		if _, ok := want[name]; !ok {
			all = append(all, fmt.Errorf("not expected: %s %v", name, g))
		}
	}
	return errors.Join(all...)
}

// lines counts those of a text that hold a word.
func lines(text, word string) (n int) {
	for line := range strings.Lines(text) {
		if strings.Contains(line, word) {
			n++
		}
	}
	return n
}
