package receive

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
)

// Server receives reports. Its methods may be called from any goroutine.
type Server struct {
	o         Options
	listeners []*listener
	http      *http.Server
	token     token
	bucket    *bucket
	memory    *memory
	turns     *turns
	chefTurns *turns
	gate      *gate
	counts    *counts
	say       *say

	ctx    context.Context // ends when the server is to stop at once
	cancel context.CancelFunc
	mu     sync.Mutex
	ran    bool
	done   chan struct{} // closed when Run is done
}

// Open listens on all addresses, and serves none yet: who connects waits. Errors
// name the address or the file; ErrExposed is one of them.
func Open(o Options) (*Server, error) {
	o = o.withDefaults()
	if err := o.check(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &Server{
		o: o, token: newToken(o.Token, o.TokenNow), bucket: newBucket(o.Rate), memory: &memory{free: o.MaxMemory},
		turns: newTurns(o.MaxRequests), chefTurns: newTurns(chefAtOnce),
		gate: newGate(), counts: newCounts(o.Changed), say: newSay(o.Log), ctx: ctx, cancel: cancel, done: make(chan struct{}),
	}
	secure, err := openCertificates(o, s.say)
	if err != nil {
		cancel()
		return nil, err
	}
	conns := newConnections(o.MaxConnections, o.limits.wait, s.say)
	if s.listeners, err = listenAll(o, secure, conns); err != nil {
		cancel()
		return nil, err
	}
	s.http = s.server(conns)
	return s, nil
}

func (o Options) check() error {
	switch {
	case len(o.Listen) == 0:
		return errors.New("no address to listen on")
	case o.Take == nil || len(o.Formats) == 0:
		return errors.New("nobody takes what would be received")
	case o.MaxBytes < 0 || o.MaxRequests < 0 || o.MaxConnections < 0 || o.Rate < 0 || o.TakeWithin < 0:
		return errors.New("a limit is negative")
	case (o.Cert == "") != (o.Key == ""):
		return errors.New("a certificate and its key belong together; one of them is not set")
	case o.ClientCA != "" && o.Cert == "":
		return errors.New("client certificates are demanded without a certificate and a key of our own")
	case strings.ContainsFunc(o.Token, func(r rune) bool { return r <= ' ' || r > '~' }):
		return errors.New("the token holds what a header cannot: it must be printable ASCII without spaces")
	}
	return nil
}

// server is net/http's. HTTP/2 is left out: no client of ours gains by it.
func (s *Server) server(conns *connections) *http.Server {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	return &http.Server{
		Handler: handler{s}, Protocols: &protocols, DisableGeneralOptionsHandler: true,
		ReadHeaderTimeout: s.o.limits.header, IdleTimeout: s.o.limits.idle, MaxHeaderBytes: maxHeaderBytes,
		ConnState: conns.state, ErrorLog: log.New(s.say, "", 0),
	}
}

// Run serves until ctx ends or Close is called; then it lets requests under way
// finish for 3 s. After it returned no Take is running and no socket file is left.
// It is called once. An error is an address that can no longer be listened on.
func (s *Server) Run(ctx context.Context) error {
	if !s.begin() {
		return errors.New("receive: Run was called before, or after Close")
	}
	defer close(s.done)
	failed := make(chan error, len(s.listeners))
	for _, l := range s.listeners {
		go func() { failed <- l.serve(s.http) }()
	}
	var err error
	ended := 0
	select {
	case <-ctx.Done():
	case <-s.ctx.Done():
	case err = <-failed:
		ended++
	}
	s.stop()
	for range len(s.listeners) - ended {
		err = errors.Join(err, <-failed)
	}
	return err
}

func (s *Server) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ran || s.ctx.Err() != nil {
		return false
	}
	s.ran = true
	return true
}

// stop lets requests under way finish for a while, then ends what is left.
func (s *Server) stop() {
	grace, cancel := context.WithTimeout(s.ctx, s.o.limits.finish)
	defer cancel()
	_ = s.http.Shutdown(grace) // that time was not enough is no error
	s.gate.close()
	select {
	case <-s.gate.empty: // Chef's messages may be under way after their answer
	case <-grace.Done():
	}
	s.cancel()
	_ = s.http.Close()
	<-s.gate.empty
	for _, l := range s.listeners {
		_ = l.Close()
	}
}

// Close stops at once, waits for Run and lets go of the addresses. Closing again
// does nothing.
func (s *Server) Close() error {
	s.mu.Lock()
	ran := s.ran
	s.cancel()
	s.mu.Unlock()
	if ran {
		<-s.done
		return nil
	}
	var errs []error
	for _, l := range s.listeners {
		errs = append(errs, l.Close())
	}
	return errors.Join(errs...)
}

// Addresses are those that are listened on, in the order of Options.Listen, with
// their real ports: "http://127.0.0.1:7342", "https://[::1]:7342",
// "unix:///run/converged/receive.sock". A host name is all of its addresses.
func (s *Server) Addresses() []string {
	all := make([]string, len(s.listeners))
	for i, l := range s.listeners {
		all[i] = l.name()
	}
	return all
}

// listener is an address that is listened on.
type listener struct {
	net.Listener
	path   string // of a UNIX socket
	secure *tls.Config
	remove func() error // takes the socket file away; nil if there is none
	close  func() error // once
}

func (l *listener) name() string {
	switch {
	case l.path != "":
		return "unix://" + l.path
	case l.secure != nil:
		return "https://" + l.Addr().String()
	}
	return "http://" + l.Addr().String()
}

// Close lets go of the address, the first time.
func (l *listener) Close() error { return l.close() }

func (l *listener) letGo() error {
	if l.remove == nil {
		return l.Listener.Close()
	}
	return errors.Join(l.remove(), l.Listener.Close())
}

func (l *listener) serve(with *http.Server) error {
	var over net.Listener = l
	if l.secure != nil {
		over = tls.NewListener(l, l.secure)
	}
	if err := with.Serve(over); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("listening on %s: %w", l.name(), err)
	}
	return nil
}
