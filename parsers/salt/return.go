package salt

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"regexp"
	"slices"

	"github.com/converged/converged/parsers/report"
)

// ReturnSource is the Source of the runs that Return reads.
const ReturnSource = "salt-report"

// local is what salt-call names its own minion, whatever that is called.
const local = "local"

// Return reads what `salt-call --out=json state.apply` prints, and `salt
// --out=json` likewise: an object of a minion's name, or "local", and its return.
// There may be several documents, one after the other, and lines of a log around
// them. Each return is one finished run; a run has no id here, so its id is a
// hash of its document, unless --metadata tells the job.
//
// The error is a *report.ParseError of one of report's classes, several of them
// joined, or r's own. With it come the runs of the documents that could be read.
func Return(r io.Reader) ([]report.Run, error) {
	data, err := report.Read(r, MaxDocument, "Salt")
	if err != nil {
		return nil, err
	}
	d := documents{seen: map[string]bool{}, rows: report.Rows{Left: maxAllRows}}
	for at := nextDocument(data, 0); at < len(data); {
		w := newWalk(data, at)
		d.read(w, at)
		if fault := w.fault(); fault != nil {
			d.add(fault)
			break
		}
		at = nextDocument(data, w.Pos())
	}
	return d.runs, d.join()
}

// opens is the beginning of a line that is that of a document.
var opens = regexp.MustCompile(`(?m)^\x{feff}?[ \t]*\{(?:[ \t\r]*$|[ \t]*"|[ \t]*\})`)

// nextDocument is where a document begins at or after from, behind the lines of
// a log if there are any; len(data) if none does. What is no document at all
// begins where it begins.
func nextDocument(data []byte, from int) int {
	rest := bytes.TrimLeft(data[from:], " \t\r\n")
	at := len(data) - len(rest)
	if len(rest) == 0 || rest[0] == '{' {
		return at
	}
	if m := opens.FindIndex(data[at:]); m != nil {
		return at + m[0] + bytes.IndexByte(data[at+m[0]:], '{')
	}
	if from == 0 {
		return at
	}
	return len(data)
}

// documents gathers the runs of one input.
type documents struct {
	runs []report.Run
	seen map[string]bool // ids
	rows report.Rows     // of all runs
	faults
}

// answer is what one minion returned.
type answer struct {
	minion string
	event
}

// read reads the returns of the document that comes next, which begins at begin.
func (d *documents) read(w *walk, begin int) {
	if !w.IsObject() {
		_ = w.Foreign("a JSON object") // which ends the walk
		return
	}
	answers, foreign := w.answers(true)
	if w.fault() != nil {
		return
	}
	if len(answers) == 0 || foreign && !slices.ContainsFunc(answers, func(a answer) bool { return a.jid != "" || a.result.isSalts() }) {
		fault := &report.ParseError{Offset: int64(begin), Class: report.ErrForeign, Reason: "a JSON document without a return of states"}
		if len(d.list) < maxErrors { // to count lines takes its time
			before := w.data[:begin]
			fault.Line, fault.Column = 1+bytes.Count(before, []byte("\n")), begin-bytes.LastIndexByte(before, '\n')
		}
		d.add(fault)
		return
	}
	sum := sha256.Sum256(w.data[begin:w.Pos()])
	for i := range answers {
		d.keep(hex.EncodeToString(sum[:16]), &answers[i])
	}
}

// answers are the returns in the object that comes next, and whether there is
// anything else in it. An orchestration has its master's under "data", and beside
// that its outputter and its exit code.
func (w *walk) answers(outer bool) (list []answer, foreign bool) {
	for key := range w.Fields() {
		minion := string(key)
		switch {
		case minion == "data" && outer && w.Peek() == '{':
			inner, others := w.answers(false)
			list, foreign = append(list, inner...), foreign || others
			continue
		case (minion == "outputter" || minion == "retcode") && w.Peek() != '{':
			w.Skip()
			continue
		}
		text := w.Peek() == '"'
		if a := w.answer(minion); a.isRun() && (!text || minion == local) {
			if len(list) <= maxRuns { // one more, to be told of
				list = append(list, a)
			}
		} else {
			foreign = true
		}
	}
	return list, foreign
}

// answer is the return that comes next: of itself, or, with --metadata, under
// "return" beside what is known of its job.
func (w *walk) answer(minion string) answer {
	a := answer{minion: minion}
	if w.Peek() != '{' {
		a.result = w.result()
		return a
	}
	bare := result{isMap: true}
	for field := range w.Fields() {
		key := string(field)
		switch {
		case w.state(&bare, key):
		case w.fact(&a.event, key):
			bare.isMap = len(bare.states) > 0
		default:
			bare.isMap = len(bare.states) > 0
			w.Skip()
		}
	}
	if a.jid == "" || len(bare.states) > 0 {
		bare.states = ordered(bare.states)
		a.event = event{result: bare}
	}
	return a
}

// isRun says whether the answer is that of states.
func (a *answer) isRun() bool {
	if a.fun != "" {
		return a.ranStates()
	}
	return a.result.isRun() || a.result.isMap && a.minion == local
}

// keep makes a run of one minion's return.
func (d *documents) keep(hash string, a *answer) {
	var run report.Run
	if a.jid != "" {
		run = a.run()
	} else {
		run.ID = "salt-" + hash
		if a.minion != local {
			run.Host = report.Clean(a.minion, maxName)
			run.ID += "/" + run.Host
		}
		a.result.fill(&run, a.result.failed(), false)
	}
	run.Source = ReturnSource
	if d.seen[run.ID] {
		return // the same document twice
	}
	if len(d.runs) >= maxRuns {
		d.add(&report.ParseError{Class: report.ErrTooLarge, Reason: fmt.Sprintf("more than %d runs", maxRuns)})
		return
	}
	d.seen[run.ID] = true
	run.ResourceList = d.rows.Fit(run.ResourceList)
	d.runs = append(d.runs, run)
}

// What a return begins with, in one line or several.
const (
	aName = `"[^"\\\n]+"\s*:\s*`
	aText = `(?:[^"\\\n]|\\.)*`
	// What is told before a return: of an orchestration, and of minions without one.
	before = `(?:(?:"(?:outputter|retcode)"\s*:\s*[^,{}\[\]]+|` + aName + `(?:false|null|"Minion did not return` + aText + `"))\s*,\s*)*`
	// What Salt says in place of states.
	saltsWords = `(?:\bSLS\b|sls found|Pillar failed|The function|conflicting IDs|requisite)`
)

// returned is how a return begins: a state's key, a list of errors, one error's
// text, no state at all, what --metadata tells first, or an orchestration.
var returned = regexp.MustCompile(`(?m)^\x{feff}?[ \t]*\{\s*(?:` +
	before + `(?:"data"\s*:\s*\{\s*)?` + aName + `(?:\{\s*"[^"\\\n]*_\|-|\[\s*"` + aText + saltsWords + `)|` +
	`"` + local + `"\s*:\s*(?:\[\s*"|"|\{\s*(?:\}\s*\}|"(?:jid|fun|fun_args|id|return)"\s*:)))`)

// LooksLikeReturn says whether a file that begins with head, a few kilobytes, is
// worth giving to Return.
func LooksLikeReturn(head []byte) bool { return returned.Match(head) && !LooksLikeEvents(head) }

// Complete says whether data ends with a whole JSON document, perhaps with lines
// of a log behind it. salt-call prints it at the end of a run, so a file may be
// seen empty or half written.
func Complete(data []byte) bool {
	documents := 0
	for at := nextDocument(data, 0); at < len(data); documents++ {
		w := newWalk(data, at)
		if w.Skip(); w.fault() != nil {
			return false
		}
		at = nextDocument(data, w.Pos())
	}
	return documents > 0
}
