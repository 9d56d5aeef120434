package spool

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"
)

// bound drops the oldest entries until the rest is within the limits. The entry
// in flight is spared, and so is the newest: one entry is always kept.
func (s *Spool) bound() {
	was := s.full
	s.full = false
	for reason := s.over(); reason != ""; reason = s.over() {
		victim := s.oldestIdle()
		if victim == nil {
			break
		}
		s.unlink(victim)
		s.removeFile(victim)
		s.dropped[reason]++
		s.full = true
	}
	switch {
	case s.full && !was:
		s.options.Log.Warn("the spool is full; the oldest entries are dropped to make room", "spool", s.dir,
			"entries", len(s.queue), "bytes", s.bytes, "max_entries", s.options.MaxEntries, "max_bytes", s.options.MaxBytes)
	case was && !s.full:
		s.options.Log.Info("the spool has room again; nothing is dropped any more", "spool", s.dir,
			"dropped_since_start", s.dropped[DroppedMaxEntries]+s.dropped[DroppedMaxBytes])
	}
}

// over is the limit that is passed, or nothing.
func (s *Spool) over() string {
	switch {
	case len(s.queue) > s.options.MaxEntries:
		return DroppedMaxEntries
	case s.bytes > s.options.MaxBytes:
		return DroppedMaxBytes
	}
	return ""
}

// oldestIdle is the oldest entry that may be dropped.
func (s *Spool) oldestIdle() *item {
	for i, it := range s.queue {
		if i == len(s.queue)-1 {
			break
		}
		if s.flight == nil || it.name != s.flight.name {
			return it
		}
	}
	return nil
}

// count notes one more file in a directory of finished entries, and when there
// are too many lets the oldest go. It waits for an eighth over the limit, so
// that the directory is not listed each time.
func (s *Spool) count(dir string) {
	s.kept[dir]++
	limit := s.limit(dir)
	if s.kept[dir] <= limit+limit/8 {
		return
	}
	oldest, total, err := s.oldest(dir, limit)
	if err != nil {
		s.options.Log.Warn("old entries could not be counted; they stay", "directory", dir, "error", err)
		return
	}
	s.kept[dir] = total
	for _, name := range oldest {
		if err := s.forget(dir, name); err != nil {
			s.options.Log.Warn("an old entry could not be let go; it stays", "error", err)
			return
		}
		s.kept[dir]--
	}
}

func (s *Spool) limit(dir string) int {
	if dir == delivered {
		return s.options.Remember
	}
	return s.options.MaxDead
}

// forget lets one file go. Of a dead letter the key is still remembered: it must
// not come back.
func (s *Spool) forget(dir, name string) error {
	if dir != refused {
		return s.disk.removeIfThere(s.path(dir, name))
	}
	marker := s.path(delivered, name)
	if err := s.disk.rename(s.path(refused, name), marker); err != nil {
		return err
	}
	s.kept[delivered]++
	return s.disk.empty(marker)
}

// oldest is the names of all files in dir but the newest limit, oldest first,
// and how many files there are.
func (s *Spool) oldest(dir string, limit int) (names []string, total int, err error) {
	type file struct {
		name    string
		changed time.Time
	}
	var files []file
	err = eachName(s.path(dir, ""), func(name string) {
		info, err := os.Lstat(s.path(dir, name))
		if !ours(dir, name) || errors.Is(err, fs.ErrNotExist) {
			return
		}
		f := file{name: name}
		if err == nil {
			f.changed = info.ModTime()
		}
		files = append(files, f)
	})
	slices.SortFunc(files, func(a, b file) int {
		if c := a.changed.Compare(b.changed); c != 0 {
			return c
		}
		return strings.Compare(a.name, b.name)
	})
	for _, f := range files[:max(0, len(files)-limit)] {
		names = append(names, f.name)
	}
	return names, len(files), err
}
