package salt

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/converged/converged/parsers/report"
)

// result is the return of one run of states.
type result struct {
	states []*state // at most maxStates, and the first that failed
	tally  tally    // of all of them
	isMap  bool     // it is a map of states, of which it may have none
	errors []string // in place of the states
	listed bool     // it is a list of errors, or a single one
}

// result is the return that comes next: a map of states, a list of errors, or
// the text of one. Of anything else neither isMap nor listed is set; isMap is
// not, either, of a map that has something but no state.
func (w *walk) result() result {
	var r result
	switch w.Peek() {
	case '{':
		r.isMap = true
		for field := range w.Fields() {
			key := string(field)
			if w.state(&r, key) {
				continue
			}
			if _, runs := runners[key]; runs && !r.isRun() { // of several functions, each under its name
				r = w.result()
				continue
			}
			r.isMap = len(r.states) > 0
			w.Skip()
		}
		r.states = ordered(r.states)
	case '[':
		r.listed = true
		for range w.Items() {
			if message := w.text(2 * maxMessage); len(r.errors) < maxTold && message != "" {
				r.errors = append(r.errors, message)
			}
		}
	case '"':
		r.listed = true
		r.errors = []string{w.text(2 * maxMessage)}
	default:
		w.Skip()
	}
	return r
}

// state reads the state that comes next if key is one's.
func (w *walk) state(r *result, key string) bool {
	if !strings.Contains(key, separator) || w.Peek() != '{' {
		return false
	}
	r.isMap = true
	s := w.stateOf(key)
	r.tally.add(&s)
	if len(r.states) < maxStates && w.kept < maxAllRows || s.result.no && r.tally.failed == 1 {
		w.kept++
		r.states = append(r.states, &s)
	}
	return true
}

// isRun says whether the return is that of states at all: other functions return
// maps and lists as well.
func (r *result) isRun() bool {
	return len(r.states) > 0 || r.listed && len(r.errors) > 0
}

// said finds what Salt says in place of states.
var said = regexp.MustCompile(saltsWords)

// isSalts says whether nothing but Salt returns the like: states, or an error that
// is known.
func (r *result) isSalts() bool {
	return len(r.states) > 0 || slices.ContainsFunc(r.errors, said.MatchString)
}

// failed says how the run ended where no exit code tells.
func (r *result) failed() bool {
	if r.listed {
		return true
	}
	return r.tally.failed > 0
}

// fill writes into run what the return says. noop is whether the run was asked
// to change nothing.
func (r *result) fill(run *report.Run, failed, noop bool) {
	run.Tool, run.Phase, run.Status = report.Salt, report.Finished, report.Success
	if r.isMap {
		run.Resources = r.tally.counts()
		run.ResourceList = rows(r.states)
		run.Duration = lasted(r.states)
		noop = noop || *run.Resources.Pending > 0
	}
	run.Noop = &noop
	if failed {
		run.Status = report.Failure
		if r.listed {
			run.Failure = renderFailure(r.errors)
		} else {
			run.Failure = stateFailure(r.states)
		}
	}
	if !run.Start.IsZero() && run.Duration != nil {
		run.End = report.At(run.Start.Add(time.Duration(*run.Duration * float64(time.Second))))
	}
}
