package spool

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Limits of what Look lists; it counts all.
const (
	listed   = 1000
	longTail = 4096 // bytes at the end of a dead letter in which its reason is looked for
)

// View is what lies in a spool.
type View struct {
	Pending     []Waiting // the oldest 1,000
	Entries     int       // pending, all of them
	Bytes       int64     // of their files
	Oldest      time.Time // when the oldest was kept; zero if there is none
	Delivered   int       // keys remembered
	DeadLetters []Letter  // by time, oldest first; the newest 1,000
	Letters     int       // dead letters, all of them
	Damaged     int       // entries moved aside
}

// Waiting is one pending entry.
type Waiting struct {
	Key  string
	Rank int
	Size int64     // of its file
	At   time.Time // when it was kept
}

// Letter is one dead letter: an entry, or a part of one.
type Letter struct {
	Key, Reason string
	Part        bool
	At          time.Time
}

// Look reads what lies in a spool without changing or locking it, also while a
// process works with it: what moves meanwhile may be missing or counted twice.
// The error wraps fs.ErrNotExist if dir is no spool.
func Look(dir string) (View, error) {
	var v View
	var waiting []Waiting
	seqs := map[string]uint64{}
	err := eachName(filepath.Join(dir, pending), func(file string) {
		it, ok := parseFile(file)
		if !ok {
			return
		}
		info, err := os.Lstat(filepath.Join(dir, pending, file))
		if err != nil {
			return
		}
		v.Entries++
		v.Bytes += info.Size()
		if at := info.ModTime(); v.Oldest.IsZero() || at.Before(v.Oldest) {
			v.Oldest = at
		}
		key := it.key()
		seqs[key] = it.seq
		waiting = append(waiting, Waiting{Key: key, Rank: it.rank, Size: info.Size(), At: info.ModTime()})
		if len(waiting) >= 2*listed {
			waiting = oldestFirst(waiting, seqs)
		}
	})
	if err != nil {
		return v, fmt.Errorf("look into spool %s: %w", dir, err)
	}
	v.Pending = oldestFirst(waiting, seqs)
	for name, count := range map[string]*int{delivered: &v.Delivered, damaged: &v.Damaged} {
		err := eachName(filepath.Join(dir, name), func(file string) {
			if ours(name, file) {
				*count++
			}
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return v, fmt.Errorf("look into spool %s: %w", dir, err)
		}
	}
	return v, v.lookAtLetters(dir)
}

// oldestFirst sorts and cuts to what is listed.
func oldestFirst(waiting []Waiting, seqs map[string]uint64) []Waiting {
	slices.SortFunc(waiting, func(a, b Waiting) int {
		return cmp.Or(cmp.Compare(seqs[a.Key], seqs[b.Key]), cmp.Compare(a.Rank, b.Rank))
	})
	for _, w := range waiting[min(listed, len(waiting)):] {
		delete(seqs, w.Key)
	}
	return waiting[:min(listed, len(waiting))]
}

func (v *View) lookAtLetters(dir string) error {
	err := eachName(filepath.Join(dir, refused), func(file string) {
		if !ours(refused, file) {
			return
		}
		v.Letters++
		if l, err := readLetter(filepath.Join(dir, refused, file)); err == nil {
			v.DeadLetters = append(v.DeadLetters, l)
		}
		if len(v.DeadLetters) >= 2*listed {
			v.DeadLetters = newest(v.DeadLetters)
		}
	})
	v.DeadLetters = newest(v.DeadLetters)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("look into spool %s: %w", dir, err)
	}
	return nil
}

func newest(letters []Letter) []Letter {
	slices.SortFunc(letters, func(a, b Letter) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Key, b.Key)) })
	return letters[max(0, len(letters)-listed):]
}

// readLetter reads what a dead letter says, not what it holds.
func readLetter(path string) (l Letter, err error) {
	f, err := openEntry(path)
	if err != nil {
		return l, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return l, err
	}
	name, part := letterName(filepath.Base(path))
	l = Letter{Key: (&item{name: name}).key(), Part: part, At: info.ModTime()}
	tail := make([]byte, min(info.Size(), longTail))
	if _, err := f.ReadAt(tail, info.Size()-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return l, err
	}
	tail = bytes.TrimSuffix(tail, []byte("\n"))
	last := tail[bytes.LastIndexByte(tail, '\n')+1:]
	if reason, ok := bytes.CutPrefix(last, []byte(reasonPrefix)); ok {
		l.Reason = string(reason)
	}
	return l, nil
}
