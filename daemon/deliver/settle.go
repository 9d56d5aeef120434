package deliver

import (
	"cmp"
	"errors"

	"github.com/converged/converged/daemon/ledger"
	"github.com/converged/converged/daemon/spool"
	"github.com/converged/converged/reporters/telemetry"
)

// commit lets go of what was delivered, and of what was too old as a whole, with
// one word to the disk. It returns how many were delivered.
func (l *Loop) commit(done []*item) (delivered int64) {
	if len(done) == 0 {
		return 0
	}
	entries := make([]*spool.Entry, 0, len(done))
	for _, it := range done {
		entries = append(entries, it.entry)
		if !it.nothingLeft() {
			delivered++
		}
	}
	l.written(l.Spool.Commit(entries))
	for _, it := range done {
		if !it.nothingLeft() {
			l.note(it.entry.Key, l.arrived(), "")
		}
		l.finished(it.entry.Key)
	}
	return delivered
}

// arrived is what this reporter's nil means.
func (l *Loop) arrived() ledger.Step {
	if l.Acknowledges {
		return ledger.Acknowledged
	}
	return ledger.Sent
}

// bury keeps what was refused of a batch as a dead letter of its own. It comes
// before what is left is written down: killed in between, it is refused again.
func (l *Loop) bury(it *item, refused telemetry.Batch, why error) {
	if refused.Empty() {
		return
	}
	why = cmp.Or(why, telemetry.ErrRefused)
	l.dropped(it.entry.Key, DroppedRefused, why)
	letter, err := telemetry.Encode(refused)
	if err == nil {
		err = l.Spool.Bury(it.entry.Key, letter, why.Error())
	}
	l.written(err)
}

// keep leaves in the spool what is left of a batch.
func (l *Loop) keep(it *item, rest telemetry.Batch, why error) {
	l.failed(it.entry.Key, why)
	data, err := telemetry.Encode(rest)
	if err == nil {
		err = it.entry.Keep(data)
	}
	l.written(err)
	it.entry.Release() // what could not be kept at all; else it is over already
}

// partly notes that some of a batch arrived, if it did, before the rest is judged.
func (l *Loop) partly(it *item, p *telemetry.Partial) {
	if size(it.batch) > size(p.Rest)+size(p.Refused) {
		l.note(it.entry.Key, ledger.Partly, "the rest is tried again")
	}
}

func size(b telemetry.Batch) int { return len(b.Metrics) + len(b.Events) + len(b.ServiceChecks) }

// discard keeps an entry as a dead letter. Of one that was told in part by a
// digest, it is the other part. Of one that a richer record of its run replaced
// meanwhile nothing is dropped: that one is yet to be judged.
func (l *Loop) discard(it *item, reason string) {
	if it.cut {
		l.bury(it, it.batch, it.err)
		l.written(l.Spool.Commit([]*spool.Entry{it.entry}))
	} else {
		err := it.entry.Discard(it.err.Error())
		if errors.Is(err, spool.ErrReplaced) {
			l.failed(it.entry.Key, it.err)
			return
		}
		l.dropped(it.entry.Key, reason, it.err)
		l.written(err)
	}
	l.finished(it.entry.Key)
}

func (l *Loop) release(it *item) {
	l.failed(it.entry.Key, it.err)
	it.entry.Release()
}

// dropped accounts for what will never be delivered.
func (l *Loop) dropped(key, reason string, err error) {
	l.count(func(st *Status) { st.Dropped[reason]++ })
	l.sayDropped(key, reason, err)
	step := ledger.Refused
	if reason == DroppedCorrupt {
		step = ledger.Dropped
	}
	l.note(key, step, err.Error())
}

// failed accounts for an attempt. The ledger is told once in a state.
func (l *Loop) failed(key string, err error) {
	l.count(func(st *Status) { st.Retried++ })
	if state := stateOf(err); l.noted[key] != state {
		if len(l.noted) > maxFolded { // of entries that were dropped to make room
			clear(l.noted)
		}
		l.noted[key] = state
		l.note(key, ledger.Failed, err.Error())
	}
}

// finished forgets an entry that will not come again.
func (l *Loop) finished(key string) {
	delete(l.noted, key)
	l.old.open.finish(key)
}

func (l *Loop) note(run string, step ledger.Step, detail string) {
	if l.Note != nil {
		l.Note(ledger.Record{At: l.now().UTC(), Run: run, Step: step, Reporter: l.Name, Detail: detail})
	}
}
