package ledger

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

const (
	// Of so many files, the oldest goes when the newest is full.
	segments = 4
	// How long what was noted may be on its way to the disk.
	syncAfter = time.Second
	// What is kept in memory while the disk takes nothing.
	maxHeld      = 2000
	maxHeldBytes = 1 << 20
	// How long to wait before a disk that failed is tried again.
	firstPause = time.Second
	lastPause  = 30 * time.Second
)

// Options bound a ledger. The zero value is usable.
type Options struct {
	MaxBytes int64 // of all files together; 8 MiB if 0. Over it the oldest records go
	Log      *slog.Logger
	Now      func() time.Time // for a Record without a time; time.Now if nil
	Changed  func()           // is called when the disk begins to fail or works again, and must not call back

	// before is asked before every change of the disk and may fail it. A test
	// makes the disk full there; otherwise it is nil.
	before func(operation, path string) error
}

func (o Options) withDefaults() Options {
	if o.MaxBytes <= 0 {
		o.MaxBytes = 8 << 20
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Changed == nil {
		o.Changed = func() {}
	}
	return o
}

// Ledger is an open journal of steps. It may be used from several goroutines; a
// nil one takes no notes.
type Ledger struct {
	options Options
	disk    segment // the file that is written

	mu      sync.Mutex
	closed  bool
	held    [][]byte // lines that are not written yet, oldest first
	bytes   int      // of them
	lost    int64    // records that never will be
	failed  error    // of the last writing
	pause   time.Duration
	retry   *time.Timer // runs while the disk fails and lines are held
	syncing *time.Timer // runs while a written line may not be on disk
}

// Open makes dir (0700) a ledger, or goes on with the one that is there; nothing
// in it is read. A disk that takes nothing, or a file in the directory's place,
// is no error: that is said and counted, and tried again while there is something
// to write. The only error is that of no directory named.
func Open(dir string, o Options) (*Ledger, error) {
	if dir == "" {
		return nil, errors.New("open the ledger: no directory for it is named")
	}
	o = o.withDefaults()
	l := &Ledger{options: o, disk: segment{dir: dir, most: max(o.MaxBytes/segments, 1), before: o.before}}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.outcome(l.disk.open())
	return l, nil
}

// Note writes a record at the ledger's end. It never fails: while the disk takes
// nothing, so many records are kept in memory and written when it works again;
// the oldest of those beyond are lost and counted. When it returns the record
// survives the end of this process. It is made durable within a second: what a
// crash of the machine may cost is that second.
func (l *Ledger) Note(r Record) {
	if l == nil {
		return
	}
	if r.At.IsZero() {
		r.At = l.options.Now()
	}
	line, err := encode(r.bounded())
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil || l.closed {
		l.lost++
		return
	}
	l.held = append(l.held, line)
	l.bytes += len(line)
	for len(l.held) > maxHeld || l.bytes > maxHeldBytes {
		l.let()
		l.lost++
	}
	if l.retry == nil { // else it is not yet time to try again
		l.flush()
	}
}

// let takes the oldest line out of memory.
func (l *Ledger) let() {
	l.bytes -= len(l.held[0])
	l.held[0] = nil
	l.held = l.held[1:]
}

// flush writes what is held. The caller holds mu.
func (l *Ledger) flush() {
	if l.syncing == nil && !l.disk.inPlace() { // somebody removed it meanwhile
		l.disk.drop()
	}
	wrote, err := false, error(nil)
	for len(l.held) > 0 && err == nil {
		if err = l.disk.write(l.held[0]); err == nil {
			l.let()
			wrote = true
		}
	}
	l.outcome(err)
	if wrote && l.syncing == nil && !l.closed {
		l.syncing = time.AfterFunc(syncAfter, l.sync)
	}
}

// sync makes durable what was written. Nobody waits for it.
func (l *Ledger) sync() {
	l.mu.Lock()
	f := l.disk.f
	l.syncing = nil
	l.mu.Unlock()
	if f == nil {
		return
	}
	if err := f.Sync(); err != nil && !errors.Is(err, os.ErrClosed) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.outcome(err)
	}
}

// outcome says when writing begins to fail and when it works again, and has it
// tried again while there is something to write. The caller holds mu.
func (l *Ledger) outcome(err error) {
	if (err == nil) != (l.failed == nil) {
		defer l.options.Changed()
	}
	if err == nil {
		if l.failed != nil {
			l.options.Log.Info("the ledger can be written again", "directory", l.disk.dir, "records_lost_since_start", l.lost)
		}
		l.failed, l.pause = nil, 0
		return
	}
	l.disk.drop()
	if l.failed == nil {
		l.options.Log.Error("the ledger cannot be written; delivery goes on, the newest records are kept in memory and written as soon as that works",
			"directory", l.disk.dir, "error", err)
	}
	l.failed = err
	if len(l.held) > 0 && l.retry == nil && !l.closed {
		l.pause = min(max(2*l.pause, firstPause), lastPause)
		l.retry = time.AfterFunc(l.pause, l.again)
	}
}

func (l *Ledger) again() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.retry = nil; !l.closed {
		l.flush()
	}
}

// Stats is the state of a Ledger.
type Stats struct {
	Held int   // records in memory, because the disk takes none
	Lost int64 // records since Open that could not be kept
	Err  error // why the disk takes none; nil while it works
}

// Stats may be called at any time, of a nil ledger, too.
func (l *Ledger) Stats() Stats {
	if l == nil {
		return Stats{}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return Stats{Held: len(l.held), Lost: l.lost, Err: l.failed}
}

// Close writes what is held and makes everything durable. A later Note is lost.
// Its error says how many records are.
func (l *Ledger) Close() error {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil
	}
	l.closed = true
	for _, t := range []*time.Timer{l.retry, l.syncing} {
		if t != nil {
			t.Stop()
		}
	}
	l.flush()
	err := l.disk.close()
	if n := len(l.held); n > 0 {
		l.lost += int64(n)
		l.held = nil
		return fmt.Errorf("close the ledger %s: %d records could not be written: %w", l.disk.dir, n, l.failed)
	}
	if err != nil {
		return fmt.Errorf("close the ledger %s: %w", l.disk.dir, err)
	}
	return nil
}
