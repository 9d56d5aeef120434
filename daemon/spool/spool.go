// Package spool is a directory as a queue. It knows bytes and keys, nothing else.
//
// One entry is one small file, and the directories are the state:
//
//	pending/<seq>.<rank>.<key>   waits to be delivered, oldest first
//	delivered/<key>              was delivered; an empty file, only the key is remembered
//	refused/<key>                will never be delivered; the dead letter, with the reason in its last line
//	refused/+<sum>.<key>         the same of a part of an entry, whose key may still be pending
//	damaged/<seq>.<rank>.<key>   could not be read; moved aside for a person to look at
//	notes/<name>                 a small state that belongs to the queue
//	lock                         held by the one process that uses the directory
//
// Every change of state is one rename, so a process killed at any moment leaves
// either the state before or the state after. Files of other names are ignored.
// What the disk refuses is kept in bounded memory and written down when it works.
package spool

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"
)

var (
	// ErrInUse is a directory that another process already uses.
	ErrInUse = errors.New("in use by another process")
	// ErrClosed is a spool that was closed.
	ErrClosed = errors.New("the spool is closed")
	// ErrReplaced is an entry that was not discarded: a richer one of its key came in
	// while it was in flight, and waits in its place.
	ErrReplaced = errors.New("a richer entry took its place")
	// ErrUnfit is an entry that can never be kept, however often it is tried:
	// without a key, of a rank below 0, or too long.
	ErrUnfit = errors.New("no spool can keep this entry")
)

// maxEntry is the most bytes that one entry may have.
const maxEntry = 16 << 20

// Options bound a spool. The zero value is usable.
type Options struct {
	MaxEntries   int   // pending entries; 10,000 if 0. Over it the oldest is dropped
	MaxBytes     int64 // of pending entries on disk; 256 MiB if 0. Over it the oldest is dropped
	MaxHeld      int64 // bytes of entries in memory while the disk refuses them; 8 MiB if 0
	Remember     int   // delivered keys; if 0, 20,000 or MaxEntries if that is more. The oldest are forgotten
	MaxDead      int   // dead letters, and damaged entries; 1,000 of each if 0
	MaxDeadBytes int64 // of dead letters, and of damaged entries; 64 MiB of each if 0
	Log          *slog.Logger

	// Dropped is called for each entry that was dropped, with one of the reasons
	// that Stats counts. The key is empty if it was lost with the entry. It is
	// called without a lock, in the goroutine that found out.
	Dropped func(key, reason string)

	// before is asked before every change of the disk and every look at it, and may fail it. A test
	// makes the disk full or the process die there; otherwise it is nil.
	before func(operation, path string) error
}

func (o Options) withDefaults() Options {
	o.MaxEntries = orDefault(o.MaxEntries, 10_000)
	o.MaxBytes = orDefault(o.MaxBytes, 256<<20)
	o.MaxHeld = orDefault(o.MaxHeld, 8<<20)
	o.Remember = orDefault(o.Remember, max(20_000, o.MaxEntries))
	o.MaxDead = orDefault(o.MaxDead, 1_000)
	o.MaxDeadBytes = orDefault(o.MaxDeadBytes, 64<<20)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Dropped == nil {
		o.Dropped = func(string, string) {}
	}
	return o
}

func orDefault[N int | int64](n, otherwise N) N {
	if n <= 0 {
		return otherwise
	}
	return n
}

// Spool is an open queue. It may be used from several goroutines.
type Spool struct {
	dir     string
	options Options
	disk    disk
	lock    *os.File

	mu          sync.Mutex
	home        os.FileInfo // of the directory of pending entries that was read
	away        error       // why it is not to be used now, or nil
	awaySince   time.Time
	closed      bool
	changed     chan struct{}     // closed and replaced when a waiting Take should look again
	seq         uint64            // of the newest entry
	line        line              // what waits, oldest first
	flight      map[string]*flown // handed out by Take and not yet finished, by name
	bytes       int64             // of the files of line and flight
	held        map[string]*item  // those in memory that the disk has not, by name
	heldBytes   int64
	postponing  bool              // those of held wait for others; the disk was not asked
	owed        map[string]debt   // finished, not written down yet, by name
	litter      map[string]string // files that do not count and could not be removed, or moved to that name
	letterBytes int64             // of dead letters in memory: at most a quarter of MaxHeld, beside it
	letters     map[string][]byte // dead letters that the disk did not take, by file
	stored      map[string]store  // the directories of finished entries
	dropped     map[string]int64
	full        bool   // the last Append had to drop
	lost        []loss // to be told when the lock is free
	said        map[string]int
}

// store is what lies in one directory of finished entries.
type store struct {
	files int
	bytes int64 // unknown for delivered: its files are empty
}

// loss is one entry that was dropped.
type loss struct{ key, reason string }

// Open makes dir (0700) a spool, or opens the one that is there. What a killed
// process or a broken disk left behind is put right; nothing readable is lost.
// The error is ErrInUse if another process has it open, or that of a directory
// that is no directory or not ours. A disk that is full, read-only or broken is
// no error: the spool works in memory until it is better.
func Open(dir string, o Options) (*Spool, error) {
	s := &Spool{
		dir: dir, options: o.withDefaults(), disk: disk{o.before},
		changed: make(chan struct{}), flight: map[string]*flown{}, held: map[string]*item{},
		owed: map[string]debt{}, litter: map[string]string{}, letters: map[string][]byte{},
		stored: map[string]store{}, dropped: map[string]int64{}, said: map[string]int{},
	}
	s.line = newLine(s.there, s.names)
	s.mu.Lock()
	defer s.unlock()
	err := s.enter(lockPatience)
	if hopeless(err) {
		return nil, errors.Join(fmt.Errorf("open spool %s: %w", dir, err), s.freeLock())
	}
	if err != nil {
		s.warnOnce("away", "the spool's directory cannot be used now; entries are kept in memory, and it is tried again", "spool", dir, "error", err)
	}
	return s, nil
}

// Close lets another process open the directory and ends a waiting Take with
// ErrClosed. An entry in flight stays pending.
func (s *Spool) Close() error {
	s.mu.Lock()
	defer s.unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	s.look()
	for s.settle() {
	}
	s.wake()
	s.sayTotals()
	s.sayForgotten()
	if err := s.freeLock(); err != nil {
		return fmt.Errorf("close spool %s: %w", s.dir, err)
	}
	return nil
}

func (s *Spool) freeLock() error {
	if s.lock == nil {
		return nil
	}
	return s.lock.Close()
}

// The reasons for which a pending entry is dropped, as Stats counts them.
const (
	DroppedMaxEntries = "max_entries" // the oldest, over Options.MaxEntries
	DroppedMaxBytes   = "max_bytes"   // the oldest, over Options.MaxBytes
	DroppedDamaged    = "damaged"     // unreadable, moved aside
	DroppedVanished   = "vanished"    // its file was removed by somebody else
)

// Stats is the state of a spool.
type Stats struct {
	Entries     int              // pending, those in flight included
	Bytes       int64            // of their files
	Held        int              // of Entries, those the disk refused and has not taken yet
	Delivered   int              // keys remembered as delivered
	DeadLetters int              // entries and parts refused for good and still on disk
	Damaged     int              // entries moved aside and still on disk
	Dropped     map[string]int64 // since Open, by reason
}

// Stats counts what is there now.
func (s *Spool) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	held := len(s.held)
	if s.postponing {
		held = 0
	}
	st := Stats{
		Entries: s.entries(), Bytes: s.bytes, Held: held,
		Delivered: s.stored[delivered].files, DeadLetters: s.stored[refused].files, Damaged: s.stored[damaged].files,
		Dropped: make(map[string]int64, len(s.dropped)),
	}
	for reason, n := range s.dropped {
		st.Dropped[reason] = n
	}
	return st
}

// entries is how many wait or are in flight.
func (s *Spool) entries() int { return s.line.len() + len(s.flight) }

func (s *Spool) path(dir, file string) string { return filepath.Join(s.dir, dir, file) }

func (s *Spool) pendingPath(it *item) string { return s.path(pending, it.file()) }

// wake makes every waiting Take look again. The caller holds mu.
func (s *Spool) wake() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// unlock frees the lock and then tells of what was lost under it.
func (s *Spool) unlock() {
	lost := s.lost
	s.lost = nil
	s.mu.Unlock()
	for _, l := range lost {
		s.options.Dropped(l.key, l.reason)
	}
}
