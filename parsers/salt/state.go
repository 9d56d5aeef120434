package salt

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/converged/converged/parsers/report"
)

// separator stands between the parts of a state's key, which is
// module_|-id_|-name_|-function; id and name may hold it too.
const separator = "_|-"

// requisiteFailed begins the comment of a state that was not tried because one
// it needs has failed. It is never the cause.
const requisiteFailed = "One or more requisite failed"

// minionsSaid begins, in the comment of an orchestration's state, all that failed
// minions returned, as Salt prints it: diffs, commands and what they printed.
const minionsSaid = "\nFailures:\n"

// state is what is read of one entry of a return.
type state struct {
	name, id, sls, comment, startTime string
	number                            number // in the order they ran
	result                            truth  // null: what test=True would change
	changes                           changes
	duration                          number // milliseconds
	ran, skipWatch                    truth

	module, function string
}

// stateOf is the entry that comes next, which stands under key.
func (w *walk) stateOf(key string) (s state) {
	for field := range w.Fields() {
		switch string(field) {
		case "name":
			s.name = w.Verbatim(maxName)
		case "__id__":
			s.id = w.Verbatim(maxName)
		case "__sls__":
			s.sls = w.Verbatim(maxName)
		case "comment":
			s.comment = w.Verbatim(2 * maxMessage)
		case "start_time":
			s.startTime = w.Verbatim(maxName)
		case "__run_num__":
			s.number = w.number()
		case "duration":
			s.duration = w.number()
		case "changes":
			s.changes = w.changes()
		default:
			w.verdict(&s, field)
		}
	}
	if !s.result.no {
		s.comment, s.changes.stderr = "", nil // only failures are told
	}
	s.named(key)
	return s
}

// verdict reads a key's value if it tells how a state went.
func (w *walk) verdict(s *state, field []byte) {
	switch string(field) {
	case "result":
		s.result = w.truth()
	case "__state_ran__":
		s.ran = w.truth()
	case "skip_watch":
		s.skipWatch = w.truth()
	default:
		w.Skip()
	}
}

// named takes from the key what the entry itself does not hold.
func (s *state) named(key string) {
	module, rest, _ := strings.Cut(key, separator)
	s.module = report.Clean(module, maxName)
	both, function := rest, ""
	if at := strings.LastIndex(rest, separator); at >= 0 {
		both, function = rest[:at], rest[at+len(separator):]
	}
	s.function = report.Clean(function, maxName)
	if s.module == "salt" {
		s.comment, _, _ = strings.Cut(s.comment, minionsSaid)
	}
	if s.id == "" {
		first, _, _ := strings.Cut(both, separator)
		s.id = first
	}
	if s.name == "" { // before 3006 a state that was not tried has none
		s.name = both
		if name, found := strings.CutPrefix(both, s.id+separator); found {
			s.name = name
		}
	}
}

func (s *state) updated() bool { return s.result.yes && s.changes.some }

func (s *state) skipped() bool { return s.ran.no || s.skipWatch.yes }

// status is what became of the state; empty for what test=True would change.
func (s *state) status() report.Outcome {
	switch {
	case s.result.no:
		return report.ResourceFailed
	case s.result.null:
		return ""
	case s.skipped():
		return report.Skipped
	case s.updated():
		return report.Updated
	case s.result.yes:
		return report.UpToDate
	}
	return ""
}

// runs says whether the state is named by a command line with arguments.
func (s *state) runs() bool {
	return (s.module == "cmd" || s.module == "cron" || s.module == "at") && strings.ContainsAny(s.name, " \t\n")
}

// row is the state as a resource.
func (s *state) row() report.Resource {
	r := report.Resource{
		Type: s.module, Name: report.Clean(s.name, maxName), Action: s.function, Status: s.status(),
		Duration: s.duration.seconds(), File: report.Clean(s.sls, maxName),
	}
	r.Command = s.runs()
	if id := report.Clean(s.id, maxName); id != r.Name {
		r.ID = id
	}
	if s.result.no {
		r.Message = comment(s.comment, maxRowText)
	}
	return r
}

// ordered are the states in the order they ran in; those without a number come last.
func ordered(list []*state) []*state {
	slices.SortStableFunc(list, func(a, b *state) int {
		switch {
		case a.number.value == nil && b.number.value == nil:
			return 0
		case a.number.value == nil:
			return 1
		case b.number.value == nil:
			return -1
		}
		return cmp.Compare(*a.number.value, *b.number.value)
	})
	return list
}

// tally are the counters of a return, which Salt leaves to whoever reads it.
type tally struct{ total, updated, failed, skipped, pending int }

func (n *tally) add(s *state) {
	n.total++
	switch {
	case s.result.no:
		n.failed++
	case s.result.null:
		n.pending++
	case s.updated():
		n.updated++
	}
	if s.skipped() {
		n.skipped++
	}
}

func (n tally) counts() report.Counts {
	return report.Counts{Total: &n.total, Updated: &n.updated, Failed: &n.failed, Skipped: &n.skipped, Pending: &n.pending}
}

// lasted is from the first state's start to the end of the one that ended last,
// in seconds: states may run side by side. The times are of day only, and a run
// may go past midnight, also more than once.
func lasted(list []*state) *float64 {
	var before, first, end, days time.Duration
	known := false
	for i := range list {
		at, ok := clock(list[i].startTime)
		if !ok {
			continue
		}
		switch {
		case known && at < before-setBack:
			days += day
		case days > 0 && at > before+day-setBack: // one of before midnight, told after one of after it
			days -= day
		}
		before = at
		took := time.Duration(0)
		if d := list[i].duration.seconds(); d != nil {
			took = time.Duration(*d * float64(time.Second))
		}
		if at += days; !known {
			known, first, end = true, at, at
		}
		first, end = min(first, at), max(end, at+took)
	}
	if !known {
		return nil
	}
	seconds := float64((end - first).Round(time.Microsecond).Microseconds()) / 1e6 // no return is finer
	return &seconds
}

// setBack is how far a clock may go back within a run that does not go past
// midnight: states run side by side, and a time of summer ends.
const setBack = 2 * time.Hour

const day = 24 * time.Hour

// rows are the first maxRows states as resources.
func rows(list []*state) []report.Resource {
	all := make([]report.Resource, 0, min(len(list), maxRows))
	for i := range list[:min(len(list), maxRows)] {
		all = append(all, list[i].row())
	}
	return all
}
