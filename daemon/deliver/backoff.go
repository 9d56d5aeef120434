package deliver

import (
	"errors"
	"math/rand/v2"
	"time"

	"github.com/converged/converged/reporters/telemetry"
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
	d := b.first()
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

// first is the least that is waited, before chance.
func (b Backoff) first() time.Duration { return min(orDefault(b.First, time.Second), b.max()) }

// heldBackoff is for a receiver that waits for a person: a rotated key is found
// within minutes, and one that is wrong is not tried often.
var heldBackoff = Backoff{First: 5 * time.Second, Max: 5 * time.Minute}

// longestLater bounds what a receiver may ask for.
const longestLater = time.Hour

// pause is how long to wait after this error, as the one before was counted.
func (l *Loop) pause(err error) time.Duration {
	state, backoff := stateOf(err), l.Backoff
	if state == Held {
		backoff = heldBackoff
		backoff.Chance = l.Backoff.Chance
	}
	l.failures[state]++
	pause := backoff.after(l.failures[state])
	if later, ok := errors.AsType[*telemetry.Later](err); ok && state != Held && later.After >= backoff.first() {
		pause = min(later.After, longestLater)
	}
	return pause
}

// stateOf is the state that an error puts a loop into.
func stateOf(err error) State {
	if errors.Is(err, telemetry.ErrHeld) {
		return Held
	}
	return Failing
}

// graver is the error that decides when several batches failed: one that needs a
// person before one that names its time before any other.
func graver(a, b error) error {
	if gravity(b) > gravity(a) {
		return b
	}
	return a
}

func gravity(err error) int {
	_, later := errors.AsType[*telemetry.Later](err)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, telemetry.ErrHeld):
		return 3
	case later:
		return 2
	}
	return 1
}
