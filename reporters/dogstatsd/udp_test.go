package dogstatsd

import (
	"errors"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

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
	address := a.conn.LocalAddr().String()
	r := reporter(t, Options{Address: address})
	h := handover{reporter: r, rest: bulk(3)}
	items, _ := r.items(h.rest)
	if left, err := h.send(t.Context(), items[:2]); err != nil || len(left) != 0 {
		t.Fatal(left, err)
	}
	a.stop()
	if err := r.socket.write(t.Context(), []byte("late")); err != nil { // its refusal is not waited for
		t.Fatal(err)
	}
	if err := refusalPending(r); err != nil {
		t.Fatal(err)
	}
	if text := fails(t, r, bulk(3), errLost); !strings.Contains(text, "nobody listens") {
		t.Errorf("got %s", text)
	}
	a = listen(t, "udp", address)
	report(t, r, bulk(3))
	if got := names(a.lines()); !slices.Equal(got, []string{"m000", "m001", "m002"}) {
		t.Errorf("got %v", got)
	}
}

// tardy is a connection whose every read begins after its deadline, as on a machine
// that stands still for a moment.
type tardy struct{ *net.UDPConn }

func (tardy) Read([]byte) (int, error) { return 0, os.ErrDeadlineExceeded }

func TestUDPRefusedWhileWeStoodStill(t *testing.T) {
	a := listen(t, "udp", "127.0.0.1:0")
	r := reporter(t, Options{Address: a.conn.LocalAddr().String()})
	report(t, r, bulk(1))
	a.stop()
	r.socket.conn = tardy{r.socket.conn.(*net.UDPConn)}
	fails(t, r, bulk(1), errLost)
	a = listen(t, "udp", a.conn.LocalAddr().String())
	report(t, r, bulk(1))
	r.socket.conn = tardy{r.socket.conn.(*net.UDPConn)}
	report(t, r, bulk(1)) // and a moment without a word is none
	if got := names(a.lines()); !slices.Equal(got, []string{"m000", "m000"}) {
		t.Errorf("got %v", got)
	}
}

// A receiver that ends while it is told of runs takes with it what it did not
// read of the last one: that is left whole.
func TestUDPPortClosesInTheMiddle(t *testing.T) {
	a := listen(t, "udp", "127.0.0.1:0")
	r := reporter(t, Options{Address: a.conn.LocalAddr().String()})
	read := make(chan error, 1)
	go func() {
		var err error
		for range 150 {
			_, _, failed := a.conn.ReadFrom(make([]byte, maxUnix))
			err = errors.Join(err, failed)
		}
		a.stop()
		read <- err
	}()
	b := bulk(20)
	told, err := 0, error(nil)
	for ; err == nil; told++ {
		err = r.Report(t.Context(), b)
	}
	if !errors.Is(err, errLost) || len(left(t, b, err).Metrics) != 20 {
		t.Errorf("got %v", err)
	}
	if err := <-read; err != nil {
		t.Error(err)
	}
	if st := r.Stats(); told < 8 || st.Items != int64(told-1)*20 {
		t.Errorf("after %d runs got %+v", told, st)
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
