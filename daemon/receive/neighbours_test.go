package receive

import (
	"net"
	"net/http"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

// from is a connection from an address; it does nothing else.
type from struct {
	net.Conn
	address net.Addr
	closed  chan struct{}
}

func (f *from) RemoteAddr() net.Addr { return f.address }

func (f *from) Close() error { close(f.closed); return nil }

// street is a listener whose visitors a test makes up.
type street struct {
	visitors chan net.Conn
	gone     chan struct{}
}

func (s *street) Accept() (net.Conn, error) {
	select {
	case c := <-s.visitors:
		return c, nil
	case <-s.gone:
		return nil, net.ErrClosed
	}
}

func (s *street) Close() error { close(s.gone); return nil }

func (s *street) Addr() net.Addr { return &net.TCPAddr{} }

// town is the connections of such a listener, and those that were let in.
type town struct {
	*connections
	street *street
	gate   net.Listener // with the limit
	in     chan net.Conn
}

func newTown(limit int) *town {
	t := &town{connections: newConnections(limit, 3*time.Second, newSay(Options{}.withDefaults().Log)),
		street: &street{make(chan net.Conn), make(chan struct{})}, in: make(chan net.Conn, 1000)}
	t.gate = t.limit(t.street)
	go func() {
		for {
			c, err := t.gate.Accept()
			if err != nil {
				return
			}
			t.in <- c
		}
	}()
	return t
}

func (t *town) visit(address string) *from {
	f := &from{address: net.TCPAddrFromAddrPort(netip.MustParseAddrPort(address)), closed: make(chan struct{})}
	t.street.visitors <- f
	return f
}

func (f *from) isClosed() bool {
	select {
	case <-f.closed:
		return true
	default:
		return false
	}
}

// One address that opens all connections it can, and as many more, keeps nobody
// else waiting, whether it says nothing or is at work on each.
func TestOneAddressKeepsNobodyOut(t *testing.T) {
	for name, state := range map[string]http.ConnState{"silent": http.StateNew, "at work": http.StateActive} {
		synctest.Test(t, func(t *testing.T) {
			town := newTown(16)
			defer town.gate.Close()
			var working []net.Conn
			for range 16 {
				town.visit("192.0.2.7:1")
				working = append(working, <-town.in)
				town.state(working[len(working)-1], state)
			}
			began := time.Now()
			for range 100 {
				more := town.visit("192.0.2.7:2")
				if synctest.Wait(); !more.isClosed() {
					t.Fatalf("%s: one more is neither refused nor let in", name)
				}
			}
			town.visit("192.0.2.8:1")
			synctest.Wait()
			if state == http.StateActive { // none is interrupted; the first that is done makes room
				_ = working[3].Close()
			}
			if c := <-town.in; c.RemoteAddr().String() != "192.0.2.8:1" || time.Since(began) != 0 {
				t.Errorf("%s: let in %v after %v", name, c.RemoteAddr(), time.Since(began))
			}
		})
	}
}

// Those of this machine are not told apart, and wait for each other.
func TestThisMachineHasOneAddressForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		town := newTown(4)
		defer town.gate.Close()
		for range 4 {
			town.visit("127.0.0.1:1")
			town.state(<-town.in, http.StateActive)
		}
		waits := town.visit("127.0.0.1:2")
		time.Sleep(time.Hour)
		if waits.isClosed() || len(town.in) != 0 {
			t.Error("one more of this machine does not wait")
		}
	})
}

// Many addresses with one connection each make room as before.
func TestManyAddressesWaitTheirTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		town := newTown(2)
		defer town.gate.Close()
		first := town.visit("192.0.2.1:1")
		town.state(<-town.in, http.StateNew)
		time.Sleep(time.Second)
		town.visit("192.0.2.2:1")
		town.state(<-town.in, http.StateNew)
		began := time.Now()
		town.visit("192.0.2.3:1")
		<-town.in
		if time.Since(began) != 2*time.Second || !first.isClosed() {
			t.Errorf("the third was let in after %v", time.Since(began))
		}
	})
}

func TestNeighbourhood(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.7:80": "192.0.2.7/32", "[::ffff:192.0.2.7]:80": "192.0.2.7/32", "[2001:db8:1:2:3::4]:80": "2001:db8:1:2::/64",
		"[fe80::1%eth0]:80": "fe80::/64", "127.0.0.9:80": "invalid Prefix", "[::1]:80": "invalid Prefix", "[::ffff:127.0.0.1]:80": "invalid Prefix",
	} {
		if got := neighbourhood(net.TCPAddrFromAddrPort(netip.MustParseAddrPort(address))).String(); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
	if got := neighbourhood(&net.UnixAddr{Name: "@"}); got.IsValid() {
		t.Errorf("a UNIX socket: %s", got)
	}
}
