package spool

import (
	"errors"
	"fmt"
	"io/fs"
)

// PutNote keeps data under a name beside the queue, in place of what was there.
// When it returns without error that is on disk; otherwise the old note stays.
func (s *Spool) PutNote(name string, data []byte) error {
	if err := fit(name, 0, data); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.unlock()
	if s.closed {
		return ErrClosed
	}
	file, record := encodeKey(name), encodeRecord(name, data)
	aside, path := s.path(notes, asidePrefix+file), s.path(notes, file)
	s.look()
	err := s.away
	if err == nil {
		err = s.within(notes, func() error { return s.disk.write(aside, record) })
	}
	if err == nil {
		err = s.disk.rename(aside, path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("keep note %q in spool %s: %w", name, s.dir, err), s.disk.removeIfThere(aside))
	}
	return nil
}

// Note reads a note. The error is fs.ErrNotExist if there is none, also if the
// one that is there was damaged and is moved aside.
func (s *Spool) Note(name string) ([]byte, error) {
	s.mu.Lock()
	defer s.unlock()
	path := s.path(notes, encodeKey(name))
	record, err := readEntry(path)
	if err != nil && !errors.Is(err, errDamaged) {
		return nil, fmt.Errorf("read note %q of spool %s: %w", name, s.dir, err)
	}
	if err == nil {
		var key string
		var data []byte
		if key, data, err = decodeRecord(record); err == nil && key == name {
			return data, nil
		}
	}
	s.seq++
	to := s.path(damaged, (&item{name: encodeKey(name), seq: s.seq}).file())
	s.options.Log.Error("a note cannot be read; it is moved aside", "note", name, "file", to, "error", err)
	if err := s.disk.rename(path, to); err != nil {
		return nil, fmt.Errorf("move damaged note %q of spool %s aside: %w", name, s.dir, err)
	}
	s.count(damaged, int64(len(record)))
	return nil, fmt.Errorf("note %q of spool %s was damaged: %w", name, s.dir, fs.ErrNotExist)
}

// RemoveNote removes a note, if it is there.
func (s *Spool) RemoveNote(name string) error {
	s.mu.Lock()
	defer s.unlock()
	if s.closed {
		return ErrClosed
	}
	if err := s.disk.removeIfThere(s.path(notes, encodeKey(name))); err != nil {
		return fmt.Errorf("remove note %q of spool %s: %w", name, s.dir, err)
	}
	if err := s.disk.syncDir(s.path(notes, "")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove note %q of spool %s: %w", name, s.dir, err)
	}
	return nil
}
