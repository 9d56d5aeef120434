package ansible

import (
	"bytes"
	"io"
	"regexp"

	"github.com/converged/converged/parsers/json"
	"github.com/converged/converged/parsers/report"
)

// DocumentSource is the Source of the runs that Document reads.
const DocumentSource = "ansible-json"

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
	data, err := report.Read(r, MaxDocument, "Ansible")
	if err != nil {
		return nil, err
	}
	l := newLedger(DocumentSource)
	found := 0
	for at := range values(data, l) {
		found++
		if fault := l.document(data, at); fault != nil && !l.full() {
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

// values are where the JSON values of data begin that begin a line. What is no
// JSON is a fault.
func values(data []byte, l *ledger) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for at, failed := 0, 0; failed < maxRecovery; {
			match := documentStart.FindIndex(data[at:])
			if match == nil {
				return
			}
			at += match[0]
			s := json.NewScannerAt(data, at).AsPython()
			s.Skip()
			if fault := s.Fault(); fault != nil {
				l.fault(fault)
				failed++
				at++
				continue
			}
			if !yield(at) {
				return
			}
			at = s.Pos()
		}
	}
}

// locate gives a fault its place in data.
func locate(data []byte, at int, fault *report.ParseError) *report.ParseError {
	before := data[:min(at, len(data))]
	fault.Offset = int64(len(before))
	fault.Line = 1 + bytes.Count(before, []byte("\n"))
	fault.Column = len(before) - bytes.LastIndexByte(before, '\n')
	return fault
}
