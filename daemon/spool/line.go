package spool

import (
	"cmp"
	"hash/maphash"
	"slices"
	"strconv"
)

// none is the rank of a file that is not there.
const none = -1

// item is one pending entry.
type item struct {
	name   string // the key, encoded
	seq    uint64
	rank   int
	onDisk int    // rank of its file; lower than rank while the disk refuses the richer one; or none
	size   int64  // of its file
	record []byte // what the file is to hold, while it is in memory only
}

// window is how many of the oldest items are known by name. The names of the
// others are read from the directory when it is their turn.
const window = 4096

// line is the items that wait, oldest first: those near the head, and an index
// of those behind, which costs little memory.
type line struct {
	near   []*item
	head   int              // of near; what is before it is gone
	names  map[string]*item // of near and pinned
	far    index
	pinned map[uint64]*item // of far, those that a slot cannot hold: in memory, by sequence

	there func(*item) bool              // whether its file is
	list  func(each func(string)) error // the names of all files
}

func newLine(there func(*item) bool, list func(func(string)) error) line {
	return line{names: map[string]*item{}, pinned: map[uint64]*item{}, far: index{seed: maphash.MakeSeed()}, there: there, list: list}
}

func (l *line) len() int { return len(l.near) - l.head + l.far.len() }

// push puts an item at the end.
func (l *line) push(it *item) {
	if len(l.far.slots) == 0 && len(l.near)-l.head < window {
		l.near = append(l.near, it)
		l.names[it.name] = it
		return
	}
	l.far.add(l.slot(it))
	l.pin(it)
}

func (l *line) slot(it *item) slot {
	return slot{hash: l.far.hash(it.name), seq: it.seq, rank: int32(it.rank), size: uint32(it.size)}
}

// pin keeps more of an item of far than its slot, if there is more.
func (l *line) pin(it *item) {
	if it.record == nil {
		delete(l.pinned, it.seq)
		delete(l.names, it.name)
		return
	}
	l.pinned[it.seq] = it
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

// find is the item of a name, or nil.
func (l *line) find(name string) *item {
	if it := l.names[name]; it != nil {
		return it
	}
	for _, i := range l.far.find(l.far.hash(name)) {
		s := l.far.slots[i]
		it := &item{name: name, seq: s.seq, rank: int(s.rank), onDisk: int(s.rank), size: int64(s.size)}
		if l.there(it) { // and not one of another name with this hash
			return it
		}
	}
	return nil
}

// nearPlace is where in near the item of a sequence and a name is, or -1.
func (l *line) nearPlace(seq uint64, name string) int {
	i, _ := slices.BinarySearchFunc(l.near[l.head:], seq, func(it *item, seq uint64) int { return cmp.Compare(it.seq, seq) })
	for i += l.head; i < len(l.near) && l.near[i].seq == seq; i++ {
		if l.near[i].name == name {
			return i
		}
	}
	return -1
}

// set puts an item in the place of the one of its sequence and name, if that waits.
func (l *line) set(it *item) {
	if i := l.nearPlace(it.seq, it.name); i >= 0 {
		l.near[i] = it
		l.names[it.name] = it
	} else if i := l.far.place(it.seq, l.far.hash(it.name)); i >= 0 {
		l.far.slots[i] = l.slot(it)
		l.pin(it)
	}
}

// remove takes an item out, wherever it is.
func (l *line) remove(it *item) {
	if i := l.nearPlace(it.seq, it.name); i >= 0 {
		l.near = slices.Delete(l.near, i, i+1)
	} else if i := l.far.place(it.seq, l.far.hash(it.name)); i >= 0 {
		l.far.remove(i)
		delete(l.pinned, it.seq)
	}
	delete(l.names, it.name)
}

// short says whether the next item's name is to be read from the directory.
func (l *line) short() bool { return l.head == len(l.near) && l.far.len() > 0 }

// front is the oldest item, or nil. It returns the slots whose files are not
// there any more, as it finds out. An error is that of reading the directory.
func (l *line) front() (it *item, vanished []slot, err error) {
	for l.short() {
		lost, err := l.refill()
		vanished = append(vanished, lost...)
		if err != nil {
			return nil, vanished, err
		}
	}
	if l.head == len(l.near) {
		return nil, vanished, nil
	}
	return l.near[l.head], vanished, nil
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

// refill brings the next items of far near, by the names in the directory.
func (l *line) refill() (vanished []slot, err error) {
	n := min(window, len(l.far.slots))
	first := l.far.slots[0].seq
	last := l.far.slots[n-1].seq
	for n < len(l.far.slots) && l.far.slots[n].seq == last {
		n++
	}
	found := make([]*item, n)
	for i, s := range l.far.slots[:n] {
		if it := l.pinned[s.seq]; it != nil && l.far.hash(it.name) == s.hash {
			found[i] = it
		}
	}
	err = l.list(func(file string) {
		if seq, ok := sequence(file); !ok || seq < first || seq > last {
			return
		}
		it, ok := parseFile(file)
		if !ok {
			return
		}
		if i := l.far.place(it.seq, l.far.hash(it.name)); i >= 0 && found[i] == nil && int(l.far.slots[i].rank) == it.rank {
			it.size = int64(l.far.slots[i].size)
			found[i] = it
		}
	})
	if err != nil {
		return nil, err
	}
	l.near, l.head = l.near[:0], 0
	for i, it := range found {
		switch {
		case it != nil && l.far.slots[i].rank != gone:
			l.near = append(l.near, it)
			l.names[it.name] = it
			delete(l.pinned, it.seq)
		case l.far.slots[i].rank != gone:
			vanished = append(vanished, l.far.slots[i])
		}
	}
	l.far.cut(n)
	return vanished, nil
}

// sequence is what a file's name begins with.
func sequence(file string) (uint64, bool) {
	digits := 0
	for digits < len(file) && file[digits] != '.' {
		digits++
	}
	seq, err := strconv.ParseUint(file[:digits], 10, 64)
	return seq, err == nil
}
