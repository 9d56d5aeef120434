package rig

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// The paths of the API, as far as the intake speaks it. A host's name follows
// HostTagsPath.
const (
	SeriesPath    = "/api/v2/series"
	OldSeriesPath = "/api/v1/series" // of the handlers that run within the tool
	EventsPath    = "/api/v1/events"
	ChecksPath    = "/api/v1/check_run"
	HostTagsPath  = "/api/v1/tags/hosts/"
	ValidatePath  = "/api/v1/validate"
)

// IntakeOptions say what an Intake is like. The zero value is usable.
type IntakeOptions struct {
	Address        string // to listen on; 127.0.0.1 and a free port if empty
	APIKey         string // the one that is accepted; any if empty
	ApplicationKey string // the one that is accepted for host tags; any if empty
	TLS            bool   // with a certificate of an authority that nobody knows: CA
	Silent         bool   // requests are counted, their items are not looked at

	// Saw is told of every request before it is answered, from several goroutines;
	// body is unpacked, as far as that can be done, and is not kept.
	Saw func(r *http.Request, body []byte)
}

// Intake is a server of its own that speaks Datadog's API: it checks keys, sizes,
// packing and forms, answers as Datadog does, and remembers for each host what it
// has taken. It misbehaves on request. It may be used from several goroutines.
type Intake struct {
	URL string // without a slash at its end
	CA  []byte // PEM of the authority, with TLS

	options IntakeOptions
	server  *http.Server
	wire    wire
	served  chan struct{}
	closing chan struct{} // closed when nothing is to hang any more

	mu      sync.Mutex
	changed chan struct{} // closed and replaced when something was taken or answered
	key     string
	answers map[string]Answer
	intakeAccount
}

// StartIntake listens and serves until Close.
func StartIntake(o IntakeOptions) (*Intake, error) {
	in := &Intake{options: o, key: o.APIKey, answers: map[string]Answer{}, intakeAccount: newAccount(),
		served: make(chan struct{}), closing: make(chan struct{}), changed: make(chan struct{})}
	listener, err := net.Listen("tcp", cmp.Or(o.Address, "127.0.0.1:0"))
	if err != nil {
		return nil, fmt.Errorf("starting an intake: %w", err)
	}
	in.URL = "http://" + listener.Addr().String()
	in.server = &http.Server{Handler: in, ReadHeaderTimeout: time.Minute, ErrorLog: log.New(quiet{}, "", 0)}
	serve := func() error { return in.server.Serve(in.wire.count(listener)) }
	if o.TLS {
		in.URL = "https://" + listener.Addr().String()
		if in.server.TLSConfig, in.CA, err = unknownAuthority(); err != nil {
			return nil, errors.Join(err, listener.Close())
		}
		serve = func() error { return in.server.ServeTLS(in.wire.count(listener), "", "") }
	}
	go func() {
		defer close(in.served)
		_ = serve() // it ends with Close
	}()
	return in, nil
}

// Address is what the intake listens on; another one may be started there after Close.
func (in *Intake) Address() string {
	_, address, _ := strings.Cut(in.URL, "://")
	return address
}

// Close ends the server and every request in it.
func (in *Intake) Close() error {
	close(in.closing)
	err := in.server.Close()
	<-in.served
	return err
}

// Accept changes the API key that is accepted.
func (in *Intake) Accept(key string) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.key = key
}

// Behave changes how requests are answered whose path begins with prefix; the
// longest prefix counts. A nil answer makes the intake behave again.
func (in *Intake) Behave(prefix string, a Answer) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if a == nil {
		delete(in.answers, prefix)
		return
	}
	in.answers[prefix] = a
}

// Await waits until holds, which is asked again after every request. The error
// is that of ctx and says what was waited for.
func (in *Intake) Await(ctx context.Context, what string, holds func() bool) error {
	for {
		in.mu.Lock()
		changed := in.changed
		in.mu.Unlock()
		if holds() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w; the intake has %+v", what, ctx.Err(), in.Totals())
		}
	}
}

// ServeHTTP answers one request, well or as Behave was told.
func (in *Intake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := &Exchange{Request: r, intake: in, writer: w}
	x.read()
	in.mu.Lock()
	in.requests[pathOf(r)]++
	answer := in.answerOf(r.URL.Path)
	in.mu.Unlock()
	if in.options.Saw != nil {
		in.options.Saw(r, x.body)
	}
	if answer == nil {
		answer = Well
	}
	answer(x)
	in.mu.Lock()
	defer in.mu.Unlock()
	if x.status != 0 {
		in.statuses[x.status]++
	}
	if x.status == 0 {
		x.doubt()
	}
	close(in.changed)
	in.changed = make(chan struct{})
}

// answerOf is the behaviour of a path, nil for a good one. The caller holds mu.
func (in *Intake) answerOf(path string) Answer {
	var longest string
	var answer Answer
	for prefix, a := range in.answers {
		if strings.HasPrefix(path, prefix) && (answer == nil || len(prefix) > len(longest)) {
			longest, answer = prefix, a
		}
	}
	return answer
}

// pathOf is a request's path without the name of a host.
func pathOf(r *http.Request) string {
	if strings.HasPrefix(r.URL.Path, HostTagsPath) {
		return HostTagsPath
	}
	return r.URL.Path
}

// quiet drops what net/http says of connections that tests break on purpose.
type quiet struct{}

func (quiet) Write(p []byte) (int, error) { return len(p), nil }

// rightKey says whether a key is the wanted one; any is if none is wanted.
func rightKey(got, wanted string) bool {
	return got != "" && (wanted == "" || got == wanted)
}
