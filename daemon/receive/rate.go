package receive

import (
	"sync"
	"time"
)

// bucket lets rate requests a second pass, and as many at once as two seconds
// bring. It fills when it is asked, so that it costs nothing meanwhile.
type bucket struct {
	mu    sync.Mutex
	rate  float64
	drops float64
	at    time.Time // when drops was right
}

func newBucket(rate float64) *bucket {
	return &bucket{rate: rate, drops: max(1, 2*rate), at: time.Now()}
}

// take says whether a request may pass, and if not, when one may.
func (b *bucket) take() (after time.Duration, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	b.drops = min(b.drops+now.Sub(b.at).Seconds()*b.rate, max(1, 2*b.rate))
	b.at = now
	if b.drops < 1 {
		return time.Duration((1 - b.drops) / b.rate * float64(time.Second)), false
	}
	b.drops--
	return 0, true
}
