package ansible

import (
	"bytes"
	"regexp"
)

// eventBegins is how every event begins; within a JSON string its quotes would
// be escaped.
var eventBegins = []byte(`{"_event":`)

// milestone is an event that may end a run's bytes: the stats after it, a play
// before it.
var milestone = regexp.MustCompile(`\{"_event": ?"v2_playbook_on_(play_start|stats)"`)

// SplitRuns is a bufio.SplitFunc that gives the events of one run of a playbook
// at a time: up to and with the line of its stats, or up to the play of another
// run where it was killed before. A run of more than 32 MiB is given in parts
// that end with a line; the last one tells how the run went.
func SplitRuns(data []byte, atEOF bool) (advance int, token []byte, err error) {
	n := runEnd(data[:min(len(data), maxRecord)])
	if n == 0 && len(data) >= maxRecord {
		n = bytes.LastIndexByte(data[:maxRecord], '\n') + 1
	}
	if n == 0 && atEOF {
		n = len(data)
	}
	if n == 0 {
		return 0, nil, nil
	}
	return n, data[:n], nil
}

// runEnd is where the first run of data ends; 0 while that cannot be told.
func runEnd(data []byte) int {
	id := ""
	for at := 0; ; {
		m := milestone.FindSubmatchIndex(data[at:])
		if m == nil {
			return 0
		}
		begin := at + m[0]
		size := bytes.IndexByte(data[begin:], '\n')
		if size < 0 {
			return 0
		}
		at = begin + size + 1
		if string(data[begin+m[2]-m[0]:begin+m[3]-m[0]]) == "stats" {
			return at
		}
		s := newScanner(data[begin:at])
		e := s.event()
		if s.End(); s.Fault() != nil {
			continue
		}
		if other := runID(e.play.id); id == "" {
			id = other
		} else if other != id {
			return begin
		}
	}
}
