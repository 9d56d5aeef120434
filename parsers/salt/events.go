package salt

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/converged/converged/parsers/report"
)

// EventsSource is the Source of the runs that Events reads.
const EventsSource = "salt-events"

// Events reads the lines that Salt's rawfile_json returner writes: on a minion
// one for each job, {"jid", "return", "retcode", "id", "fun", "fun_args",
// "success"}; on a master with event_return one for each event, with that under
// "data". Lines of jobs that ran no states, and of other events, are passed over.
//
// A line that cannot be read does not stop the others: the error then joins a
// *report.ParseError for each, and the runs of the other lines come with it.
func Events(r io.Reader) ([]report.Run, error) {
	e := &events{seen: map[string]int{}, rows: report.Rows{Left: maxAllRows}}
	in := report.NewLines(r, MaxDocument)
	for in.Next() {
		e.line(in)
	}
	if in.Err != nil {
		e.add(fmt.Errorf("reading events of Salt: %w", in.Err))
		return e.runs, e.join()
	}
	if !e.any {
		return nil, &report.ParseError{Class: report.ErrEmpty, Reason: "no line in it"}
	}
	return e.runs, e.join()
}

// events gathers the runs of one input.
type events struct {
	runs []report.Run
	seen map[string]int // index of the run, by id
	rows report.Rows    // of all runs
	any  bool           // a line that is not blank was seen
	faults
}

// begun is how a line of the returner begins, also behind what a crash has left
// of another.
var begun = regexp.MustCompile(`\{\s*"(?:jid|fun|return|retcode|id|tag|data)"\s*:`)

// line reads the events of one line: one, unless a crash has left out the
// newline before it.
func (e *events) line(in *report.Lines) {
	if in.TooLong {
		e.any = true
		e.add(&report.ParseError{Line: in.Number, Column: 1, Offset: in.Offset, Class: report.ErrTooLarge,
			Reason: fmt.Sprintf("the line is longer than %d bytes and is skipped", MaxDocument)})
		return
	}
	line := bytes.TrimRight(in.Text, " \t\r\n")
	searches := maxRecovery
	for at := 0; at < len(line); {
		e.any = true
		one, size, fault := readEvent(line[at:])
		if fault == nil {
			e.keep(one)
			at += size
			continue
		}
		fault.Line, fault.Column, fault.Offset = in.Number, at+int(fault.Offset)+1, in.Offset+int64(at)+fault.Offset
		e.add(fault)
		at = nextEvent(line, at+1, &searches)
	}
}

// nextEvent is where a whole event begins at or after from, or the end of line.
func nextEvent(line []byte, from int, searches *int) int {
	for ; *searches > 0; *searches-- {
		m := begun.FindIndex(line[from:])
		if m == nil {
			break
		}
		from += m[0]
		if one, _, fault := readEvent(line[from:]); fault == nil && one.jid != "" {
			return from
		}
		from++
	}
	return len(line)
}

// event is what is read of one line.
type event struct {
	jid, id, fun string
	args         []string // that are text
	test         bool     // asked to change nothing
	retcode      *float64
	result       result
}

// readEvent reads the event that text begins with, and how many bytes it has.
func readEvent(text []byte) (event, int, *report.ParseError) {
	w := newWalk(text, 0)
	var e event
	if w.Peek() != '{' {
		return e, 0, &report.ParseError{Class: report.ErrForeign, Reason: "expected a JSON object"}
	}
	if dict.Match(text) {
		return e, 0, &report.ParseError{Class: report.ErrForeign,
			Reason: "a dict of Python, not JSON, as Salt before 2018.3 writes: use Salt 2018.3 or later, or redirect salt-call --out=json"}
	}
	w.event(&e, true)
	if e.jid == requested {
		sum := sha256.Sum256(text[:w.Pos()])
		e.jid += "-" + hex.EncodeToString(sum[:16])
	}
	return e, w.Pos(), w.fault()
}

// requested is the jid of what a minion runs by itself when it starts: no id.
const requested = "req"

// event reads the object that comes next. outer is that of the line, under whose
// "data" a master has the job's.
func (w *walk) event(e *event, outer bool) {
	for field := range w.Fields() {
		key := string(field)
		switch {
		case key == "data" && outer:
			w.event(e, false)
		case !w.fact(e, key):
			w.Skip()
		}
	}
}

// fact reads the value of a job's key that comes next, if it is a known one.
func (w *walk) fact(e *event, key string) bool {
	switch key {
	case "jid":
		e.jid = w.text(maxName)
	case "id":
		e.id = w.text(maxName)
	case "fun":
		e.fun = w.function()
	case "fun_args":
		w.args(e)
	case "retcode":
		e.retcode = w.number().value
	case "return":
		e.result = w.result()
	default:
		return false
	}
	return true
}

// function is the function that comes next; of a list of them, of a job that was
// asked for several, the first that runs states.
func (w *walk) function() (name string) {
	if !w.IsArray() {
		return w.text(maxName)
	}
	for range w.Items() {
		one := w.text(maxName)
		if _, runs := runners[one]; runs && name == "" {
			name = one
		}
	}
	return name
}

// args is what a job was asked for.
func (w *walk) args(e *event) {
	if w.Peek() != '[' {
		w.Skip()
		return
	}
	e.args = []string{}
	several := false
	for range w.Items() {
		if w.IsArray() { // the arguments of one of several functions
			several = true
			w.Skip()
			continue
		}
		if w.IsObject() {
			w.options(e)
			continue
		}
		word := w.text(maxName)
		key, value, option := strings.Cut(word, "=")
		switch {
		case strings.EqualFold(word, "test=true"):
			e.test = true
		case !option:
			e.asks(word)
		case key == "mods":
			e.asks(value)
		}
	}
	if several {
		e.args = nil
	}
}

// options is what a job was asked for by name: whether to change nothing, and SLS
// files.
func (w *walk) options(e *event) {
	for key := range w.Fields() {
		switch {
		case string(key) == "test":
			e.test = w.truth().yes || e.test
		case string(key) == "mods" && w.IsArray():
			for range w.Items() {
				e.asks(w.text(maxName))
			}
		case string(key) == "mods":
			e.asks(w.text(maxName))
		default:
			w.Skip()
		}
	}
}

// asks adds the SLS files of a list with commas between them.
func (e *event) asks(list string) {
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.TrimSpace(name); name != "" && len(e.args) < maxListed {
			e.args = append(e.args, name)
		}
	}
}

// runners are the functions that run states, and whether their arguments are
// names of SLS files.
var runners = map[string]bool{
	"state.apply": true, "state.highstate": true, "state.sls": true, "state.test": true,
	"state.sls_id": false, "state.single": false, "state.top": false, "state.high": false,
	"state.template": false, "state.template_str": false, "state.pkg": false,
	"state.request": false, "state.run_request": false,
	"transactional_update.apply": true, "transactional_update.highstate": true, "transactional_update.sls": true,
	"transactional_update.single": false,
}

// keep makes a run of an event if it is one. The same run told again, as by a
// minion that returns twice, takes the place of the first.
func (e *events) keep(one event) {
	if !one.ranStates() || one.jid == "" {
		return
	}
	run := one.run()
	run.Source = EventsSource
	at, seen := e.seen[run.ID]
	switch {
	case seen:
		e.rows.Left += len(e.runs[at].ResourceList)
		run.ResourceList = e.rows.Fit(run.ResourceList)
		e.runs[at] = run
	case len(e.runs) >= maxRuns:
		e.add(&report.ParseError{Class: report.ErrTooLarge, Reason: fmt.Sprintf("more than %d runs; run %s is left out", maxRuns, run.ID)})
	default:
		e.seen[run.ID] = len(e.runs)
		run.ResourceList = e.rows.Fit(run.ResourceList)
		e.runs = append(e.runs, run)
	}
}

// ranStates says whether the job was one of states, and came to an end: it has
// returned states, or errors in their place, or it failed without either.
func (e *event) ranStates() bool {
	_, ran := runners[e.fun]
	return ran && (e.result.isMap || e.result.listed || e.retcode != nil && *e.retcode != 0)
}

// run is what the job tells of.
func (e *event) run() report.Run {
	run := report.Run{ID: e.jid + "/" + e.id, Host: e.id, Start: jidTime(e.jid)}
	if runners[e.fun] {
		run.RunList = e.args
	}
	failed := e.result.failed()
	if e.retcode != nil && !e.result.listed {
		failed = *e.retcode != 0 // success is true of failed runs, too
	}
	e.result.fill(&run, failed, e.test || e.fun == "state.test")
	if !e.result.isMap && !e.result.listed {
		run.Failure = &report.Problem{Message: fmt.Sprintf("Salt's exit code is %g, and it returned neither states nor an error", *e.retcode)}
	}
	return run
}

// firstEvent is how a file of the returner begins.
var firstEvent = regexp.MustCompile(`^\s*\{\s*"(?:jid"\s*:\s*"(?:\d{14}|` + requested + `")|(?:fun|id|fun_args|retcode|return|success|out)"\s*:.*"jid"\s*:\s*"(?:\d{14}|` + requested + `")|` +
	`return"\s*:\s*\{\s*"[^"\\\n]*_\|-|tag"\s*:\s*"|data"\s*:\s*\{.*"_stamp"\s*:)`)

// dict is how a line of the returner begins before Salt 2018.3.
var dict = regexp.MustCompile(`^\s*\{u?'(?:jid|fun|id|fun_args|retcode|return|success|out|tag|data)': `)

// LooksLikeEvents says whether a file that begins with head, a few kilobytes, is
// worth giving to Events.
func LooksLikeEvents(head []byte) bool { return firstEvent.Match(head) || dict.Match(head) }
