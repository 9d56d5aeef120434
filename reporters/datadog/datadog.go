// Package datadog tells Datadog's HTTP API of runs, and knows what arrived.
//
// A batch counts as delivered once Datadog answered 2xx for each of its items;
// the switch that says what every other answer means is in verdict.go. Keys go
// in headers, never in a URL, a log line or an error, and no redirect is followed
// with them.
package datadog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/converged/converged/reporters/telemetry"
)

// DefaultSite is where accounts are whose site is not told.
const DefaultSite = "datadoghq.com"

// Options say which account, and how to reach it. Keys must be set; the zero
// value of the rest is usable.
type Options struct {
	Site string // domain of the account, such as datadoghq.eu; DefaultSite if empty
	URL  string // of a gateway, instead of https://api.SITE; a path is put before Datadog's own
	// Keys is asked when a key is first needed, and again for each attempt after
	// an answer of 401 or 403, so that a rotated key file costs nothing.
	Keys func() (Keys, error)

	Proxy               string        // URL; HTTPS_PROXY, HTTP_PROXY and NO_PROXY if empty
	CAFile              string        // certificates in PEM, trusted beside the system's own
	SkipTLSVerification bool          // anybody on the way can then read the keys
	Timeout             time.Duration // of one request, whole; 10 s if 0

	// Dial makes the connections; the system does if it is nil.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)

	UserAgent string // converged if empty
	Log       *slog.Logger
	Now       func() time.Time // time.Now if nil
}

func (o Options) withDefaults() Options {
	if o.Timeout <= 0 {
		o.Timeout = 10 * time.Second
	}
	if o.Dial == nil {
		o.Dial = (&net.Dialer{Timeout: o.Timeout, KeepAlive: 15 * time.Second}).DialContext
	}
	if o.UserAgent == "" {
		o.UserAgent = "converged"
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// Reporter is one account. It may be used from several goroutines.
type Reporter struct {
	base      *url.URL
	client    *http.Client
	timeout   time.Duration
	userAgent string
	log       *slog.Logger
	now       func() time.Time

	keys   *keyring
	packs  sync.Pool // of *pack
	counts counts
	hosts  *hostTags
	closed atomic.Bool
}

// New checks the options; it connects to nothing. An error names the option and
// what is expected of it. Close must be called.
func New(o Options) (*Reporter, error) {
	o = o.withDefaults()
	if o.Keys == nil {
		return nil, errors.New("datadog: keys: expected a function that returns them")
	}
	base, err := baseURL(o.Site, o.URL)
	if err != nil {
		return nil, fmt.Errorf("datadog: %w", err)
	}
	transport, err := newTransport(o)
	if err != nil {
		return nil, fmt.Errorf("datadog: %w", err)
	}
	r := &Reporter{
		base: base, timeout: o.Timeout, userAgent: o.UserAgent, log: o.Log, now: o.Now,
		client: &http.Client{Transport: transport, CheckRedirect: stay},
		keys:   &keyring{ask: o.Keys},
		counts: counts{complained: map[string]bool{}},
	}
	r.hosts = newHostTags(r)
	warnOfOpenDoors(o, base)
	return r, nil
}

// stay follows no redirect: whoever wrote it would be given the keys.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Report delivers b: metrics, service checks, events. It returns nil when all of
// it was taken, an error of telemetry.ErrRefused or telemetry.ErrHeld, a
// *telemetry.Later, a *telemetry.Partial, or another error when it should be
// tried again.
func (r *Reporter) Report(ctx context.Context, b telemetry.Batch) error {
	return r.ReportAll(ctx, []telemetry.Batch{b})[0]
}

// ReportAll delivers several batches in as few requests as there can be, and
// returns for each what Report would.
func (r *Reporter) ReportAll(ctx context.Context, batches []telemetry.Batch) []error {
	errs := make([]error, len(batches))
	if r.closed.Load() {
		for i, b := range batches {
			errs[i] = fmt.Errorf("datadog: deliver run %q: the reporter is closed", b.RunID)
		}
		return errs
	}
	s := newShipment(r, batches)
	s.run(ctx)
	for i, b := range batches {
		errs[i] = s.accounts[i].outcome(b)
		if settled(errs[i]) {
			r.countDropped(b.RunID, s.accounts[i])
			r.hosts.want(b)
		}
	}
	return errs
}

// settled says whether a part of a batch at least was taken or dropped.
func settled(err error) bool {
	var partial *telemetry.Partial
	return err == nil || errors.As(err, &partial)
}

// Close gives up host tags that are still to be told, and ends the connections.
// A later Report fails.
func (r *Reporter) Close() error {
	if r.closed.Swap(true) {
		return nil
	}
	r.hosts.close()
	r.client.CloseIdleConnections()
	return nil
}
