package deliver

import (
	"math/rand/v2"
	"time"
)

// Backoff is how long to wait before trying again: First, doubled with every
// further failure up to Max, of which at least half is waited and the rest is
// left to chance, so that a fleet does not come back all at once.
type Backoff struct {
	First  time.Duration  // 1 s if 0
	Max    time.Duration  // 64 s if 0
	Chance func() float64 // in [0, 1); math/rand if nil
}

// after is the wait after so many failures in a row, 1 or more.
func (b Backoff) after(failures int) time.Duration {
	most := b.max()
	d := min(orDefault(b.First, time.Second), most)
	for range failures - 1 {
		if d > most/2 {
			d = most
			break
		}
		d *= 2
	}
	chance := b.Chance
	if chance == nil {
		chance = rand.Float64
	}
	return d/2 + time.Duration(chance()*float64(d-d/2))
}

func (b Backoff) max() time.Duration { return orDefault(b.Max, 64*time.Second) }
