package receive

import (
	"net/netip"
	"testing"
)

func (t *turn) there() bool {
	select {
	case <-t.come:
		return true
	default:
		return false
	}
}

func TestOneAddressDoesNotTakeAllTurns(t *testing.T) {
	greedy, modest := netip.MustParsePrefix("192.0.2.7/32"), netip.MustParsePrefix("192.0.2.8/32")
	for _, n := range []int{1, 2, 8} {
		all := newTurns(n)
		var queue []*turn
		for range 100 {
			queue = append(queue, all.ask(greedy))
		}
		first, second := all.ask(modest), all.ask(modest)
		if !queue[n-1].there() || queue[n].there() || first.there() {
			t.Fatalf("of %d turns too many or too few are given", n)
		}
		all.giveBack(queue[0])
		if !first.there() || second.there() {
			t.Errorf("of %d turns the next is not the other address's", n)
		}
		all.giveBack(first)
		if n == 1 && (second.there() || !queue[1].there()) {
			t.Error("they do not take turns")
		}
		for _, one := range append(queue[1:], second) {
			all.giveBack(one)
		}
		if all.free != n || len(all.all) != 0 || len(all.waiting) != 0 {
			t.Errorf("at the end %+v", all)
		}
	}
}

func TestATurnThatIsNotWaitedFor(t *testing.T) {
	all := newTurns(1)
	var here netip.Prefix
	first, second, third := all.ask(here), all.ask(here), all.ask(here)
	all.giveBack(second)
	if all.giveBack(first); second.there() || !third.there() {
		t.Error("the turn is given to one that has left")
	}
}
