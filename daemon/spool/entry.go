package spool

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"
)

// Entry is one pending entry in the hands of whoever delivers it. It ends with
// one of Commit, Discard and Release; what is called after that does nothing.
type Entry struct {
	Key  string
	Data []byte

	spool *Spool
	item  *item
}

// Next waits for the oldest entry and hands it out. There is one in flight at a
// time: Next waits until the last one was finished. The error is that of ctx,
// ErrClosed, or the system's own lack of means, such as of file descriptors;
// an entry that cannot be read is moved aside, counted and said, and the next one is taken.
func (s *Spool) Next(ctx context.Context) (*Entry, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		entry, changed, err := s.take()
		if entry != nil || err != nil {
			return entry, err
		}
		select {
		case <-ctx.Done():
		case <-changed:
		}
	}
}

// take is the oldest entry, or a channel that is closed when to look again.
func (s *Spool) take() (*Entry, <-chan struct{}, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, nil, ErrClosed
	}
	s.settle()
	for s.flight == nil && len(s.queue) > 0 {
		it := s.queue[0]
		key, data, err := s.read(it)
		if lacking(err) {
			return nil, nil, fmt.Errorf("read spool %s: %w", s.dir, err)
		}
		if err != nil {
			s.setAside(it, err)
			continue
		}
		s.flight = it
		return &Entry{Key: key, Data: data, spool: s, item: it}, nil, nil
	}
	return nil, s.changed, nil
}

func (s *Spool) read(it *item) (string, []byte, error) {
	file, err := readEntry(s.pendingPath(it))
	if err != nil {
		return "", nil, err
	}
	key, data, err := decodeRecord(file)
	if err == nil && encodeKey(key) != it.name {
		err = fmt.Errorf("%w: it holds the key %q", errDamaged, key)
	}
	return key, data, err
}

// lacking says whether an error is of this moment and not of the file.
func lacking(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) || errors.Is(err, syscall.ENOMEM)
}

// setAside takes a file that cannot be read out of the line. If it cannot be
// moved either it stays where it is until the next start.
func (s *Spool) setAside(it *item, cause error) {
	s.unlink(it)
	if errors.Is(cause, fs.ErrNotExist) {
		s.dropped[DroppedVanished]++
		s.options.Log.Warn("an entry's file was removed by somebody else; it is lost", "file", s.pendingPath(it))
		return
	}
	s.dropped[DroppedDamaged]++
	to := s.path(damaged, it.file())
	if err := s.disk.rename(s.pendingPath(it), to); err != nil {
		s.options.Log.Error("an entry cannot be read and cannot be moved aside; it is skipped", "file", s.pendingPath(it), "error", errors.Join(cause, err))
		return
	}
	s.options.Log.Error("an entry cannot be read; it is moved aside", "file", to, "error", cause)
	s.count(damaged)
}

// Commit lets the entry go as delivered: it is never handed out again, also
// after a crash, and its key stays known. On an error that holds for this process,
// and the spool keeps trying to write it down for the next.
func (e *Entry) Commit() error {
	s := e.spool
	s.mu.Lock()
	defer s.mu.Unlock()
	if ended, err := e.end(); ended {
		return err
	}
	if err := s.finish(e.item, delivered); err != nil {
		return fmt.Errorf("remember that %q was delivered: %w; it is tried again, a restart before that delivers twice", e.Key, err)
	}
	return nil
}

// Discard lets the entry go as refused for good: it is kept as a dead letter
// with the reason at its end, and its key stays known. If a richer one came in
// meanwhile, that one is tried instead.
func (e *Entry) Discard(reason string) error {
	s := e.spool
	s.mu.Lock()
	defer s.mu.Unlock()
	if ended, err := e.end(); ended {
		return err
	}
	if s.byName[e.item.name] != e.item {
		s.removeFile(e.item)
		return nil
	}
	if err := s.finish(e.item, refused); err != nil {
		return fmt.Errorf("keep %q as a dead letter: %w; it is tried again", e.Key, err)
	}
	line := "refused: " + strings.Join(strings.Fields(reason), " ")
	if err := s.disk.addLine(s.path(refused, e.item.name), line); err != nil {
		s.options.Log.Warn("the reason of a dead letter could not be written into it", "key", e.Key, "reason", reason, "error", err)
	}
	return nil
}

// Release puts the entry back to the head of the line.
func (e *Entry) Release() {
	s := e.spool
	s.mu.Lock()
	defer s.mu.Unlock()
	if ended, _ := e.end(); !ended && s.byName[e.item.name] != e.item {
		s.removeFile(e.item) // a richer one took its place
	}
}

// end takes the entry out of flight. It says whether there is nothing to decide
// any more: the entry ended before, or the spool is closed. The caller holds mu.
func (e *Entry) end() (ended bool, err error) {
	s := e.spool
	switch {
	case s.flight != e.item:
		return true, nil
	case s.closed:
		return true, fmt.Errorf("%w: %q stays pending", ErrClosed, e.Key)
	}
	s.flight = nil
	s.wake()
	return false, nil
}

// finish moves an entry out of pending and remembers its key, in one rename.
// What the disk refuses is owed: the key is known at once, and settle tries again.
func (s *Spool) finish(it *item, dir string) error {
	richer := s.byName[it.name]
	if richer != nil {
		s.unlink(richer)
	}
	d := debt{from: s.pendingPath(it), to: s.path(dir, it.name)}
	err := s.pay(d)
	if err != nil {
		s.owed[it.name] = d
	}
	if richer != nil && richer != it {
		s.removeFile(richer)
	}
	return err
}

// pay makes a finished entry's move. One whose file was removed by somebody else
// is remembered all the same.
func (s *Spool) pay(d debt) error {
	err := s.disk.rename(d.from, d.to)
	if errors.Is(err, fs.ErrNotExist) {
		err = s.disk.write(d.to, nil)
	}
	if err != nil {
		return err
	}
	dir := filepath.Base(filepath.Dir(d.to))
	if dir == delivered {
		if err := s.disk.empty(d.to); err != nil {
			s.options.Log.Warn("a delivered entry still takes its space", "error", err)
		}
	}
	s.count(dir)
	return nil
}

// settle pays what finish owes, as far as the disk lets it.
func (s *Spool) settle() {
	for name, d := range s.owed {
		if s.pay(d) != nil {
			return
		}
		delete(s.owed, name)
	}
}
