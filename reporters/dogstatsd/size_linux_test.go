package dogstatsd

import (
	"errors"
	"net"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// A network that neither takes nor parts what is longer than its frames.
func TestTooLongForTheNetwork(t *testing.T) {
	conn, err := net.ListenPacket("udp6", "[::1]:0")
	if err != nil {
		t.Skipf("no IPv6 here: %v", err)
	}
	a := &agent{t, conn}
	t.Cleanup(a.stop)
	r := reporter(t, Options{Address: "udp://" + conn.LocalAddr().String()})
	report(t, r, failedRun())
	a.datagrams()
	raw, err := r.socket.conn.(*net.UDPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	fault := raw.Control(func(fd uintptr) {
		err = errors.Join(unix.SetsockoptInt(int(fd), unix.IPPROTO_IPV6, unix.IPV6_MTU, 1280),
			unix.SetsockoptInt(int(fd), unix.IPPROTO_IPV6, unix.IPV6_DONTFRAG, 1))
	})
	if err := errors.Join(err, fault); err != nil {
		t.Skipf("the system does not let frames be shortened: %v", err)
	}
	b := failedRun()
	b.Events[0].Text = "Errno::ENOENT: No such file\n" + strings.Repeat("frame\n", 1200)
	report(t, r, b)
	got := a.datagrams()
	event := got[len(got)-1]
	wellFormed(t, event)
	if r.socket.most != minimum || len(event) > minimum || !strings.Contains(event, "|Errno::ENOENT: No such file") {
		t.Errorf("%d bytes at most; the event has %d: %.200s", r.socket.most, len(event), event)
	}
}
