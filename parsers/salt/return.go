package salt

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
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
// There may be several documents, one after the other, and lines of a log before
// the first. Each return is one finished run; a run has no id here, so its id is
// a hash of its document.
//
// The error is a *report.ParseError of one of report's classes, several of them
// joined, or r's own. With it come the runs of the documents that could be read.
func Return(r io.Reader) ([]report.Run, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxDocument+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading a return of Salt: %w", err)
	case len(data) > MaxDocument:
		return nil, &report.ParseError{Class: report.ErrTooLarge, Reason: fmt.Sprintf("more than %d bytes, not read", MaxDocument)}
	case len(bytes.TrimSpace(data)) == 0:
		return nil, &report.ParseError{Class: report.ErrEmpty, Reason: fmt.Sprintf("%d bytes, and no JSON in them", len(data))}
	}
	d := documents{seen: map[string]bool{}}
	w := newWalk(data)
	if start := begins(data); start > 0 { // white out what is before it: places stay true
		clear := append(bytes.Repeat([]byte{' '}, start), data[start:]...)
		for i, c := range data[:start] {
			if c == '\n' {
				clear[i] = c
			}
		}
		w = newWalk(clear)
	}
	for w.err == nil {
		rest := bytes.TrimLeft(w.data[w.offset():], " \t\r\n")
		if len(rest) == 0 {
			break
		}
		d.read(w, rest[0])
	}
	if w.err != nil {
		d.add(w.fault())
	}
	return d.runs, d.join()
}

// opens is the beginning of a line that is that of a document.
var opens = regexp.MustCompile(`(?m)^[ \t]*\{(?:[ \t\r]*$|[ \t]*"|[ \t]*\})`)

// begins is where the first document does, 0 if nothing looks like one.
func begins(data []byte) int {
	if at := opens.FindIndex(data); at != nil {
		return at[0]
	}
	return 0
}

// documents gathers the runs of one input.
type documents struct {
	runs []report.Run
	seen map[string]bool // ids
	faults
}

// read reads the returns of the document that comes next, whose first byte is first.
func (d *documents) read(w *walk, first byte) {
	if first != '{' {
		w.fail(fmt.Errorf("expected a JSON object, found %q", first))
		w.err.Class = report.ErrForeign
		return
	}
	begin := bytes.IndexByte(w.data[w.offset():], '{') + w.offset()
	minions, results, foreign := []string{}, []result{}, false
	for minion := range w.fields {
		text := w.peek() == '"'
		switch r := w.result(); {
		case !r.isRun() || text && minion != local:
			foreign = true
		default:
			minions, results = append(minions, minion), append(results, r)
		}
	}
	if w.err != nil {
		return
	}
	if len(results) == 0 || foreign && !slices.ContainsFunc(results, func(r result) bool { return !r.listed }) {
		fault := &report.ParseError{Offset: int64(begin), Class: report.ErrForeign, Reason: "a JSON document without a return of states"}
		if len(d.list) < maxErrors { // to count lines takes its time
			before := w.data[:begin]
			fault.Line, fault.Column = 1+bytes.Count(before, []byte("\n")), begin-bytes.LastIndexByte(before, '\n')
		}
		d.add(fault)
		return
	}
	sum := sha256.Sum256(w.data[begin:w.offset()])
	for i, minion := range minions {
		d.keep(hex.EncodeToString(sum[:16]), minion, &results[i])
	}
}

// keep makes a run of one minion's return.
func (d *documents) keep(hash, minion string, r *result) {
	run := report.Run{ID: "salt-" + hash, Source: ReturnSource}
	if minion != local {
		run.Host = clean(minion, maxName)
		run.ID += "/" + run.Host
	}
	if d.seen[run.ID] {
		return // the same document twice
	}
	if len(d.runs) >= maxRuns {
		d.add(&report.ParseError{Class: report.ErrTooLarge, Reason: fmt.Sprintf("more than %d runs", maxRuns)})
		return
	}
	d.seen[run.ID] = true
	r.fill(&run, r.failed(), false)
	d.runs = append(d.runs, run)
}

// returned is how a return begins: a state's key, or a list of errors.
var returned = regexp.MustCompile(`(?m)^[ \t]*\{\s*"(?:[^"\\\n]+"\s*:\s*\{\s*"[^"\\\n]*_\|-|` + local + `"\s*:\s*\[\s*")`)

// LooksLikeReturn says whether a file that begins with head, a few kilobytes, is
// worth giving to Return.
func LooksLikeReturn(head []byte) bool { return returned.Match(head) }

// Complete says whether data ends with a whole JSON document. salt-call prints
// it at the end of a run, so a file may be seen empty or half written.
func Complete(data []byte) bool {
	rest := data[begins(data):]
	dec := json.NewDecoder(bytes.NewReader(rest))
	for n := 0; ; n++ {
		var any nothing
		if err := dec.Decode(&any); err != nil {
			return n > 0 && errors.Is(err, io.EOF)
		}
	}
}
