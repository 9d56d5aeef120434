package daemon

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/converged/converged/daemon/analyse"
	"github.com/converged/converged/daemon/spool"
	"github.com/converged/converged/daemon/watch"
	"github.com/converged/converged/reporters/telemetry"
)

// maxReport is the largest document or line that is read, in bytes. Real ones
// reach a few MB; what is over it is counted, told and skipped.
const maxReport = 64 << 20

// A report whose batch cannot be written is held and tried again, ever slower.
const (
	firstPause = 500 * time.Millisecond
	lastPause  = 30 * time.Second
)

// intake is the loop from a finished report to a batch on disk.
type intake struct {
	watcher *watch.Watcher
	spools  []*spool.Spool
	options analyse.Options
	bad     *unreadable
	log     *slog.Logger
}

func newIntake(c Config, w *watch.Watcher, spools []*spool.Spool, log *slog.Logger) *intake {
	return &intake{watcher: w, spools: spools, options: c.analysis(), bad: newUnreadable(log), log: log}
}

// run takes reports until ctx ends.
func (in *intake) run(ctx context.Context) error {
	defer in.bad.end()
	for {
		arrival, err := in.watcher.Next(ctx)
		if err != nil {
			return fmt.Errorf("waiting for reports: %w", err)
		}
		if err := in.take(ctx, arrival); err != nil {
			return err
		}
	}
}

// take spools what a report says, then lets the report go. A report whose
// batch cannot be written is not let go: the only error is that of ctx.
func (in *intake) take(ctx context.Context, a *watch.Arrival) error {
	for _, b := range in.batches(a) {
		if err := in.spool(ctx, b); err != nil {
			return err
		}
	}
	if err := a.Commit(); err != nil {
		in.log.Warn("a position could not be remembered; after a restart the report is read again, and not sent again", "path", a.Path, "error", err)
	}
	return nil
}

// ranked is a batch and how rich the record is that it was made of.
type ranked struct {
	batch telemetry.Batch
	rank  int
}

// batches is what an arrival has to say: its runs, and what was wrong with it.
func (in *intake) batches(a *watch.Arrival) []ranked {
	options := in.options
	options.Origin, options.Arrived = a.Path, a.Modified
	fault := a.Err
	if errors.Is(fault, watch.ErrUnreadable) { // no run is known to have happened
		in.log.Warn("a place cannot be read; it is tried again at every poll", "path", a.Path, "error", fault)
		return nil
	}
	var all []ranked
	f, _ := formatNamed(a.Source) // known: it is one of the configuration
	if a.Data != nil {            // also what has no end: the parser says where it stops
		runs, err := f.parse(bytes.NewReader(a.Data))
		for _, r := range runs {
			if b, ok := analyse.Batch(r, options); ok {
				all = append(all, ranked{b, f.rank})
			}
		}
		fault = err
	}
	if fault == nil {
		return all
	}
	if held, tell := in.bad.admit(a.Source); tell {
		b := in.unparsable(a, f, fault, options)
		b.Metrics[0].Value += float64(held)
		all = append(all, ranked{b, 0})
	}
	return all
}

// unparsable tells of a report that could not be read. Its identity must be the
// same whenever these bytes are read: a document has its time, while the time of
// a file that grows says nothing of a line in it, but the line's place does.
func (in *intake) unparsable(a *watch.Arrival, f format, fault error, options analyse.Options) telemetry.Batch {
	at := a.Modified
	if f.kind == watch.Lines {
		at, fault = time.Time{}, fmt.Errorf("at byte %d: %w", a.Offset, fault)
	}
	in.log.Warn("a report could not be read; it is counted and let go", "path", a.Path, "error", fault)
	return analyse.Unparsable(a.Path, fault, at, options)
}

// spool writes a batch for every reporter, however long the disk takes to let it.
func (in *intake) spool(ctx context.Context, r ranked) error {
	data, err := telemetry.Encode(r.batch)
	if err != nil {
		in.log.Error("a batch could not be encoded; it is dropped", "run_id", r.batch.RunID, "error", err)
		return nil
	}
	for _, s := range in.spools {
		for pause := firstPause; ; pause = min(2*pause, lastPause) {
			outcome, err := s.Append(r.batch.RunID, r.rank, data)
			if err == nil && !s.Holds(r.batch.RunID) {
				break
			}
			if errors.Is(err, spool.ErrUnfit) {
				in.log.Error("a batch does not fit the spool; it is dropped", "run_id", r.batch.RunID, "error", err)
				break
			}
			in.log.Warn("a batch could not be spooled; its report is kept and tried again", "run_id", r.batch.RunID, "again_in", pause, "outcome", outcome, "error", err)
			select {
			case <-ctx.Done():
				return fmt.Errorf("spooling run %s: %w", r.batch.RunID, ctx.Err())
			case <-time.After(pause):
			}
		}
	}
	return nil
}
