package ansible

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/converged/converged/parsers/report"
)

// LinesSource is the Source of the runs that Lines reads.
const LinesSource = "ansible-jsonl"

// The events that tell something; of others nothing is needed.
const (
	onPlay        = "v2_playbook_on_play_start"
	onStats       = "v2_playbook_on_stats"
	onOK          = "v2_runner_on_ok"
	onFailed      = "v2_runner_on_failed"
	onSkipped     = "v2_runner_on_skipped"
	onUnreachable = "v2_runner_on_unreachable"
)

// event is a line of the jsonl callbacks.
type event struct {
	name, at string
	play     play
	task     task
	hosts    []told // one more than are read, at most
	stats    map[string]stats
}

// told is the result of a host.
type told struct {
	host string
	result
}

func (s scanner) event() (e event) {
	for key := range s.Fields() {
		switch string(key) {
		case "_event":
			e.name = s.Verbatim(maxName)
		case "_timestamp":
			e.at = s.Verbatim(maxName)
		case "play":
			e.play = s.play()
		case "task":
			e.task = s.task()
		case "hosts":
			for name := range s.Fields() {
				if one := (told{string(name), s.result()}); len(e.hosts) <= maxHosts {
					e.hosts = append(e.hosts, one)
				}
			}
		case "stats":
			e.stats = s.told()
		default:
			s.Skip()
		}
	}
	return e
}

// eventHead is a line that is an event, in a file's first kilobytes.
var eventHead = regexp.MustCompile(`(?m)^\{[^\n]*?"_event"\s*:\s*"v2_(?:playbook|runner)_`)

// LooksLikeLines says whether a file that begins with head, a few kilobytes, is
// worth giving to Lines.
func LooksLikeLines(head []byte) bool { return eventHead.Match(head) }

// Lines reads what the callbacks ansible.posix.jsonl and converged_jsonl wrote:
// one event a line, of one run of a playbook or of several after each other, and
// lines of text between them. Each host of each is a run: finished if the
// playbook told its stats, else unfinished, without a status. Without its first
// play a run's start is not known.
//
// A line that cannot be read does not stop the others: the error then joins a
// *report.ParseError for each, and the runs of the other lines come with it.
func Lines(r io.Reader) ([]report.Run, error) {
	c := &collector{ledger: newLedger(LinesSource)}
	in := bufio.NewScanner(r)
	in.Buffer(nil, maxLine+1)
	in.Split(c.split)
	for in.Scan() {
		c.line(in.Bytes())
	}
	if err := in.Err(); err != nil {
		c.errs = append(c.errs, fmt.Errorf("reading the events of Ansible: %w", err))
	}
	if c.events == 0 && len(c.errs) == 0 {
		if c.any {
			return nil, &report.ParseError{Line: 1, Column: 1, Class: report.ErrForeign,
				Reason: "expected a line with an _event, as the callbacks converged_jsonl and ansible.posix.jsonl write it"}
		}
		return nil, &report.ParseError{Reason: "no line in it", Class: report.ErrEmpty}
	}
	return c.result()
}

// collector gathers the runs of a file of events.
type collector struct {
	*ledger
	current *playbook // heard of last
	number  int       // of the line, from 1
	offset  int64     // of what follows the line
	begin   int64     // of the line
	skipped int       // bytes of a line that is too long
	events  int
	any     bool // a line that is not blank was seen
}

// split is bufio.ScanLines, but for a line over the limit, which is skipped.
func (c *collector) split(data []byte, atEOF bool) (int, []byte, error) {
	n, line, err := bufio.ScanLines(data, atEOF)
	switch {
	case n == 0 && len(data) >= maxLine:
		n, line = len(data), nil
		c.skipped += n
	case n > 0 && c.skipped > 0:
		c.number++
		c.tell(0, report.ErrTooLarge, fmt.Sprintf("the line has %d bytes, at most %d are read; it is skipped", c.skipped+n, maxLine))
		c.skipped, line = 0, nil
	case n > 0:
		c.number++
		c.begin = c.offset
	}
	c.offset += int64(n)
	return n, line, err
}

// tell keeps what is wrong with a line, at a byte of it.
func (c *collector) tell(at int, class error, reason string) {
	c.any = true
	c.fault(&report.ParseError{Line: max(1, c.number), Column: at + 1, Offset: c.begin + int64(at), Class: class, Reason: reason})
}

// line reads the event of a line, or more than one: a writer that was killed
// leaves out the newline, and the rest of its last event.
func (c *collector) line(text []byte) {
	text = bytes.TrimSpace(text)
	c.any = c.any || len(text) > 0
	for at, tries := 0, 0; at < len(text) && tries < maxRecovery; tries++ {
		next := len(text)
		if i := bytes.Index(text[at+1:], eventBegins); i >= 0 {
			next = at + 1 + i
		}
		if text[at] == '{' {
			c.event(at, text[at:next])
		}
		at = next
	}
}

// event reads one event, at a byte of the line.
func (c *collector) event(at int, text []byte) {
	s := newScanner(text)
	e := s.event()
	s.End()
	if fault, bad := errors.AsType[*report.ParseError](s.Fault()); bad {
		if strings.Contains(string(text[:min(len(text), 64)]), `"_event"`) {
			c.events++
		}
		c.tell(at+int(fault.Offset), fault.Class, fault.Reason)
		return
	}
	if e.name == "" {
		return // JSON of something else that speaks on the same output
	}
	c.events++
	c.take(e)
}

func (c *collector) take(e event) {
	if id := idOf(e); id != "" && (c.current == nil || runID(id) != c.current.id) {
		p := c.playbook(id)
		if p == nil {
			c.tell(0, report.ErrTooLarge, fmt.Sprintf("more than %d runs; another is left out", maxPlaybooks))
			return
		}
		c.current = p
	}
	p := c.current
	if p == nil {
		c.tell(0, report.ErrMalformed, fmt.Sprintf("%s before any play has begun", report.Clean(e.name, maxName)))
		return
	}
	switch e.name {
	case onPlay:
		p.begin(e.play)
	case onOK, onFailed, onSkipped, onUnreachable:
		for _, one := range e.hosts {
			p.add(e.task, one.host, e.flagged(one.result))
		}
	case onStats:
		p = c.ending(e)
		p.end = moment(e.at)
		p.ended(e.stats)
	}
}

// idOf is the id of the play or task that an event is of; stats have one only
// if converged_jsonl tells them.
func idOf(e event) string {
	if e.play.id != "" {
		return e.play.id
	}
	return e.task.id
}

// ending is the run that stats are of. Without an id that is the one heard of
// last, unless it has ended or heard of other hosts, and another that writes to
// the same file has not.
func (c *collector) ending(e event) *playbook {
	if idOf(e) != "" || c.current.stats == nil && c.current.may(e.stats) {
		return c.current
	}
	for _, p := range slices.Backward(c.playbooks[max(0, len(c.playbooks)-maxAtOnce):]) {
		if p.stats == nil && p.may(e.stats) {
			return p
		}
	}
	return c.current
}

// flagged is a result with what its event's name says of it.
func (e event) flagged(r result) result {
	r.failed = r.failed || e.name == onFailed
	r.skipped = r.skipped || e.name == onSkipped
	r.unreachable = r.unreachable || e.name == onUnreachable
	return r
}

// screen is what Ansible's default callback prints for people.
var screen = regexp.MustCompile(`(?m)^PLAY (?:RECAP|\[.*\]) \*`)

// CompleteLines says whether data, whose newline has not come, ends with the
// stats of a run; or is what Ansible prints for people, and never will.
func CompleteLines(data []byte) bool {
	data = bytes.TrimSpace(data)
	s := newScanner(data[bytes.LastIndexByte(data, '\n')+1:])
	e := s.event()
	s.End()
	return s.Fault() == nil && e.name == onStats || screen.Match(data) && !bytes.Contains(data, eventBegins)
}
