package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"

	"github.com/converged/converged/daemon/fault"
)

// Outcome is what became of an Append.
type Outcome int

// The outcomes of an Append; zero is none, it goes with an error.
const (
	Added    Outcome = iota + 1 // the key was new
	Replaced                    // it took the place of a pending entry of lower rank
	Known                       // nothing was done: the key was delivered or refused, or is pending with this rank or a higher one
	Held                        // as Added or Replaced, but the disk did not take it: it is in memory, and delivered from there
)

// String is the outcome's name.
func (o Outcome) String() string {
	switch o {
	case Added:
		return "added"
	case Replaced:
		return "replaced"
	case Known:
		return "known"
	case Held:
		return "held"
	}
	return fmt.Sprintf("outcome %d", int(o))
}

// Append keeps data under key; when it returns Added or Replaced, data is on disk.
// A key is delivered once. While it is pending a higher rank replaces a lower
// one in its place in the line; if the lower one is just being delivered, the
// higher one waits and counts only if that delivery fails. What was delivered in
// part is never replaced.
//
// Held is an entry that would be lost with this process until Settle wrote it
// down; Holds tells of it. An error means that data is not kept, not even in
// memory, and that the caller should hold on to it and try again, unless it is
// ErrUnfit.
func (s *Spool) Append(key string, rank int, data []byte) (Outcome, error) {
	return s.add(key, rank, data, false)
}

// add is Append, or Postpone where later.
func (s *Spool) add(key string, rank int, data []byte, later bool) (Outcome, error) {
	if err := fit(key, rank, data); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.unlock()
	if s.closed {
		return 0, ErrClosed
	}
	s.look()
	if later = later && s.mayPostpone(len(key)+len(data)); !later {
		s.settle()
	}
	name := encodeKey(key)
	old := s.find(name)
	if old != nil && old.rank >= rank || old == nil && s.finished(name) {
		return Known, nil
	}
	it := &item{name: name, rank: rank, seq: s.seq + 1, onDisk: none}
	outcome := Added
	if old != nil {
		it.seq, outcome = old.seq, Replaced
	}
	record := encodeRecord(key, data)
	if later {
		s.postpone(it, record)
	} else if err := s.write(draft{it, record}); err != nil {
		if s.heldBytes+int64(len(record)) > s.options.MaxHeld {
			return 0, fmt.Errorf("keep %q in spool %s: %w; it is not kept, whoever has it must try again", key, s.dir, err)
		}
		s.hold(it, record, err)
		outcome = Held
	}
	if old != nil {
		s.replace(old, it)
	} else {
		s.seq = it.seq
		s.line.push(it)
	}
	s.bound()
	s.wake()
	return outcome, nil
}

func fit(key string, rank int, data []byte) error {
	switch {
	case key == "":
		return fmt.Errorf("%w: its key is empty", ErrUnfit)
	case rank < 0 || rank >= sealed:
		return fmt.Errorf("%w: its rank is %d", ErrUnfit, rank)
	case len(key)+len(data) > maxEntry-len(headerFormat)-32:
		return fmt.Errorf("%w: it has %d bytes, over the limit of %d", ErrUnfit, len(key)+len(data), maxEntry)
	}
	return nil
}

// sealed is the rank of what is left of an entry that was delivered in part: no
// other is higher.
const sealed = math.MaxInt32

// Holds says whether an entry of this key is in memory only: neither on disk nor
// finished. What it was made of should not be let go.
func (s *Spool) Holds(key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	it := s.held[encodeKey(key)]
	return it != nil && (it.onDisk == none || it.rank != sealed)
}

// find is the richest pending entry of a key.
func (s *Spool) find(name string) *item {
	if f := s.flight[name]; f != nil {
		return f.richest()
	}
	return s.line.find(name)
}

// finished says whether a key was delivered or refused. Where the disk cannot
// tell it is taken for new: better twice than never.
func (s *Spool) finished(name string) bool {
	if _, ok := s.owed[name]; ok {
		return true
	}
	for _, dir := range []string{delivered, refused} {
		_, err := os.Lstat(s.path(dir, name))
		if err == nil {
			return true
		}
		if !errors.Is(err, fs.ErrNotExist) {
			s.warnOnce("finished", "the spool cannot tell what was delivered before; an entry may be delivered twice", "error", err)
			return false
		}
	}
	return false
}

// asidePrefix begins the name of a file that is being written.
const asidePrefix = ".writing-"

func (s *Spool) aside(it *item) string {
	return filepath.Join(s.dir, pending, asidePrefix+it.file())
}

// draft is an item and what its file is to hold.
type draft struct {
	*item
	record []byte
}

// write makes the files of items. On error there are none, or those that there were.
func (s *Spool) write(drafts ...draft) error {
	if s.away != nil {
		return s.away
	}
	files, fresh := make([]file, len(drafts)), make([]bool, len(drafts))
	for i, d := range drafts {
		files[i] = file{s.aside(d.item), s.pendingPath(d.item), d.record}
		_, err := os.Lstat(files[i].path)
		fresh[i] = errors.Is(err, fs.ErrNotExist)
	}
	if err := s.disk.put(files...); err != nil {
		for i, f := range files {
			if fresh[i] {
				s.remove(f.path)
			}
		}
		return err
	}
	for i, d := range drafts {
		delete(s.litter, files[i].path) // it may have been left over by an error before
		fault.Point(fault.SpoolAppended)
		d.onDisk, d.size = d.rank, int64(len(d.record))
		s.bytes += d.size
	}
	return nil
}

// replace puts richer in the place of old, whose file goes unless old is in
// flight: then Entry decides. A file left over loses against the richer one
// when the spool is next opened. If richer is only in memory, the file stays.
func (s *Spool) replace(old, richer *item) {
	if f := s.flight[old.name]; f != nil {
		if f.richer != nil {
			s.supersede(f.richer, richer)
		}
		f.richer, f.withdrawn = richer, false
		s.unhold(f.it) // it is delivered now, or never
		return
	}
	s.supersede(old, richer)
	s.line.set(richer)
}

// supersede lets go of what old has in memory and on disk.
func (s *Spool) supersede(old, richer *item) {
	s.unhold(old)
	if richer.onDisk == none {
		richer.onDisk, richer.size = old.onDisk, old.size
		return
	}
	s.removeFile(old)
}

// removeFile removes an item's file, which no longer counts.
func (s *Spool) removeFile(it *item) {
	if it.onDisk == none {
		return
	}
	s.bytes -= it.size
	s.remove(s.path(pending, it.fileOf(it.onDisk)))
	it.onDisk, it.size = none, 0
}

// remove removes a file now or, if the disk refuses, when it works again.
func (s *Spool) remove(path string) {
	err := s.away // what is there instead is not ours
	if err == nil {
		err = s.disk.removeIfThere(path)
	}
	if err != nil {
		s.litter[path] = ""
		s.warnOnce("litter", "files that no longer count could not be removed; it is tried again", "spool", s.dir, "error", err)
	}
}
