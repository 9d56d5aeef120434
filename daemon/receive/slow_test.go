package receive

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

const head = "POST /v1/reports/salt-return HTTP/1.1\r\nHost: h\r\n"

// drip writes a byte at a time until the other side has had enough.
func drip(c net.Conn, each time.Duration) {
	for {
		if _, err := c.Write([]byte("x")); err != nil {
			return
		}
		time.Sleep(each) // the pace is the attack
	}
}

func TestHeadersThatDrip(t *testing.T) {
	r := start(t, Options{limits: limits{header: 50 * time.Millisecond}})
	c := r.dial()
	_, _ = io.WriteString(c, head+"X-Slow: ")
	go drip(c, 5*time.Millisecond)
	_, _ = io.ReadAll(c) // ends because the server hangs up
	if _, err := c.Write([]byte("x")); err == nil {
		_, _ = c.Write([]byte("x"))
	}
	for deadline := time.Now().Add(time.Minute); ; { // headers that a stall holds up are late, too
		a, err := http.Post(r.Addresses()[0]+"/v1/reports/salt-return", "", strings.NewReader("x"))
		if err == nil {
			_ = a.Body.Close()
		}
		switch {
		case err == nil && a.StatusCode == http.StatusAccepted:
			return
		case err == nil || time.Now().After(deadline):
			t.Fatalf("the next one is told %v, %v", a, err)
		}
	}
}

func TestHandshakeThatNeverComes(t *testing.T) {
	a := newAuthority(t)
	r := start(t, Options{Cert: a.cert, Key: a.key, limits: limits{header: 50 * time.Millisecond}})
	c, err := net.Dial("tcp", strings.TrimPrefix(r.Addresses()[0], "https://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetReadDeadline(time.Now().Add(time.Minute))
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("%v", err)
	}
}

func TestBodiesThatDrip(t *testing.T) {
	fast := limits{grace: 50 * time.Millisecond, drain: 50 * time.Millisecond, pace: 1 << 20}
	for name, request := range map[string]string{
		"with a length": head + "Content-Length: 100000\r\n\r\n",
		"in chunks":     head + "Transfer-Encoding: chunked\r\n\r\nfffff\r\n",
		"compressed":    head + "Content-Encoding: gzip\r\nContent-Length: 100000\r\n\r\n\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff",
		"from Chef":     "POST /data-collector HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n",
	} {
		r := start(t, Options{limits: fast})
		c := r.dial()
		_, _ = io.WriteString(c, request)
		go drip(c, 5*time.Millisecond)
		answer, _ := io.ReadAll(c)
		// The gzip stream may be noticed to be none before the time is over.
		if !strings.HasPrefix(string(answer), "HTTP/1.1 408 ") && name != "compressed" {
			t.Errorf("%s: told %q", name, answer)
		}
		r.none()
		if s := r.Stats().Refused; s["slow"]+s["encoding"] != 1 {
			t.Errorf("%s: counted %v", name, s)
		}
	}
}

func TestBodyAtTheLeastRateIsTaken(t *testing.T) {
	r := start(t, Options{limits: limits{grace: time.Minute, pace: 1}})
	c := r.dial()
	_, _ = io.WriteString(c, head+"Content-Length: 20\r\nConnection: close\r\n\r\n")
	for range 20 {
		_, _ = c.Write([]byte("x"))
	}
	answer, _ := io.ReadAll(c)
	if !strings.HasPrefix(string(answer), "HTTP/1.1 202 ") {
		t.Errorf("told %q", answer)
	}
}

// Who is refused cannot hold the connection with a body either.
func TestRefusedBodiesThatDrip(t *testing.T) {
	fast := limits{grace: 50 * time.Millisecond, drain: 50 * time.Millisecond}
	for _, path := range []string{"/data-collector", "/nothing", "/healthz"} {
		r := start(t, Options{Token: "T", limits: fast})
		c := r.dial()
		_, _ = io.WriteString(c, "GET "+path+" HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n")
		go drip(c, 5*time.Millisecond)
		if answer, _ := io.ReadAll(c); !strings.HasPrefix(string(answer), "HTTP/1.1 ") {
			t.Errorf("%s: told %q", path, answer)
		}
	}
}

// Many that say nothing do not keep out one that does.
func TestConnectionsThatSayNothing(t *testing.T) {
	const most = 8
	r := start(t, Options{MaxConnections: most, limits: limits{header: time.Hour, idle: time.Hour, wait: time.Millisecond}})
	for i := range 3 * most {
		c := r.dial()
		if i%2 == 0 {
			_, _ = io.WriteString(c, head+"X-Slow: ")
		}
	}
	for range 3 {
		r.send("POST", "/v1/reports/salt-return", strings.NewReader("x")).is(t, 202)
	}
	c := r.http.Handler.(handler).s.listeners[0].Listener.(*limited).all
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.open) > most {
		t.Errorf("%d connections are open, %d may be", len(c.open), most)
	}
}

// With every connection at work the next one waits, and is let in.
func TestConnectionsAtWorkAreLeftAlone(t *testing.T) {
	const most = 4
	r := start(t, Options{MaxConnections: most, limits: limits{grace: time.Minute, wait: time.Millisecond}})
	var busy []net.Conn
	for range most {
		c := r.dial()
		_, _ = io.WriteString(c, head+"Content-Length: 2\r\nExpect: 100-continue\r\n\r\n")
		if _, err := io.ReadFull(c, make([]byte, len("HTTP/1.1 100 Continue\r\n\r\n"))); err != nil {
			t.Fatal(err)
		}
		busy = append(busy, c) // the handler waits for the body now
	}
	next := make(chan told, 1)
	go func() { next <- r.send("POST", "/v1/reports/salt-return", strings.NewReader("x")) }()
	for _, c := range busy {
		_, _ = io.WriteString(c, "{}")
		if answer, err := io.ReadFull(c, make([]byte, len("HTTP/1.1 202"))); err != nil {
			t.Errorf("%d %v", answer, err)
		}
	}
	within(t, next, "the answer to one more").is(t, 202)
}
