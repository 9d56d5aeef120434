package spool

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
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

// salvage reads the state that the last process left. It looks at names and
// sizes only, so that a long queue costs neither time nor memory; what is inside
// a file is checked when it is its turn.
func (s *Spool) salvage() error {
	found, err := s.list()
	if err != nil {
		return err
	}
	slices.SortFunc(found, func(a, b *item) int {
		return cmp.Or(cmp.Compare(a.seq, b.seq), cmp.Compare(a.rank, b.rank))
	})
	for _, it := range found {
		s.seq = max(s.seq, it.seq)
		if old := s.line.remove(it.name); old != nil {
			s.removeFile(old) // a richer one was written, and its removal cut off
		}
		s.line.push(it)
	}
	for _, dir := range []string{delivered, refused, damaged} {
		if err := s.recall(dir); err != nil {
			return err
		}
	}
	s.bound()
	s.sayTotals()
	if n := s.line.len(); n > 0 {
		s.options.Log.Info("entries of an earlier run are waiting", "spool", s.dir, "entries", n, "bytes", s.bytes)
	}
	return nil
}

// list is the pending items on disk, in no order. Half-written files go, those
// that cannot be whole are moved aside, foreign ones are left alone.
func (s *Spool) list() ([]*item, error) {
	var found []*item
	err := eachName(s.path(pending, ""), func(file string) {
		if rest, ok := strings.CutPrefix(file, asidePrefix); ok {
			if it, ours := parseFile(rest); ours {
				_ = s.disk.removeIfThere(s.aside(it)) // overwritten if ever needed
			}
			return
		}
		it, ours := parseFile(file)
		if !ours {
			return
		}
		info, err := os.Lstat(s.pendingPath(it))
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			s.setAside(it, err)
		case !info.Mode().IsRegular() || info.Size() < int64(minRecord):
			s.setAside(it, fmt.Errorf("%w: it is %s of %d bytes", errDamaged, info.Mode(), info.Size()))
		default:
			it.size = info.Size()
			s.bytes += it.size
			found = append(found, it)
		}
	})
	return found, err
}

// recall counts the finished entries in dir. A pending entry whose key was
// finished is what a crash left of a richer record: it goes.
func (s *Spool) recall(dir string) error {
	var found store
	err := eachName(s.path(dir, ""), func(name string) {
		if strings.HasPrefix(name, asidePrefix+partPrefix) {
			_ = s.disk.removeIfThere(s.path(dir, name)) // overwritten if ever needed
		}
		if !ours(dir, name) {
			return
		}
		found.files++
		if dir != delivered {
			if info, err := os.Lstat(s.path(dir, name)); err == nil {
				found.bytes += info.Size()
			}
		}
		if it := s.line.find(name); it != nil && dir != damaged {
			s.line.remove(name)
			s.removeFile(it)
		}
	})
	s.stored[dir] = found
	return err
}
