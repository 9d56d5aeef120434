package ansible

import (
	"github.com/converged/converged/parsers/json"
)

// scanner is a walk through what a callback wrote.
type scanner struct{ *json.Scanner }

func newScanner(data []byte) scanner { return scanner{json.NewScanner(data).AsPython()} }

// play is a play as both callbacks write it. The last three are of
// converged_jsonl alone.
type play struct {
	id, name, path string
	duration       span

	playbook, version string
	check             *bool
}

func (s scanner) play() (p play) {
	for key := range s.Fields() {
		switch string(key) {
		case "id":
			p.id = s.Verbatim(maxName)
		case "name":
			p.name = s.Verbatim(maxName)
		case "path":
			p.path = s.Verbatim(maxName)
		case "duration":
			p.duration = s.span()
		case "playbook":
			p.playbook = s.Verbatim(maxName)
		case "ansible_version":
			p.version = s.Verbatim(maxName)
		case "check_mode":
			p.check = s.Boolean()
		default:
			s.Skip()
		}
	}
	return p
}

// task is a task as both callbacks write it.
type task struct {
	id, name, path string
	duration       span
}

func (s scanner) task() (t task) {
	for key := range s.Fields() {
		switch string(key) {
		case "id":
			t.id = s.Verbatim(maxName)
		case "name":
			t.name = s.Verbatim(maxName)
		case "path":
			t.path = s.Verbatim(maxName)
		case "duration":
			t.duration = s.span()
		default:
			s.Skip()
		}
	}
	return t
}

// span is when something began and when it ended, as it is spelled.
type span struct{ start, end string }

func (s scanner) span() (d span) {
	for key := range s.Fields() {
		switch string(key) {
		case "start":
			d.start = s.Verbatim(maxName)
		case "end":
			d.end = s.Verbatim(maxName)
		default:
			s.Skip()
		}
	}
	return d
}

// stats are the tool's own counters of a host; nil is one that it did not tell.
// Ansible 2.7 and older know nothing of ignored and rescued.
type stats struct {
	ok                                                        *int // changed and ignored included
	changed, failures, ignored, rescued, skipped, unreachable *int
	absurd                                                    bool // one is negative or beyond belief
}

// told is the stats of every host, of one more than are read at most; nil if what
// comes next is no object.
func (s scanner) told() map[string]stats {
	if !s.IsObject() {
		s.Skip()
		return nil
	}
	all := map[string]stats{}
	for name := range s.Fields() {
		if len(all) <= maxHosts {
			all[string(name)] = s.stats()
		} else {
			s.Skip()
		}
	}
	return all
}

func (s scanner) stats() (n stats) {
	for key := range s.Fields() {
		switch string(key) {
		case "ok":
			n.ok = s.counter(&n)
		case "changed":
			n.changed = s.counter(&n)
		case "failures":
			n.failures = s.counter(&n)
		case "ignored":
			n.ignored = s.counter(&n)
		case "rescued":
			n.rescued = s.counter(&n)
		case "skipped":
			n.skipped = s.counter(&n)
		case "unreachable":
			n.unreachable = s.counter(&n)
		default:
			s.Skip()
		}
	}
	return n
}

// counter is the number that comes next; nil if it is something else, or counts
// nothing.
func (s scanner) counter(of *stats) *int {
	if c := s.Peek(); c != '-' && (c < '0' || c > '9') {
		s.Skip()
		return nil
	}
	n := s.Integer()
	if n == nil || *n > maxTasks {
		of.absurd = true
	}
	return n
}

// sum is what counters add up to; nil if one of them is not known.
func sum(counters ...*int) *int {
	all := 0
	for _, n := range counters {
		if n == nil {
			return nil
		}
		all += *n
	}
	return &all
}

// some says whether a counter is known to be over 0.
func some(n *int) bool { return n != nil && *n > 0 }
