package spool

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"
)

// bound drops the oldest entries until the rest is within the limits. Those in
// flight are spared, and so is the newest: one entry is always kept.
func (s *Spool) bound() {
	was := s.full
	s.full = was && !s.roomy()
	for reason := s.over(); reason != "" && s.line.len() > 1; reason = s.over() {
		if it, err := s.front(); it == nil || err != nil {
			if err != nil {
				s.warnOnce("front", "the oldest entries cannot be dropped; the spool grows over its limits", "spool", s.dir, "error", err)
			}
			break
		}
		it := s.line.pop()
		s.forgo(it)
		s.drop(loss{it.key(), reason})
		s.full = true
	}
	switch {
	case s.full && !was:
		s.options.Log.Warn("the spool is full; the oldest entries are dropped to make room", "spool", s.dir,
			"entries", s.entries(), "bytes", s.bytes, "max_entries", s.options.MaxEntries, "max_bytes", s.options.MaxBytes)
	case was && !s.full:
		s.options.Log.Info("the spool has room again; nothing is dropped any more", "spool", s.dir,
			"dropped_since_start", s.dropped[DroppedMaxEntries]+s.dropped[DroppedMaxBytes])
	}
}

// roomy says whether there is more room than comes and goes while a spool that is
// full is emptied: an eighth.
func (s *Spool) roomy() bool {
	entries, bytes := s.options.MaxEntries, s.options.MaxBytes
	return s.entries() <= entries-entries/8 && s.bytes <= bytes-bytes/8
}

// over is the limit that is passed, or nothing.
func (s *Spool) over() string {
	switch {
	case s.entries() > s.options.MaxEntries:
		return DroppedMaxEntries
	case s.bytes > s.options.MaxBytes:
		return DroppedMaxBytes
	}
	return ""
}

// count notes one more file in a directory of finished entries, and when there
// are too many lets the oldest go. It waits for an eighth over the limit, so
// that the directory is not listed each time.
func (s *Spool) count(dir string, bytes int64) {
	st := s.stored[dir]
	s.stored[dir] = store{st.files + 1, st.bytes + bytes}
	files, most := s.limits(dir)
	if s.stored[dir].files <= files+files/8 && s.stored[dir].bytes <= most+most/8 {
		return
	}
	oldest, total, err := s.oldest(dir, files, most)
	if err != nil {
		s.warnOnce("count", "old entries could not be counted; they stay", "directory", dir, "error", err)
		return
	}
	s.fine("count", "")
	s.stored[dir] = total
	for _, f := range oldest {
		if err := s.forget(dir, f.name); err != nil {
			s.warnOnce("forget", "old entries could not be let go; they stay", "directory", dir, "error", err)
			continue
		}
		st := s.stored[dir]
		s.stored[dir] = store{st.files - 1, st.bytes - f.size}
	}
}

// limits is how many files a directory of finished entries may have, and how
// many bytes.
func (s *Spool) limits(dir string) (files int, bytes int64) {
	if dir == delivered {
		return s.options.Remember, 1 << 62
	}
	return s.options.MaxDead, s.options.MaxDeadBytes
}

// forget lets one file go. Of a dead letter the key is still remembered: it must
// not come back.
func (s *Spool) forget(dir, name string) error {
	if dir != refused || !isName(name) {
		return s.disk.removeIfThere(s.path(dir, name))
	}
	marker := s.path(delivered, name)
	if err := s.disk.rename(s.path(refused, name), marker); err != nil {
		return err
	}
	s.shrink(marker)
	s.count(delivered, 0)
	return nil
}

// finishedFile is one file of a directory of finished entries.
type finishedFile struct {
	name    string
	size    int64
	changed time.Time
}

func byAge(a, b finishedFile) int {
	return cmp.Or(a.changed.Compare(b.changed), strings.Compare(a.name, b.name))
}

// oldest is the files in dir over its limits, oldest first, and what there is in
// all. The newest stays in any case. Of the delivered only as many are looked at
// together as are too many: there may be a hundred thousand.
func (s *Spool) oldest(dir string, limit int, most int64) (over []finishedFile, total store, err error) {
	var files []finishedFile
	few := 1 << 30
	if dir == delivered {
		few = max(1, s.stored[dir].files-limit)
	}
	err = eachName(s.path(dir, ""), func(name string) {
		if !ours(dir, name) {
			return
		}
		info, err := os.Lstat(s.path(dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			return
		}
		f := finishedFile{name: name}
		if err == nil {
			f.changed, f.size = info.ModTime(), info.Size()
		}
		total.files++
		total.bytes += f.size
		if files = append(files, f); len(files) >= 2*few {
			slices.SortFunc(files, byAge)
			files = files[:few]
		}
	})
	slices.SortFunc(files, byAge)
	left := total
	for len(files) > 0 && left.files > 1 && (left.files > limit || left.bytes > most) {
		over = append(over, files[0])
		left = store{left.files - 1, left.bytes - files[0].size}
		files = files[1:]
	}
	return over, total, err
}
