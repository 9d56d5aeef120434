package daemon

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/converged/converged/daemon/ledger"
	"github.com/converged/converged/daemon/spool"
)

// A disk that does not take a batch is tried again, ever slower.
const (
	firstPause = 500 * time.Millisecond
	lastPause  = 30 * time.Second
)

// holding is a batch that one spool has in memory only.
type holding struct {
	place   place
	key     string
	refused bool // by the disk, as far as is known; else it is postponed
	known   bool // the spool had it before: who gave it tells what becomes of it
}

// appending is how a spool is to take a batch: (*spool.Spool).Append or Postpone.
type appending func(s *spool.Spool, key string, rank int, data []byte) (spool.Outcome, error)

// spool gives a batch to every reporter's spool, however long a disk takes to let
// it. One that fails does not keep the others waiting. It returns where the
// batch is in memory only; the only error is that of ctx.
func (in *intake) spool(ctx context.Context, r ranked, put appending) ([]holding, error) {
	id := r.batch.RunID
	in.note(ledger.Record{At: time.Now().UTC(), Run: id, Step: ledger.Seen, Summary: r.summary})
	if r.of != "" { // it is known to be kept, or not, when this returns
		put = (*spool.Spool).Append
	}
	held, left, cause := in.offer(nil, in.places, r, put)
	for pause := firstPause; len(left) > 0; pause = min(2*pause, lastPause) {
		if pause == firstPause {
			in.log.Warn("a batch could not be spooled, not even in memory; no report is let go until it can", "run_id", id, "again_at_most_every", lastPause, "error", cause)
		}
		in.askDisks() // for what was postponed elsewhere, too
		if err := sleep(ctx, pause); err != nil {
			return nil, fmt.Errorf("spooling run %s: %w", id, err)
		}
		if held, left, cause = in.offer(held, left, r, put); len(left) == 0 {
			in.log.Info("batches can be spooled again", "run_id", id)
		}
	}
	if r.of != "" && len(held) == 0 {
		in.begun.Kept(r.of)
	}
	return held, nil
}

// spoolAll is spool for each of several.
func (in *intake) spoolAll(ctx context.Context, batches []ranked, put appending) (held []holding, err error) {
	for _, b := range batches {
		more, err := in.spool(ctx, b, put)
		if err != nil {
			return nil, err
		}
		held = append(held, more...)
	}
	return held, nil
}

// settled waits until nothing is in memory only. The only error is that of ctx.
func (in *intake) settled(ctx context.Context, held []holding) error {
	if len(held) > 0 {
		in.askDisks()
		held = in.refusedOf(held)
	}
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		if held = in.stillHeld(held); len(held) == 0 {
			return nil
		}
		if err := sleep(ctx, pause); err != nil {
			return fmt.Errorf("waiting for the disk: %w", err)
		}
		in.askDisks()
	}
}

// offer gives a batch to these spools, with what is to be told along with it. Left
// are those that could not take it, and why.
func (in *intake) offer(held []holding, to []place, r ranked, put appending) (_ []holding, left []place, cause error) {
	in.spooling.Lock()
	defer in.spooling.Unlock()
	id := r.batch.RunID
	if r.of != "" && in.begun.Ended(r.of) {
		for _, p := range to {
			in.withdrawn(id, p)
		}
		return held, nil, nil
	}
	data, told, err := in.counts.encode(r.batch)
	if err != nil {
		in.log.Error("a batch could not be encoded; it is dropped", "run_id", id, "error", err)
		in.tell(id, "", ledger.Dropped, err.Error())
		return nil, nil, nil
	}
	for _, p := range to {
		outcome, err := put(p.Spool, id, r.rank, data)
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
	}
	switch {
	case outcome == spool.Held && held:
		in.refused(p, id)
	case outcome != spool.Known && !held:
		in.tell(id, p.name, ledger.Spooled, "")
	}
	if held {
		return []holding{{p, id, outcome == spool.Held, outcome == spool.Known}}
	}
	return nil
}

func (in *intake) refused(p place, id string) {
	in.tell(id, p.name, ledger.Held, "the disk does not take it")
}

// refusedOf is what of held the disks did not take, now that they were asked.
func (in *intake) refusedOf(held []holding) []holding {
	held = in.stillHeld(held)
	for i, h := range held {
		if !h.refused && !h.known {
			in.refused(h.place, h.key)
		}
		held[i].refused = true
	}
	return held
}

// stillHeld is what of held is in memory only even now.
func (in *intake) stillHeld(held []holding) []holding {
	return slices.DeleteFunc(held, func(h holding) bool {
		still := h.place.Holds(h.key)
		switch {
		case !still && h.refused:
			in.tell(h.key, h.place.name, ledger.Spooled, "no longer in memory only")
		case !still && !h.known:
			in.tell(h.key, h.place.name, ledger.Spooled, "")
		}
		return !still
	})
}

// askDisks has every spool try to write down what it holds in memory.
func (in *intake) askDisks() {
	for _, p := range in.places {
		p.Settle()
	}
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
