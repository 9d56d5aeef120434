package dogstatsd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

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
	text := fails(t, r, bulk(40), os.ErrDeadlineExceeded)
	if !strings.Contains(text, "does not read") || !strings.Contains(text, "of 40 items done") {
		t.Errorf("it does not say what happened: %s", text)
	}
	fails(t, r, bulk(40), os.ErrDeadlineExceeded)
	got := names(a.lines())
	if len(got) == 0 || len(got) >= 40 {
		t.Fatalf("%d items were taken", len(got))
	}
	a.stop()
	fails(t, r, bulk(40), os.ErrNotExist)
	a = listen(t, "unixgram", path)
	rest := make(chan []string, 1)
	if err := a.conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	go func() {
		var lines []string
		for buf := make([]byte, maxUnix); len(got)+len(lines) < 40; {
			n, _, err := a.conn.ReadFrom(buf)
			if err != nil {
				break
			}
			lines = append(lines, string(buf[:n]))
		}
		rest <- names(lines)
	}()
	r.options.Now = func() time.Time { return when.Add(time.Hour) } // by now they have a timestamp
	report(t, r, bulk(40))
	got = append(got, <-rest...)
	got = append(got, names(a.lines())...)
	want := make([]string, 40)
	for i := range want {
		want[i] = fmt.Sprintf("m%03d", i)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	report(t, r, bulk(1)) // handed over in full: the same run again is sent again
	if got := names(a.lines()); !slices.Equal(got, []string{"m000"}) {
		t.Errorf("got %v", got)
	}
}

func TestAnotherRunInBetween(t *testing.T) {
	path := socketFile(t)
	a := listen(t, "unixgram", path)
	r := reporter(t, Options{Address: "unix://" + path, Timeout: 20 * time.Millisecond})
	fails(t, r, bulk(40), os.ErrDeadlineExceeded)
	a.datagrams()
	other := bulk(1)
	other.RunID = "other"
	report(t, r, other)
	a.mustGet(string(mustItem(t, r, other).line))
}

func mustItem(t *testing.T, r *Reporter, b telemetry.Batch) item {
	t.Helper()
	items, dropped := r.items(b)
	if len(items) != 1 || len(dropped) != 0 {
		t.Fatalf("%d items, dropped %v", len(items), dropped)
	}
	return items[0]
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

func TestUDP(t *testing.T) {
	for _, host := range []string{"127.0.0.1", "::1", "localhost"} {
		listenOn := host
		if host == "localhost" {
			listenOn = "127.0.0.1"
		}
		conn, err := net.ListenPacket("udp", net.JoinHostPort(listenOn, "0"))
		if err != nil {
			t.Logf("%s is not to be had here: %v", host, err)
			continue
		}
		a := &agent{t, conn}
		t.Cleanup(a.stop)
		_, port, _ := net.SplitHostPort(conn.LocalAddr().String())
		r := reporter(t, Options{Address: "udp://" + net.JoinHostPort(host, port)})
		report(t, r, failedRun())
		if got := a.lines(); len(got) != 5 {
			t.Errorf("%s: got %d lines, want 5", host, len(got))
		}
	}
}

// Nobody listens on the port: the first datagram already is not delivered.
func TestUDPPortClosed(t *testing.T) {
	a := listen(t, "udp", "127.0.0.1:0")
	address := a.conn.LocalAddr().String()
	a.stop()
	r := reporter(t, Options{Address: "udp://" + address})
	for range 3 {
		fails(t, r, failedRun(), syscall.ECONNREFUSED)
	}
	if st := r.Stats(); st.Datagrams != 0 {
		t.Errorf("got %+v, want nothing handed over", st)
	}
	a = listen(t, "udp", address)
	report(t, r, failedRun())
	if got := a.lines(); len(got) != 5 {
		t.Errorf("got %d lines, want 5", len(got))
	}
}

// A refusal that comes after its datagram was taken for handed over: all of the
// run is told again, rather than a part of it never.
func TestUDPRefusedLate(t *testing.T) {
	a := listen(t, "udp", "127.0.0.1:0")
	r := reporter(t, Options{Address: a.conn.LocalAddr().String()})
	items, _ := r.items(bulk(2))
	r.progress.rest("bulk", items)
	if _, err := r.send(t.Context(), items); err != nil {
		t.Fatal(err)
	}
	address := a.conn.LocalAddr().String()
	a.stop()
	if err := r.socket.write(t.Context(), []byte("late")); err != nil { // its refusal is not waited for
		t.Fatal(err)
	}
	if err := refusalPending(r); err != nil {
		t.Fatal(err)
	}
	if text := fails(t, r, bulk(2), errEarlier); !strings.Contains(text, "earlier") {
		t.Errorf("got %s", text)
	}
	a = listen(t, "udp", address)
	report(t, r, bulk(2))
	if got := names(a.lines()); !slices.Equal(got, []string{"m000", "m001"}) {
		t.Errorf("got %v", got)
	}
}

// refusalPending waits until the kernel has the refusal at hand, without taking it.
func refusalPending(r *Reporter) error {
	raw, err := r.socket.conn.(*net.UDPConn).SyscallConn()
	if err != nil {
		return err
	}
	n := 0
	fault := raw.Control(func(fd uintptr) { n, err = unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 5000) })
	if n == 0 {
		err = errors.Join(err, errors.New("the kernel does not say that nobody listens"))
	}
	return errors.Join(fault, err)
}

func TestUnknownHost(t *testing.T) {
	r := reporter(t, Options{Address: "udp://agent.invalid:8125"})
	var dns *net.DNSError
	if err := r.Report(t.Context(), bulk(1)); !errors.As(err, &dns) {
		t.Errorf("got %v, want that the host is unknown", err)
	}
}

func TestTooLongForTheNetwork(t *testing.T) {
	err := explain(target{"udp", "x:1"}, &net.OpError{Op: "write", Err: os.NewSyscallError("write", syscall.EMSGSIZE)})
	if !errors.Is(err, telemetry.ErrRefused) {
		t.Errorf("got %v; to send it again would not help", err)
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
