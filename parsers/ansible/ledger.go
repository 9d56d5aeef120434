package ansible

import (
	"errors"
	"fmt"

	"github.com/converged/converged/parsers/json"
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

// document takes a document of the json callback, which begins at a byte of data
// and is whole.
func (l *ledger) document(data []byte, at int) *report.ParseError {
	s := scanner{json.NewScannerAt(data, at).AsPython()}
	d := &document{ledger: l}
	var stats map[string]stats
	for key := range s.Fields() {
		switch string(key) {
		case "plays":
			for range s.Items() {
				d.play(data, s.Pos())
				s.Skip()
			}
		case "stats":
			stats = s.told()
		default:
			s.Skip()
		}
	}
	if d.playbook != nil && stats != nil {
		d.playbook.ended(stats)
	}
	if d.plays == 0 && stats == nil {
		return &report.ParseError{Class: report.ErrForeign, Reason: "a JSON object without plays and stats"}
	}
	return d.fault // without a play no host had a run
}

// document is a document of the json callback, as it is read.
type document struct {
	*ledger
	plays    int
	playbook *playbook
	fault    *report.ParseError
}

// play takes the play that begins at a byte of data. It is looked at twice,
// because what it holds of hosts may stand before its name.
func (d *document) play(data []byte, at int) {
	var v play
	s := scanner{json.NewScannerAt(data, at).AsPython()}
	for key := range s.Fields() {
		if string(key) == "play" {
			v = s.play()
		} else {
			s.Skip()
		}
	}
	if d.plays++; d.plays == 1 {
		d.begin(v.id)
	}
	if d.playbook == nil {
		return
	}
	d.playbook.begin(v)
	s = scanner{json.NewScannerAt(data, at).AsPython()}
	for key := range s.Fields() {
		if string(key) != "tasks" {
			s.Skip()
			continue
		}
		for range s.Items() {
			d.task(data, s.Pos())
			s.Skip()
		}
	}
}

// begin takes up the run that the first play's id names.
func (d *document) begin(id string) {
	if id == "" {
		d.fault = &report.ParseError{Class: report.ErrMalformed, Reason: "the first play has no id, by which a run is known"}
		return
	}
	if d.playbook = d.ledger.playbook(id); d.playbook == nil {
		d.fault = tooMany(fmt.Sprintf("runs after the first %d", maxPlaybooks))
	}
}

// task takes the task that begins at a byte of data, which is looked at twice as
// a play is.
func (d *document) task(data []byte, at int) {
	var t task
	s := scanner{json.NewScannerAt(data, at).AsPython()}
	for key := range s.Fields() {
		if string(key) == "task" {
			t = s.task()
		} else {
			s.Skip()
		}
	}
	s = scanner{json.NewScannerAt(data, at).AsPython()}
	for key := range s.Fields() {
		if string(key) != "hosts" {
			s.Skip()
			continue
		}
		for name := range s.Fields() {
			d.playbook.add(t, string(name), s.result())
		}
	}
}

func (l *ledger) fault(err error) {
	if !l.full() {
		l.errs = append(l.errs, err)
	}
}

// full says whether one more fault is counted, but not told.
func (l *ledger) full() bool {
	if len(l.errs) < maxErrors {
		return false
	}
	l.untold++
	return true
}

// result is every run, and what was wrong.
func (l *ledger) result() ([]report.Run, error) {
	var runs []report.Run
	for _, p := range l.playbooks {
		runs = append(runs, p.runs(l.source)...)
		if p.crowded {
			l.fault(tooMany(fmt.Sprintf("of the run %s hosts after the first %d", p.id, maxHosts)))
		}
	}
	if l.untold > 0 {
		l.errs = append(l.errs, &report.ParseError{Class: report.ErrMalformed, Reason: fmt.Sprintf("%d more faults, not told one by one", l.untold)})
	}
	return runs, errors.Join(l.errs...)
}
