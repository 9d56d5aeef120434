package chef

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"unicode"

	"github.com/converged/converged/parsers/report"
)

// CollectorSource is the Source of the runs that Collector reads.
const CollectorSource = "chef-collector"

// Collector reads what Chef's data collector wrote to a file or sent over HTTP,
// of Chef 12 to 19: one JSON message a line, run_start when a run begins and
// run_converge when it ends; messages of other kinds are passed over. Messages of one run_id are one run: finished if its
// end is there, else started, without a status. The runs come in the order they
// were first seen in.
//
// A line that cannot be read does not stop the others: the error then joins a
// *report.ParseError for each, and the runs of the other lines come with it.
func Collector(r io.Reader) ([]report.Run, error) {
	c := &collector{index: map[string]int{}, rows: report.Rows{Left: maxAllRows}}
	lines := report.NewLines(r, MaxDocument)
	for lines.Next() {
		if !c.any && isSpread(lines.Text) {
			return nil, &report.ParseError{Line: lines.Number, Column: 1, Class: report.ErrForeign,
				Reason: "a JSON document over several lines, expected one message a line"}
		}
		c.line(lines)
	}
	if lines.Err != nil {
		return c.runs, errors.Join(append(c.errs, fmt.Errorf("reading a data collector's file of Chef: %w", lines.Err))...)
	}
	if !c.any {
		return nil, &report.ParseError{Reason: "no line in it", Class: report.ErrEmpty}
	}
	if c.untold > 0 {
		c.errs = append(c.errs, &report.ParseError{Reason: fmt.Sprintf("%d more faults, not told one by one", c.untold), Class: report.ErrMalformed})
	}
	return c.runs, errors.Join(c.errs...)
}

// isSpread says whether a line is the first of a document that was laid out for people.
func isSpread(line []byte) bool {
	text := bytes.TrimSpace(line)
	return len(text) == 1 && (text[0] == '{' || text[0] == '[')
}

// messageStart is the beginning of a message. Chef's own begin with the first;
// inside a JSON string its quotes would be escaped.
var messageStart = regexp.MustCompile(`\{\s*"(?:chef_server_fqdn|entity_uuid|message_type|message_version|run_id|node_name)"\s*:`)

// rubyHash is the beginning of a Ruby hash as Ruby prints it.
var rubyHash = regexp.MustCompile(`^\s*\{\s*(?:"[^"]*"|:\w+)\s*=>`)

// LooksLikeCollector says whether a file that begins with head, a few kilobytes,
// is worth giving to Collector: a message begins in it, perhaps behind what is
// left of one before it, or one that Chef 14 wrote as a Ruby hash.
func LooksLikeCollector(head []byte) bool {
	if bytes.Contains(head, []byte(`{"chef_server_fqdn"`)) {
		return true
	}
	s := newScanner(head)
	for key := range s.Fields() {
		switch string(key) {
		case "chef_server_fqdn", "message_version":
			return true
		case "message_type":
			kind := s.Text(maxName)
			return kind == "run_start" || kind == "run_converge"
		}
		s.Skip()
	}
	return false
}

// collector gathers the runs of one input.
type collector struct {
	runs   []report.Run
	index  map[string]int // of runs, by run id
	rows   report.Rows    // of all runs
	errs   []error
	untold int
	any    bool // a line that is not blank was seen
}

// line reads the messages of one line: one, unless a crash has left out the
// newline between two, or the rest of the first.
func (c *collector) line(l *report.Lines) {
	if l.TooLong {
		c.any = true
		c.fault(l, 0, &report.ParseError{Column: 1, Class: report.ErrTooLarge,
			Reason: fmt.Sprintf("the line is longer than %d bytes and is skipped", MaxDocument)})
		return
	}
	// Once, and not before each message: what follows them may be long.
	l.Text = bytes.TrimRightFunc(l.Text, unicode.IsSpace)
	searches := maxRecovery
	for at := 0; at < len(l.Text); {
		c.any = true
		run, size, err := parseMessage(l.Text[at:])
		if err == nil {
			c.add(l, run)
			at += size
			continue
		}
		if errors.Is(err, errPassedOver) {
			at += size
			continue
		}
		if size > 0 {
			c.lost(l, at, len(l.Text), err)
			at += size
			continue
		}
		next := nextMessage(l.Text, at+1, &searches)
		c.lost(l, at, next, err)
		at = next
	}
}

// nextMessage is where a whole message begins at or after from, or the end of
// text. searches bounds the attempts of a line.
func nextMessage(text []byte, from int, searches *int) int {
	for ; *searches > 0; *searches-- {
		match := messageStart.FindIndex(text[from:])
		if match == nil {
			break
		}
		from += match[0]
		if _, _, err := parseMessage(text[from:]); err == nil {
			return from
		}
		from++
	}
	return len(text)
}

// lost tells that the bytes from at to next of a line hold no readable message.
func (c *collector) lost(l *report.Lines, at, next int, err error) {
	fault, ok := errors.AsType[*report.ParseError](err)
	if !ok {
		fault = &report.ParseError{Column: 1, Reason: err.Error(), Class: report.ErrMalformed}
	}
	switch {
	case rubyHash.Match(l.Text[at:next]):
		fault = &report.ParseError{Column: 1, Class: report.ErrForeign,
			Reason: "a Ruby hash, not JSON, as Chef before 15 writes to files: use Chef 15 or later, or send over HTTP"}
	case next < len(l.Text):
		fault = &report.ParseError{Column: 1, Class: report.ErrTruncated,
			Reason: fmt.Sprintf("%d bytes of a message are lost; the next message begins at column %d of the same line", next-at, next+1)}
	}
	c.fault(l, at, fault)
}

// fault keeps an error with its place in the whole input. at is where in the
// line the part begins that the error counts from.
func (c *collector) fault(l *report.Lines, at int, err *report.ParseError) {
	if len(c.errs) >= maxErrors {
		c.untold++
		return
	}
	err.Line = l.Number
	err.Column += at
	err.Offset += l.Offset + int64(at)
	c.errs = append(c.errs, err)
}

// add keeps a run, or what is told later of one that is there: an end is kept
// over a start.
func (c *collector) add(l *report.Lines, run report.Run) {
	i, seen := c.index[run.ID]
	switch {
	case !seen && len(c.runs) >= maxRuns:
		c.fault(l, 0, &report.ParseError{Column: 1, Class: report.ErrTooLarge,
			Reason: fmt.Sprintf("more than %d runs; run %s is left out", maxRuns, run.ID)})
	case !seen:
		c.index[run.ID] = len(c.runs)
		run.ResourceList = c.rows.Fit(run.ResourceList)
		c.runs = append(c.runs, run)
	case run.Phase == report.Finished || c.runs[i].Phase == report.Started:
		c.rows.Left += len(c.runs[i].ResourceList)
		run.ResourceList = c.rows.Fit(run.ResourceList)
		c.runs[i] = run
	}
}
