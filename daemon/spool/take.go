package spool

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"
)

// Take waits for the oldest entries and hands them out, oldest first: at most
// maxEntries, and no more once their data has maxBytes; at least one. There is
// one Take at a time: it waits until all of the last one were finished. 0 is one
// entry, and no limit of bytes. The error is that of ctx, ErrClosed, or of a disk
// that reads nothing just now; an entry that alone cannot be read is moved aside,
// counted and said.
func (s *Spool) Take(ctx context.Context, maxEntries int, maxBytes int64) ([]*Entry, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		entries, changed, err := s.take(maxEntries, maxBytes)
		if len(entries) > 0 || err != nil {
			return entries, err
		}
		select {
		case <-ctx.Done():
		case <-changed:
		}
	}
}

// take is the oldest entries, or a channel that is closed when to look again.
func (s *Spool) take(maxEntries int, maxBytes int64) ([]*Entry, <-chan struct{}, error) {
	s.mu.Lock()
	defer s.unlock()
	if s.closed {
		return nil, nil, ErrClosed
	}
	s.settle()
	if len(s.flight) > 0 {
		return nil, s.changed, nil
	}
	var entries []*Entry
	var bytes int64
	for len(entries) < max(maxEntries, 1) && (len(entries) == 0 || maxBytes <= 0 || bytes < maxBytes) {
		it := s.line.front()
		if it == nil {
			break
		}
		key, data, err := s.read(it)
		if lacking(err) && len(entries) == 0 {
			return nil, nil, fmt.Errorf("read spool %s: %w", s.dir, err)
		}
		if lacking(err) || len(entries) > 0 && maxBytes > 0 && bytes+int64(len(data)) > maxBytes {
			break
		}
		s.line.pop()
		if err != nil {
			s.setAside(it, err)
			continue
		}
		f := &flown{it: it}
		s.flight[it.name] = f
		bytes += int64(len(data))
		entries = append(entries, &Entry{Key: key, Data: data, spool: s, flown: f})
	}
	return entries, s.changed, nil
}

func (s *Spool) read(it *item) (string, []byte, error) {
	file := it.record
	if file == nil {
		var err error
		if file, err = readEntry(s.pendingPath(it)); err != nil {
			return "", nil, err
		}
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

// setAside takes a file that cannot be read out of the count. If it cannot be
// moved either it stays where it is until the next start.
func (s *Spool) setAside(it *item, cause error) {
	s.bytes -= it.size
	if errors.Is(cause, fs.ErrNotExist) {
		s.drop(it, DroppedVanished)
		s.warnOnce("vanished", "an entry's file was removed by somebody else; it is lost", "file", s.pendingPath(it))
		return
	}
	s.drop(it, DroppedDamaged)
	to := s.path(damaged, it.file())
	if err := s.disk.rename(s.pendingPath(it), to); err != nil {
		s.warnOnce("damaged", "an entry cannot be read and cannot be moved aside; it is skipped", "file", s.pendingPath(it), "error", errors.Join(cause, err))
		return
	}
	s.warnOnce("damaged", "an entry cannot be read; it is moved aside", "file", to, "error", cause)
	s.count(damaged, it.size)
}

// drop counts an entry that was dropped, to be told when the lock is free.
func (s *Spool) drop(it *item, reason string) {
	s.dropped[reason]++
	s.lost = append(s.lost, loss{it.key(), reason})
}
