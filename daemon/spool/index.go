package spool

import (
	"cmp"
	"hash/maphash"
	"slices"
)

// slot is what is remembered of an item that is far from its turn, without its
// name: of 100,000 of them the names alone would take 5 MB.
type slot struct {
	hash uint64 // of the name
	seq  uint64
	rank int32 // gone: it does not count any more
	size uint32
}

const gone = -2

// index is slots by sequence, and a table that finds them by hash. It takes
// about 35 bytes an item.
type index struct {
	seed  maphash.Seed
	slots []slot
	dead  int      // of slots, those that are gone
	table []uint32 // open addressing; a place in slots + 1
}

func (x *index) len() int { return len(x.slots) - x.dead }

func (x *index) hash(name string) uint64 { return maphash.String(x.seed, name) }

// add puts a slot at the end; its sequence is the highest.
func (x *index) add(s slot) {
	x.slots = append(x.slots, s)
	if len(x.slots)*4 > len(x.table)*3 {
		x.build()
		return
	}
	x.enter(len(x.slots) - 1)
}

func (x *index) enter(i int) {
	mask := uint64(len(x.table) - 1)
	at := x.slots[i].hash & mask
	for x.table[at] != 0 {
		at = (at + 1) & mask
	}
	x.table[at] = uint32(i + 1)
}

// build makes the table anew, with room for a third more.
func (x *index) build() {
	size := 1024
	for size*3 < len(x.slots)*4 {
		size *= 2
	}
	x.table = make([]uint32, size)
	for i := range x.slots {
		if x.slots[i].rank != gone {
			x.enter(i)
		}
	}
}

// find is the places of the slots of a hash: almost always one or none.
func (x *index) find(hash uint64) []int {
	if len(x.slots) == 0 {
		return nil
	}
	var places []int
	mask := uint64(len(x.table) - 1)
	for at := hash & mask; x.table[at] != 0; at = (at + 1) & mask {
		if i := int(x.table[at] - 1); x.slots[i].hash == hash && x.slots[i].rank != gone {
			places = append(places, i)
		}
	}
	return places
}

// place is where the slot of a sequence and a hash is, or -1.
func (x *index) place(seq, hash uint64) int {
	i, _ := slices.BinarySearchFunc(x.slots, seq, func(s slot, seq uint64) int { return cmp.Compare(s.seq, seq) })
	for ; i < len(x.slots) && x.slots[i].seq == seq; i++ {
		if x.slots[i].hash == hash && x.slots[i].rank != gone {
			return i
		}
	}
	return -1
}

func (x *index) remove(i int) {
	x.slots[i].rank = gone
	x.dead++
}

// load takes slots in any order. Of those of one hash all but the last go; it
// returns them.
func (x *index) load(slots []slot) (doubles []slot) {
	slices.SortFunc(slots, func(a, b slot) int { return cmp.Or(cmp.Compare(a.seq, b.seq), cmp.Compare(a.rank, b.rank)) })
	x.slots, x.dead = slices.Clip(slots), 0
	x.table = nil
	x.build()
	for i := range x.slots {
		if same := x.find(x.slots[i].hash); len(same) > 1 && i != slices.Max(same) {
			doubles = append(doubles, x.slots[i])
			x.remove(i)
		}
	}
	return doubles
}

// cut takes the first n slots out.
func (x *index) cut(n int) {
	for _, s := range x.slots[:n] {
		if s.rank == gone {
			x.dead--
		}
	}
	if n == len(x.slots) {
		x.slots, x.table = nil, nil
		return
	}
	x.slots = x.slots[:copy(x.slots, x.slots[n:])]
	if cap(x.slots) > 4*len(x.slots) {
		x.slots = slices.Clip(slices.Clone(x.slots))
	}
	x.build()
}
