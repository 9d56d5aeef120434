package receive

import (
	"net/netip"
	"sync"
	"time"
)

// bucket lets rate requests a second pass, and as many at once as two seconds
// bring. It fills when it is asked, so that it costs nothing meanwhile. An address
// that had more than half of the rate leaves the half of it to others: alone it
// has all, and beside a sender that never stops there is room for the rest.
type bucket struct {
	mu   sync.Mutex
	rate float64
	drops
	each map[netip.Prefix]*drops // of half the rate, of those who sent lately
}

// drops is how many may pass, and when that was so.
type drops struct {
	n  float64
	at time.Time
}

// fill lets drop in what a rate brought since, up to two seconds of it.
func (d *drops) fill(now time.Time, rate float64) {
	d.n = min(d.n+now.Sub(d.at).Seconds()*rate, most(rate))
	d.at = now
}

// most is how many may pass at once.
func most(rate float64) float64 { return max(1, 2*rate) }

func newBucket(rate float64) *bucket {
	return &bucket{rate: rate, drops: drops{most(rate), time.Now()}, each: map[netip.Prefix]*drops{}}
}

// take says whether a request from there may pass, and if not, when one may. Those
// of this machine, the zero value, have one address for many programs.
func (b *bucket) take(from netip.Prefix) (after time.Duration, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	b.fill(now, b.rate)
	least := 1.0
	own := b.own(from, now)
	if own != nil && own.n < 1 {
		least = min(1+most(b.rate)/2, most(b.rate))
	}
	if b.n < least {
		return time.Duration((least - b.n) / b.rate * float64(time.Second)), false
	}
	b.n--
	if own != nil {
		own.n = max(0, own.n-1)
	}
	return 0, true
}

// own is what an address has of the rate; nil is this machine.
func (b *bucket) own(from netip.Prefix, now time.Time) *drops {
	if !from.IsValid() {
		return nil
	}
	own := b.each[from]
	if own == nil {
		b.forget(now)
		own = &drops{most(b.rate / 2), now}
		b.each[from] = own
	}
	own.fill(now, b.rate/2)
	return own
}

// mostAddresses is of how many it is remembered what they had.
const mostAddresses = 1000

// forget lets go of those whose drops are back, when there are many; if it is
// none, of all.
func (b *bucket) forget(now time.Time) {
	if len(b.each) < mostAddresses {
		return
	}
	for from, d := range b.each {
		if d.fill(now, b.rate/2); d.n >= most(b.rate/2) {
			delete(b.each, from)
		}
	}
	if len(b.each) >= mostAddresses {
		clear(b.each)
	}
}
