package receive

import (
	"cmp"
	"net/netip"
	"slices"
	"sync"
)

// turns are as many as may call Take at one time. Addresses that wait for one come
// in turn, and each in its own order: one that sends all the time keeps another
// waiting for as long as one of its reports takes, and not for all of them.
type turns struct {
	mu      sync.Mutex
	free    int
	given   int
	all     map[netip.Prefix]*share // of those who have a turn or wait for one
	waiting []*turn                 // in the order of coming
}

// share is what one address has.
type share struct {
	active, waiting int
	last            int // the number of its last turn
}

// turn is one that is waited for.
type turn struct {
	from netip.Prefix
	come chan struct{} // closed when it is there
}

func newTurns(n int) *turns { return &turns{free: n, all: map[netip.Prefix]*share{}} }

// ask gives a turn, which may be there or is to be waited for. It is to be given
// back in either case.
func (t *turns) ask(from netip.Prefix) *turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	one := &turn{from: from, come: make(chan struct{})}
	if t.all[from] == nil {
		t.all[from] = &share{}
	}
	t.all[from].waiting++
	t.waiting = append(t.waiting, one)
	t.next()
	return one
}

// giveBack lets the next one in. A turn that did not come is waited for no more.
func (t *turns) giveBack(one *turn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	its := t.all[one.from]
	if i := slices.Index(t.waiting, one); i >= 0 {
		t.waiting = slices.Delete(t.waiting, i, i+1)
		its.waiting--
	} else {
		t.free++
		its.active--
	}
	if its.active+its.waiting == 0 {
		delete(t.all, one.from)
	}
	t.next()
}

// next lets in as many as there are turns for: of the address that has the fewest,
// and of those the one whose last turn was the longest ago.
func (t *turns) next() {
	for t.free > 0 && len(t.waiting) > 0 {
		first := slices.MinFunc(t.waiting, func(a, b *turn) int {
			x, y := t.all[a.from], t.all[b.from]
			return cmp.Or(cmp.Compare(x.active, y.active), cmp.Compare(x.last, y.last))
		})
		t.waiting = slices.DeleteFunc(t.waiting, func(one *turn) bool { return one == first })
		t.free--
		t.given++
		its := t.all[first.from]
		its.waiting, its.active, its.last = its.waiting-1, its.active+1, t.given
		close(first.come)
	}
}
