package spool

import (
	"cmp"
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"

	"github.com/converged/converged/daemon/fault"
)

// debt is the end of an entry that is not written down yet.
type debt struct {
	dir    string // delivered or refused
	file   string // of pending, to be moved there; "" if it has none
	size   int64  // of the file
	richer string // a file of pending that goes, once the key is on disk
	record []byte // of a dead letter: what to write if there is no file
	reason string // of a dead letter: its last line
}

// chunk is how many of those in memory are written down before others get their turn.
const chunk = 64

// Settle tries to write down what is in memory: what the disk refused, and what was
// postponed. It returns how many entries are still held. There is no need to call
// it while entries come or go: each Append and Take tries too, and so does a Take
// that waits, every few seconds.
func (s *Spool) Settle() (held int) {
	for {
		s.mu.Lock()
		s.look()
		again := !s.closed && s.settle()
		held = len(s.held)
		s.unlock()
		if !again {
			return held
		}
	}
}

// settle writes down a part of what is in memory. It says whether there is more
// and the disk works.
func (s *Spool) settle() (more bool) {
	if !s.inDebt() {
		return false
	}
	if s.away != nil {
		s.postponing = false
		return false
	}
	for _, step := range []func() error{s.payDebts, s.writeHeld, s.writeLetters, s.sweep} {
		if err := step(); err != nil {
			s.postponing = false
			return false
		}
	}
	if s.inDebt() {
		return true
	}
	s.fine("disk", "the disk takes everything again; nothing is in memory only any more", "spool", s.dir)
	for _, topic := range []string{"litter", "letters", "space", "reason", "finished"} {
		s.fine(topic, "")
	}
	return false
}

// inDebt says whether there is something to write down.
func (s *Spool) inDebt() bool {
	return len(s.owed)+len(s.held)+len(s.litter)+len(s.letters) > 0
}

// some is up to a chunk of a map's keys.
func some[V any](m map[string]V) []string {
	names := make([]string, 0, min(chunk, len(m)))
	for name := range maps.Keys(m) {
		if len(names) == chunk {
			break
		}
		names = append(names, name)
	}
	return names
}

func (s *Spool) payDebts() error { return s.pay(some(s.owed)) }

// writeHeld writes down what is held: together, if the disk takes it so. Of several
// it may refuse one; the others do not wait for that.
func (s *Spool) writeHeld() error {
	names := some(s.held)
	if len(names) == 0 {
		return nil
	}
	defer s.bound()    // more is on disk then
	if !s.postponing { // one, by chance, tells whether the disk still refuses all
		if err := s.writeDown(names[0]); err != nil {
			s.refuses(err)
			return err
		}
		names = names[1:]
	}
	if len(names) > 1 && s.writeDown(names...) == nil {
		return nil
	}
	var err error
	for n, refused := 0, 0; n < len(names) && refused < patience; n++ {
		if e := s.writeDown(names[n]); e != nil {
			err, refused = e, refused+1
		}
	}
	if err != nil {
		s.refuses(err)
	}
	return err
}

// writeDown writes what is held under these names, all of it or nothing. It comes
// into its place oldest first: who dies meanwhile leaves no gap in the line.
func (s *Spool) writeDown(names ...string) error {
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(s.held[a].seq, s.held[b].seq) })
	drafts, before := make([]draft, len(names)), make([]item, len(names))
	for i, name := range names {
		it := s.held[name]
		drafts[i], before[i] = draft{it, it.record}, *it
	}
	if err := s.write(drafts...); err != nil {
		return err
	}
	for i, d := range drafts {
		s.unhold(d.item)
		if was := &before[i]; was.onDisk == d.rank {
			s.bytes -= was.size
		} else {
			s.removeFile(was)
		}
		s.line.set(d.item)
	}
	return nil
}

// sweep lets the files go that do not count, or moves them aside.
func (s *Spool) sweep() error {
	for _, path := range some(s.litter) {
		to := s.litter[path]
		if to == "" {
			if err := s.disk.removeIfThere(path); err != nil {
				return err
			}
		} else if err := s.within(damaged, func() error { return s.disk.rename(path, to) }); err == nil {
			s.count(damaged, 0)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		delete(s.litter, path)
	}
	return nil
}

// hold keeps an item in memory that the disk refused.
func (s *Spool) hold(it *item, record []byte, cause error) {
	s.retain(it, record)
	s.refuses(cause)
}

func (s *Spool) retain(it *item, record []byte) {
	it.record = record
	s.held[it.name] = it
	s.heldBytes += int64(len(record))
}

func (s *Spool) refuses(cause error) {
	s.postponing = false
	s.warnOnce("disk", "the disk does not take what is to be kept; it is in memory, delivered from there, and written down as soon as that works",
		"spool", s.dir, "max_held", s.options.MaxHeld, "error", cause)
}

// unhold lets go of the memory of an item.
func (s *Spool) unhold(it *item) {
	if it.record == nil {
		return
	}
	s.heldBytes -= int64(len(it.record))
	it.record = nil
	if s.held[it.name] == it {
		delete(s.held, it.name)
	}
}

// owe ends a flight: what was in it is finished, and its key known from here on.
func (s *Spool) owe(f *flown, d debt) {
	if r := f.richer; r != nil {
		s.unhold(r)
		if r.onDisk != none {
			d.richer = r.fileOf(r.onDisk)
			s.bytes -= r.size
		}
	}
	if d.dir == refused {
		d.record = f.it.record // only there: the letter is not on disk as it should be
	}
	s.unhold(f.it)
	if f.it.onDisk != none {
		d.file, d.size = f.it.fileOf(f.it.onDisk), f.it.size
		s.bytes -= f.it.size
	}
	if len(d.record) > 0 && s.letterBytes+int64(len(d.record)) > s.options.MaxHeld/4 {
		s.warnOnce("letters", "there is no room in memory for more dead letters; of what is refused now only the keys are kept", "spool", s.dir)
		d.dir, d.record = delivered, nil
	}
	s.letterBytes += int64(len(d.record))
	s.forgetOwed()
	s.owed[f.it.name] = d
}

// forgetOwed makes room for one more key that is known in memory only. Those of
// pending files are bounded by what may wait.
func (s *Spool) forgetOwed() {
	if len(s.owed) < s.options.Remember+s.options.MaxEntries {
		return
	}
	for name, d := range s.owed {
		if d.file == "" {
			s.letterBytes -= int64(len(d.record))
			delete(s.owed, name)
			return
		}
	}
}

// pay moves finished entries out of pending and remembers their keys: a rename
// each, and one wait for the disk. What the disk refuses stays owed.
func (s *Spool) pay(names []string) error {
	if s.away != nil {
		return s.away
	}
	var errs error
	moved := map[string][]string{}
	for _, name := range names {
		d := s.owed[name]
		if err := s.move(name, d); err != nil {
			errs = errors.Join(errs, err)
			break
		}
		moved[d.dir] = append(moved[d.dir], name)
		fault.Point(fault.EntryRenamed)
	}
	for _, dir := range slices.Sorted(maps.Keys(moved)) {
		if err := s.disk.syncDir(s.path(dir, "")); err != nil {
			errs = errors.Join(errs, err)
			continue
		}
		for _, name := range moved[dir] {
			s.paid(name)
		}
	}
	if errs != nil {
		s.refuses(errs)
	}
	return errs
}

// move makes one finished entry's rename. One whose file was removed by somebody
// else is remembered all the same.
func (s *Spool) move(name string, d debt) error {
	to := s.path(d.dir, name)
	if d.record != nil {
		return s.writeLetter(name, d.record)
	}
	if d.file != "" {
		err := s.within(d.dir, func() error { return s.disk.move(s.path(pending, d.file), to) })
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return s.within(d.dir, func() error { return s.disk.write(to, nil) })
}

// within does something again if it failed because the directory was missing.
func (s *Spool) within(dir string, do func() error) error {
	err := do()
	if errors.Is(err, fs.ErrNotExist) && os.Mkdir(s.path(dir, ""), 0o700) == nil {
		err = do()
	}
	return err
}

// paid is what is left to do once a move is on disk.
func (s *Spool) paid(name string) {
	d := s.owed[name]
	delete(s.owed, name)
	s.letterBytes -= int64(len(d.record))
	to := s.path(d.dir, name)
	if d.richer != "" {
		s.remove(s.path(pending, d.richer))
	}
	if d.dir == delivered {
		if d.size > 0 {
			s.shrink(to)
		}
		s.count(delivered, 0)
		fault.Point(fault.EntryCommitted)
		return
	}
	if d.file != "" && d.record != nil {
		s.remove(s.path(pending, d.file))
	}
	if err := s.disk.addLine(to, d.reason); err != nil {
		s.warnOnce("reason", "the reason of a dead letter could not be written into it", "file", to, "reason", d.reason, "error", err)
	}
	s.count(refused, max(d.size, int64(len(d.record)))+int64(len(d.reason)))
}

// shrink keeps a file's name and gives its space back.
func (s *Spool) shrink(path string) {
	if err := s.disk.empty(path); err != nil {
		s.warnOnce("space", "delivered entries still take their space until they are forgotten", "error", err)
	}
}
