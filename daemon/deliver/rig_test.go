package deliver_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/converged/converged/daemon/deliver"
	"github.com/converged/converged/daemon/ledger"
	"github.com/converged/converged/daemon/spool"
	"github.com/converged/converged/reporters/telemetry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errAway = errors.New("agent away: no such file")

// receiver is a Reporter that does as it is told, and remembers.
type receiver struct {
	mu    sync.Mutex
	err   error
	hang  bool // until ctx ends
	began time.Time
	at    []time.Duration // of each attempt
	got   []string        // run ids it took
}

func (r *receiver) Report(ctx context.Context, b telemetry.Batch) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at = append(r.at, time.Since(r.began))
	if r.hang {
		<-ctx.Done()
		return ctx.Err()
	}
	if r.err == nil || strings.HasPrefix(b.RunID, "good") {
		r.got = append(r.got, b.RunID)
		return nil
	}
	return r.err
}

func (r *receiver) set(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err = err
}

// tries is when it was asked.
func (r *receiver) tries() []time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.at)
}

func (r *receiver) took() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

// rig is a loop at work.
type rig struct {
	*deliver.Loop
	receiver *receiver
	said     *bytes.Buffer
	notes    []ledger.Record
	dir      string
	stop     context.CancelFunc
	done     chan error
}

// start runs a loop over a spool that holds these runs. It must be called in a
// synctest bubble.
func start(t *testing.T, change func(*deliver.Loop, *receiver), runs ...string) *rig {
	t.Helper()
	dir := t.TempDir()
	s, err := spool.Open(dir, spool.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{receiver: &receiver{began: time.Now()}, said: &bytes.Buffer{}, dir: dir, done: make(chan error, 1)}
	r.Loop = &deliver.Loop{
		Name: "dogstatsd", Spool: s, Reporter: r.receiver, Log: slog.New(slog.NewTextHandler(r.said, nil)),
		Backoff: deliver.Backoff{Chance: func() float64 { return 0 }},
	}
	r.Note = func(n ledger.Record) { r.notes = append(r.notes, n) }
	if change != nil {
		change(r.Loop, r.receiver)
	}
	for _, id := range runs {
		r.add(t, id)
	}
	ctx, stop := context.WithCancel(t.Context())
	r.stop = stop
	go func() { r.done <- r.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	synctest.Wait()
	return r
}

func (r *rig) add(t *testing.T, id string) {
	t.Helper()
	put(t, r.Spool, telemetry.Batch{RunID: id})
}

func put(t *testing.T, s *spool.Spool, b telemetry.Batch) {
	t.Helper()
	line, err := telemetry.Encode(b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Append(b.RunID, 0, line); err != nil {
		t.Fatal(err)
	}
}

// end stops the loop and waits for it.
func (r *rig) end(t *testing.T) {
	t.Helper()
	r.stop()
	if err := <-r.done; err != nil {
		t.Error(err)
	}
}

func (r *rig) mustHave(t *testing.T, runs ...string) {
	t.Helper()
	if got := r.receiver.took(); !slices.Equal(got, runs) {
		t.Errorf("delivered %v, want %v", got, runs)
	}
}

func (r *rig) mustSay(t *testing.T, times int, words string) {
	t.Helper()
	if n := strings.Count(r.said.String(), words); n != times {
		t.Errorf("said %q %d times, want %d:\n%s", words, n, times, r.said)
	}
}

type reporter func(context.Context, telemetry.Batch) error

func (r reporter) Report(ctx context.Context, b telemetry.Batch) error { return r(ctx, b) }

// group is a Reporter of several batches.
type group func(context.Context, []telemetry.Batch) []error

func (g group) Report(ctx context.Context, b telemetry.Batch) error {
	return g(ctx, []telemetry.Batch{b})[0]
}

func (g group) ReportAll(ctx context.Context, batches []telemetry.Batch) []error {
	return g(ctx, batches)
}

// steps are what the ledger was told of a run, in order.
func (r *rig) steps(run string) []ledger.Step {
	var all []ledger.Step
	for _, n := range r.notes {
		if n.Run == run {
			all = append(all, n.Step)
		}
	}
	return all
}

func (r *rig) mustStep(t *testing.T, run string, want ...ledger.Step) {
	t.Helper()
	if got := r.steps(run); !slices.Equal(got, want) {
		t.Errorf("the ledger says of %s %v, want %v", run, got, want)
	}
}
