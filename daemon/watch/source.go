package watch

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"
)

// source is a Source being watched: documents by folder, or lines.
type source struct {
	Source
	o       Options
	log     *slog.Logger
	store   *store
	*ground            // as last surveyed
	stale   bool       // survey again
	lost    bool       // events were: trust nothing
	folders []*folder  // Dir, in the order of their places
	turn    int        // whose turn it is among folders
	pool    *pool      // Lines
	out     []*Arrival // said before anything else
	trouble map[string]string
}

// Where troubles are remembered; every other group is a path.
const troubles = "troubles"

func newSource(s Source, o Options) (*source, error) {
	s, err := s.withDefaults()
	if err != nil {
		return nil, err
	}
	return &source{
		Source: s, o: o, log: o.Log.With("source", s.Name, "path", s.Path),
		ground: &ground{}, stale: true, trouble: map[string]string{},
	}, nil
}

// begin takes up what is remembered.
func (s *source) begin(st *store) {
	s.store = st
	for path, m := range st.marks[group{s.Name, troubles}] {
		if !s.concerns(path) { // another source's of that name
			continue
		}
		s.trouble[path] = m.Path
		s.log.Warn("still cannot be read; trying again at every poll", "file", path, "error", m.Path)
		s.o.Trouble(s.Source, path, m.Path)
	}
	if s.Kind == Lines {
		s.pool = newPool(s)
	}
}

// resolve surveys the path again; new places are looked at from the start.
func (s *source) resolve() {
	s.stale = false
	s.ground = survey(s.Path)
	for dir, err := range s.closed {
		if err == nil {
			s.well(dir)
		} else {
			s.complain(dir, err)
		}
	}
	if s.pool != nil {
		s.pool.dirty = true
		return
	}
	var folders []*folder
	for _, p := range s.places {
		i := slices.IndexFunc(s.folders, func(f *folder) bool { return f.place == p })
		if i < 0 {
			folders = append(folders, newFolder(s, p))
			continue
		}
		s.folders[i].dirty = true
		folders = append(folders, s.folders[i])
	}
	s.folders = folders
}

func (s *source) notice(ev event) {
	if ev.whole {
		s.stale = s.stale || slices.Contains(s.dirs(), ev.dir)
		return
	}
	if ev.op&^fsnotify.Write != 0 && s.shifts(ev.dir, ev.name) {
		s.stale = true
	}
	for _, p := range s.places {
		if p.dir == ev.dir && s.pool != nil {
			s.pool.notice(p, ev)
		}
	}
	for _, f := range s.folders {
		if f.dir == ev.dir {
			f.notice(ev)
		}
	}
}

// poll looks again at what no event will tell of.
func (s *source) poll(now time.Time) {
	s.stale = s.stale || len(s.trouble) > 0 // no event tells of rights
	for path := range s.trouble {
		if _, err := os.Lstat(path); os.IsNotExist(err) {
			s.well(path)
		}
	}
	if s.pool != nil {
		s.pool.dirty = true
	}
	for _, f := range s.folders {
		f.poll(now, s.lost)
	}
	s.lost = false
}

// look finds out which files of lines there are, before any is read.
func (s *source) look(now time.Time) {
	if s.pool != nil {
		s.pool.scan(now)
	}
}

func (s *source) next(now time.Time) *Arrival {
	var a *Arrival
	if s.pool != nil {
		a = s.pool.next(now)
	}
	for range s.folders {
		if a != nil || len(s.out) > 0 {
			break
		}
		a = s.folders[s.turn%len(s.folders)].next(now)
		s.turn = (s.turn + 1) % len(s.folders)
	}
	if a == nil && len(s.out) > 0 {
		a, s.out = s.out[0], s.out[1:]
	}
	return a
}

// shrink gives back the memory of what was handed out: a document has its own.
func (s *source) shrink() {
	if s.pool != nil {
		s.pool.shrink()
	}
}

func (s *source) due() time.Time {
	var at time.Time
	if s.pool != nil {
		at = s.pool.due()
	}
	for _, f := range s.folders {
		at = earlier(at, f.earliest)
	}
	return at
}

func (s *source) close() {
	if s.pool != nil {
		s.pool.close()
	}
}

// complain says once that a path cannot be read, and why, until it is well again.
func (s *source) complain(path string, cause error) {
	text := cause.Error()
	if s.trouble[path] == text {
		return
	}
	s.trouble[path] = text
	s.log.Warn("cannot be read; trying again at every poll", "file", path, "error", cause)
	s.o.Trouble(s.Source, path, text)
	a := s.arrival(path, fmt.Errorf("%w: %w", ErrUnreadable, cause))
	a.settle = func() {
		if s.trouble[path] == text {
			s.store.put(group{s.Name, troubles}, path, mark{Path: text})
		}
	}
	s.out = append(s.out, a)
}

// concerns says whether a path is of this source, beside it, as what a rotation
// made, or above it.
func (s *source) concerns(path string) bool {
	dir := filepath.Dir(path)
	within, _ := filepath.Match(s.Path, dir) // the pattern was checked
	beside, _ := filepath.Match(filepath.Dir(s.Path), dir)
	for above := filepath.Dir(s.Path); !within && !beside && above != filepath.Dir(above); above = filepath.Dir(above) {
		within, _ = filepath.Match(above, path)
	}
	return within || beside
}

func (s *source) well(path string) {
	if _, ill := s.trouble[path]; ill {
		delete(s.trouble, path)
		s.stale = true // what lies there may be a directory
		s.o.Trouble(s.Source, path, "")
		s.store.forget(group{s.Name, troubles}, path)
	}
}

// ill is the base names in dir that could not be read.
func (s *source) ill(dir string) []string {
	var names []string
	for path := range s.trouble {
		if filepath.Dir(path) == dir {
			names = append(names, filepath.Base(path))
		}
	}
	slices.Sort(names)
	return names
}

func (s *source) arrival(path string, err error) *Arrival {
	if err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return &Arrival{Source: s.Name, Path: path, Err: err}
}
