// Package deliver empties a spool into a reporter: oldest first, one at a time,
// with every failure decided in one place.
package deliver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

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

// Ages are how old what is delivered may be: a receiver would drop what is older
// without a word. Zero is no limit.
type Ages struct {
	Metrics, Events, ServiceChecks time.Duration
}

// Loop is one spool and the reporter it is emptied into. Name, Spool and Reporter
// must be set; the zero value of the rest is usable.
type Loop struct {
	Name     string
	Spool    *spool.Spool
	Reporter Reporter
	Log      *slog.Logger
	Timeout  time.Duration // of one Report; 10 s if 0
	Drain    time.Duration // for the report in flight and what is pending, once Run should end; 3 s if 0, none if negative
	Backoff  Backoff

	delivered, retried, refused, corrupt atomic.Int64
	failing                              atomic.Bool
	failingSince                         time.Time // these two are Run's own
	forgetful                            bool
}

// The reasons for which an entry is dropped, as Stats counts them. Each is kept
// as a dead letter in the spool.
const (
	DroppedRefused = "refused" // the receiver will never take it
	DroppedCorrupt = "corrupt" // it is not a batch
)

// Stats counts what a Loop did since it was made.
type Stats struct {
	Delivered int64            // batches
	Retried   int64            // attempts that failed and will be repeated
	Dropped   map[string]int64 // batches, by reason
	Failing   bool             // the last attempt failed
}

// Stats may be called at any time.
func (l *Loop) Stats() Stats {
	return Stats{
		Delivered: l.delivered.Load(),
		Retried:   l.retried.Load(),
		Dropped:   map[string]int64{DroppedRefused: l.refused.Load(), DroppedCorrupt: l.corrupt.Load()},
		Failing:   l.failing.Load(),
	}
}

// Run delivers until ctx ends. Then the report in flight may end, what is pending
// is tried once more until the first failure, both within Drain, and Run returns
// nil. It fails only if the spool is closed under it. It is called once.
func (l *Loop) Run(ctx context.Context) error {
	late, end := l.outlive(ctx)
	defer end()
	for failures := 0; ; {
		err := l.next(ctx, late)
		switch {
		case errors.Is(err, spool.ErrClosed):
			return fmt.Errorf("reporter %s: %w", l.Name, err)
		case ctx.Err() != nil:
			l.drain(late)
			return nil
		case err == nil:
			failures = 0
		default:
			failures++
			pause := l.Backoff.after(failures)
			l.sayFailing(err, pause)
			wait(ctx, pause)
		}
	}
}

// outlive is a context that ends when Drain has passed since the end of ctx.
func (l *Loop) outlive(ctx context.Context) (late context.Context, end func()) {
	late, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		wait(late, orDefault(l.Drain, 3*time.Second))
		cancel()
	})
	return late, func() { stop(); cancel() }
}

// drain tries what is pending until the first failure.
func (l *Loop) drain(ctx context.Context) {
	for l.Spool.Stats().Entries > 0 {
		if err := l.next(ctx, ctx); err != nil {
			l.log().Warn("stopping; what is not delivered is kept for the next start",
				"reporter", l.Name, "kept", l.Spool.Stats().Entries, "error", err)
			return
		}
	}
}

// next waits for an entry as long as ctx lasts and delivers it as long as late
// lasts. An error means that it should be tried again.
func (l *Loop) next(ctx, late context.Context) error {
	entries, err := l.Spool.Take(ctx, 1, 0)
	if err != nil {
		return err
	}
	return l.deliver(late, entries[0])
}

// deliver decides what becomes of an entry. It returns an error if the entry is
// still pending.
func (l *Loop) deliver(ctx context.Context, entry *spool.Entry) error {
	err := l.report(ctx, entry.Data)
	switch {
	case err == nil:
		l.delivered.Add(1)
		l.sayWorking()
		l.written(l.Spool.Commit([]*spool.Entry{entry}))
	case errors.Is(err, telemetry.ErrRefused):
		l.refused.Add(1)
		l.sayWorking()
		l.sayDropped(entry.Key, DroppedRefused, err)
		l.written(entry.Discard(err.Error()))
	case errors.Is(err, telemetry.ErrMalformed), errors.Is(err, telemetry.ErrTooLarge):
		l.corrupt.Add(1)
		l.sayDropped(entry.Key, DroppedCorrupt, err)
		l.written(entry.Discard(err.Error()))
	default:
		l.retried.Add(1)
		entry.Release()
		return err
	}
	return nil
}

func (l *Loop) report(ctx context.Context, data []byte) error {
	b, err := telemetry.Decode(data)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, orDefault(l.Timeout, 10*time.Second))
	defer cancel()
	return l.Reporter.Report(ctx, b)
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
