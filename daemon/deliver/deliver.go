// Package deliver empties a spool into a reporter: oldest first, with every
// failure decided in one place.
package deliver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/converged/converged/daemon/fault"
	"github.com/converged/converged/daemon/ledger"
	"github.com/converged/converged/daemon/spool"
	"github.com/converged/converged/reporters/telemetry"
)

// Reporter hands a batch over to the outside. It returns nil when the batch was
// taken, a *telemetry.Partial when parts of it went different ways, an error of
// telemetry.ErrRefused when it never will be taken, of telemetry.ErrHeld when
// nothing will be until somebody mends something, a *telemetry.Later when the
// receiver said when to come back, and any other error when it should be tried
// again. It gives up when ctx ends.
type Reporter interface {
	Report(ctx context.Context, b telemetry.Batch) error
}

// Group is a Reporter that can hand over several batches at once, oldest first,
// and so drain a backlog with few requests. The result has an error for each
// batch, nil for one that was taken whole, of the classes of Report or a
// *telemetry.Partial.
type Group interface {
	Reporter
	ReportAll(ctx context.Context, batches []telemetry.Batch) []error
}

// Lossy is a Reporter that leaves out of a batch which it hands over what cannot
// be told in its protocol, and counts those items by reason. Dropped may be called
// at any time and waits for no batch.
type Lossy interface {
	Dropped() map[string]int64
}

// Ages are how old what is delivered may be: a receiver would drop what is older
// without a word. Zero is no limit.
type Ages struct {
	Metrics, Events, ServiceChecks time.Duration
}

// Loop is one spool and the reporter it is emptied into. Name, Spool and Reporter
// must be set; the zero value of the rest is usable.
type Loop struct {
	Name         string
	Spool        *spool.Spool
	Reporter     Reporter // a Group is given several batches at once
	Acknowledges bool     // the receiver says that it has a batch; else it is handed over at best
	MaxAge       Ages
	Log          *slog.Logger
	Timeout      time.Duration // of one Report; 10 s if 0
	Drain        time.Duration // for the report in flight and what is pending, once Run should end; 3 s if 0, none if negative
	Backoff      Backoff

	Note    func(ledger.Record) // is told of every step of a run; nil is nobody
	Changed func()              // is called after every change of State, by the goroutine of Run
	Again   func()              // is called after an attempt that changed no state, by the goroutine of Run
	Now     func() time.Time    // the wall clock; time.Now if nil

	mu     sync.Mutex
	status Status

	// These are Run's own.
	failures  map[State]int    // in a row
	noted     map[string]State // what was noted last of a run that failed
	troubled  time.Time        // since when nothing is delivered
	forgetful bool             // what became of the last entry could not be written down
	old       backlog
}

// What a Group is given at most at once; a larger batch is given alone.
const (
	groupEntries = 64
	groupBytes   = 1 << 20
)

// Run delivers until ctx ends. Then the report in flight may end, what is pending
// is tried once more until the first failure, both within Drain, and Run returns
// nil. It fails only if the spool is closed under it. It is called once.
func (l *Loop) Run(ctx context.Context) error {
	late, until, end := l.outlive(ctx)
	defer end()
	l.begin()
	for {
		err := l.next(ctx, late)
		switch {
		case errors.Is(err, spool.ErrClosed):
			return fmt.Errorf("reporter %s: %w", l.Name, err)
		case ctx.Err() != nil:
			l.drain(late, <-until)
			return nil
		case err != nil:
			pause := l.pause(err)
			l.enter(stateOf(err), err, pause, 0)
			wait(ctx, pause)
		}
	}
}

func (l *Loop) begin() {
	l.failures, l.noted = map[State]int{}, map[string]State{}
	l.enter(Working, nil, 0, 0)
	l.recall()
}

// outlive is a context that ends when Drain has passed since the end of ctx. It is
// told when that will be once ctx has ended.
func (l *Loop) outlive(ctx context.Context) (late context.Context, until <-chan time.Time, end func()) {
	late, cancel := context.WithCancel(context.WithoutCancel(ctx))
	told := make(chan time.Time, 1)
	stop := context.AfterFunc(ctx, func() {
		drain := orDefault(l.Drain, 3*time.Second)
		told <- time.Now().Add(drain)
		wait(late, drain)
		cancel()
	})
	return late, told, func() { stop(); cancel() }
}

// drain tries what is pending until the first failure. A reporter is told how much
// time there is, so that it begins nothing that would be cut off.
func (l *Loop) drain(ctx context.Context, until time.Time) {
	ctx, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	for l.Spool.Stats().Entries > 0 {
		if err := l.next(ctx, ctx); err != nil {
			l.log().Warn("stopping; what is not delivered is kept for the next start",
				"reporter", l.Name, "kept", l.Spool.Stats().Entries, "error", err)
			return
		}
	}
}

// next waits for entries as long as ctx lasts and delivers them as long as late
// lasts. An error means that some of them are still pending, and why.
func (l *Loop) next(ctx, late context.Context) error {
	l.tellOld()
	most := 1
	group, ok := l.Reporter.(Group)
	if ok {
		most = groupEntries
	}
	entries, err := l.take(ctx, most)
	if err != nil || len(entries) == 0 {
		return err
	}
	fault.Point(fault.EntryTaken)
	items := l.open(entries)
	asked := l.report(late, group, items)
	fault.Point(fault.EntryReported)
	delivered, err := l.settle(items)
	if err != nil {
		l.count(func(st *Status) { st.Delivered += delivered })
		return err
	}
	if asked { // else nothing is known of the receiver
		clear(l.failures)
		l.enter(Working, nil, 0, delivered)
	}
	return nil
}

// item is an entry on its way.
type item struct {
	entry *spool.Entry
	batch telemetry.Batch // what of it is not too old
	cut   bool            // something of it is
	err   error           // what became of it
}

// open reads what was taken, and folds away what is too old.
func (l *Loop) open(entries []*spool.Entry) []*item {
	items := make([]*item, 0, len(entries))
	for _, entry := range entries {
		it := &item{entry: entry}
		it.batch, it.err = telemetry.Decode(entry.Data)
		items = append(items, it)
	}
	l.fold(items)
	return items
}

// report hands over what can be, and notes of each what became of it. It says
// whether there was anything.
func (l *Loop) report(ctx context.Context, group Group, items []*item) bool {
	ctx, cancel := context.WithTimeout(ctx, orDefault(l.Timeout, 10*time.Second))
	defer cancel()
	var given []*item
	var batches []telemetry.Batch
	for _, it := range items {
		if it.err == nil && !it.nothingLeft() {
			given, batches = append(given, it), append(batches, it.batch)
		}
	}
	switch {
	case len(given) == 0:
	case len(given) == 1 || group == nil:
		given[0].err = l.Reporter.Report(ctx, batches[0])
	default:
		errs := group.ReportAll(ctx, batches)
		for i, it := range given {
			it.err = errUnanswered
			if i < len(errs) {
				it.err = errs[i]
			}
		}
	}
	return len(given) > 0
}

// errUnanswered is a Group that did not say what became of a batch.
var errUnanswered = errors.New("the reporter did not say what became of it")

// settle is where it is decided what becomes of every entry. It returns how many
// were delivered, and an error if some are still pending: the gravest of theirs.
func (l *Loop) settle(items []*item) (delivered int64, pending error) {
	var done []*item
	for _, it := range items {
		err := it.err
		part, partly := errors.AsType[*telemetry.Partial](err)
		switch {
		case err == nil:
			done = append(done, it)
		case partly && part.Rest.Empty():
			l.bury(it, part.Refused, part.Why)
			done = append(done, it)
		case partly:
			l.bury(it, part.Refused, part.Why)
			l.partly(it, part)
			err = cmp.Or(part.Err, errUnanswered)
			l.keep(it, part.Rest, err)
			pending = graver(pending, err)
		case errors.Is(err, telemetry.ErrRefused):
			l.discard(it, DroppedRefused)
		case errors.Is(err, telemetry.ErrMalformed), errors.Is(err, telemetry.ErrTooLarge):
			l.discard(it, DroppedCorrupt)
		default: // ErrHeld, a *telemetry.Later and any other: pause says how long each waits
			l.release(it)
			pending = graver(pending, err)
		}
	}
	return l.commit(done), pending
}

func orDefault(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}

func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
