package spool

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"syscall"
	"time"
)

// Take waits for the oldest entries and hands them out, oldest first: at most
// maxEntries, and no more data than maxBytes; at least one. There is one Take at
// a time: it waits until all of the last one were finished. 0 is one entry, and
// no limit of bytes. The error is that of ctx, ErrClosed, or of a disk that reads
// nothing just now; what is in memory is handed out even then. An entry that
// alone cannot be read is moved aside, counted and said.
func (s *Spool) Take(ctx context.Context, maxEntries int, maxBytes int64) ([]*Entry, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		entries, changed, err := s.take(maxEntries, maxBytes)
		if len(entries) > 0 || err != nil {
			return entries, err
		}
		s.wait(ctx, changed)
	}
}

// wait ends with ctx or when to look again. While something is in memory only, it
// is that every few seconds: the disk may be back.
func (s *Spool) wait(ctx context.Context, changed <-chan struct{}) {
	var again <-chan time.Time
	if s.inMemory() {
		timer := time.NewTimer(absence)
		defer timer.Stop()
		again = timer.C
	}
	select {
	case <-ctx.Done():
	case <-changed:
	case <-again:
	}
}

func (s *Spool) inMemory() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.away != nil || s.inDebt()
}

// take is the oldest entries, or a channel that is closed when to look again.
func (s *Spool) take(maxEntries int, maxBytes int64) ([]*Entry, <-chan struct{}, error) {
	s.mu.Lock()
	defer s.unlock()
	if s.closed {
		return nil, nil, ErrClosed
	}
	s.look()
	s.settle()
	if len(s.flight) > 0 {
		return nil, s.changed, nil
	}
	t := taking{Spool: s, entries: max(maxEntries, 1), bytes: maxBytes}
	for t.room() && t.one() {
	}
	t.judge()
	if len(t.taken) == 0 && t.err != nil {
		t.fromMemory()
	}
	if len(t.taken) > 0 {
		return t.taken, nil, nil
	}
	if t.err != nil {
		return nil, nil, fmt.Errorf("read spool %s: %w", s.dir, t.err)
	}
	s.sayTotals()
	return nil, s.changed, nil
}

// patience is how many entries of a group may fail to be read, or written, before
// the disk is blamed and not they.
const patience = 8

// taking is one take at work.
type taking struct {
	*Spool
	entries int   // the limits
	bytes   int64 // 0 is none

	taken  []*Entry
	size   int64
	failed []*item // could not be read, for a reason that may lie with the disk
	causes []error
	worked bool // something was read from the disk after the last that failed
	err    error
}

func (t *taking) room() bool {
	return len(t.taken) < t.entries && (len(t.taken) == 0 || t.bytes <= 0 || t.size < t.bytes)
}

// one takes one more entry, or says that there is none to be had now.
func (t *taking) one() bool {
	it, err := t.front()
	if err == nil && it != nil && it.record == nil {
		err = t.away
	}
	if it == nil || err != nil {
		t.err = cmp.Or(err, t.err)
		return false
	}
	key, data, err := t.read(it)
	if len(t.taken) > 0 && t.bytes > 0 && t.size+int64(len(data)) > t.bytes {
		return false
	}
	if lacking(err) {
		t.err = err
		return false
	}
	t.line.pop()
	switch {
	case err == nil:
		t.worked = t.worked || it.record == nil && len(t.failed) > 0
		t.fly(it, key, data)
	case certain(err):
		t.setAside(it, err)
	default:
		t.failed, t.causes, t.err = append(t.failed, it), append(t.causes, err), err
		return len(t.failed) < patience
	}
	return true
}

func (t *taking) fly(it *item, key string, data []byte) {
	f := &flown{it: it}
	t.flight[it.name] = f
	t.size += int64(len(data))
	t.taken = append(t.taken, &Entry{Key: key, Data: data, spool: t.Spool, flown: f})
}

// judge decides on those that could not be read: if others could, it is their
// own fault; if none, they wait until the disk is better.
func (t *taking) judge() {
	for i, it := range t.failed {
		if t.worked {
			t.setAside(it, t.causes[i])
		} else {
			t.line.putBack(it)
		}
	}
}

// fromMemory takes what is held, for the disk gives nothing.
func (t *taking) fromMemory() {
	for _, it := range slices.SortedFunc(maps.Values(t.held), func(a, b *item) int { return cmp.Compare(a.seq, b.seq) }) {
		if !t.room() {
			return
		}
		if key, data, err := decodeRecord(it.record); err == nil {
			t.line.remove(it)
			t.fly(it, key, data)
		}
	}
}

// front is the oldest item. Those that are found to be gone are counted.
func (s *Spool) front() (*item, error) {
	if s.away != nil && s.line.short() {
		return nil, s.away
	}
	it, vanished, err := s.line.front()
	for _, v := range vanished {
		s.bytes -= int64(v.size)
		s.vanished(loss{"", DroppedVanished}, fmt.Sprintf("number %d", v.seq))
	}
	return it, err
}

func (s *Spool) read(it *item) (string, []byte, error) {
	file := it.record
	if file == nil {
		var err error
		if file, err = s.disk.read(s.pendingPath(it)); errors.Is(err, fs.ErrPermission) {
			_ = os.Chmod(s.pendingPath(it), 0o600) // whoever took the right away
			file, err = s.disk.read(s.pendingPath(it))
		}
		if errors.Is(err, fs.ErrPermission) && s.there(it) {
			err = fmt.Errorf("%w: %w", errDamaged, err)
		}
		if err != nil {
			return "", nil, err
		}
	}
	key, data, err := decodeRecord(file)
	if err == nil && encodeKey(key) != it.name {
		err = fmt.Errorf("%w: it holds the key %q", errDamaged, key)
	}
	return key, data, err
}

// lacking says whether an error is of this moment and neither of the file nor
// of the disk.
func lacking(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) || errors.Is(err, syscall.ENOMEM)
}

// certain says whether an error is of the file and will not go away.
func certain(err error) bool {
	for _, known := range []error{errDamaged, fs.ErrNotExist, syscall.ELOOP, syscall.ENXIO} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}

// setAside takes a file that cannot be read out of the count. If it cannot be
// moved either, that is tried again.
func (s *Spool) setAside(it *item, cause error) {
	s.bytes -= it.size
	if errors.Is(cause, fs.ErrNotExist) {
		s.vanished(loss{it.key(), DroppedVanished}, it.file())
		return
	}
	s.drop(loss{it.key(), DroppedDamaged})
	from, to := s.pendingPath(it), s.damagedPath(it)
	if err := s.within(damaged, func() error { return s.disk.rename(from, to) }); err != nil {
		s.litter[from] = to
		s.warnOnce("damaged", "an entry cannot be read and cannot be moved aside; it is skipped, and moved as soon as that works", "file", from, "error", errors.Join(cause, err))
		return
	}
	s.warnOnce("damaged", "an entry cannot be read; it is moved aside", "file", to, "error", cause)
	s.count(damaged, it.size)
}

// damagedPath is a free name for what is moved aside: one that was moved aside
// before must not be lost for it.
func (s *Spool) damagedPath(it *item) string {
	to := s.path(damaged, it.file())
	if _, err := os.Lstat(to); errors.Is(err, fs.ErrNotExist) {
		return to
	}
	s.seq++
	return s.path(damaged, (&item{name: it.name, seq: s.seq, rank: it.rank}).file())
}

func (s *Spool) vanished(l loss, file string) {
	s.drop(l)
	s.warnOnce("vanished", "an entry's file was removed by somebody else; it is lost", "spool", s.dir, "file", file)
}

// drop counts an entry that was dropped, to be told when the lock is free.
func (s *Spool) drop(l loss) {
	s.dropped[l.reason]++
	s.lost = append(s.lost, l)
}
