package ansible

import "github.com/converged/converged/parsers/json"

// result is what became of a task on a host, and how it ended for one item of a
// loop. Of the rest of a result nothing is decoded, and of what may say why it
// failed nothing unless it did.
type result struct {
	action                                string
	changed, failed, skipped, unreachable bool
	censored, noLog                       bool
	ignored                               bool // of converged_jsonl alone: the task has ignore_errors

	message   raw
	reason    raw // what include_tasks says in its place
	said      raw // and include_vars
	exception raw
	stderr    raw     // of the command that the module ran
	crash     raw     // of the module itself: its stack trace
	item      *result // of a loop, or of modules that gather facts: the first that failed
}

// raw is a value as it stands in the report.
type raw []byte

// text is the string that it is, at most about limit bytes of it; empty if it is
// none.
func (r raw) text(limit int) string {
	if len(r) == 0 {
		return ""
	}
	return json.NewScanner(r).Verbatim(limit)
}

func (s scanner) result() (r result) {
	for key := range s.Fields() {
		switch string(key) {
		case "action":
			r.action = s.Verbatim(maxName)
		case "changed":
			r.changed = s.flag()
		case "failed":
			r.failed = s.flag()
		case "skipped":
			r.skipped = s.flag()
		case "unreachable":
			r.unreachable = s.flag()
		case "censored":
			r.censored = s.Verbatim(1) != ""
		case "_ansible_no_log":
			r.noLog = s.flag()
		case "ignore_errors":
			r.ignored = s.flag()
		case "results":
			if item := s.firstFailed(); item != nil {
				r.item = item
			}
		case "failed_modules": // of gathering facts, by the module's name
			for range s.Fields() {
				if one := s.result(); r.item == nil {
					r.item = &one
				}
			}
		default:
			s.words(&r, key)
		}
	}
	return r
}

// words takes the value that comes next if it is one that may say why a task
// failed.
func (s scanner) words(r *result, key []byte) {
	value := s.Raw()
	switch string(key) {
	case "msg":
		r.message = value
	case "reason":
		r.reason = value
	case "message":
		r.said = value
	case "exception":
		r.exception = value
	case "stderr":
		r.stderr = value
	case "module_stderr":
		r.crash = value
	}
}

// flag says whether true comes next.
func (s scanner) flag() bool {
	is := s.Boolean()
	return is != nil && *is
}

// firstFailed is the first item of a loop's results that failed, if any did.
func (s scanner) firstFailed() (first *result) {
	for range s.Items() {
		if r := s.result(); first == nil && (r.failed || r.unreachable) {
			first = &r
		}
	}
	return first
}
