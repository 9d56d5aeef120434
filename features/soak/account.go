package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/converged/converged/features/rig"
)

// fate is what became of a run at one receiver.
type fate string

const (
	once     fate = "once"
	repeated fate = "repeated" // more often, and each time before the last it was in doubt whether it arrived
	refused  fate = "refused"  // it, or a part of it, and kept as a dead letter or told so
	expired  fate = "expired"  // a part of it was too old, and told in a digest
	waiting  fate = "waiting"  // it is still in the spool
	dropped  fate = "dropped"  // to make room, and told so
	tooOften fate = "TOO OFTEN"
	tooLate  fate = "TOO LATE" // it was sent when the receiver would have dropped it without a word
	lost     fate = "LOST"     // a part of it at least, and nothing is known of it
	belied   fate = "BELIED"   // it was told of wholly, and converged says that it was not
)

var fates = []fate{once, repeated, refused, expired, waiting, dropped, tooOften, tooLate, lost, belied}

// explained are the fates that a run may have once nothing goes wrong any more.
var explained = []fate{once, repeated, refused, expired}

// evidence is all that is known of a run at a receiver.
type evidence struct {
	failed bool
	told   rig.Told
	late   int // items that came too late
	doubt  int // how often it may have arrived without the sender's knowledge
	places []string
	says   string // of converged itself: its outcome, "" if it has forgotten the run
}

// delivered are the outcomes of a run that was told of wholly.
var delivered = []string{"acknowledged", "sent", "delivered", "unknown", ""}

// judge says what became of a run.
func judge(e evidence) fate {
	most := max(e.told.Runs, e.told.Checks, e.told.Events)
	whole := e.told.Runs > 0 && e.told.Checks > 0 && (e.told.Events > 0 || !e.failed)
	switch {
	case most > 1+e.doubt || e.told.Events > 0 && !e.failed:
		return tooOften
	case e.late > 0:
		return tooLate
	case slices.Contains(e.places, rig.Pending):
		return waiting
	case whole && e.doubt == 0 && !slices.Contains(delivered, e.says):
		return belied
	case whole && most > 1:
		return repeated
	case whole:
		return once
	case slices.Contains(e.places, rig.Refused) || e.says == "refused":
		return refused
	case e.says == "expired":
		return expired
	case e.says == "dropped":
		return dropped
	}
	return lost
}

// account is how many runs had which fate, and those that cannot be explained.
type account struct {
	counts map[fate]int
	odd    []string
}

// settled says whether every run has a fate that it may have.
func (a account) settled() bool { return len(a.odd) == 0 }

// account is what became of all runs at a receiver.
func (m *machine) account(receiver string) (account, error) {
	kept, err := m.node.Kept(receiver)
	if err != nil {
		return account{}, err
	}
	a := account{counts: map[fate]int{}}
	for _, run := range m.all() {
		e := m.evidence(run, receiver)
		e.places = kept[run.ID]
		f := judge(e)
		a.counts[f]++
		if !slices.Contains(explained, f) {
			a.odd = append(a.odd, fmt.Sprintf("%s %s at %s: %s: told %+v, in doubt %d times, too late %d, kept %v; converged says %q",
				run.Host, run.ID, receiver, f, e.told, e.doubt, e.late, e.places, e.says))
		}
	}
	return a, nil
}

func (m *machine) evidence(run rig.Run, receiver string) evidence {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := evidence{failed: run.Failed, told: m.told(receiver, run.Host), doubt: m.doubt[receiver][run.Host], says: m.says[run.ID][receiver]}
	if intake := m.intakes[receiver]; intake != nil {
		t := intake.Host(run.Host)
		e.late, e.doubt = int(t.Late), e.doubt+int(t.Unsure)
	}
	return e
}

// String is the account on one line.
func (a account) String() string {
	var words []string
	for _, f := range fates {
		if a.counts[f] > 0 {
			words = append(words, fmt.Sprintf("%s %d", f, a.counts[f]))
		}
	}
	return strings.Join(words, ", ")
}
