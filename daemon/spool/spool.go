// Package spool is a directory as a queue. It knows bytes and keys, nothing else.
//
// One entry is one small file, and the directories are the state:
//
//	pending/<seq>.<rank>.<key>   waits to be delivered, oldest first
//	delivered/<key>              was delivered; an empty file, only the key is remembered
//	refused/<key>                will never be delivered; the dead letter, with the reason in its last line
//	damaged/<seq>.<rank>.<key>   could not be read; moved aside for a person to look at
//	lock                         held by the one process that uses the directory
//
// Every change of state is one rename, so a process killed at any moment leaves
// either the state before or the state after. Files of other names are ignored.
package spool

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
)

var (
	// ErrInUse is a directory that another process already uses.
	ErrInUse = errors.New("the spool is in use by another process")
	// ErrClosed is a spool that was closed.
	ErrClosed = errors.New("the spool is closed")
	// ErrUnfit is an entry that can never be kept, however often it is tried:
	// without a key, of a rank below 0, or too long.
	ErrUnfit = errors.New("no spool can keep this entry")
)

// maxEntry is the most bytes that one entry may have.
const maxEntry = 16 << 20

// Options bound a spool. The zero value is usable.
type Options struct {
	MaxEntries int   // pending entries; 10,000 if 0. Over it the oldest is dropped
	MaxBytes   int64 // of pending entries on disk; 256 MiB if 0. Over it the oldest is dropped
	Remember   int   // delivered keys; 20,000 if 0. The oldest are forgotten
	MaxDead    int   // dead letters, and damaged entries; 1,000 of each if 0
	Log        *slog.Logger

	// before is asked before every change of the disk and may fail it. A test
	// makes the disk full or the process die there; otherwise it is nil.
	before func(operation, path string) error
}

func (o Options) withDefaults() Options {
	if o.MaxEntries <= 0 {
		o.MaxEntries = 10_000
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = 256 << 20
	}
	if o.Remember <= 0 {
		o.Remember = 20_000
	}
	if o.MaxDead <= 0 {
		o.MaxDead = 1_000
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Spool is an open queue. It may be used from several goroutines.
type Spool struct {
	dir     string
	options Options
	disk    disk
	lock    *os.File

	mu      sync.Mutex
	closed  bool
	changed chan struct{} // closed and replaced when a waiting Next should look again
	seq     uint64        // of the newest entry
	queue   []*item       // oldest first
	byName  map[string]*item
	flight  *item // handed out by Next and not yet finished
	bytes   int64 // of the queue's files
	owed    map[string]debt
	kept    map[string]int // files in each of the directories of finished entries
	dropped map[string]int64
	full    bool // the last Append had to drop
}

// item is one pending file: what its name says, and its size.
type item struct {
	name string // the key, encoded
	seq  uint64
	rank int
	size int64
}

// debt is a rename that the disk refused after the entry was finished.
type debt struct{ from, to string }

// Open makes dir (0700) a spool, or opens the one that is there. What a killed
// process or a broken disk left behind is put right; nothing readable is lost.
// The error is ErrInUse if another process has it open.
func Open(dir string, o Options) (*Spool, error) {
	s := &Spool{
		dir: dir, options: o.withDefaults(), disk: disk{o.before},
		changed: make(chan struct{}), byName: map[string]*item{}, owed: map[string]debt{},
		kept: map[string]int{}, dropped: map[string]int64{},
	}
	if err := s.makeDirs(); err != nil {
		return nil, fmt.Errorf("open spool %s: %w", dir, err)
	}
	lock, err := takeLock(filepath.Join(dir, "lock"))
	if err != nil {
		return nil, fmt.Errorf("open spool %s: %w", dir, err)
	}
	s.lock = lock
	if err := s.salvage(); err != nil {
		return nil, errors.Join(fmt.Errorf("open spool %s: %w", dir, err), lock.Close())
	}
	return s, nil
}

// The directories of a spool.
const (
	pending   = "pending"
	delivered = "delivered"
	refused   = "refused"
	damaged   = "damaged"
)

func (s *Spool) makeDirs() error {
	for _, d := range []string{pending, delivered, refused, damaged} {
		if err := os.MkdirAll(filepath.Join(s.dir, d), 0o700); err != nil {
			return err
		}
	}
	// A power loss must not take the directories along with what was fsynced in them.
	return errors.Join(syncDir(s.dir), syncDir(filepath.Dir(s.dir)))
}

// Close lets another process open the directory and ends a waiting Next with
// ErrClosed. An entry in flight stays pending.
func (s *Spool) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	s.settle()
	s.wake()
	if err := s.lock.Close(); err != nil {
		return fmt.Errorf("close spool %s: %w", s.dir, err)
	}
	return nil
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
	Entries     int              // pending, the one in flight included
	Bytes       int64            // of their files
	Delivered   int              // keys remembered as delivered
	DeadLetters int              // entries refused for good and still on disk
	Damaged     int              // entries moved aside and still on disk
	Dropped     map[string]int64 // since Open, by reason
}

// Stats counts what is there now.
func (s *Spool) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := Stats{
		Entries: len(s.queue), Bytes: s.bytes,
		Delivered: s.kept[delivered], DeadLetters: s.kept[refused], Damaged: s.kept[damaged],
		Dropped: make(map[string]int64, len(s.dropped)),
	}
	for reason, n := range s.dropped {
		st.Dropped[reason] = n
	}
	return st
}

func (s *Spool) path(dir, file string) string { return filepath.Join(s.dir, dir, file) }

func (s *Spool) pendingPath(it *item) string { return s.path(pending, it.file()) }

// wake makes every waiting Next look again. The caller holds mu.
func (s *Spool) wake() {
	close(s.changed)
	s.changed = make(chan struct{})
}
