package daemon

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/converged/converged/daemon/analyse"
	"github.com/converged/converged/daemon/fault"
	"github.com/converged/converged/daemon/ledger"
	"github.com/converged/converged/daemon/spool"
	"github.com/converged/converged/daemon/watch"
	"github.com/converged/converged/reporters/telemetry"
)

// maxReport is the largest document or line that is read, in bytes. Real ones
// reach a few MB; what is over it is counted, told and skipped.
const maxReport = 64 << 20

// A disk that does not take a batch is tried again, ever slower.
const (
	firstPause = 500 * time.Millisecond
	lastPause  = 30 * time.Second
)

// maxWaiting is how many reports may wait to be let go. They are small by then,
// but a source may be long.
const maxWaiting = 10_000

// place is the spool of a reporter.
type place struct {
	name string
	*spool.Spool
}

// intake is the loop from a finished report to a batch on disk.
type intake struct {
	watcher *watch.Watcher
	places  []place
	options analyse.Options
	bad     *unreadable
	note    func(ledger.Record)
	sources *sourceCounts
	counts  *tally
	log     *slog.Logger

	waiting []*unsettled // oldest first
	retryAt time.Time    // when the disk is asked again, while something is held
	pause   time.Duration

	forgetful bool // the last position could not be remembered
}

// unsettled is a report that is not let go, and its batches that are in memory only.
type unsettled struct {
	arrival *watch.Arrival
	held    []holding
}

type holding struct {
	place place
	key   string
}

func newIntake(c Config, w *watch.Watcher, d *daemon) *intake {
	return &intake{watcher: w, places: d.places, options: c.analysis(), bad: newUnreadable(d.log),
		note: d.note, sources: d.sources, counts: newTally(d.places, d.loops), log: d.log}
}

// run takes reports until ctx ends.
func (in *intake) run(ctx context.Context) error {
	defer in.bad.end()
	for {
		arrival, err := in.next(ctx)
		if err != nil {
			in.settle()
			return fmt.Errorf("waiting for reports: %w", err)
		}
		if err := in.take(ctx, arrival); err != nil {
			in.settle()
			return err
		}
	}
}

// next waits for a report, and meanwhile has the disk asked again if something is
// held in memory.
func (in *intake) next(ctx context.Context) (*watch.Arrival, error) {
	for len(in.waiting) > 0 {
		if !time.Now().Before(in.retryAt) {
			in.settle()
			continue
		}
		soon, cancel := context.WithDeadline(ctx, in.retryAt)
		var arrival *watch.Arrival
		err := context.DeadlineExceeded
		if len(in.waiting) < maxWaiting {
			arrival, err = in.watcher.Next(soon)
		} else {
			<-soon.Done()
		}
		cancel()
		switch {
		case err == nil:
			return arrival, nil
		case ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded):
			return nil, err
		}
	}
	return in.watcher.Next(ctx)
}

// take spools what a report says, and lets the report go once that is on disk for
// every reporter. The only error is that of ctx.
func (in *intake) take(ctx context.Context, a *watch.Arrival) error {
	fault.Point(fault.ReportComplete)
	u := &unsettled{arrival: a}
	batches := in.batches(a)
	a.Data = nil // it may have to wait for long
	fault.Point(fault.ReportAnalysed)
	for _, b := range batches {
		held, err := in.spool(ctx, b)
		if err != nil {
			return err
		}
		u.held = append(u.held, held...)
	}
	fault.Point(fault.ReportSpooled)
	if in.waiting = append(in.waiting, u); len(u.held) > 0 && in.pause == 0 {
		in.pause, in.retryAt = firstPause, time.Now().Add(firstPause)
	}
	in.letGo()
	return nil
}

// settle asks every disk to take what is held, and lets go of what it took.
func (in *intake) settle() {
	for _, p := range in.places {
		p.Settle()
	}
	in.pause = min(2*max(in.pause, firstPause), lastPause)
	in.retryAt = time.Now().Add(in.pause)
	in.letGo()
}

// letGo lets reports go in the order in which they came: a position may say that
// everything before it was let go, too.
func (in *intake) letGo() {
	for len(in.waiting) > 0 {
		u := in.waiting[0]
		u.held = slices.DeleteFunc(u.held, func(h holding) bool {
			still := h.place.Holds(h.key)
			if !still {
				in.tell(h.key, h.place.name, ledger.Spooled, "no longer in memory only")
			}
			return !still
		})
		if len(u.held) > 0 {
			return
		}
		in.remembered(u.arrival.Path, u.arrival.Commit())
		in.waiting = in.waiting[1:]
	}
	in.waiting, in.pause = nil, 0
}

// remembered says when positions begin to be forgotten, and when they no longer are.
func (in *intake) remembered(path string, err error) {
	switch {
	case err != nil && !in.forgetful:
		in.log.Warn("a position could not be remembered, and it is tried again; after a restart before that the report is read again, and not sent again", "path", path, "error", err)
	case err == nil && in.forgetful:
		in.log.Info("positions are remembered again")
	}
	in.forgetful = err != nil
}

// ranked is a batch and how rich the record is that it was made of.
type ranked struct {
	batch   telemetry.Batch
	rank    int
	summary *ledger.Summary
}

// batches is what an arrival has to say: its runs, and what was wrong with it.
func (in *intake) batches(a *watch.Arrival) []ranked {
	options := in.options
	options.Origin, options.Arrived = a.Path, a.Modified
	bad := a.Err
	if errors.Is(bad, watch.ErrUnreadable) { // no run is known to have happened
		in.log.Warn("a place cannot be read; it is tried again at every poll", "path", a.Path, "error", bad)
		return nil
	}
	defer func() { in.sources.read(a.Source, a.Path, bad == nil, time.Now()) }()
	in.counts.seen++
	var all []ranked
	f, _ := formatNamed(a.Source) // known: it is one of the configuration
	if a.Data != nil {            // also what has no end: the parser says where it stops
		runs, err := f.parse(bytes.NewReader(a.Data))
		for _, r := range runs {
			if b, ok := analyse.Batch(r, options); ok {
				all = append(all, ranked{b, f.rank, summary(r, b, a.Path)})
			}
		}
		bad = err
	}
	if bad == nil {
		return all
	}
	if held, tell := in.bad.admit(a.Source); tell {
		b := in.unparsable(a, f, bad, options)
		b.Metrics[0].Value += float64(held)
		all = append(all, ranked{b, 0, &ledger.Summary{Host: b.Host, Report: a.Path}})
	}
	return all
}

// unparsable tells of a report that could not be read. Its identity must be the
// same whenever these bytes are read: a document has its time, while the time of
// a file that grows says nothing of a line in it, but the line's place does.
func (in *intake) unparsable(a *watch.Arrival, f format, bad error, options analyse.Options) telemetry.Batch {
	at := a.Modified
	if f.kind == watch.Lines {
		at, bad = time.Time{}, fmt.Errorf("at byte %d: %w", a.Offset, bad)
	}
	in.log.Warn("a report could not be read; it is counted and let go", "path", a.Path, "error", bad)
	if f.ran != "" && errors.Is(bad, watch.ErrEmpty) {
		return analyse.Lost(f.ran, a.Path, bad, at, options)
	}
	return analyse.Unparsable(a.Path, bad, at, options)
}

// spool gives a batch to every reporter's spool, however long a disk takes to let
// it. One that fails does not keep the others waiting. It returns where the
// batch is in memory only; the only error is that of ctx.
func (in *intake) spool(ctx context.Context, r ranked) ([]holding, error) {
	id := r.batch.RunID
	in.note(ledger.Record{At: time.Now().UTC(), Run: id, Step: ledger.Seen, Summary: r.summary})
	data, told, err := in.counts.encode(r.batch)
	if err != nil {
		in.log.Error("a batch could not be encoded; it is dropped", "run_id", id, "error", err)
		in.tell(id, "", ledger.Dropped, err.Error())
		return nil, nil
	}
	held, left, cause := in.offer(nil, in.places, r, data, told)
	for pause := firstPause; len(left) > 0; pause = min(2*pause, lastPause) {
		if pause == firstPause {
			in.log.Warn("a batch could not be spooled, not even in memory; no report is let go until it can", "run_id", id, "again_at_most_every", lastPause, "error", cause)
		}
		if err := sleep(ctx, pause); err != nil {
			return nil, fmt.Errorf("spooling run %s: %w", id, err)
		}
		if held, left, cause = in.offer(held, left, r, data, told); len(left) == 0 {
			in.log.Info("batches can be spooled again", "run_id", id)
		}
	}
	return held, nil
}

// offer gives a batch to these spools. Left are those that could not take it, and
// why.
func (in *intake) offer(held []holding, to []place, r ranked, data []byte, told attached) (_ []holding, left []place, cause error) {
	id := r.batch.RunID
	for _, p := range to {
		outcome, err := p.Append(id, r.rank, data)
		switch {
		case errors.Is(err, spool.ErrUnfit):
			in.log.Error("a batch does not fit the spool; it is dropped", "run_id", id, "reporter", p.name, "error", err)
			in.tell(id, p.name, ledger.Dropped, err.Error())
		case err != nil:
			left, cause = append(left, p), err
		default:
			held = append(held, in.appended(p, id, outcome, told)...)
		}
	}
	return held, left, cause
}

// appended accounts for what a spool took. What it knew before may be in memory
// all the same.
func (in *intake) appended(p place, id string, outcome spool.Outcome, told attached) []holding {
	held := p.Holds(id)
	if outcome != spool.Known {
		in.counts.spooled(p.name, told)
		if held {
			in.tell(id, p.name, ledger.Held, "the disk does not take it")
		} else {
			in.tell(id, p.name, ledger.Spooled, "")
		}
	}
	if held {
		return []holding{{p, id}}
	}
	return nil
}

func (in *intake) tell(run, reporter string, step ledger.Step, detail string) {
	in.note(ledger.Record{At: time.Now().UTC(), Run: run, Reporter: reporter, Step: step, Detail: detail})
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
