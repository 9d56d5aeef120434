package datadog

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/converged/converged/reporters/telemetry"
)

// pipes is a listener whose connections are made by dial: a network within one
// process, for tests whose time is not real.
type pipes struct {
	conns chan net.Conn
	once  sync.Once
	ended chan struct{}
	made  atomic.Int64
}

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.conns <- there:
		p.made.Add(1)
		return here, nil
	case <-p.ended:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.conns:
		return conn, nil
	case <-p.ended:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.once.Do(func() { close(p.ended) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

// inBubble runs f with a receiver and a Reporter in a time of their own.
func inBubble(t *testing.T, answer func(w http.ResponseWriter, q request), change func(*Options), f func(t *testing.T, rc *receiver, r *Reporter)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		rc := &receiver{t: t, answer: answer}
		listener := &pipes{conns: make(chan net.Conn), ended: make(chan struct{})}
		server := &http.Server{Handler: rc}
		var serving sync.WaitGroup
		serving.Go(func() { server.Serve(listener) })
		r := start(t, "http://127.0.0.1:80", func(o *Options) {
			o.Now = time.Now
			o.Keys = func() (Keys, error) { return Keys{API: apiKey, Application: appKey}, nil }
			if change != nil {
				change(o)
			}
		})
		r.client.Transport.(*http.Transport).DialContext = listener.dial
		rc.made = &listener.made
		f(t, rc, r)
		r.Close()
		server.Close()
		serving.Wait()
	})
}

func TestIdleConnectionsAreClosed(t *testing.T) {
	inBubble(t, accept, nil, func(t *testing.T, rc *receiver, r *Reporter) {
		for _, c := range []struct {
			idle time.Duration
			want int64
		}{{0, 1}, {30 * time.Second, 1}, {time.Minute, 2}, {time.Hour, 3}, {time.Second, 3}} {
			time.Sleep(c.idle)
			if err := r.Report(t.Context(), run("r1")); err != nil {
				t.Fatal(err)
			}
			if n := rc.made.Load(); n != c.want {
				t.Errorf("after %v without a request: %d connections, want %d", c.idle, n, c.want)
			}
		}
	})
}

// TestMinutesOfFlapping has a server that fails, hangs and answers by turns of
// seconds, while runs keep coming.
func TestMinutesOfFlapping(t *testing.T) {
	taken := map[string]int{}
	var mu sync.Mutex
	answer := func(w http.ResponseWriter, q request) {
		switch second := time.Now().Second(); {
		case second%20 < 5:
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		case second%20 < 8:
			time.Sleep(time.Hour) // longer than anybody waits
			return
		case second%20 < 10:
			w.Header().Set("X-RateLimit-Reset", "3")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		time.Sleep(100 * time.Millisecond)
		mu.Lock()
		defer mu.Unlock()
		for _, name := range namesIn(t, q.body) {
			taken[name]++
		}
		accept(w, q)
	}
	change := func(o *Options) { o.Timeout = 2 * time.Second }
	inBubble(t, answer, change, func(t *testing.T, _ *receiver, r *Reporter) {
		var left []telemetry.Batch
		names := map[string]bool{}
		for i := 0; i < 600 || len(left) > 0; i++ {
			if i < 600 {
				b := named(fmt.Sprintf("b%d", i), 2, 1, i%7/6)
				left = append(left, b)
				maps.Copy(names, namesOf(b))
			}
			if i > 2000 {
				t.Fatalf("%d batches are left long after the last one came", len(left))
			}
			group := min(len(left), 64)
			left = append(rest(t, left[:group], r.ReportAll(t.Context(), left[:group])), left[group:]...)
			time.Sleep(700 * time.Millisecond)
		}
		for name := range names {
			if taken[name] != 1 {
				t.Errorf("%s was told %d times", name, taken[name])
			}
		}
		if s := r.Stats(); s.Answers[503] == 0 || s.Answers[429] == 0 || s.Answers[0] == 0 || s.Delivered != int64(len(names)) {
			t.Errorf("got %+v, want every kind of failure seen and %d items delivered", s, len(names))
		}
		time.Sleep(2 * time.Hour) // the server's own requests end
	})
}
