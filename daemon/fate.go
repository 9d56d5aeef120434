package daemon

import (
	"cmp"
	"time"

	"github.com/converged/converged/daemon/ledger"
)

// Outcome is what became of a run at one reporter, in a word.
type Outcome string

// The outcomes. Of a run whose parts went different ways it is the worst: the
// first of these.
const (
	Waiting      Outcome = "waiting"      // on disk, or in memory while the disk fails
	Refused      Outcome = "refused"      // the receiver will never take it; kept as a dead letter
	Dropped      Outcome = "dropped"      // let go to make room, or damaged
	Expired      Outcome = "expired"      // too old; told in a digest
	Unknown      Outcome = "unknown"      // neither the ledger nor the spool says
	Sent         Outcome = "sent"         // handed over to a receiver that never acknowledges
	Delivered    Outcome = "delivered"    // the spool says so, the ledger does not say how
	Acknowledged Outcome = "acknowledged" // the receiver said that it has it
	Withdrawn    Outcome = "withdrawn"    // it turned out not to be so, and what is is told
)

// Delivered says whether nothing of it is missing at the receiver, as far as can
// be known.
func (o Outcome) Delivered() bool {
	return o == Sent || o == Delivered || o == Acknowledged || o == Withdrawn
}

// Fate is what became of a run at one reporter.
type Fate struct {
	Reporter string    `json:"reporter"`
	Outcome  Outcome   `json:"outcome"`
	Partly   bool      `json:"partly,omitempty"` // it is so of a part; another was delivered
	At       time.Time `json:"at,omitzero"`      // since when
	Detail   string    `json:"detail,omitempty"` // why
}

// ends are the steps after which nothing more is expected, the worst first.
var ends = []struct {
	step    ledger.Step
	outcome Outcome
}{
	{ledger.Refused, Refused},
	{ledger.Dropped, Dropped},
	{ledger.Expired, Expired},
	{ledger.Sent, Sent},
	{ledger.Acknowledged, Acknowledged},
	{ledger.Withdrawn, Withdrawn},
}

// fateOf judges by what was noted, and where that is not the last word by what
// the spool holds: it is the truth of what waits.
func fateOf(reporter, run string, noted []ledger.Event, s shelf) Fate {
	f := Fate{Reporter: reporter, Outcome: Unknown}
	newest := map[ledger.Step]ledger.Event{}
	for _, e := range noted {
		newest[e.Step] = e
		f.At = e.At
		if e.Step == ledger.Sent || e.Step == ledger.Acknowledged {
			delete(newest, ledger.Dropped) // it was dropped whole, and came again
		}
	}
	_, sent := newest[ledger.Sent]
	_, acknowledged := newest[ledger.Acknowledged]
	_, part := newest[ledger.Partly]
	f.Partly = sent || acknowledged || part
	if at, waits := s.waits(run); waits || inMemory(noted, s) {
		f.Outcome, f.Detail = Waiting, cmp.Or(s.why, newest[ledger.Failed].Detail)
		if waits {
			f.At = at
		}
		return f
	}
	for _, end := range ends {
		if e, is := newest[end.step]; is {
			f.Outcome, f.At, f.Detail = end.outcome, e.At, e.Detail
			f.Partly = f.Partly && !end.outcome.Delivered()
			return f
		}
	}
	letter, dead := s.letter(run)
	switch {
	case dead:
		f.Outcome, f.At, f.Detail = Refused, letter.At, letter.Reason
	case s.delivered != nil && s.delivered(run):
		f.Outcome, f.Partly = Delivered, false
	default:
		f.Detail = "neither the ledger nor the spool says what became of it"
	}
	return f
}

// inMemory says whether the disk did not take a run, nothing became of it since,
// and it is this daemon that has it in its memory.
func inMemory(noted []ledger.Event, s shelf) bool {
	held := false
	for _, e := range noted {
		switch e.Step {
		case ledger.Held:
			held = !e.At.Before(s.began)
		case ledger.Failed, ledger.Partly: // say nothing of where it is
		case ledger.Spooled:
			held = false
		default:
			return false
		}
	}
	return held && s.running
}
