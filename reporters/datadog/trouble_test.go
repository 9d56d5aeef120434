package datadog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/converged/converged/reporters/telemetry"
)

// raw is a server that speaks TCP: what it does with a connection on which a
// whole request came is up to the test. It counts the connections.
func raw(t *testing.T, answer func(conn net.Conn)) (url string, accepted *atomic.Int64) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	accepted = new(atomic.Int64)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			accepted.Add(1)
			conn.Read(make([]byte, 64<<10))
			answer(conn)
			conn.Close()
		}
	}()
	t.Cleanup(func() { listener.Close(); <-ended })
	return "http://" + listener.Addr().String(), accepted
}

// untilGone waits until the other side closes the connection.
func untilGone(conn net.Conn) { io.Copy(io.Discard, conn) }

func short(o *Options) { o.Timeout = 50 * time.Millisecond }

func TestAServerThatNeverAnswers(t *testing.T) {
	url, _ := raw(t, untilGone)
	err := start(t, url, short).Report(t.Context(), run("r1"))
	if means(err) != "again" || !strings.Contains(err.Error(), "50ms") {
		t.Errorf("got %s: %v, want again, saying how long it was waited", means(err), err)
	}
}

func TestTheCallerGivesUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	url, _ := raw(t, func(conn net.Conn) { cancel(); untilGone(conn) })
	err := start(t, url, nil).Report(ctx, run("r1"))
	if means(err) != "again" || !errors.Is(err, context.Canceled) {
		t.Errorf("got %s: %v, want again, for the reason of the context", means(err), err)
	}
}

// drip writes text slowly, until the other side has enough.
func drip(conn net.Conn, text string) {
	for i := 0; ; i++ {
		if _, err := conn.Write([]byte{text[i%len(text)]}); err != nil {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func TestHeadersThatDrip(t *testing.T) {
	url, _ := raw(t, func(conn net.Conn) {
		io.WriteString(conn, "HTTP/1.1 202 Accepted\r\n")
		drip(conn, "X-Y: z\r\n")
	})
	if err := start(t, url, short).Report(t.Context(), run("r1")); means(err) != "again" {
		t.Errorf("got %s: %v, want again", means(err), err)
	}
}

func TestHeadersOfMoreThanALimit(t *testing.T) {
	url, _ := raw(t, func(conn net.Conn) {
		io.WriteString(conn, "HTTP/1.1 202 Accepted\r\n"+strings.Repeat("X-Y: "+strings.Repeat("z", 1000)+"\r\n", 200)+"Content-Length: 0\r\n\r\n")
	})
	if err := start(t, url, nil).Report(t.Context(), run("r1")); means(err) != "again" {
		t.Errorf("got %s: %v, want again", means(err), err)
	}
}

func TestABodyThatDrips(t *testing.T) {
	for code, want := range map[int]string{202: "delivered", 503: "again", 403: "held", 405: "refused"} {
		answer := func(w http.ResponseWriter, _ request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			fmt.Fprintf(conn, "HTTP/1.1 %d X\r\nContent-Length: 100000\r\n\r\n", code)
			drip(conn, "still busy ")
		}
		inBubble(t, answer, short, func(t *testing.T, _ *receiver, r *Reporter) {
			b := run("r1")
			b.Events, b.ServiceChecks = nil, nil
			if err := r.Report(t.Context(), b); means(err) != want {
				t.Errorf("%d: got %s: %v, want %s: the status is there", code, means(err), err, want)
			}
			time.Sleep(time.Second) // the server finds out that nobody reads on
		})
	}
}

func TestABodyWithoutEnd(t *testing.T) {
	_, server := newReceiver(t, func(w http.ResponseWriter, _ request) {
		w.WriteHeader(http.StatusInternalServerError)
		for {
			if _, err := io.WriteString(w, strings.Repeat("x", 10_000)); err != nil {
				return
			}
		}
	})
	err := start(t, server.URL, nil).Report(t.Context(), run("r1"))
	if means(err) != "again" || len(err.Error()) > 500 {
		t.Errorf("got %s, %d bytes of error", means(err), len(fmt.Sprint(err)))
	}
}

// reset ends a connection in the middle.
func reset(conn net.Conn) {
	conn.(*net.TCPConn).SetLinger(0)
	conn.Close()
}

func TestResets(t *testing.T) {
	for name, c := range map[string]struct{ answer, want string }{
		"before the answer":    {"", "again"},
		"within the status":    {"HTTP/1.1 2", "again"},
		"within the headers":   {"HTTP/1.1 202 Accepted\r\nContent-Le", "again"},
		"after a short answer": {"HTTP/1.1 503 No\r\nContent-Length: 10\r\n\r\nabc", "again"},
	} {
		t.Run(name, func(t *testing.T) {
			url, accepted := raw(t, func(conn net.Conn) {
				io.WriteString(conn, c.answer)
				reset(conn)
			})
			if err := start(t, url, nil).Report(t.Context(), run("r1")); means(err) != c.want {
				t.Errorf("got %s: %v, want %s", means(err), err, c.want)
			}
			if n := accepted.Load(); n != 1 {
				t.Errorf("%d connections were made: what may have been taken was sent again at once", n)
			}
		})
	}
}

func TestGarbage(t *testing.T) {
	for name, c := range map[string]struct{ answer, want string }{
		"200 with HTML":         {"HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n<html>hi</html", "delivered"},
		"202 with half a JSON":  {"HTTP/1.1 202 Accepted\r\nContent-Length: 11\r\n\r\n{\"errors\":[", "delivered"},
		"202 cut off":           {"HTTP/1.1 202 Accepted\r\nContent-Length: 1100\r\n\r\n{\"errors\":[", "delivered"},
		"errors that are none":  {"HTTP/1.1 202 Accepted\r\nContent-Length: 14\r\n\r\n{\"errors\":\"x\"}", "delivered"},
		"bad chunks":            {"HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "delivered"},
		"no HTTP":               {"SSH-2.0-OpenSSH_9.2\r\n", "again"},
		"TLS where HTTP was":    {"\x15\x03\x01\x00\x02\x02\x46", "again"},
		"nothing":               {"", "again"},
		"status without number": {"HTTP/1.1 abc Accepted\r\n\r\n", "again"},
	} {
		t.Run(name, func(t *testing.T) {
			url, _ := raw(t, func(conn net.Conn) { io.WriteString(conn, c.answer) })
			b := run("r1")
			b.Events, b.ServiceChecks = nil, nil
			if err := start(t, url, nil).Report(t.Context(), b); means(err) != c.want {
				t.Errorf("got %s: %v, want %s", means(err), err, c.want)
			}
		})
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	other, target := newReceiver(t, nil)
	for _, code := range []int{301, 302, 303, 307, 308} {
		_, server := newReceiver(t, func(w http.ResponseWriter, q request) {
			w.Header().Set("Location", target.URL+q.target+"?k="+apiKey)
			w.WriteHeader(code)
		})
		r := start(t, server.URL, nil)
		err := r.Report(t.Context(), run("r1"))
		if means(err) != "held" || !strings.Contains(err.Error(), target.URL) || strings.Contains(err.Error(), apiKey) {
			t.Errorf("%d: got %s: %v, want it held, saying where it was sent to", code, means(err), err)
		}
		if err := r.Validate(t.Context()); means(err) != "held" {
			t.Errorf("%d: validate: got %v", code, err)
		}
	}
	if got := other.requests(); len(got) != 0 {
		t.Errorf("the target got %d requests, the first with the key %q", len(got), got[0].header.Get("DD-API-KEY"))
	}
}

func TestNobodyListens(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	err := start(t, server.URL, nil).Report(t.Context(), run("r1"))
	if means(err) != "again" || !strings.Contains(err.Error(), "refused") {
		t.Errorf("got %s: %v", means(err), err)
	}
}

func TestANameThatDoesNotExist(t *testing.T) {
	err := start(t, "https://api.datadog.invalid", nil).Report(t.Context(), run("r1"))
	if means(err) != "again" || !strings.Contains(err.Error(), "api.datadog.invalid") {
		t.Errorf("got %s: %v", means(err), err)
	}
}

func TestAFlappingServer(t *testing.T) {
	// Every other request fails, each in another way; nothing is told twice.
	ways := []func(w http.ResponseWriter, q request){
		status(500), status(403), status(429), status(404), status(307), status(408),
		func(w http.ResponseWriter, _ request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				reset(conn)
			}
		},
	}
	var n atomic.Int64
	taken := map[string]int{}
	_, server := newReceiver(t, func(w http.ResponseWriter, q request) {
		i := int(n.Add(1)) - 1
		if i%2 == 0 {
			ways[i/2%len(ways)](w, q)
			return
		}
		for _, name := range namesIn(t, q.body) {
			taken[name]++
		}
		accept(w, q)
	})
	r := start(t, server.URL, nil)
	var left []telemetry.Batch
	for i := range 20 {
		left = append(left, named(fmt.Sprintf("b%d", i), 3, 1, 1))
	}
	want := namesOf(left...)
	for range 500 {
		left = rest(t, left, r.ReportAll(t.Context(), left))
		if len(left) == 0 {
			break
		}
	}
	if len(left) > 0 {
		t.Fatalf("%d batches are left", len(left))
	}
	for name := range want {
		if taken[name] != 1 {
			t.Errorf("%s was told %d times", name, taken[name])
		}
	}
}
