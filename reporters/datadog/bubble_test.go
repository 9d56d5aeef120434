package datadog

import (
	"context"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
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
