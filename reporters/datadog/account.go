package datadog

import (
	"errors"
	"fmt"

	"github.com/converged/converged/reporters/telemetry"
)

// account is what became of each item of a batch, by kind: nil for delivered, a
// dropped, an error of telemetry.ErrRefused, or why it is to be tried again.
type account [numKinds][]error

func newAccount(b telemetry.Batch) account {
	a := account{make([]error, len(b.Metrics)), make([]error, len(b.ServiceChecks)), make([]error, len(b.Events))}
	for i, m := range b.Metrics {
		a[series][i] = orUndecided(metricFault(m))
	}
	for i, c := range b.ServiceChecks {
		a[checks][i] = orUndecided(checkFault(c))
	}
	for i := range b.Events {
		a[events][i] = errUndecided
	}
	return a
}

func orUndecided(fault error) error {
	if fault == nil {
		return errUndecided
	}
	return fault
}

// fate is the class of what became of an item.
type fate int

const (
	done fate = iota
	gone      // dropped
	dead      // refused for good
	left      // for another time
)

func fateOf(err error) fate {
	var d dropped
	switch {
	case err == nil:
		return done
	case errors.As(err, &d):
		return gone
	case errors.Is(err, telemetry.ErrRefused):
		return dead
	}
	return left
}

// outcome is what Report returns for a batch of this account.
func (a account) outcome(b telemetry.Batch) error {
	tally := a.tally()
	switch {
	case tally[left] == 0 && tally[dead] == 0:
		return nil
	case tally[left] == 0 && tally[done] == 0:
		return a.reason(dead)
	case tally[dead] == 0 && tally[done] == 0:
		return a.reason(left)
	}
	p := &telemetry.Partial{Rest: a.part(b, left), Refused: a.part(b, dead), Err: a.reason(left), Why: a.reason(dead)}
	p.Refused.HostTags = nil // they were not what was refused
	return p
}

func (a account) tally() (n [left + 1]int) {
	for _, items := range a {
		for _, err := range items {
			n[fateOf(err)]++
		}
	}
	return n
}

// part is b with those items alone that had a fate.
func (a account) part(b telemetry.Batch, f fate) telemetry.Batch {
	b.Metrics = pick(b.Metrics, a[series], f)
	b.ServiceChecks = pick(b.ServiceChecks, a[checks], f)
	b.Events = pick(b.Events, a[events], f)
	return b
}

func pick[T any](items []T, errs []error, f fate) []T {
	picked := []T{}
	for i, item := range items {
		if fateOf(errs[i]) == f {
			picked = append(picked, item)
		}
	}
	return picked
}

// reason is the errors of a fate, each once; nil if there are none. Of more than
// three it tells how many there are.
func (a account) reason(f fate) error {
	var joined error
	known := map[string]bool{}
	for _, items := range a {
		for _, err := range items {
			if fateOf(err) != f || known[err.Error()] {
				continue
			}
			known[err.Error()] = true
			switch {
			case joined == nil:
				joined = err
			case len(known) <= 3:
				joined = fmt.Errorf("%w; %w", joined, err)
			}
		}
	}
	if len(known) > 3 {
		return fmt.Errorf("%w; and %d other reasons", joined, len(known)-3)
	}
	return joined
}
