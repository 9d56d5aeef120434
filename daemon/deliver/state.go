package deliver

import (
	"maps"
	"time"
)

// State is how a loop fares.
type State string

// The states of a loop. In each, everything is kept until it is delivered.
const (
	Working State = "working" // what was last tried was delivered, or nothing was
	Failing State = "failing" // the receiver is away; it is asked again soon
	Held    State = "held"    // the receiver takes nothing until somebody mends something: an alarm
)

// Status is a loop's state and what it did since it was made.
type Status struct {
	State   State
	Since   time.Time // when it came to that state
	Error   string    // of the last attempt; empty when working
	NextTry time.Time // zero when working

	Delivered int64            // batches, of which every part was delivered or accounted for
	Retried   int64            // attempts to deliver a batch that failed and will be repeated
	Expired   int64            // runs of which a part was too old
	Dropped   map[string]int64 // batches and parts of batches, by reason; the items of a Lossy reporter, too
}

// The reasons for which an entry or a part of it is dropped, as Status counts
// them. Each is kept as a dead letter in the spool. A Lossy reporter has reasons
// of its own, and of what it leaves out nothing is kept.
const (
	DroppedRefused = "refused" // the receiver will never take it
	DroppedCorrupt = "corrupt" // it is not a batch
)

// State may be called at any time, from any goroutine.
func (l *Loop) State() Status {
	st := l.counted()
	if lossy, is := l.Reporter.(Lossy); is {
		for reason, n := range lossy.Dropped() {
			st.Dropped[reason] += n
		}
	}
	return st
}

// counted is what the loop itself counted.
func (l *Loop) counted() Status {
	l.mu.Lock()
	defer l.mu.Unlock()
	st := l.status
	if st.State == "" {
		st.State = Working
	}
	st.Dropped = map[string]int64{DroppedRefused: 0, DroppedCorrupt: 0}
	maps.Copy(st.Dropped, l.status.Dropped)
	return st
}

// enter notes a state and says it when it is another one. What was delivered on the
// way there is counted with it: nobody sees the one without the other.
func (l *Loop) enter(state State, cause error, pause time.Duration, delivered int64) {
	now := l.now()
	l.mu.Lock()
	was := l.status
	l.status.Delivered += delivered
	l.status.State, l.status.Error, l.status.NextTry = state, "", time.Time{}
	if cause != nil {
		l.status.Error, l.status.NextTry = cause.Error(), now.Add(pause)
	}
	changed := was.State != state
	if changed {
		l.status.Since = now
	}
	l.mu.Unlock()
	if !changed {
		if l.Again != nil {
			l.Again()
		}
		return
	}
	l.say(was, state, cause, pause)
	if l.Changed != nil {
		l.Changed()
	}
}

// count adds to the counters.
func (l *Loop) count(add func(*Status)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.status.Dropped == nil {
		l.status.Dropped = map[string]int64{}
	}
	add(&l.status)
}
