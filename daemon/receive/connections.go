package receive

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// connections are those that are open, on all addresses.
type connections struct {
	mu   sync.Mutex
	max  int
	wait time.Duration // that one may be without a request when others need room
	say  *say
	open map[*conn]bool
	less *sync.Cond // one was closed, or has no request any more, or a listener was closed
}

// conn is one of them.
type conn struct {
	net.Conn
	all   *connections
	from  netip.Prefix // whose it is; the zero value is this machine
	since time.Time    // without a request
	busy  bool         // the headers of a request have arrived, its answer is not sent
}

func newConnections(limit int, wait time.Duration, s *say) *connections {
	c := &connections{max: limit, wait: wait, say: s, open: map[*conn]bool{}}
	c.less = sync.NewCond(&c.mu)
	return c
}

// limited is a listener that keeps to the limit.
type limited struct {
	net.Listener
	all    *connections
	closed bool
}

func (c *connections) limit(l net.Listener) net.Listener { return &limited{Listener: l, all: c} }

// Accept waits for a connection, and then for room.
func (l *limited) Accept() (net.Conn, error) {
	for {
		raw, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		c := &conn{Conn: raw, all: l.all, from: neighbourhood(raw.RemoteAddr())}
		if l.all.add(c, l) {
			return c, nil
		}
		_ = raw.Close()
		if l.isClosed() {
			return nil, net.ErrClosed
		}
		l.all.say.warn("connections", "there is no room, and an address that has many connections is refused more", "from", c.from.String(), "connections", l.all.max)
	}
}

func (l *limited) isClosed() bool {
	l.all.mu.Lock()
	defer l.all.mu.Unlock()
	return l.closed
}

// Close ends Accept too where it waits for room.
func (l *limited) Close() error {
	l.all.mu.Lock()
	l.closed = true
	l.all.less.Broadcast()
	l.all.mu.Unlock()
	return l.Listener.Close()
}

// add is false if the listener was closed meanwhile, or no room is to be had for
// this one. Connections that have waited a while, for a next request or in the
// middle of headers, make room, the oldest first: whoever opens many and says
// nothing cannot keep others out.
func (c *connections) add(one *conn, l *limited) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.open) >= c.max && !l.closed {
		if !c.makeRoom(one.from) {
			return false
		}
	}
	if l.closed {
		return false
	}
	one.since = time.Now() // not before: it may have waited for this
	c.open[one] = true
	return true
}

// makeRoom closes a connection for one from there, or waits for a change. It is
// false if there have to be fewer from there first: others would wait behind it.
func (c *connections) makeRoom(from netip.Prefix) bool {
	oldest := c.oldest()
	var left time.Duration
	if oldest != nil {
		if left = c.wait - time.Since(oldest.since); left <= 0 {
			c.evict(oldest)
			return true
		}
	}
	held := c.held()
	if from.IsValid() && held[from] >= max(1, c.max/shares) {
		return false
	}
	greedy := c.greedy(held, held[from]+1)
	switch {
	case greedy != nil:
		c.evict(greedy)
	case oldest != nil:
		c.waitFor(left)
	default:
		c.less.Wait()
	}
	return true
}

func (c *connections) evict(one *conn) {
	delete(c.open, one)
	_ = one.Conn.Close()
}

// waitFor waits for room, at most so long. The clock cannot strike before Wait
// has begun: it needs the lock.
func (c *connections) waitFor(left time.Duration) {
	late := time.AfterFunc(left, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.less.Broadcast()
	})
	defer late.Stop()
	c.less.Wait()
}

func (c *connections) oldest() *conn {
	var oldest *conn
	for one := range c.open {
		if !one.busy && (oldest == nil || one.since.Before(oldest.since)) {
			oldest = one
		}
	}
	return oldest
}

// Close lets the next one in.
func (c *conn) Close() error {
	c.all.mu.Lock()
	delete(c.all.open, c)
	c.all.less.Broadcast()
	c.all.mu.Unlock()
	return c.Conn.Close()
}

// CloseWrite lets net/http end its half, and wait for the other to read the answer.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// state is told by net/http what a connection does.
func (c *connections) state(of net.Conn, now http.ConnState) {
	if secure, ok := of.(*tls.Conn); ok {
		of = secure.NetConn()
	}
	one, ok := of.(*conn)
	if !ok {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	one.busy = now == http.StateActive
	one.since = time.Now()
	if !one.busy {
		c.less.Broadcast()
	}
}
