package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/converged/converged/graph/draw"
)

// reloadPath is where a served page hears that there is a newer one.
const reloadPath = "/changes"

// newer is the event that there is one.
const newer = "data: newer\n\n"

// page is the newest picture as HTML, served to browsers on this machine.
type page struct {
	address string

	mu      sync.Mutex
	html    []byte
	shown   string        // names html among all that were; empty before the first
	changed chan struct{} // closed when there is a newer one
}

func newPage(address string) *page { return &page{address: address, changed: make(chan struct{})} }

// draw shows a drawing; no page shows nothing.
func (p *page) draw(d *drawing) error {
	if p == nil {
		return nil
	}
	options, name := d.page, rand.Text()
	options.Reload = reloadPath + "?shown=" + name
	var html bytes.Buffer
	if err := draw.HTML(&html, d.placed(), d.graph, options); err != nil {
		return fmt.Errorf("drawing the page that is served: %w", err)
	}
	p.show(name, html.Bytes())
	return nil
}

// show replaces the page; every browser that shows it is told.
func (p *page) show(name string, html []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.html, p.shown = html, name
	close(p.changed)
	p.changed = make(chan struct{})
}

func (p *page) now() (html []byte, shown string, changed <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.html, p.shown, p.changed
}

// serve answers on a loopback address until ctx ends.
func (p *page) serve(ctx context.Context, l net.Listener) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.whole)
	mux.HandleFunc("GET "+reloadPath, p.changes)
	s := &http.Server{
		Handler:           onThisMachine(mux),
		ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	end := context.AfterFunc(ctx, func() { _ = s.Close() })
	defer end()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving the page: %w", err)
	}
	return nil
}

// onThisMachine refuses requests in another host's name: a foreign page could have
// its name lead here and read the answer.
func onThisMachine(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			http.Error(w, "this page is for this machine only", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (p *page) whole(w http.ResponseWriter, _ *http.Request) {
	html, shown, _ := p.now()
	h := w.Header()
	if shown == "" { // what there is to draw cannot be read
		h.Set("Refresh", "1")
		http.Error(w, "nothing is drawn yet", http.StatusServiceUnavailable)
		return
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(html) // a browser that went away is its own affair
}

// changes is a stream of server-sent events, one for each newer page than the one
// that the browser shows: what came before it asked is not lost.
func (p *page) changes(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	flush := http.NewResponseController(w)
	_, shown, changed := p.now()
	first := ": listening\n\n"
	if asked := r.URL.Query().Get("shown"); asked != "" && asked != shown {
		first = newer
	}
	for text := first; ; text = newer {
		if _, err := w.Write([]byte(text)); err != nil || flush.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-changed:
			_, _, changed = p.now()
		}
	}
}

// listen opens a loopback address for the page.
func listen(ctx context.Context, address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("--listen %s: expected HOST:PORT, such as 127.0.0.1:8080", address)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("--listen %s: expected a loopback address: the page is for this machine only", address)
	}
	var c net.ListenConfig
	l, err := c.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("--listen %s: %w", address, err)
	}
	return l, nil
}
