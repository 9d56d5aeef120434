// Package dogstatsd hands batches over to a Datadog Agent, or to any other
// receiver of DogStatsD, over UDP or a Unix datagram socket.
//
// The protocol has no acknowledgement. "Handed over" means: the kernel took every
// datagram for a socket on which somebody listens. What a receiver loses after
// that, and what a network loses on the way to another machine, nobody is told.
package dogstatsd

import (
	"fmt"
	"log/slog"
	"maps"
	"os"
	"sync"
	"time"
)

// The sizes of datagrams, in bytes.
const (
	maxUnix = 8192 // what the Agent reads at once; also the most that one item may have
	maxUDP  = 1432 // fits a network frame; a single longer item goes alone
	minimum = 1024 // what a system that takes no more is not asked for less than
)

// late is the age from which a metric says when it was: an Agent stamps a younger
// one itself, and receivers other than the Agent do not know the timestamp.
const late = 30 * time.Second

// Options say where to and as whom. The zero value is usable.
type Options struct {
	// Address is udp://HOST:PORT, HOST:PORT, HOST, unix:///PATH or unixgram:///PATH.
	// If empty it is DD_DOGSTATSD_URL, else DD_AGENT_HOST with DD_DOGSTATSD_PORT,
	// else /var/run/datadog/dsd.socket if it is there, else 127.0.0.1:8125; that is
	// looked up at each new connection.
	Address string
	// Tags are added to every item. DD_ENV, DD_SERVICE, DD_VERSION and DD_ENTITY_ID
	// add none: they tell of this process, and a run has an env: of its own.
	Tags []string
	// Hostname is what the Agent calls this machine; os.Hostname if empty. Metrics
	// of another host get a host: tag, events and checks always name their host.
	Hostname string
	Timeout  time.Duration           // to connect, and to write a datagram; 1 s if 0
	Now      func() time.Time        // time.Now if nil
	Env      func(key string) string // os.Getenv if nil
	Log      *slog.Logger
}

func (o Options) withDefaults() (Options, error) {
	if o.Timeout <= 0 {
		o.Timeout = time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Env == nil {
		o.Env = os.Getenv
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Hostname == "" {
		name, err := os.Hostname()
		if err != nil {
			return o, fmt.Errorf("ask for this machine's name: %w", err)
		}
		o.Hostname = name
	}
	return o, nil
}

// Reporter is a connection that is made when it is needed. It may be used from
// several goroutines; batches go one after the other.
type Reporter struct {
	options Options
	tags    []string

	mu      sync.Mutex
	encoder *encoder
	socket  socket
	closed  bool

	counting sync.Mutex // of stats, which are asked for while a batch is under way
	stats    Stats
}

// Stats counts what a Reporter did since New.
type Stats struct {
	Datagrams, Items int64            // handed over, and not known to be lost
	Dropped          map[string]int64 // items of batches that were handed over without them, by reason
}

// New checks the address; it does not connect. Close must be called.
func New(o Options) (*Reporter, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("dogstatsd: %w", err)
	}
	find := func() (target, error) { return find(o.Address, o.Env, agentSocket) }
	if _, err := find(); err != nil {
		return nil, fmt.Errorf("dogstatsd: %w", err)
	}
	enc, err := newEncoder()
	if err != nil {
		return nil, fmt.Errorf("dogstatsd: start the client library: %w", err)
	}
	return &Reporter{
		options: o, tags: cleanTags(o.Tags), encoder: enc,
		socket: socket{find: find, timeout: o.Timeout, most: maxUnix},
		stats:  Stats{Dropped: map[string]int64{}},
	}, nil
}

// count counts what was handed over, and what was left out of it, which it says
// for the first of each reason.
func (r *Reporter) count(h *handover, runID string) {
	r.counting.Lock()
	defer r.counting.Unlock()
	r.stats.Datagrams += h.datagrams
	r.stats.Items += h.items
	for _, reason := range h.dropped {
		if r.stats.Dropped[reason]++; r.stats.Dropped[reason] == 1 {
			r.options.Log.Warn("a part of a batch cannot be told over DogStatsD; it is dropped, and so are those that follow; they are counted", "run_id", runID, "reason", reason)
		}
	}
}

// Stats may be called at any time; it waits for no batch.
func (r *Reporter) Stats() Stats {
	r.counting.Lock()
	defer r.counting.Unlock()
	s := r.stats
	s.Dropped = maps.Clone(s.Dropped)
	return s
}

// Dropped is that of Stats.
func (r *Reporter) Dropped() map[string]int64 { return r.Stats().Dropped }

// Close ends the connection. A later Report fails.
func (r *Reporter) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil
	}
	r.closed = true
	r.socket.close()
	if err := r.encoder.close(); err != nil {
		return fmt.Errorf("dogstatsd: stop the client library: %w", err)
	}
	return nil
}
