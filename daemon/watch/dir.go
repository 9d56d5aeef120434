package watch

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// Directories of so few names are looked at whole at every poll.
	fewNames = 100
	// Others only when a name came or went, and this often.
	wholeEvery = 10 * time.Minute
	// A name is forgotten when it has been gone for so long: a directory that is
	// unmounted for a moment is not a directory of new reports.
	forgetAfter = 10 * time.Minute
)

// folder is one place of documents, a file each.
type folder struct {
	place
	s     *source
	group group

	dirty  bool // names may have come or gone
	deep   bool // known names may hold something else
	deepAt time.Time
	id     fileID

	ready    []candidate // to be examined, oldest first
	at       int         // how many of them have been
	queued   map[string]bool
	waiting  map[string]*wait
	earliest time.Time // when the first of those waiting is due; zero: none
	open     map[string]*delivery
	missing  map[string]time.Time
}

// candidate is a name that may hold a report not yet seen.
type candidate struct {
	name     string
	modified int64
}

// wait is a document that is not whole yet.
type wait struct {
	mark
	since time.Time // of this look of it
	due   time.Time
	next  time.Time // not read again before
}

// delivery is a document that was handed out and is not committed.
type delivery struct{ mark }

func newFolder(s *source, p place) *folder {
	return &folder{
		place: p, s: s, group: group{s.Name, p.dir}, dirty: true, deep: true,
		queued: map[string]bool{}, waiting: map[string]*wait{},
		open: map[string]*delivery{}, missing: map[string]time.Time{},
	}
}

func (f *folder) matches(name string) bool {
	if f.base != "" && !isPattern(f.base) {
		return name == f.base
	}
	return (f.base == "" || matches(f.base, name)) && f.s.Match(name)
}

// notice looks at the file an event names, whatever its times say: a file
// system's clock is too coarse for two writes in a row.
func (f *folder) notice(ev event) {
	if !f.matches(ev.name) {
		return
	}
	if ev.op&^fsnotify.Chmod != 0 {
		f.enqueue(candidate{name: ev.name, modified: time.Now().UnixNano()}, true)
	} else if _, ill := f.s.trouble[filepath.Join(f.dir, ev.name)]; ill {
		f.enqueue(candidate{name: ev.name}, false)
	}
}

func (f *folder) enqueue(c candidate, again bool) {
	if _, twice := f.queued[c.name]; !twice {
		f.ready = append(f.ready, c)
	}
	f.queued[c.name] = f.queued[c.name] || again
}

func (f *folder) poll(now time.Time, lost bool) {
	id := stateOf(f.dir).id
	f.deep = f.deep || lost || id != f.id || now.Sub(f.deepAt) >= wholeEvery ||
		len(f.s.store.marks[f.group]) <= fewNames || !isPattern(f.base) && f.base != ""
	f.dirty = f.dirty || f.deep
	for _, name := range f.s.ill(f.dir) {
		if f.matches(name) {
			f.enqueue(candidate{name: name}, false)
		}
	}
}

// next is the oldest document that is whole, or that never will be.
func (f *folder) next(now time.Time) *Arrival {
	if f.dirty {
		f.scan(now)
	}
	f.wake(now)
	for f.at < len(f.ready) {
		c := f.ready[f.at]
		again := f.queued[c.name]
		f.at++
		delete(f.queued, c.name)
		if a := f.examine(c.name, again, now); a != nil {
			return a
		}
	}
	if f.at > 0 {
		f.ready, f.at, f.queued = nil, 0, map[string]bool{}
	}
	return nil
}

// wake queues those that have waited for their time.
func (f *folder) wake(now time.Time) {
	if f.earliest.IsZero() || now.Before(f.earliest) {
		return
	}
	f.earliest = time.Time{}
	var due []candidate
	for name, w := range f.waiting {
		if now.Before(w.due) {
			f.earliest = earlier(f.earliest, w.due)
			continue
		}
		due = append(due, candidate{name, w.Modified})
	}
	for _, c := range oldestFirst(due) {
		f.enqueue(c, false)
	}
}

func oldestFirst(list []candidate) []candidate {
	slices.SortFunc(list, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.modified, b.modified), cmp.Compare(a.name, b.name))
	})
	return list
}

// scan queues the names that are not known as they are now, and forgets those
// long gone.
func (f *folder) scan(now time.Time) {
	f.dirty = false
	id := stateOf(f.dir).id
	deep := f.deep || id != f.id
	f.id, f.deep = id, false
	names, err := f.names()
	if err != nil {
		f.refuse(err)
		return
	}
	f.s.well(f.dir)
	var found []candidate
	for _, name := range names {
		delete(f.missing, name)
		if _, known := f.latest(name); known && !deep {
			continue
		}
		fi, err := os.Stat(filepath.Join(f.dir, name))
		if err != nil {
			found = append(found, candidate{name: name}) // why, is found out there
		} else if was, known := f.latest(name); !known || !was.same(fi) {
			found = append(found, candidate{name, fi.ModTime().UnixNano()})
		}
	}
	for _, c := range oldestFirst(found) {
		f.enqueue(c, false)
	}
	if deep {
		f.deepAt = now
		f.prune(names, now)
	}
}

func (f *folder) refuse(err error) {
	if errors.Is(err, fs.ErrNotExist) {
		f.s.well(f.dir)
		return
	}
	if exhausted(err) {
		f.deep = true // at the next poll
		f.s.log.Warn("out of files; trying again at the next poll", "file", f.dir, "error", err)
		return
	}
	f.s.complain(f.dir, err)
}

// names is the reports by name, in the directory's own order.
func (f *folder) names() ([]string, error) {
	if f.base != "" && !isPattern(f.base) {
		if _, err := os.Lstat(filepath.Join(f.dir, f.base)); err != nil {
			return nil, err
		}
		return []string{f.base}, nil
	}
	d, err := os.Open(f.dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = d.Close() }() // only read from
	names, err := d.Readdirnames(-1)
	return slices.DeleteFunc(names, func(name string) bool { return !f.matches(name) }), err
}

// prune forgets names that were missing before and are still. Those of another
// place of the same directory are not ours to judge.
func (f *folder) prune(present []string, now time.Time) {
	here := make(map[string]bool, len(present))
	for _, name := range present {
		here[name] = true
	}
	for name := range f.s.store.marks[f.group] {
		if here[name] || !f.matches(name) {
			continue
		}
		since, before := f.missing[name]
		if !before {
			f.missing[name] = now
		} else if now.Sub(since) >= forgetAfter {
			f.s.store.forget(f.group, name)
			delete(f.missing, name)
		}
	}
}

// latest is how the file looked when it was last handed out.
func (f *folder) latest(name string) (mark, bool) {
	if d := f.open[name]; d != nil {
		return d.mark, true
	}
	return f.s.store.get(f.group, name)
}

func (m mark) same(fi fs.FileInfo) bool {
	return m.Ino == idOf(fi).Ino && m.Size == fi.Size() && m.Modified == fi.ModTime().UnixNano()
}

func markOf(fi fs.FileInfo) mark {
	return mark{fileID: fileID{Ino: idOf(fi).Ino}, Size: fi.Size(), Modified: fi.ModTime().UnixNano()}
}
