package dogstatsd

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/converged/converged/reporters/telemetry"
)

func TestMain(m *testing.M) {
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, "DD_") {
			_ = os.Unsetenv(name) // the client library looks at them
		}
	}
	goleak.VerifyTestMain(m)
}

// when is the time of the runs in these tests; now is a moment later.
var when = time.Date(2026, 11, 20, 22, 15, 35, 0, time.UTC)

func now() time.Time { return when.Add(2 * time.Second) }

func reporter(t testing.TB, o Options) *Reporter {
	t.Helper()
	if o.Now == nil {
		o.Now = now
	}
	if o.Hostname == "" {
		o.Hostname = "web-17"
	}
	r, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// agent is a receiver of datagrams.
type agent struct {
	t    testing.TB
	conn net.PacketConn
}

func socketFile(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "dsd") // t.TempDir can be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return filepath.Join(dir, "dsd.socket")
}

func listen(t testing.TB, network, address string) *agent {
	t.Helper()
	conn, err := net.ListenPacket(network, address)
	if err != nil {
		t.Fatal(err)
	}
	a := &agent{t, conn}
	t.Cleanup(a.stop)
	return a
}

// stop ends the agent as a restart does: the socket's file goes too.
func (a *agent) stop() {
	_ = a.conn.Close()
	if path, ok := a.conn.LocalAddr().(*net.UnixAddr); ok {
		_ = os.Remove(path.Name)
	}
}

// next waits for a datagram.
func (a *agent) next() string {
	a.t.Helper()
	if err := a.conn.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		a.t.Fatal(err)
	}
	buf := make([]byte, 1<<16)
	n, _, err := a.conn.ReadFrom(buf)
	if err != nil {
		a.t.Fatal(err)
	}
	return string(buf[:n])
}

// datagrams reads what has arrived and does not wait for more.
func (a *agent) datagrams() []string {
	a.t.Helper()
	var all []string
	buf := make([]byte, 1<<16)
	for {
		if err := a.conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond)); err != nil {
			a.t.Fatal(err)
		}
		n, _, err := a.conn.ReadFrom(buf)
		if errors.Is(err, os.ErrDeadlineExceeded) { // which may have passed before it looked
			if n, err = a.atOnce(buf); errors.Is(err, syscall.EAGAIN) {
				return all
			}
		}
		if err != nil {
			a.t.Fatal(err)
		}
		all = append(all, string(buf[:n]))
	}
}

// atOnce reads a datagram that has arrived; EAGAIN is that none has.
func (a *agent) atOnce(buf []byte) (n int, err error) {
	raw, err := a.conn.(syscall.Conn).SyscallConn()
	if err != nil {
		return 0, err
	}
	fault := raw.Control(func(fd uintptr) { n, _, err = syscall.Recvfrom(int(fd), buf, syscall.MSG_DONTWAIT) })
	return n, errors.Join(fault, err)
}

func (a *agent) lines() []string {
	a.t.Helper()
	var all []string
	for _, d := range a.datagrams() {
		all = append(all, strings.Split(d, "\n")...)
	}
	return all
}

func (a *agent) mustGet(lines ...string) {
	a.t.Helper()
	if got := a.lines(); !slices.Equal(got, lines) {
		a.t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(lines, "\n  "))
	}
}

func report(t testing.TB, r *Reporter, b telemetry.Batch) {
	t.Helper()
	if err := r.Report(t.Context(), b); err != nil {
		t.Fatal(err)
	}
}

func failedRun() telemetry.Batch {
	return telemetry.Batch{
		RunID: "e19d7920", Host: "web-17", Timestamp: when,
		Tags: []string{"tool:chef", "env:production", "role:web", "role:base", "status:failure"},
		Metrics: []telemetry.Metric{
			{Name: "configrun.duration", Kind: telemetry.Gauge, Value: 0.294, Unit: "second"},
			{Name: "configrun.runs", Kind: telemetry.Count, Value: 1},
			{Name: "configrun.resource.duration", Kind: telemetry.Gauge, Value: 1e6, Tags: []string{"resource_type:package"}},
		},
		ServiceChecks: []telemetry.ServiceCheck{{Name: "configrun.status", Status: telemetry.Critical, Message: "converge failed"}},
		Events: []telemetry.Event{{
			Title: "chef failed on web-17 after 12 s", Text: "Errno::ENOENT: No such file\nfile[/etc/motd] | line 3, é",
			Priority: telemetry.Normal, AlertType: telemetry.Error, AggregationKey: "cr-5d1c0f0e", Source: "chef",
		}},
	}
}
