// Package watch finds finished reports: documents in a directory, and records
// in files that grow. It knows bytes only, and remembers on disk how far it
// came. What is committed is not seen again; what is not is seen again after a
// restart.
package watch

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"
)

// Kind is how reports come to lie in a source.
type Kind int

const (
	// Dir is a document a file: written in place or renamed into place, under a
	// name of its own or over the one before.
	Dir Kind = iota
	// Lines is a file that is appended to, a record after the other, and rotated.
	Lines
)

// The classes of Arrival.Err, wrapped with the path and what is known.
var (
	// ErrEmpty is a document that stayed at no bytes: a run happened, its report is lost.
	ErrEmpty = errors.New("the file stayed empty")
	// ErrIncomplete is a document or a last record whose end never came. Data holds what did.
	ErrIncomplete = errors.New("the end is missing")
	// ErrTooLarge is a document or a record over MaxBytes. Data is nil.
	ErrTooLarge = errors.New("over the limit of size")
	// ErrUnreadable is a file or a directory that is there and cannot be read.
	ErrUnreadable = errors.New("cannot be read")
	// ErrClosed is what Next, Ready and Commit say after Close.
	ErrClosed = errors.New("the watcher is closed")
)

// Source is one place where reports appear.
type Source struct {
	// Name comes back in every arrival. Name and Path together are what
	// positions are remembered under.
	Name string
	// Path is a file, a directory or a glob (filepath.Match, element by
	// element), which need not exist yet. Directories are not descended into.
	Path string
	Kind Kind
	// Match says which base names of a directory are reports; nil is all but
	// hidden and temporary ones. A Path that names one file is not asked.
	Match func(name string) bool
	// Complete says whether these bytes are a whole report. Dir: asked at every
	// change; nil is "whole after Options.Quiet". Lines: asked once of a last
	// record whose end has not come for Options.EmptyAfter; nil is "wait".
	Complete func(data []byte) bool
	// Split says where one record of Lines ends; it is never told atEOF. nil is
	// whole lines, without their end; blank ones are left out.
	Split bufio.SplitFunc
	// MaxBytes is the most one document or record may hold; 0 is 64 MiB.
	MaxBytes int64
}

// Options are the settings of a Watcher; StateDir alone has no default.
type Options struct {
	StateDir   string        // where positions are kept, made if missing
	Poll       time.Duration // between looks at everything, events or not; 0 is 10 s
	Quiet      time.Duration // without change, a document counts as written; 0 is 1 s
	EmptyAfter time.Duration // without change, an end counts as never to come; 0 is 60 s
	Log        *slog.Logger  // nil is silence
	// Trouble is told when a file or directory of a source cannot be read, and why,
	// and with an empty cause when it can again or is gone; also at Open, of what was
	// so before. It must not call the Watcher. nil is nobody.
	Trouble func(s Source, path, cause string)
}

// Arrival is one report. Its Data are not changed before the next call of Next or
// Ready: a long file of long records is read through the same memory.
type Arrival struct {
	Source   string    // Source.Name
	Path     string    // the file, or the directory that cannot be read
	Offset   int64     // where the record begins in its file; 0 for a document
	Data     []byte    // without the end of the line, until the next one; nil if Err leaves nothing
	Modified time.Time // of the file
	Err      error     // nil, or why this is not a whole report

	w      *Watcher
	settle func() // remembers, under the watcher's lock
}

// Commit lets go of the arrival: it is not seen again, also if this process is
// killed. Should the machine lose power, what was committed in the last second
// may be seen again. An error says that positions cannot be written just now;
// they are kept, and written as soon as that works.
func (a *Arrival) Commit() error {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	if a.settle != nil {
		a.settle()
		a.settle = nil
	}
	if a.w.closed {
		return ErrClosed
	}
	return a.w.store.committed(time.Now())
}

// Watcher finds the reports of its sources. One goroutine calls Next and Ready; Commit
// and Close may be called from any.
type Watcher struct {
	mu      sync.Mutex
	o       Options
	sources []*source
	store   *store
	notify  *notifier
	turn    int     // whose turn it is among sources
	loaded  *source // gave the last large arrival, and may hold its memory; nil: none does
	pollAt  time.Time
	freeAt  time.Time // when memory of a large arrival is given back; zero: nothing to give
	stop    chan struct{}
	closed  bool
}

// Open starts watching. An error is a source that makes no sense, or a directory
// for positions that is none or not ours. Positions that cannot be read are moved
// aside, never overwritten, and reports may be read again.
// Missing files and directories are waited for. What is rotated from here on
// is read, what was rotated before the first time is not.
func Open(sources []Source, o Options) (*Watcher, error) {
	o = o.withDefaults()
	w := &Watcher{o: o, stop: make(chan struct{})}
	seen := map[group]bool{}
	for _, s := range sources {
		src, err := newSource(s, o)
		if err != nil {
			return nil, fmt.Errorf("source %s, path %q: %w", s.Name, s.Path, err)
		}
		if g := (group{src.Name, src.Path}); seen[g] {
			return nil, fmt.Errorf("source %s, path %q: is watched already", s.Name, s.Path)
		}
		seen[group{src.Name, src.Path}] = true
		w.sources = append(w.sources, src)
	}
	var err error
	if w.store, err = openStore(o.StateDir, o.Log); err != nil {
		return nil, fmt.Errorf("read positions: %w", err)
	}
	w.notify = newNotifier(o.Log)
	now := time.Now()
	for _, s := range w.sources {
		s.begin(w.store)
	}
	w.poll(now)
	w.resolve()
	for _, s := range w.sources {
		s.look(now)
	}
	return w, nil
}

func (o Options) withDefaults() Options {
	o.Poll = positive(o.Poll, 10*time.Second)
	o.Quiet = positive(o.Quiet, time.Second)
	o.EmptyAfter = positive(o.EmptyAfter, time.Minute)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Trouble == nil {
		o.Trouble = func(Source, string, string) {}
	}
	return o
}

func positive(d, otherwise time.Duration) time.Duration {
	if d <= 0 {
		return otherwise
	}
	return d
}

func (s Source) withDefaults() (Source, error) {
	if s.Name == "" || s.Path == "" {
		return s, errors.New("a source needs a name and a path")
	}
	if _, err := filepath.Match(s.Path, ""); err != nil {
		return s, err
	}
	path, err := filepath.Abs(s.Path)
	if err != nil {
		return s, err
	}
	if s.Path = path; filepath.Dir(path) == path {
		return s, errors.New("the root of the file system is no source")
	}
	if s.MaxBytes <= 0 {
		s.MaxBytes = 64 << 20
	}
	if s.Match == nil {
		s.Match = report
	}
	return s, nil
}

// Close remembers what is committed and lets go of everything. Next returns ErrClosed.
func (w *Watcher) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil
	}
	w.closed = true
	close(w.stop)
	err := w.notify.close()
	for _, s := range w.sources {
		s.close()
	}
	return errors.Join(err, w.store.close())
}

// Next is the next report, waiting for it if need be. It returns ctx.Err()
// once ctx has ended, and ErrClosed once the watcher is closed; nothing else
// stops it.
func (w *Watcher) Next(ctx context.Context) (*Arrival, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		a, until, err := w.step(time.Now())
		if a != nil || err != nil {
			return a, err
		}
		if err := w.sleep(ctx, until); err != nil {
			return nil, err
		}
	}
}

// Ready is Next without waiting: nil if no report is finished now.
func (w *Watcher) Ready() (*Arrival, error) {
	a, _, err := w.step(time.Now())
	return a, err
}
