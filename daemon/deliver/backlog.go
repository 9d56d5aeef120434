package deliver

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"github.com/converged/converged/daemon/ledger"
	"github.com/converged/converged/daemon/spool"
	"github.com/converged/converged/reporters/telemetry"
)

// backlog is what a loop has to tell of runs that are too old. Both digests are
// notes of the spool, too, so that nothing is told twice or lost by a crash: what
// is folded is written down before its entry is let go, with its key; a digest is
// closed, and by that named, before its batch is appended.
type backlog struct {
	open    *digest // is folded into
	closing *digest // its batch is being appended; nil if none is
	unkept  bool    // the disk did not take a note

	begun, grown time.Time // when open was begun, and when it grew last
	through      bool      // nothing that waits is too old
}

// A digest is told when all that was too old is through and nothing was folded
// into it for digestQuiet, or after digestMost: what comes in bursts, such as the
// reports that lie in a folder at the first start, is told as one.
const (
	digestQuiet = 3 * time.Second
	digestMost  = time.Minute
)

// due is when the open digest is to be told; zero while that is not known.
func (b *backlog) due() time.Time {
	if b.open.empty() || !b.through {
		return time.Time{}
	}
	quiet, most := b.grown.Add(digestQuiet), b.begun.Add(digestMost)
	if most.Before(quiet) {
		return most
	}
	return quiet
}

// grew notes that something was folded.
func (b *backlog) grew(first bool) {
	b.grown = time.Now()
	if first {
		b.begun = b.grown
	}
}

// The names of the notes.
const (
	openNote    = "digest"
	closingNote = "digest-closing"
)

// recall reads what an earlier process folded.
func (l *Loop) recall() {
	l.old.open, l.old.closing = l.read(openNote), l.read(closingNote)
	l.old.grew(true)
	if l.old.closing.empty() {
		l.old.closing = nil
		return
	}
	if l.old.open.Chain == l.old.closing.Chain { // it died before the other one was begun
		l.old.open = l.old.open.successor()
	}
}

func (l *Loop) read(note string) *digest {
	data, err := l.Spool.Note(note)
	if errors.Is(err, fs.ErrNotExist) {
		return &digest{}
	}
	d := &digest{}
	if err == nil {
		d, err = decodeDigest(data)
	}
	if err != nil {
		l.log().Error("what was counted of runs that were too old is lost", "reporter", l.Name, "error", err)
	}
	return d
}

// fold takes out of these what is too old for the receiver.
func (l *Loop) fold(items []*item) {
	now := l.now()
	here := map[string]bool{}
	first := l.old.open.empty()
	var old, young, added bool // an undelivered digest is neither
	for _, it := range items {
		here[it.entry.Key] = true
		if it.err != nil {
			continue
		}
		if isDigest(it.batch) {
			it.batch.Timestamp = now.UTC()
			continue
		}
		whole := timed(it.batch, now)
		// A clock that is set back makes nothing young again that was told of.
		parts := l.MaxAge.tooOld(now.Sub(whole.Timestamp)) | l.old.open.Folded[it.entry.Key]
		fresh, stale := split(whole, parts)
		it.batch, it.cut = fresh, !stale.Empty()
		old, young = old || it.cut, young || !it.cut
		if it.cut {
			added = l.expired(it.entry.Key, stale, whole) || added
		}
	}
	l.old.through = !old && (young || l.old.through)
	l.old.open.prune(func(key string) bool { return here[key] })
	if added {
		l.write(openNote, l.old.open)
		l.old.grew(first)
	}
}

// expired folds a part of a run.
func (l *Loop) expired(key string, stale, whole telemetry.Batch) bool {
	runs := l.old.open.Runs
	parts := l.old.open.fold(key, stale, whole)
	if parts == 0 {
		return false
	}
	if l.old.open.Runs > runs {
		l.count(func(st *Status) { st.Expired++ })
	}
	l.note(key, ledger.Expired, parts.String()+": too old for the receiver; told in a digest")
	return true
}

// nothingLeft says whether all of it was too old.
func (it *item) nothingLeft() bool { return it.cut && it.batch.Empty() }

// tellOld sees to it that a digest is told once there is no more to fold into it.
func (l *Loop) tellOld() {
	if l.old.unkept && errors.Join(l.put(openNote, l.old.open), l.put(closingNote, l.old.closing)) == nil {
		l.old.unkept = false
	}
	if l.Spool.Stats().Entries == 0 {
		l.old.through = true
		l.forget()
	}
	due := l.old.due()
	if l.old.open.Runs >= maxRuns || !due.IsZero() && !time.Now().Before(due) {
		l.closeDigest()
	} else {
		l.appendDigest()
	}
}

// take is what is to be delivered next. It is nothing when a digest is to be told
// first.
func (l *Loop) take(ctx context.Context, most int) ([]*spool.Entry, error) {
	until := ctx
	if due := l.old.due(); !due.IsZero() {
		var cancel context.CancelFunc
		until, cancel = context.WithDeadline(ctx, due)
		defer cancel()
	}
	entries, err := l.Spool.Take(until, most, groupBytes)
	if err != nil && ctx.Err() == nil && until.Err() != nil {
		return nil, nil
	}
	return entries, err
}

// forget lets go of the keys that an earlier process finished last: nothing is
// pending. Where the disk takes no note, that may be for want of looking.
func (l *Loop) forget() {
	keys := l.old.open.Folded
	if len(keys) == 0 {
		return
	}
	l.old.open.Folded = nil
	if l.put(openNote, l.old.open) != nil {
		l.old.open.Folded = keys
	}
}

// closeDigest makes the digest that was folded into a batch.
func (l *Loop) closeDigest() {
	if l.old.closing == nil && !l.old.open.empty() {
		closing := *l.old.open
		closing.Folded = nil
		l.old.closing, l.old.open = &closing, l.old.open.successor()
		l.write(closingNote, l.old.closing)
		l.write(openNote, l.old.open)
	}
	l.appendDigest()
}

// appendDigest puts a closed digest's batch into the line. Its id is that of what
// was folded, so that it stands there once, however often this is done.
func (l *Loop) appendDigest() {
	d := l.old.closing
	if d == nil {
		return
	}
	b := d.batch(l.Name, l.now())
	data, err := telemetry.Encode(b)
	if err != nil {
		l.log().Error("a digest of runs that were too old could not be encoded; it is dropped", "reporter", l.Name, "error", err)
		l.old.closing = nil
		return
	}
	if _, err := l.Spool.Append(b.RunID, 0, data); err != nil || l.Spool.Holds(b.RunID) {
		return // its note stays, and the next look appends it
	}
	l.log().Warn("runs were too old to be delivered; a digest tells of them",
		"reporter", l.Name, "digest", b.RunID, "runs", d.Runs, "failed", d.Failed, "from", d.First, "to", d.Last)
	l.note(b.RunID, ledger.Spooled, b.Events[0].Title)
	l.old.closing = nil
	l.write(closingNote, nil)
}

// write keeps a digest. While the disk does not take it, it is in memory.
func (l *Loop) write(note string, d *digest) {
	err := l.put(note, d)
	if err != nil && !l.old.unkept {
		l.log().Error("what was counted of runs that are too old could not be written down; it is in memory, and written as soon as that works",
			"reporter", l.Name, "error", err)
	}
	l.old.unkept = l.old.unkept || err != nil
}

func (l *Loop) put(note string, d *digest) error {
	if d == nil || d.empty() && len(d.Folded) == 0 {
		return l.Spool.RemoveNote(note)
	}
	data, err := d.encode()
	if err != nil {
		return err
	}
	return l.Spool.PutNote(note, data)
}

// now is the wall clock: what ages are told by, and nothing is waited by.
func (l *Loop) now() time.Time {
	if l.Now != nil {
		return l.Now()
	}
	return time.Now()
}
