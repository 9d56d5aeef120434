// Package receive takes in reports that arrive over HTTP: messages of Chef's
// data collector, the reports that Puppet's http processor and its agents send,
// and any known format under /v1/reports. It knows bytes and HTTP only: what a
// report says is for Options.Take.
//
// Endpoints:
//
//	POST /data-collector, and all paths below it  Chef's data_collector.server_url  201 {}
//	POST /reports/upload                          Puppet's reporturl                200 {"runs":["id"]}
//	PUT  /puppet/v3/report/<certname>             a Puppet agent's report server    200 []
//	POST /v1/reports/<format>                     whoever would rather send         202 {"runs":["id"]}
//	GET  /healthz                                 is it there; needs no token       200 ok
//
// Everything else is answered {"error": "..."}.
package receive

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// Formats that have endpoints of their own; each is there if Options.Formats has it.
const (
	ChefCollector = "chef-collector"
	PuppetReport  = "puppet-report"
)

var (
	// ErrUnfit is what Take wraps when the body is no report of its format: the
	// sender is told 422 with the error's text, which may hold nothing secret and says
	// whether anything was taken. It is not logged here.
	ErrUnfit = errors.New("not such a report")
	// ErrBusy is what Take wraps when it cannot take a report now: the sender is
	// told 503, to come again.
	ErrBusy = errors.New("cannot be taken now")
	// ErrExposed is what Open says of an address that others than this machine
	// can reach, when neither a token nor client certificates are demanded.
	ErrExposed = errors.New("reachable from outside without a token or client certificates")
)

// Post is a report that arrived whole.
type Post struct {
	Format  string    // one of Options.Formats
	Body    []byte    // decompressed, 1 to Options.MaxBytes bytes; the receiver's own
	Origin  string    // for people: "http://10.0.0.7/data-collector", "unix:/v1/reports/puppet-report"; printable, no query, no user
	Version string    // of the tool, by its headers (X-Chef-Version, X-Puppet-Version); "" if not said
	Arrived time.Time // when the body was whole
}

// Options are the settings of a Server; Listen, Formats and Take have no default.
type Options struct {
	// Listen are the addresses: "127.0.0.1:7342", "[::1]:7342", "localhost:7342",
	// "unix:///run/converged/receive.sock". ":7342" is every address of the machine.
	Listen []string
	// Token is what every request but /healthz must bring, on every address; "" is none.
	Token string
	// TokenNow is asked at every request for the token as it is now, in place of
	// Token; what is "" changes nothing. Nil is that it does not change.
	TokenNow func() string
	// Cert and Key are PEM files: TLS on every TCP address. With ClientCA, also PEM,
	// a client must show a certificate that it signed. All are read again when
	// they change. A UNIX socket is guarded by its mode, 0660, and the token.
	Cert, Key, ClientCA string
	// Formats are what POST /v1/reports/<format> knows.
	Formats []string

	MaxBytes       int64   // a body, decompressed; 0 is 16 MiB
	MaxMemory      int64   // all bodies at one time, those up to 64 KiB not counted; up to MaxBytes of it are left to Chef; 0 is 64 MiB, or twice MaxBytes
	MaxRequests    int     // calls of Take at one time, Chef's not counted; 0 is 8
	MaxConnections int     // at one time; those without a request make room; 0 is 256
	Rate           float64 // requests a second, Chef's not counted, with a burst of two seconds; 0 is 50

	// Take returns once the report is on disk, with the ids of its runs if they
	// are known, and the sender is answered then. It is called from many
	// goroutines. Its ctx ends after TakeWithin and when the server stops, not
	// when the sender goes away: a report that arrived whole is taken. It must
	// return soon after ctx ends: Run waits for it. What an error means is told
	// by ErrUnfit and ErrBusy; any other is 500 without its text, and is logged. Chef's
	// client repeats nothing usefully and stops its reporting after a refusal: on
	// /data-collector it is told 201 all the same, and the message counts as lost.
	Take func(ctx context.Context, p Post) (runs []string, err error)
	// TakeWithin is the time for Take; 0 is 20 s. A Chef client waits for 3 s of it.
	TakeWithin time.Duration
	Changed    func()       // is called when Stats have changed, from many goroutines; nil is nothing
	Log        *slog.Logger // nil is silence

	limits limits // tests make them small
	lookup lookup // of host names; tests have their own
}
