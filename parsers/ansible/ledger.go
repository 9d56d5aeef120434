package ansible

import (
	"errors"
	"fmt"

	"github.com/converged/converged/parsers/report"
)

// ledger gathers the runs of a report, and what is wrong with it.
type ledger struct {
	source    string
	playbooks []*playbook // in the order they were first heard of
	index     map[string]*playbook
	rows      int
	errs      []error
	untold    int
}

func newLedger(source string) *ledger {
	return &ledger{source: source, index: map[string]*playbook{}}
}

// playbook is the run that an id is of; nil if there are too many.
func (l *ledger) playbook(id string) *playbook {
	id = runID(id)
	p := l.index[id]
	if p == nil && len(l.playbooks) < maxPlaybooks {
		p = newPlaybook(id, &l.rows)
		l.index[id] = p
		l.playbooks = append(l.playbooks, p)
	}
	return p
}

// document takes a whole document of the json callback.
func (l *ledger) document(d document) *report.ParseError {
	if len(d.Plays) == 0 && d.Stats == nil {
		return &report.ParseError{Class: report.ErrForeign, Reason: "a JSON object without plays and stats"}
	}
	if len(d.Plays) == 0 {
		return nil // no play was run, so no host had a run
	}
	id := d.Plays[0].Play.ID
	if id == "" {
		return &report.ParseError{Class: report.ErrMalformed, Reason: "the first play has no id, by which a run is known"}
	}
	p := l.playbook(id)
	if p == nil {
		return tooMany(fmt.Sprintf("runs after the first %d", maxPlaybooks))
	}
	for _, v := range d.Plays {
		p.begin(v.Play)
		for _, t := range v.Tasks {
			p.add(t.Task, t.Hosts)
		}
	}
	if d.Stats != nil {
		p.ended(d.Stats)
	}
	return nil
}

func (l *ledger) fault(err *report.ParseError) {
	if len(l.errs) >= maxErrors {
		l.untold++
		return
	}
	l.errs = append(l.errs, err)
}

// result is every run, and what was wrong.
func (l *ledger) result() ([]report.Run, error) {
	var runs []report.Run
	for _, p := range l.playbooks {
		runs = append(runs, p.runs(l.source)...)
	}
	if l.untold > 0 {
		l.errs = append(l.errs, &report.ParseError{Class: report.ErrMalformed, Reason: fmt.Sprintf("%d more faults, not told one by one", l.untold)})
	}
	return runs, errors.Join(l.errs...)
}
