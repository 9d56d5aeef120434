package ansible

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/converged/converged/parsers/report"
)

// DocumentSource is the Source of the runs that Document reads.
const DocumentSource = "ansible-json"

// document is what ansible.posix.json writes when a playbook has ended.
type document struct {
	Plays []struct {
		Play  play `json:"play"`
		Tasks []struct {
			Task  task              `json:"task"`
			Hosts map[string]result `json:"hosts"`
		} `json:"tasks"`
	} `json:"plays"`
	Stats map[string]stats `json:"stats"`
}

// documentStart is the beginning of a line on which a document begins: what
// ansible-playbook -v and warnings say stands in front of it.
var documentStart = regexp.MustCompile(`(?m)^\{[ \t\r]*(?:$|["}])`)

// documentHead is the beginning of a document of this format.
var documentHead = regexp.MustCompile(`(?m)^\{\s*"(?:custom_stats|global_custom_stats|plays)"\s*:`)

// LooksLikeDocument says whether a file that begins with head, a few kilobytes,
// is worth giving to Document.
func LooksLikeDocument(head []byte) bool { return documentHead.Match(head) }

// Document reads what the callback ansible.posix.json wrote: a JSON document per
// run of a playbook, of which there may be several, and text around them. Each
// host of each is a run, unfinished where there are no stats. With an error come
// the runs of the other documents.
func Document(r io.Reader) ([]report.Run, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxDocument+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading a report of Ansible: %w", err)
	case len(data) > MaxDocument:
		return nil, &report.ParseError{Class: report.ErrTooLarge, Reason: fmt.Sprintf("more than %d bytes, not read", MaxDocument)}
	case len(bytes.TrimSpace(data)) == 0:
		return nil, &report.ParseError{Class: report.ErrEmpty, Reason: fmt.Sprintf("%d bytes, and no JSON in them", len(data))}
	}
	l := newLedger(DocumentSource)
	found := 0
	for at, d := range documents(data, l) {
		found++
		if fault := l.document(d); fault != nil {
			l.fault(locate(data, at, fault))
		}
	}
	if found == 0 && len(l.errs) == 0 {
		return nil, &report.ParseError{Line: 1, Column: 1, Class: report.ErrForeign,
			Reason: "expected a line that is {, as the callback ansible.posix.json begins its document"}
	}
	return l.result()
}

// CompleteDocument says whether data ends with a whole document, and text at most.
func CompleteDocument(data []byte) bool {
	l := newLedger(DocumentSource)
	found := 0
	for range values(data, l) {
		found++
	}
	return found > 0 && len(l.errs) == 0
}

// documents are the documents of data and where each begins. What is no JSON is a fault.
func documents(data []byte, l *ledger) func(yield func(int, document) bool) {
	return func(yield func(int, document) bool) {
		for at, raw := range values(data, l) {
			var d document
			// A field of a kind that is not expected is not known; the others are.
			if err := json.Unmarshal(raw, &d); err != nil && !mistyped(err) {
				l.fault(syntaxFault(data, at, err))
				continue
			}
			if !yield(at, d) {
				return
			}
		}
	}
}

func mistyped(err error) bool {
	_, ok := errors.AsType[*json.UnmarshalTypeError](err)
	return ok
}

// values are the JSON values of data that begin a line, and where.
func values(data []byte, l *ledger) func(yield func(int, json.RawMessage) bool) {
	return func(yield func(int, json.RawMessage) bool) {
		for at, failed := 0, 0; failed < maxRecovery; {
			match := documentStart.FindIndex(data[at:])
			if match == nil {
				return
			}
			at += match[0]
			var raw json.RawMessage
			in := json.NewDecoder(bytes.NewReader(data[at:]))
			if err := in.Decode(&raw); err != nil {
				l.fault(syntaxFault(data, at, err))
				failed++
				at++
				continue
			}
			if !yield(at, raw) {
				return
			}
			at += int(in.InputOffset())
		}
	}
}

// syntaxFault is a JSON error of the value that begins at a place of data.
func syntaxFault(data []byte, at int, err error) *report.ParseError {
	fault := &report.ParseError{Class: report.ErrMalformed, Reason: err.Error()}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		at += max(0, int(syntax.Offset)-1)
	}
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), strings.Contains(fault.Reason, "unexpected end of JSON"):
		fault.Class, fault.Reason = report.ErrTruncated, "it ends before its JSON does"
		at = len(data)
	case strings.Contains(fault.Reason, "max depth"):
		fault.Class = report.ErrTooLarge
	}
	return locate(data, at, fault)
}

// locate gives a fault its place in data.
func locate(data []byte, at int, fault *report.ParseError) *report.ParseError {
	before := data[:min(at, len(data))]
	fault.Offset = int64(len(before))
	fault.Line = 1 + bytes.Count(before, []byte("\n"))
	fault.Column = len(before) - bytes.LastIndexByte(before, '\n')
	return fault
}
