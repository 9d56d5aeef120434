package spool

import "slices"

// none is the rank of a file that is not there.
const none = -1

// item is one pending entry.
type item struct {
	name   string // the key, encoded
	seq    uint64
	rank   int
	onDisk int    // rank of its file; lower than rank while the disk refuses the richer one; or none
	size   int64  // of its file
	record []byte // what the file should hold, while the disk refuses it
}

// line is the items that wait, oldest first.
type line struct {
	near  []*item
	head  int // of near; what is before it is gone
	names map[string]*item
}

func newLine() line { return line{names: map[string]*item{}} }

func (l *line) len() int { return len(l.near) - l.head }

// push puts an item at the end.
func (l *line) push(it *item) {
	l.near = append(l.near, it)
	l.names[it.name] = it
}

// putBack puts an item in its place, which is near the head.
func (l *line) putBack(it *item) {
	if l.head == 0 {
		l.near = slices.Insert(l.near, 0, it)
	} else {
		l.head--
		l.near[l.head] = it
	}
	for i := l.head; i+1 < len(l.near) && l.near[i].seq > l.near[i+1].seq; i++ {
		l.near[i], l.near[i+1] = l.near[i+1], l.near[i]
	}
	l.names[it.name] = it
}

func (l *line) find(name string) *item { return l.names[name] }

// replace puts an item in the place of one of its sequence.
func (l *line) replace(old, it *item) {
	if i := slices.Index(l.near, old); i >= 0 {
		l.near[i] = it
		l.names[it.name] = it
	}
}

// remove takes an item out, wherever it is.
func (l *line) remove(name string) *item {
	it := l.names[name]
	if it != nil {
		l.near = slices.Delete(l.near, slices.Index(l.near, it), slices.Index(l.near, it)+1)
		delete(l.names, name)
	}
	return it
}

// front is the oldest item, or nil.
func (l *line) front() *item {
	if l.len() == 0 {
		return nil
	}
	return l.near[l.head]
}

// pop takes the oldest item out.
func (l *line) pop() *item {
	it := l.near[l.head]
	l.near[l.head] = nil
	l.head++
	delete(l.names, it.name)
	if l.head == len(l.near) {
		l.near, l.head = l.near[:0], 0
	}
	return it
}
