package watch

import (
	"bytes"
	"io"
	"slices"
	"strconv"
	"time"
)

// admit finds what a file of an unknown number holds: the continuation of one
// that was moved or cut, a copy of one that is still there, or news.
func (p *pool) admit(c *sighting, now time.Time) {
	if c.packed && p.fresh {
		p.skip(c)
		return
	}
	if c.f == nil {
		if c.packed && p.hopeless(c, now) {
			return
		}
		if err := p.openFile(c); err != nil {
			p.refuse(c, err, now)
			return
		}
	}
	p.s.well(c.path)
	if !c.live && p.family().copying(c) {
		_ = c.f.Close() // another look when it has grown
		return
	}
	switch t := p.family().origin(c); {
	case t != nil && !t.missing.IsZero():
		p.adopt(t, c)
		t.take(c.f, now)
	case t != nil && t.live && !c.live && c.copies(t):
		_ = c.f.Close() // wanted if the original is cut
	case t != nil && t.more:
		_ = c.f.Close() // wanted once it is known how far the other goes
		p.copies = true
	case t != nil && !c.live && c.size <= t.pos():
		_ = c.f.Close() // it holds nothing else
	case t != nil:
		p.kin.join(p.add(c, now, t.pos(), t.head, t.print()))
	default:
		p.kin.join(p.news(c, now))
	}
}

// copies says whether all this file holds is in the other too, as far as the
// bytes at its end tell.
func (c *sighting) copies(t *tail) bool {
	if t.f == nil {
		return false // better twice than never
	}
	fi, err := t.f.Stat()
	if err != nil || fi.Size() < c.size {
		return false
	}
	last, err := read(c.f, max(0, c.size-printed), min(c.size, printed))
	if err != nil {
		return false
	}
	same, err := last.at(t.f, c.size-int64(last.N))
	return same && err == nil
}

// adopt gives a tail that has lost its file another.
func (p *pool) adopt(t *tail, c *sighting) {
	p.disown(c.id)
	t.path, t.id, t.live, t.packed, t.pass = c.path, c.id, c.live, c.packed, p.pass
	t.size, t.stat, t.modified, t.missing = c.size, c.stat, c.modified, time.Time{}
	if _, remembered := p.s.store.get(p.group, t.seq); remembered {
		p.s.store.put(p.group, t.seq, t.mark())
	}
}

// news begins a file at its beginning; at its end, if it was rotated before the
// path was ever watched. nil: it could not be read.
func (p *pool) news(c *sighting, now time.Time) *tail {
	head, err := headOf(c.f, c.size)
	if err == nil && (c.live || !p.fresh) {
		return p.add(c, now, 0, head, print{})
	}
	var last print
	if err == nil {
		last, err = read(c.f, max(0, c.size-printed), min(c.size, printed))
	}
	if err != nil {
		p.refuse(c, err, now)
		_ = c.f.Close()
		return nil
	}
	t := p.add(c, now, c.size, head, last)
	t.saved = mark{Offset: c.size, Head: head, Tail: last}
	p.s.store.put(p.group, t.seq, t.mark())
	t.close()
	t.more = false
	return t
}

// skip remembers a packed file as read, without looking into it.
func (p *pool) skip(c *sighting) {
	size, _ := unpackedSize(c.path)
	t := p.begins(c, int64(size), print{}, print{})
	t.saved = mark{Offset: int64(size)}
	p.s.store.put(p.group, t.seq, t.mark())
}

func (p *pool) add(c *sighting, now time.Time, at int64, head, last print) *tail {
	t := p.begins(c, at, head, last)
	t.take(c.f, now)
	if p.full() {
		t.close()
	}
	return t
}

// disown takes the number of a file from the tail that had it last.
func (p *pool) disown(id fileID) {
	for _, t := range p.tails {
		if t.id == id {
			t.id = fileID{}
		}
	}
}

func (p *pool) begins(c *sighting, at int64, head, last print) *tail {
	p.disown(c.id)
	p.seq++
	t := &tail{
		seq: strconv.Itoa(p.seq), path: c.path, id: c.id, live: c.live, packed: c.packed, pass: p.pass, over: -1,
		at: at, head: head, last: last, size: c.size, stat: c.stat, modified: c.modified,
	}
	p.tails = append(p.tails, t)
	return t
}

// family is tails by the print of their heads, so that a stranger is compared
// with few of them.
type family struct {
	heads   map[print][]*tail
	lengths []int // of heads, each once
	open    []*tail
}

// family is made once a scan, if there is a stranger.
func (p *pool) family() *family {
	if p.kin == nil {
		p.kin = &family{heads: map[print][]*tail{}}
		for _, t := range p.tails {
			t.learn()
			p.kin.join(t)
		}
	}
	return p.kin
}

// join adds a tail, if it has bytes to be known by.
func (kin *family) join(t *tail) {
	if t == nil || t.head.N == 0 {
		return
	}
	if t.f != nil {
		kin.open = append(kin.open, t)
	}
	kin.heads[t.head] = append(kin.heads[t.head], t)
	if !slices.Contains(kin.lengths, t.head.N) {
		kin.lengths = append(kin.lengths, t.head.N)
	}
}

// resembling is the tails with the head of this file.
func (kin *family) resembling(head []byte) []*tail {
	var list []*tail
	for _, length := range kin.lengths {
		if length <= len(head) {
			list = append(list, kin.heads[printOf(head[:length])]...)
		}
	}
	return list
}

// learn lengthens the head of a file that was shorter when it was last read.
func (t *tail) learn() {
	if t.f == nil || t.head.N == printed {
		return
	}
	if ok, err := t.head.at(t.f, 0); err != nil || !ok {
		return
	}
	if head, err := headOf(t.f, printed); err == nil {
		t.head = head
	}
}

func headBytes(f io.ReaderAt) []byte {
	head := make([]byte, printed)
	n, _ := f.ReadAt(head, 0) // what cannot be read resembles nothing
	return head[:n]
}

// copying says whether the file is the beginning of another, and shorter than
// what was read of that: a copy that is being made. An empty file may become one.
func (kin *family) copying(c *sighting) bool {
	head := headBytes(c.f)
	short := func(t *tail) bool { return t.pos() > c.size }
	if c.packed {
		return false // it is whole, or would not have been unpacked
	}
	if len(head) == 0 || slices.ContainsFunc(kin.resembling(head), short) {
		return true
	}
	return len(head) < printed && slices.ContainsFunc(kin.open, func(t *tail) bool {
		return short(t) && bytes.HasPrefix(headBytes(t.f), head)
	})
}

// origin is the tail whose bytes this file begins with: the longest of them,
// one that has lost its file before one that has not.
func (kin *family) origin(c *sighting) *tail {
	var best *tail
	for _, t := range kin.resembling(headBytes(c.f)) {
		if fits, err := t.fits(c.f, c.size); err != nil || !fits {
			continue
		}
		if best == nil || t.pos() > best.pos() || t.pos() == best.pos() && !t.missing.IsZero() {
			best = t
		}
	}
	return best
}
