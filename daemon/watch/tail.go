package watch

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"
)

// tail is one file of lines being followed, by whatever name.
type tail struct {
	seq  string // what its mark is remembered under
	path string // as last seen
	id   fileID // zero: its bytes have lost their file
	live bool   // it has the name that is written to
	f    *os.File

	packed bool  // f holds what the file holds
	stat   int64 // size of the file, as last examined

	head print // of the file
	win  window
	at   int64 // the position, while no window is loaded
	last print // of the bytes before it, likewise
	held bool  // the window is loaded

	saved    mark      // as committed; Offset is where a restart begins
	handed   []*handed // in order, from the first that is not committed
	size     int64     // as last looked at
	modified time.Time
	changed  time.Time // when that was seen to change
	missing  time.Time // since when it has no file; zero: it has
	pass     int       // of the scan that saw it last

	more    bool  // there may be something to read
	suspect bool  // what was read does not fit what was read before
	over    int64 // where the record over the limit begins; -1: none
	asked   int64 // size at which it was decided that its last record is not whole
	splitAt int   // pending bytes from which on Split is asked again
}

// handed is a record given away: where it ends, and the file up to there.
type handed struct {
	mark
	done bool
}

func (t *tail) pos() int64 {
	if t.held {
		return t.win.pos()
	}
	return t.at
}

func (t *tail) print() print {
	if t.held {
		return t.win.tail()
	}
	return t.last
}

// fits says whether f holds what was read of this tail, up to its position.
func (t *tail) fits(f *os.File, size int64) (bool, error) {
	last := t.print()
	if size < t.pos() {
		return false, nil
	}
	ok, err := t.head.at(f, 0)
	if err != nil || !ok {
		return false, err
	}
	return last.at(f, t.pos()-int64(last.N))
}

// let drops the file; the position stays.
func (t *tail) let() {
	t.at, t.last = t.pos(), t.print()
	t.held = false
	t.win = window{}
	t.f = nil
}

func (t *tail) close() {
	if f := t.f; f != nil {
		t.let()
		_ = f.Close() // it was only read
	}
}

// take gives the tail a file that fits it.
func (t *tail) take(f *os.File, now time.Time) {
	if t.f != nil && t.f != f {
		t.close()
	}
	t.let()
	t.f = f
	t.more, t.suspect = true, false
	t.missing, t.changed = time.Time{}, now
}

// look sees whether the file has changed.
func (t *tail) look(now time.Time) error {
	fi, err := t.f.Stat()
	if err != nil {
		return err
	}
	if fi.Size() != t.size || !fi.ModTime().Equal(t.modified) {
		t.size, t.stat, t.modified, t.changed = fi.Size(), fi.Size(), fi.ModTime(), now
		t.more = true
	}
	return nil
}

// found is a record, or why there is none in these bytes.
type found struct {
	offset int64
	data   []byte // of the window, until it is filled again
	err    error
}

// next is the next record that has an end. Neither a record nor an error is
// the end of the file.
func (t *tail) next(s *source, now time.Time) (*found, error) {
	if !t.held {
		t.win.most = int(s.MaxBytes)
		if err := t.win.load(t.f, t.at); err != nil {
			return nil, err
		}
		if t.win.tail() != t.last {
			return nil, errTorn
		}
		t.held = true
	}
	for {
		if r := t.record(s, now); r != nil {
			return r, nil
		}
		if t.win.end() >= t.size && !t.packed {
			if err := t.look(now); err != nil {
				return nil, err
			}
		}
		n, err := t.win.fill(t.f, t.head, t.size)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			t.more = false
			t.win.shrink()
			return nil, nil
		}
	}
}

// record takes one record out of the window; nil if none has its end there.
func (t *tail) record(s *source, now time.Time) *found {
	for {
		begin := t.win.pos()
		data, n, err := t.split(s, now)
		switch {
		case n == 0 && int64(len(t.win.pending())) > s.MaxBytes:
			if t.over < 0 {
				t.over = begin
			}
			t.consume(len(t.win.pending()))
			return nil
		case n == 0:
			return nil
		}
		t.consume(n)
		if t.over >= 0 || int64(len(data)) > s.MaxBytes {
			r := &found{offset: begin, err: tooLarge(s, t.win.pos()-begin)}
			if t.over >= 0 {
				r = &found{offset: t.over, err: tooLarge(s, t.win.pos()-t.over)}
			}
			t.over = -1
			return r
		}
		if err != nil || len(bytes.TrimSpace(data)) > 0 {
			return &found{offset: begin, data: slices.Clip(data), err: err}
		}
	}
}

func tooLarge(s *source, n int64) error {
	return fmt.Errorf("%w: a record of %d bytes, at most %d; skipped to the next line", ErrTooLarge, n, s.MaxBytes)
}

// split is the next record and how many bytes it takes; 0 bytes: none yet. A
// record over the limit ends with its line.
func (t *tail) split(s *source, now time.Time) (data []byte, n int, err error) {
	if s.Split == nil || t.over >= 0 {
		data, n = t.win.line()
		return bytes.TrimLeft(data, "\x00"), n, nil
	}
	pending := t.win.pending()
	if len(pending) == 0 || len(pending) < t.splitAt && now.Sub(t.changed) < s.o.Quiet {
		return nil, 0, nil
	}
	n, data, err = s.Split(pending, false)
	if n < 0 || n > len(pending) {
		n, err = 0, bufio.ErrAdvanceTooFar
	}
	if errors.Is(err, bufio.ErrFinalToken) {
		err = nil
	}
	if err != nil {
		if data, n = t.win.line(); n > 0 {
			return data, n, fmt.Errorf("%w: %w", ErrIncomplete, err)
		}
		return nil, 0, nil
	}
	t.splitAt = 0
	if n == 0 && len(pending) >= chunk/2 && now.Sub(t.changed) < s.o.Quiet {
		t.splitAt = len(pending) + len(pending)/8 // not at every line of a long record
	}
	return data, n, nil
}

// consume moves the position. The head grows until it is as long as it gets.
func (t *tail) consume(n int) {
	t.win.consume(n)
	if t.head.N < printed && t.win.base == 0 && t.win.r > t.head.N {
		t.head = printOf(t.win.buf[:min(printed, t.win.r)])
	}
}

// unfinished is what stands after the last record.
func (t *tail) unfinished() bool { return t.over >= 0 || t.size > t.pos() }

// hand remembers what is given away up to the position.
func (t *tail) hand() *handed {
	h := &handed{mark: mark{Offset: t.pos(), Head: t.head, Tail: t.print()}}
	t.handed = append(t.handed, h)
	return h
}

// settled is the mark after a commit, and whether it moved: everything before
// an uncommitted record, and nothing behind it.
func (t *tail) settled(h *handed) (mark, bool) {
	h.done = true
	moved := false
	for len(t.handed) > 0 && t.handed[0].done {
		t.saved = t.handed[0].mark
		t.handed = t.handed[1:]
		moved = true
	}
	return t.mark(), moved
}

// mark is what is committed, and where it lies now.
func (t *tail) mark() mark {
	m := t.saved
	m.fileID, m.Path = t.id, t.path
	return m
}
