package watch

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// sighting is a file under one of our names, at one moment.
type sighting struct {
	path     string
	live     bool
	packed   bool
	id       fileID
	stat     int64 // size of the file
	size     int64 // of what it holds
	modified time.Time
	f        *os.File // nil: not open
}

// scan finds out which file is which. A file is known by its number while its
// bytes fit, and by its bytes when they were moved or copied to another; the
// rest are new.
func (p *pool) scan(now time.Time) {
	p.dirty, p.touched, p.from = false, false, 0
	p.pass++
	p.kin = nil
	known := make(map[fileID]*tail, len(p.tails))
	for _, t := range p.tails {
		if t.missing.IsZero() {
			known[t.id] = t // the number of one that is gone may be another's now
		}
	}
	var strangers []*sighting
	for _, c := range p.sightings() {
		if t := known[c.id]; t == nil || !p.recognise(t, c, now) {
			strangers = append(strangers, c)
		}
	}
	p.absent(now)
	slices.SortStableFunc(strangers, func(a, b *sighting) int {
		// At the very first look the live come first: what else there is may be
		// a copy of them, never they a copy of what is left out.
		return cmp.Or(compareBool(a.live != p.fresh, b.live != p.fresh), a.modified.Compare(b.modified), compareAge(a.path, b.path))
	})
	for _, c := range strangers {
		p.admit(c, now)
	}
	p.kin = nil
	p.gone(now)
	slices.SortStableFunc(p.tails, func(a, b *tail) int {
		return cmp.Or(compareBool(a.live, b.live), a.modified.Compare(b.modified), compareAge(a.path, b.path))
	})
	p.begin(now)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

var lastNumber = regexp.MustCompile(`\d+\D*$`)

// compareAge puts the older name first: app.log.3 before app.log.2, and
// app.log-20261119 before app.log-20261120.
func compareAge(a, b string) int {
	x, y := numberIn(a), numberIn(b)
	if x >= 0 && y >= 0 && x < 10000 && y < 10000 {
		return cmp.Compare(y, x)
	}
	return strings.Compare(a, b)
}

func numberIn(name string) int {
	n, err := strconv.Atoi(strings.TrimRightFunc(lastNumber.FindString(filepath.Base(name)), func(r rune) bool {
		return r < '0' || r > '9'
	}))
	if err != nil {
		return -1
	}
	return n
}

// sightings is the live files, then those that rotation made, each once.
func (p *pool) sightings() []*sighting {
	var lives, rotated []*sighting
	for _, at := range p.s.places {
		names := p.list(at)
		for _, name := range names {
			if p.isLive(at, name) {
				p.lived(filepath.Join(at.dir, name))
				lives = append(lives, p.sight(at, name, true)...)
			}
		}
		for _, name := range names {
			if !p.isLive(at, name) && p.isRotated(at, name) {
				rotated = append(rotated, p.sight(at, name, false)...)
			}
		}
	}
	return append(lives, rotated...)
}

// list is the names in the directory; the one that is written to is among them
// even if the directory cannot be listed.
func (p *pool) list(at place) []string {
	var names []string
	d, err := os.Open(at.dir)
	if err == nil {
		names, err = d.Readdirnames(-1)
		_ = d.Close()
	}
	if err == nil {
		p.s.well(at.dir)
	} else if !errors.Is(err, fs.ErrNotExist) && !exhausted(err) {
		p.s.complain(at.dir, err)
	}
	if at.base != "" && !isPattern(at.base) { // beside it there may be a thousand other logs
		names = slices.DeleteFunc(names, func(name string) bool { return !strings.HasPrefix(name, stem(at.base)) })
		if !slices.Contains(names, at.base) {
			names = append(names, at.base)
		}
	}
	slices.Sort(names)
	return names
}

func (p *pool) sight(at place, name string, live bool) []*sighting {
	path := filepath.Join(at.dir, name)
	fi, err := os.Stat(path)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			p.s.complain(path, err)
		}
		return nil
	}
	if !fi.Mode().IsRegular() {
		return nil
	}
	return []*sighting{{
		path: path, live: live, packed: !live && compressed.MatchString(name),
		id: idOf(fi), stat: fi.Size(), size: fi.Size(), modified: fi.ModTime(),
	}}
}

// recognise says whether a file of a known number holds the bytes that go with
// it. If it does not, the tail is left without a file.
func (p *pool) recognise(t *tail, c *sighting, now time.Time) bool {
	if t.pass == p.pass {
		return true // another name of a file already seen
	}
	t.packed = c.packed
	same := c.stat == t.stat && c.modified.Equal(t.modified)
	if !same || t.suspect {
		fits, err := p.examine(t, c, now)
		if err != nil {
			p.refuse(c, err, now)
		} else if !fits {
			return false
		}
	}
	if t.live && !c.live {
		t.changed = now
	}
	t.path, t.live, t.pass, t.missing = c.path, c.live, p.pass, time.Time{}
	return true
}

// examine reads enough of a changed file to see whether it is still the same.
// If so it is open, unless there is nothing more to read in it. If not, the
// sighting has it.
func (p *pool) examine(t *tail, c *sighting, now time.Time) (fits bool, err error) {
	if c.f = t.f; c.f == nil {
		if c.done(t) {
			t.stat, t.modified = c.stat, c.modified
			return true, nil
		}
		if err := p.openFile(c); err != nil {
			return false, err
		}
	}
	if fits, err = t.fits(c.f, c.size); err != nil {
		if t.f == nil {
			_ = c.f.Close()
		}
		return false, err
	}
	p.s.well(c.path)
	if fits && t.pass == 0 { // remembered: its number may be another's by now
		origin := p.family().origin(c)
		fits = origin == nil || origin.pos() <= t.pos()
	}
	if !fits {
		t.size = max(t.pos(), t.win.end()) // all that is known to have been there
		t.let()
		t.id = fileID{}
		return false, nil
	}
	t.size, t.stat, t.modified = c.size, c.stat, c.modified
	if c.live || c.size > t.pos() || t.f != nil {
		t.take(c.f, now)
		return true, nil
	}
	return true, c.f.Close()
}

func (p *pool) refuse(c *sighting, err error, now time.Time) {
	switch {
	case errors.Is(err, errMoved):
	case errors.Is(err, fs.ErrNotExist):
		p.dirty = true // renamed meanwhile
	case exhausted(err):
		p.s.log.Warn("out of files; trying again at the next poll", "file", c.path, "error", err)
	case c.packed && !errors.Is(err, fs.ErrPermission):
		p.attempts[c.path] = attempt{c.stat, c.modified, now, err}
	default:
		p.s.complain(c.path, err)
	}
}

// absent marks the tails whose file was not seen: it may be open still, under
// no name or a name elsewhere.
func (p *pool) absent(now time.Time) {
	for _, t := range p.tails {
		if t.pass == p.pass {
			continue
		}
		if t.live {
			t.live, t.changed = false, now
		}
		switch {
		case t.f == nil && t.missing.IsZero():
			t.missing = now
		case t.f != nil && !t.packed:
			if err := t.look(now); err != nil {
				p.fail(t, err)
			}
		}
	}
}

// gone forgets tails that have had no file for long, and says what was lost
// with them.
func (p *pool) gone(now time.Time) {
	p.tails = slices.DeleteFunc(p.tails, func(t *tail) bool {
		if t.missing.IsZero() {
			return false
		}
		if t.missing.Equal(now) && t.size > t.pos() {
			p.s.log.Warn("a file was cut or removed before it was read to its end; the rest is lost unless a copy appears",
				"file", t.path, "bytes", t.size-t.pos())
		}
		if now.Sub(t.missing) < forgetAfter {
			return false
		}
		p.s.store.forget(p.group, t.seq)
		t.pass = -1
		return true
	})
}
