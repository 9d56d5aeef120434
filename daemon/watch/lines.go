package watch

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Files kept open, so that what is renamed away or removed can still be read
// to its end. Beyond it those at their end are closed, the quiet ones first.
const maxOpen = 256

// begun is the name under which it is remembered that a path has been watched
// before: rotated files found later are news then.
const begun = ""

// pool is the files of one path of lines: those with the name that is written
// to, and those that rotation made of them.
type pool struct {
	s     *source
	group group
	tails []*tail                    // the rotated first, oldest first, then the live
	lives map[string]map[string]bool // by directory, the names that were live
	seq   int
	pass  int
	kin   *family // of the scan under way
	from  int     // tails before it have nothing to read
	fresh bool    // first look ever: rotated files are older than us

	attempts map[string]attempt // at packed files, that failed

	dirty   bool // names may have come or gone
	touched bool // files may have grown
	copies  bool // there are files that may go on where others end
	retryAt time.Time
}

func newPool(s *source) *pool {
	p := &pool{s: s, group: group{s.Name, s.Path}, dirty: true, lives: map[string]map[string]bool{}, attempts: map[string]attempt{}}
	_, before := s.store.get(p.group, begun)
	p.fresh = !before && s.store.damaged == 0
	for seq, m := range s.store.marks[p.group] {
		if seq == begun {
			continue
		}
		n, _ := strconv.Atoi(seq) // ours: a number
		p.seq = max(p.seq, n)
		p.lived(m.Path)
		p.tails = append(p.tails, &tail{
			seq: seq, path: m.Path, id: m.fileID, packed: compressed.MatchString(m.Path),
			at: m.Offset, head: m.Head, last: m.Tail, saved: m, over: -1, stat: -1,
		})
	}
	return p
}

// begin remembers, before anything is read, that the path is being watched.
func (p *pool) begin(now time.Time) {
	p.fresh = false
	if _, before := p.s.store.get(p.group, begun); !before {
		p.s.store.put(p.group, begun, mark{Modified: now.UnixNano()})
		_ = p.s.store.flush(now) // said, and tried again
	}
}

func (p *pool) notice(at place, ev event) {
	live := p.isLive(at, ev.name)
	if !live && !p.isRotated(at, ev.name) {
		return
	}
	path := filepath.Join(ev.dir, ev.name)
	_, ill := p.s.trouble[path]
	switch {
	case ev.op&(fsnotify.Create|fsnotify.Remove|fsnotify.Rename) != 0 || ill:
		p.dirty = true
	case ev.op.Has(fsnotify.Write):
		p.touched = true
		i := slices.IndexFunc(p.tails, func(t *tail) bool { return t.path == path && t.missing.IsZero() })
		if i < 0 || p.tails[i].packed {
			p.dirty = true
			return
		}
		p.tails[i].more, p.from = true, 0
	}
}

func (p *pool) isLive(at place, name string) bool {
	if at.base != "" && !isPattern(at.base) {
		return name == at.base
	}
	return (at.base == "" || matches(at.base, name)) && p.s.Match(name) && !compressed.MatchString(name)
}

func (p *pool) isRotated(at place, name string) bool {
	if at.base != "" && !isPattern(at.base) {
		return rotatedFrom(at.base, name)
	}
	return slices.ContainsFunc(originals(name), func(live string) bool {
		return p.lives[at.dir][live] && rotatedFrom(live, name)
	})
}

// lived remembers a live name: what is rotated from it is ours, also when it
// is gone itself.
func (p *pool) lived(path string) {
	dir, name := filepath.Split(path)
	dir = filepath.Clean(dir)
	if p.lives[dir] == nil {
		p.lives[dir] = map[string]bool{}
	}
	p.lives[dir][name] = true
}

// next is the next record of the oldest file that has one.
func (p *pool) next(now time.Time) *Arrival {
	for range 5 {
		if p.dirty {
			p.scan(now)
		}
		p.look(now)
		if a := p.read(now); a != nil {
			return a
		}
		p.dirty, p.copies = p.dirty || p.copies, false
		if !p.dirty {
			return p.end(now)
		}
	}
	p.retryAt = now.Add(time.Second) // it changes faster than it can be read
	return nil
}

func (p *pool) look(now time.Time) {
	if !p.touched {
		return
	}
	p.touched, p.from = false, 0
	for _, t := range p.tails {
		if t.f == nil || t.packed {
			continue
		}
		if err := t.look(now); err != nil {
			p.fail(t, err)
		}
	}
}

// read is the next record of any file that may have one.
func (p *pool) read(now time.Time) *Arrival {
	for ; p.from < len(p.tails); p.from++ {
		t := p.tails[p.from]
		if !t.more || t.f == nil && !p.open(t) {
			continue
		}
		r, err := t.next(p.s, now)
		switch {
		case err == nil && r != nil:
			return p.arrival(t, r)
		case errors.Is(err, errTorn):
			t.suspect, t.more, p.dirty = true, false, true
			return nil
		case err != nil:
			p.fail(t, err)
		case p.full():
			t.close()
		}
	}
	return nil
}

// full says whether no more files should be kept open.
func (p *pool) full() bool {
	n := 0
	for _, t := range p.tails {
		if t.f != nil {
			n++
		}
		if n > maxOpen {
			return true
		}
	}
	return false
}

// open opens a file that was left closed when there were too many.
func (p *pool) open(t *tail) bool {
	c := &sighting{path: t.path, id: t.id, packed: t.packed}
	if err := p.openFile(c); err != nil {
		p.fail(t, err)
		return false
	}
	t.f = c.f
	return true
}

// fail says why a file cannot be read; the next scan tries again.
func (p *pool) fail(t *tail, err error) {
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, errMoved):
		p.dirty = true
	case exhausted(err):
		p.s.log.Warn("out of files; trying again at the next poll", "file", t.path, "error", err)
	default:
		p.s.complain(t.path, err)
	}
	t.more, t.stat = false, -1
	t.close()
}

func (p *pool) arrival(t *tail, r *found) *Arrival {
	a := p.s.arrival(t.path, r.err)
	a.Offset, a.Data, a.Modified = r.offset, r.data, t.modified
	h := t.hand()
	a.settle = func() {
		if m, moved := t.settled(h); moved && t.pass >= 0 {
			p.s.store.put(p.group, t.seq, m)
		}
	}
	return a
}

// deadline is when something is to be decided about what stands still.
func (p *pool) deadline(t *tail) time.Time {
	switch {
	case t.f == nil || t.more:
	case t.splitAt > 0:
		return t.changed.Add(p.s.o.Quiet)
	case t.packed:
		return t.changed // it does not grow
	case !t.live && p.succeeded(t):
		return t.changed.Add(p.s.o.EmptyAfter)
	case t.live && p.s.Complete != nil && t.unfinished() && t.asked != t.size:
		return t.changed.Add(p.s.o.EmptyAfter)
	}
	return time.Time{}
}

func (p *pool) due() time.Time {
	at := p.retryAt
	for _, t := range p.tails {
		at = earlier(at, p.deadline(t))
	}
	return at
}

// succeeded says whether another file is being written to instead.
func (p *pool) succeeded(t *tail) bool {
	return slices.ContainsFunc(p.tails, func(u *tail) bool {
		return u.live && u.missing.IsZero() && filepath.Dir(u.path) == filepath.Dir(t.path)
	})
}

// end decides about files that stood still for long enough: what a rotated one
// holds after its last end of line will not be finished any more; what the live
// one holds may be, unless it is whole as it is. A writer that died between a
// record and its newline leaves such.
func (p *pool) end(now time.Time) *Arrival {
	p.retryAt = time.Time{}
	for _, t := range p.tails {
		at := p.deadline(t)
		if at.IsZero() || now.Before(at) {
			continue
		}
		if t.splitAt > 0 {
			t.splitAt, t.more, p.from = 0, true, 0
			p.retryAt = now
			continue
		}
		a := p.lastOf(t)
		if !t.live {
			t.close()
		}
		if a != nil {
			return a
		}
	}
	return nil
}

func (p *pool) lastOf(t *tail) *Arrival {
	t.asked = t.size
	if !t.unfinished() || !t.held {
		return nil
	}
	data, begin := slices.Clip(t.win.pending()), t.win.pos()
	whole := t.over < 0 && p.s.Complete != nil && p.s.Complete(data)
	if t.live && !whole {
		return nil
	}
	t.consume(len(data))
	r := &found{offset: begin, data: data}
	if t.over >= 0 {
		r = &found{offset: t.over, err: tooLarge(p.s, t.pos()-t.over)}
		t.over = -1
	} else if !whole {
		r.err = fmt.Errorf("%w: the last %d bytes of a rotated file", ErrIncomplete, len(data))
	}
	if r.err == nil && len(data) == 0 {
		return nil
	}
	return p.arrival(t, r)
}

// shrink gives back the memory of records that were handed out.
func (p *pool) shrink() {
	for _, t := range p.tails {
		t.win.shrink()
	}
}

func (p *pool) close() {
	for _, t := range p.tails {
		t.close()
	}
}
