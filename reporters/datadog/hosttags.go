package datadog

import (
	"cmp"
	"context"
	"errors"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/converged/converged/reporters/telemetry"
)

// The bounds of host tags. A host that is new to Datadog is known there some
// minutes after its first metrics.
const (
	mostWaiting  = 1024  // hosts
	mostKnown    = 65536 // hosts whose last tags are remembered, as a hash
	mostAttempts = 12    // of one state of one host
	firstPause   = 15 * time.Second
	longestPause = 15 * time.Minute
)

// HostTagStats counts host tags, each a state of one host.
type HostTagStats struct {
	Sent    int64
	Refused int64 // for good
	GivenUp int64 // after many attempts, or as one too many; told again with the host's next run
	Waiting int
}

// hostSource is a host and who gives it tags.
type hostSource struct{ host, source string }

// wanted is a state that Datadog has not taken yet.
type wanted struct {
	tags     []string
	sum      uint64
	at       time.Time // of the run that told it
	due      time.Time
	attempts int
}

// lastTold is what Datadog took last.
type lastTold struct {
	sum uint64
	at  time.Time
}

// hostTags tells Datadog what hosts are tagged with, beside everything else: it
// is a state, of which only the latest counts, and nothing waits for it. Its
// goroutine lives while something is to be told.
type hostTags struct {
	r      *Reporter
	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup
	woken  chan struct{}

	mu      sync.Mutex
	waiting map[hostSource]*wanted
	known   map[hostSource]lastTold
	counted HostTagStats
	running bool
	closed  bool

	failures  int       // in a row, other than that a host is not known
	notBefore time.Time // because of them
	failing   bool      // the last one was not taken, and that was said
	keyless   bool      // that there is no application key was said
}

func newHostTags(r *Reporter) *hostTags {
	h := &hostTags{r: r, waiting: map[hostSource]*wanted{}, known: map[hostSource]lastTold{}, woken: make(chan struct{}, 1)}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	return h
}

// close stops what is being told. What is not told comes with a later run.
func (h *hostTags) close() {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	h.cancel()
	h.work.Wait()
}

func (h *hostTags) stats() HostTagStats {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.counted
	s.Waiting = len(h.waiting)
	return s
}

// want notes what the host of b is to be tagged with, if b knows it and it is
// not what Datadog was told last.
func (h *hostTags) want(b telemetry.Batch) {
	host := line(b.Host, maxHost)
	if b.HostTags == nil || host == "" || host == "." || host == ".." { // these would be another path
		return
	}
	tags := merge(b.HostTags.Tags)
	h.note(hostSource{host, line(b.HostTags.Source, maxTag)}, &wanted{tags: tags, sum: sum(tags), at: b.Timestamp})
}

// note puts w in the place of what waits for the same host, unless Datadog knows
// it already or a later run told something else.
func (h *hostTags) note(of hostSource, w *wanted) {
	h.mu.Lock()
	defer h.mu.Unlock()
	before, waits := h.waiting[of]
	last, known := h.known[of]
	switch {
	case h.closed || known && last.at.After(w.at):
		return
	case waits && before.at.After(w.at):
		return
	case waits && before.sum == w.sum:
		before.at = w.at
		return
	case waits: // even for what Datadog was told last: the other may be on its way
		w.due = before.due // a change is no reason to be less patient
	case known && last.sum == w.sum:
		h.known[of] = lastTold{w.sum, w.at}
		return
	case len(h.waiting) >= mostWaiting:
		h.counted.GivenUp++
		return
	}
	h.waiting[of] = w
	h.wake()
}

// wake has the goroutine look again, and starts it if it does not live. The lock
// is held.
func (h *hostTags) wake() {
	if !h.running {
		h.running = true
		h.work.Go(h.run)
		return
	}
	select {
	case h.woken <- struct{}{}:
	default:
	}
}

func (h *hostTags) run() {
	for {
		of, w, pause := h.next()
		switch {
		case w == nil:
			return
		case pause > 0:
			h.wait(pause)
		default:
			h.settle(of, w, h.tell(of, w))
		}
	}
}

func (h *hostTags) wait(pause time.Duration) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-h.ctx.Done():
	case <-h.woken:
	case <-timer.C:
	}
}

// next is what is due first, and in how long. If there is nothing, or no time
// left, the goroutine counts as ended.
func (h *hostTags) next() (of hostSource, w *wanted, pause time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for key, other := range h.waiting {
		if w == nil || cmp.Or(other.due.Compare(w.due), strings.Compare(key.host, of.host), strings.Compare(key.source, of.source)) < 0 {
			of, w = key, other
		}
	}
	if w == nil || h.ctx.Err() != nil {
		h.running = false
		return of, nil, 0
	}
	due := w.due
	if h.notBefore.After(due) {
		due = h.notBefore
	}
	return of, w, due.Sub(h.r.now())
}

// hostTagsBody is the body of PUT /api/v1/tags/hosts/HOST.
type hostTagsBody struct {
	Host string   `json:"host"`
	Tags []string `json:"tags"`
}

func (h *hostTags) tell(of hostSource, w *wanted) result {
	return h.r.do(h.ctx, call{
		method: http.MethodPut, path: "/api/v1/tags/hosts/" + url.PathEscape(of.host), query: url.Values{"source": {of.source}},
		body: appendJSON(nil, hostTagsBody{of.host, w.tags}), application: true,
	})
}

// settle decides what becomes of w after an attempt.
func (h *hostTags) settle(of hostSource, w *wanted, res result) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.ctx.Err() != nil:
	case errors.Is(res.err, errNoApplicationKey):
		clear(h.waiting) // each comes again with its host's next run
		h.say(&h.keyless, true, "host tags are not sent: "+errNoApplicationKey.Error(), nil)
	case res.class == delivered:
		h.counted.Sent++
		h.learn(of, w)
		h.failures, h.notBefore, h.keyless = 0, time.Time{}, false
		h.say(&h.failing, false, "host tags are taken again", nil)
	case res.class == refused, res.class == divide:
		h.counted.Refused++
		h.learn(of, w) // it would be refused again
		h.r.log.Warn("the tags of a host were refused for good", "host", of.host, "error", res.err)
	case res.status == http.StatusNotFound:
		h.postpone(of, w, h.r.now().Add(pauseAfter(w.attempts+1)))
	default:
		h.failures++
		h.notBefore = h.r.now().Add(max(res.after, pauseAfter(h.failures)))
		h.postpone(of, w, h.notBefore)
		h.say(&h.failing, true, "host tags do not get through; they are tried again", res.err)
	}
}

// learn remembers what Datadog was told last.
func (h *hostTags) learn(of hostSource, w *wanted) {
	if len(h.known) >= mostKnown {
		clear(h.known) // at worst each host's tags are sent once more
	}
	h.known[of] = lastTold{w.sum, w.at}
	if h.waiting[of] == w {
		delete(h.waiting, of)
	}
}

// postpone has w wait, or gives it up until the host's next run.
func (h *hostTags) postpone(of hostSource, w *wanted, due time.Time) {
	if h.waiting[of] != w {
		return // there is a later one by now
	}
	w.due = due
	if w.attempts++; w.attempts >= mostAttempts {
		h.counted.GivenUp++
		delete(h.waiting, of)
	}
}

// say tells of a change of state, not of each attempt.
func (h *hostTags) say(state *bool, is bool, message string, err error) {
	if *state == is {
		return
	}
	*state = is
	if err != nil {
		h.r.log.Warn(message, "error", err)
		return
	}
	h.r.log.Info(message)
}

// pauseAfter doubles from firstPause to longestPause, and is up to a quarter
// longer or shorter, so that many nodes do not ask at once.
func pauseAfter(attempts int) time.Duration {
	pause := min(firstPause<<min(attempts-1, 16), longestPause)
	return pause*3/4 + rand.N(pause/2) //nolint:gosec // spreads load, guards nothing
}

func sum(tags []string) uint64 {
	f := fnv.New64a()
	_, _ = f.Write([]byte(strings.Join(slices.Sorted(slices.Values(tags)), "\n")))
	return f.Sum64()
}
