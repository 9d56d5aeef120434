package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// ours says whether a spool names a file so in one of its directories.
func ours(dir, name string) bool {
	switch dir {
	case delivered:
		return isName(name)
	case refused:
		name, _ := letterName(name)
		return name != ""
	}
	_, ok := parseFile(name)
	return ok
}

// salvage reads the state that the last process left, or the one that somebody
// put in its place while this one ran. It looks at names and sizes only, so that
// a long queue costs neither time nor memory; what is inside a file is checked
// when it is its turn.
func (s *Spool) salvage() error {
	s.line = newLine(s.there, s.names)
	s.bytes = 0
	for _, it := range s.held { // what of it is on disk is counted as it is found
		it.onDisk, it.size = none, 0
	}
	for _, f := range s.flight {
		for _, it := range f.items() {
			it.onDisk, it.size = none, 0
		}
	}
	slots, err := s.list()
	if err != nil {
		return err
	}
	for _, it := range s.held {
		if s.flight[it.name] == nil {
			slots = append(slots, s.line.slot(it))
		}
	}
	if err := s.clear(s.line.far.load(slots)); err != nil {
		return err
	}
	for _, it := range s.held {
		if s.flight[it.name] == nil {
			s.line.set(it)
		}
	}
	for _, dir := range []string{delivered, refused, damaged} {
		if err := s.recall(dir); err != nil {
			return err
		}
	}
	s.bound()
	if len(s.flight) > 0 { // those that come back find their place among the oldest
		if _, err := s.front(); err != nil {
			return err
		}
	}
	s.sayTotals()
	if n := s.line.len() - len(s.held); n > 0 {
		s.options.Log.Info("entries of an earlier run are waiting", "spool", s.dir, "entries", n, "bytes", s.bytes)
	}
	return nil
}

func (s *Spool) names(each func(string)) error {
	if err := s.disk.try("list", s.path(pending, "")); err != nil {
		return err
	}
	return eachName(s.path(pending, ""), each)
}

// there says whether an item's file is; while the directory is away, whether it
// was.
func (s *Spool) there(it *item) bool {
	_, err := os.Lstat(s.pendingPath(it))
	return err == nil || s.away != nil
}

// list is the pending items on disk, in no order. Half-written files go, those
// that cannot be whole are moved aside, foreign ones are left alone.
func (s *Spool) list() ([]slot, error) {
	var found []slot
	err := s.names(func(file string) {
		if rest, ok := strings.CutPrefix(file, asidePrefix); ok {
			if it, ours := parseFile(rest); ours {
				_ = s.disk.removeIfThere(s.aside(it)) // overwritten if ever needed
			}
			return
		}
		it, ours := parseFile(file)
		_, finished := s.owed[nameOf(it)]
		if _, gone := s.litter[s.path(pending, file)]; !ours || finished || gone {
			return
		}
		s.seq = max(s.seq, it.seq)
		info, err := os.Lstat(s.pendingPath(it))
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			s.setAside(it, err)
		case !info.Mode().IsRegular() || info.Size() < int64(minRecord) || info.Size() > maxEntry:
			s.setAside(it, fmt.Errorf("%w: it is %s of %d bytes", errDamaged, info.Mode(), info.Size()))
		default:
			it.size = info.Size()
			s.bytes += it.size
			if f := s.flight[it.name]; f != nil {
				f.found(it)
				return
			}
			found = append(found, s.line.slot(it))
		}
	})
	return found, err
}

func nameOf(it *item) string {
	if it == nil {
		return ""
	}
	return it.name
}

// clear removes the files of slots that do not count: a richer one was written,
// and their removal cut off.
func (s *Spool) clear(doubles []slot) error {
	if len(doubles) == 0 {
		return nil
	}
	type id struct {
		hash, seq uint64
		rank      int32
	}
	stale := map[id]bool{}
	for _, d := range doubles {
		stale[id{d.hash, d.seq, d.rank}] = true
	}
	return eachName(s.path(pending, ""), func(file string) {
		if it, ok := parseFile(file); ok && stale[id{s.line.far.hash(it.name), it.seq, int32(it.rank)}] {
			if info, err := os.Lstat(s.pendingPath(it)); err == nil {
				it.size = info.Size()
			}
			if richer := s.held[it.name]; richer != nil && richer.seq == it.seq {
				richer.onDisk, richer.size = it.rank, it.size
				return
			}
			s.removeFile(it)
		}
	})
}

// recall counts the finished entries in dir. A pending entry whose key was
// finished is what a crash left of a richer record: it goes.
func (s *Spool) recall(dir string) error {
	var found store
	err := eachName(s.path(dir, ""), func(name string) {
		if strings.HasPrefix(name, asidePrefix) && ours(dir, strings.TrimPrefix(name, asidePrefix)) {
			_ = s.disk.removeIfThere(s.path(dir, name)) // overwritten if ever needed
		}
		if d, owed := s.owed[name]; !ours(dir, name) || owed && d.dir == dir { // which is counted once it is paid
			return
		}
		found.files++
		if dir != delivered {
			if info, err := os.Lstat(s.path(dir, name)); err == nil {
				found.bytes += info.Size()
			}
		}
		if dir == damaged {
			return
		}
		if it := s.line.find(name); it != nil {
			s.line.remove(it)
			s.forgo(it)
		}
	})
	s.stored[dir] = found
	return err
}
