package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
)

// Outcome is what became of an Append.
type Outcome int

// The outcomes of an Append; zero is none, it goes with an error.
const (
	Added    Outcome = iota + 1 // the key was new
	Replaced                    // it took the place of a pending entry of lower rank
	Known                       // nothing was done: the key was delivered or refused, or is pending with this rank or a higher one
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
	}
	return fmt.Sprintf("outcome %d", int(o))
}

// Append keeps data under key; when it returns without error, data is on disk.
// A key is delivered once. While it is pending a higher rank replaces a lower
// one in its place in the line; if the lower one is just being delivered, the
// higher one waits and counts only if that delivery fails.
//
// An error means that data is not kept and that the caller should hold on to it
// and try again, unless it is ErrUnfit.
func (s *Spool) Append(key string, rank int, data []byte) (Outcome, error) {
	if err := fit(key, rank, data); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, ErrClosed
	}
	s.settle()
	name := encodeKey(key)
	old := s.byName[name]
	if old != nil && old.rank >= rank {
		return Known, nil
	}
	if done, err := s.finished(name); err != nil || done {
		return Known, err
	}
	it := &item{name: name, rank: rank, seq: s.seq + 1}
	if old != nil {
		it.seq = old.seq
	}
	record := encodeRecord(key, data)
	it.size = int64(len(record))
	if err := s.disk.put(s.aside(it), s.pendingPath(it), record); err != nil {
		return 0, fmt.Errorf("keep %q in spool %s: %w; it is not kept, whoever has it must try again", key, s.dir, err)
	}
	outcome := Added
	if old != nil {
		s.replace(old, it)
		outcome = Replaced
	} else {
		s.push(it)
	}
	s.bound()
	s.wake()
	return outcome, nil
}

func fit(key string, rank int, data []byte) error {
	switch {
	case key == "":
		return fmt.Errorf("%w: its key is empty", ErrUnfit)
	case rank < 0 || rank > math.MaxInt32:
		return fmt.Errorf("%w: its rank is %d", ErrUnfit, rank)
	case len(key)+len(data) > maxEntry-len(headerFormat)-32:
		return fmt.Errorf("%w: it has %d bytes, over the limit of %d", ErrUnfit, len(key)+len(data), maxEntry)
	}
	return nil
}

// finished says whether a key was delivered or refused.
func (s *Spool) finished(name string) (bool, error) {
	if _, ok := s.owed[name]; ok {
		return true, nil
	}
	for _, dir := range []string{delivered, refused} {
		_, err := os.Lstat(s.path(dir, name))
		if err == nil {
			return true, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return false, fmt.Errorf("look whether an entry was delivered: %w", err)
		}
	}
	return false, nil
}

// asidePrefix begins the name of a file that is being written.
const asidePrefix = ".writing-"

func (s *Spool) aside(it *item) string {
	return filepath.Join(s.dir, pending, asidePrefix+it.file())
}

// push puts an item at the end of the line. The caller holds mu.
func (s *Spool) push(it *item) {
	s.seq = max(s.seq, it.seq)
	s.queue = append(s.queue, it)
	s.byName[it.name] = it
	s.bytes += it.size
}

// replace puts richer in the place of old, whose file goes unless it is in
// flight: then Entry decides. A file left over loses against the richer one
// when the spool is next opened.
func (s *Spool) replace(old, richer *item) {
	s.queue[slices.Index(s.queue, old)] = richer
	s.byName[richer.name] = richer
	s.bytes += richer.size - old.size
	if old != s.flight {
		s.removeFile(old)
	}
}

// removeFile removes a pending file that no longer counts.
func (s *Spool) removeFile(it *item) {
	if err := s.disk.removeIfThere(s.pendingPath(it)); err != nil {
		s.options.Log.Warn("an entry that no longer counts could not be removed; it is removed at the next start", "error", err)
	}
}

// unlink takes an item out of the line, if it is in it. The caller holds mu.
func (s *Spool) unlink(it *item) {
	i := slices.Index(s.queue, it)
	if i < 0 {
		return
	}
	s.queue = slices.Delete(s.queue, i, i+1)
	delete(s.byName, it.name)
	s.bytes -= it.size
}
