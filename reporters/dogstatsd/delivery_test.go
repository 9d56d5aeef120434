package dogstatsd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/converged/converged/reporters/telemetry"
)

// bulk is a run of n metrics, each too long to share a datagram.
func bulk(n int) telemetry.Batch {
	b := telemetry.Batch{RunID: "bulk", Timestamp: when}
	for i := range n {
		m := telemetry.Metric{Name: fmt.Sprintf("m%03d", i) + strings.Repeat("_", 100), Kind: telemetry.Count, Value: 1}
		for j := range 22 {
			m.Tags = append(m.Tags, fmt.Sprintf("%02d:%s", j, strings.Repeat("x", 180)))
		}
		b.Metrics = append(b.Metrics, m)
	}
	return b
}

// names are the metrics' in datagrams.
func names(lines []string) []string {
	short := make([]string, len(lines))
	for i, line := range lines {
		short[i], _, _ = strings.Cut(line, "_")
	}
	return short
}

func fails(t *testing.T, r *Reporter, b telemetry.Batch, want error) string {
	t.Helper()
	err := r.Report(t.Context(), b)
	if err == nil || !errors.Is(err, want) || errors.Is(err, telemetry.ErrRefused) {
		t.Fatalf("got %v, want %v", err, want)
	}
	return err.Error()
}

// left is what a Partial says is to be done, or b if err says that all of it is.
func left(t *testing.T, b telemetry.Batch, err error) telemetry.Batch {
	t.Helper()
	var part *telemetry.Partial
	if !errors.As(err, &part) {
		return b
	}
	if part.Rest.Empty() || !part.Refused.Empty() || part.Why != nil {
		t.Fatalf("got %+v, want that something is to be tried again", part)
	}
	return part.Rest
}

func TestAgentAwayAndBack(t *testing.T) {
	path := socketFile(t)
	r := reporter(t, Options{Address: "unix://" + path})
	if text := fails(t, r, failedRun(), os.ErrNotExist); !strings.Contains(text, path) || !strings.Contains(text, "e19d7920") {
		t.Errorf("it names neither the socket nor the run: %s", text)
	}
	fails(t, r, failedRun(), os.ErrNotExist)
	a := listen(t, "unixgram", path)
	report(t, r, failedRun())
	if got := a.lines(); len(got) != 5 {
		t.Errorf("got %d lines, want 5", len(got))
	}
}

// An Agent that is restarted between two runs is found again without an error.
func TestAgentRestarts(t *testing.T) {
	path := socketFile(t)
	a := listen(t, "unixgram", path)
	r := reporter(t, Options{Address: "unix://" + path})
	report(t, r, bulk(1))
	a.stop()
	a = listen(t, "unixgram", path)
	report(t, r, bulk(2))
	if got := names(a.lines()); !slices.Equal(got, []string{"m000", "m001"}) {
		t.Errorf("got %v", got)
	}
	a.stop()
	fails(t, r, bulk(1), os.ErrNotExist)
}

// A socket whose process died without removing it.
func TestDeadSocket(t *testing.T) {
	path := socketFile(t)
	a := listen(t, "unixgram", path)
	r := reporter(t, Options{Address: "unix://" + path})
	report(t, r, bulk(1))
	_ = a.conn.Close()
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_DGRAM, 0)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(syscall.Bind(fd, &syscall.SockaddrUnix{Name: path}), syscall.Close(fd)); err != nil {
			t.Fatal(err)
		}
	}
	fails(t, r, bulk(1), syscall.ECONNREFUSED)
}

// The receiver stops reading, then dies, in the middle of a batch. What it took
// it took once, and its successor gets the rest.
func TestAgentDiesBetweenDatagrams(t *testing.T) {
	path := socketFile(t)
	a := listen(t, "unixgram", path)
	r := reporter(t, Options{Address: "unix://" + path, Timeout: 50 * time.Millisecond})
	b, err := bulk(40), error(nil)
	for full := false; !full; { // a machine that stalls may end an attempt before that, even before the first
		before := len(b.Metrics)
		if err = r.Report(t.Context(), b); !errors.Is(err, os.ErrDeadlineExceeded) || !strings.Contains(err.Error(), "does not read") {
			t.Fatalf("it does not say what happened: %v", err)
		}
		b = left(t, b, err)
		full = len(b.Metrics) == before && before < 40
	}
	got := names(a.lines())
	if len(got) == 0 || len(got)+len(b.Metrics) != 40 {
		t.Fatalf("%d items were taken, %d are left", len(got), len(b.Metrics))
	}
	a.stop()
	fails(t, r, b, os.ErrNotExist)
	a = listen(t, "unixgram", path)
	successor := reporter(t, Options{Address: "unix://" + path, Timeout: 50 * time.Millisecond, // of the daemon, too
		Now: func() time.Time { return when.Add(time.Hour) }}) // by now they have a timestamp
	for err = errors.New("none yet"); err != nil; got = append(got, names(a.lines())...) {
		err = successor.Report(t.Context(), b)
		b = left(t, b, err)
	}
	want := make([]string, 40)
	for i := range want {
		want[i] = fmt.Sprintf("m%03d", i)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

// What is left is exactly what the receiver did not get, whatever its kind.
func TestRestIsExact(t *testing.T) {
	path := socketFile(t)
	a := listen(t, "unixgram", path)
	r := reporter(t, Options{Address: "unix://" + path, Timeout: 20 * time.Millisecond})
	b := failedRun()
	b.HostTags = &telemetry.HostTags{Source: "chef", Tags: []string{"role:web"}}
	b.Metrics = append(bulk(40).Metrics, b.Metrics...)
	b.Metrics = append(b.Metrics, telemetry.Metric{Name: "123", Kind: telemetry.Gauge})
	err := r.Report(t.Context(), b)
	for part := (*telemetry.Partial)(nil); err != nil && !errors.As(err, &part); { // stalled before the first
		err = r.Report(t.Context(), b)
	}
	rest := left(t, b, err)
	taken := len(a.lines())
	want := b
	want.Metrics = b.Metrics[taken : len(b.Metrics)-1] // the nameless one is dropped, and not kept
	if taken == 0 || !reflect.DeepEqual(rest, want) {
		t.Errorf("after %d items got %+v", taken, rest)
	}
	if n := r.Stats().Dropped[droppedName]; n != 1 {
		t.Errorf("counted %d times", n)
	}
	_ = left(t, rest, r.Report(t.Context(), rest))
	if st := r.Stats(); st.Dropped[droppedName] != 1 || st.Items < int64(taken) {
		t.Errorf("got %+v", st)
	}
}

// An Agent that was replaced while the old one's socket still takes datagrams.
func TestSocketReplaced(t *testing.T) {
	path := socketFile(t)
	old := listen(t, "unixgram", path)
	r := reporter(t, Options{Address: "unix://" + path})
	report(t, r, bulk(1))
	old.datagrams()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	fails(t, r, bulk(1), os.ErrNotExist)
	a := listen(t, "unixgram", path)
	report(t, r, bulk(1))
	if lost, got := old.lines(), a.lines(); len(lost) != 0 || len(got) != 1 {
		t.Errorf("the old one got %d, the new one %d", len(lost), len(got))
	}
}

func TestContextEnds(t *testing.T) {
	path := socketFile(t)
	listen(t, "unixgram", path) // and never reads
	r := reporter(t, Options{Address: "unix://" + path, Timeout: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	errs := make(chan error)
	go func() { errs <- r.Report(ctx, bulk(40)) }()
	cancel()
	if err := <-errs; err == nil {
		t.Error("40 datagrams that nobody reads were handed over")
	}
	ctx, cancel = context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	var timeout net.Error
	if err := r.Report(ctx, bulk(40)); !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("got %v, want the deadline", err)
	}
}

func TestNotADatagramSocket(t *testing.T) {
	path := socketFile(t)
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	r := reporter(t, Options{Address: "unix://" + path})
	if text := fails(t, r, bulk(1), syscall.EPROTOTYPE); !strings.Contains(text, "no datagram socket") {
		t.Errorf("got %s", text)
	}
}

// An Agent may move to another address under its name; UDP would not tell.
func TestANameIsLookedUpAgain(t *testing.T) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	a := &agent{t, conn}
	t.Cleanup(a.stop)
	_, port, _ := net.SplitHostPort(conn.LocalAddr().String())
	for host, again := range map[string]bool{"localhost": true, "127.0.0.1": false} {
		r := reporter(t, Options{Address: net.JoinHostPort(host, port)})
		report(t, r, bulk(1))
		was := r.socket.conn
		report(t, r, bulk(1))
		if r.socket.conn != was {
			t.Errorf("%s was looked up for each run", host)
		}
		r.socket.opened = time.Now().Add(-2 * time.Minute)
		report(t, r, bulk(1))
		if (r.socket.conn != was) != again {
			t.Errorf("%s was looked up again after 2 minutes: %t", host, !again)
		}
	}
}

func TestUnknownHost(t *testing.T) {
	r := reporter(t, Options{Address: "udp://agent.invalid:8125"})
	var dns *net.DNSError
	if err := r.Report(t.Context(), bulk(1)); !errors.As(err, &dns) {
		t.Errorf("got %v, want that the host is unknown", err)
	}
}

func TestClosed(t *testing.T) {
	r := reporter(t, Options{Address: "127.0.0.1:8125"})
	if err := errors.Join(r.Close(), r.Close()); err != nil {
		t.Fatal(err)
	}
	if err := r.Report(t.Context(), bulk(1)); err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("got %v", err)
	}
}
