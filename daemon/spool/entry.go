package spool

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Entry is one pending entry in the hands of whoever delivers it. It ends with
// one of Spool.Commit, Keep, Discard and Release; what is called after that does
// nothing.
type Entry struct {
	Key  string
	Data []byte

	spool *Spool
	flown *flown
}

// flown is an item in flight, and the richer one that came in meanwhile.
type flown struct {
	it, richer *item
	withdrawn  bool // it is not to come back
}

func (f *flown) richest() *item {
	if f.richer != nil && f.it.rank != sealed {
		return f.richer
	}
	return f.it
}

func (f *flown) items() []*item {
	if f.richer == nil {
		return []*item{f.it}
	}
	return []*item{f.it, f.richer}
}

// found notes that one of the items is on disk, or a poorer one in its place.
func (f *flown) found(on *item) {
	all := f.items()
	at := slices.IndexFunc(all, func(it *item) bool { return it.rank == on.rank })
	if at < 0 {
		at = slices.IndexFunc(all, func(it *item) bool { return it.onDisk == none && it.rank > on.rank })
	}
	if at >= 0 {
		all[at].onDisk, all[at].size = on.rank, on.size
	}
}

// Commit lets entries go as delivered: they are never handed out again, also
// after a crash, and their keys stay known. It costs a rename each, and one wait
// for the disk. On an error that holds for this process, and the spool keeps
// trying to write it down for the next.
func (s *Spool) Commit(entries []*Entry) error {
	s.mu.Lock()
	defer s.unlock()
	s.look()
	var errs error
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		if ended, err := e.end(); ended {
			errs = errors.Join(errs, err)
			continue
		}
		s.owe(e.flown, debt{dir: delivered})
		names = append(names, e.flown.it.name)
	}
	if err := s.pay(names); err != nil {
		errs = errors.Join(errs, fmt.Errorf("remember what was delivered in spool %s: %w; it is tried again, a restart before that delivers twice", s.dir, err))
	}
	return errs
}

// Keep puts the entry back to the head of the line with rest in place of its
// data, for all else of it was delivered. When it returns without error that is
// on disk; otherwise this process knows it and keeps trying to write it down.
// No Append replaces rest.
func (e *Entry) Keep(rest []byte) error {
	if err := fit(e.Key, 0, rest); err != nil {
		return err
	}
	s := e.spool
	s.mu.Lock()
	defer s.unlock()
	if ended, err := e.end(); ended {
		return err
	}
	old, record := e.flown.it, encodeRecord(e.Key, rest)
	it := &item{name: old.name, seq: old.seq, rank: sealed, onDisk: none}
	before := s.bytes
	err := s.write(draft{it, record})
	if err != nil {
		s.hold(it, record, err)
	} else if old.onDisk == sealed { // its file is that of the new one
		s.bytes = before + it.size - old.size
		old.onDisk, old.size = none, 0
	}
	if e.flown.richer != nil {
		s.forgo(e.flown.richer)
	}
	s.supersede(old, it)
	s.line.putBack(it)
	if err != nil {
		return fmt.Errorf("write down what is left of %q: %w; it is tried again, a restart before that delivers a part twice", e.Key, err)
	}
	return nil
}

// Discard lets the entry go as refused for good: it is kept as a dead letter
// with the reason at its end, and its key stays known. If a richer one came in
// meanwhile, that one is tried instead, and the error is ErrReplaced.
func (e *Entry) Discard(reason string) error {
	s := e.spool
	s.mu.Lock()
	defer s.unlock()
	if ended, err := e.end(); ended {
		return err
	}
	if e.flown.richer != nil {
		s.back(e.flown)
		return fmt.Errorf("discard %q: %w", e.Key, ErrReplaced)
	}
	s.owe(e.flown, debt{dir: refused, reason: reasonLine(reason)})
	if err := s.pay([]string{e.flown.it.name}); err != nil {
		return fmt.Errorf("keep %q as a dead letter: %w; it is tried again", e.Key, err)
	}
	return nil
}

func reasonLine(reason string) string {
	return reasonPrefix + strings.Join(strings.Fields(reason), " ")
}

// Release puts the entry back to the head of the line.
func (e *Entry) Release() {
	s := e.spool
	s.mu.Lock()
	defer s.unlock()
	if ended, _ := e.end(); !ended {
		s.back(e.flown)
	}
}

// back puts an item, or the richer one that came in, back in its place, unless it
// was withdrawn.
func (s *Spool) back(f *flown) {
	if f.withdrawn {
		for _, it := range f.items() {
			s.forgo(it)
		}
		return
	}
	if f.richer != nil {
		s.supersede(f.it, f.richer)
	}
	s.line.putBack(f.richest())
}

// forgo lets an item go that is not to be delivered.
func (s *Spool) forgo(it *item) {
	s.unhold(it)
	s.removeFile(it)
}

// end takes the entry out of flight. It says whether there is nothing to decide
// any more: the entry ended before, or the spool is closed. The caller holds mu.
func (e *Entry) end() (ended bool, err error) {
	s := e.spool
	switch {
	case s.flight[e.flown.it.name] != e.flown:
		return true, nil
	case s.closed:
		return true, fmt.Errorf("%w: %q stays pending", ErrClosed, e.Key)
	}
	delete(s.flight, e.flown.it.name)
	s.wake()
	return false, nil
}
