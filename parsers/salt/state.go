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

// state is what is read of one entry of a return.
type state struct {
	Name      text    `json:"name"`
	ID        text    `json:"__id__"`
	SLS       text    `json:"__sls__"`
	Number    number  `json:"__run_num__"`
	Result    truth   `json:"result"` // null: what test=True would change
	Comment   text    `json:"comment"`
	Changes   changes `json:"changes"`
	StartTime text    `json:"start_time"`
	Duration  number  `json:"duration"` // milliseconds
	Ran       truth   `json:"__state_ran__"`
	SkipWatch truth   `json:"skip_watch"`

	module, function string
}

// named takes from the key what the entry itself does not hold.
func (s *state) named(key string) {
	module, rest, _ := strings.Cut(key, separator)
	s.module = clean(module, maxName)
	both, function := rest, ""
	if at := strings.LastIndex(rest, separator); at >= 0 {
		both, function = rest[:at], rest[at+len(separator):]
	}
	s.function = clean(function, maxName)
	if s.ID == "" {
		first, _, _ := strings.Cut(both, separator)
		s.ID = text(first)
	}
	if s.Name == "" { // before 3006 a state that was not tried has none
		s.Name = text(both)
		if name, found := strings.CutPrefix(both, string(s.ID)+separator); found {
			s.Name = text(name)
		}
	}
}

func (s *state) updated() bool { return s.Result.yes && s.Changes.some }

func (s *state) skipped() bool { return s.Ran.no || s.SkipWatch.yes }

// status is what became of the state; empty for what test=True would change.
func (s *state) status() report.Outcome {
	switch {
	case s.Result.no:
		return report.ResourceFailed
	case s.Result.null:
		return ""
	case s.skipped():
		return report.Skipped
	case s.updated():
		return report.Updated
	case s.Result.yes:
		return report.UpToDate
	}
	return ""
}

// row is the state as a resource.
func (s *state) row() report.Resource {
	r := report.Resource{
		Type: s.module, Name: clean(string(s.Name), maxName), Action: s.function, Status: s.status(),
		Duration: s.Duration.seconds(), File: clean(string(s.SLS), maxName),
	}
	if id := clean(string(s.ID), maxName); id != r.Name {
		r.ID = id
	}
	if s.Result.no {
		r.Message = comment(string(s.Comment), maxRowText)
	}
	return r
}

// ordered are the states in the order they ran in; those without a number come last.
func ordered(list []state) []state {
	slices.SortStableFunc(list, func(a, b state) int {
		switch {
		case a.Number.value == nil && b.Number.value == nil:
			return 0
		case a.Number.value == nil:
			return 1
		case b.Number.value == nil:
			return -1
		}
		return cmp.Compare(*a.Number.value, *b.Number.value)
	})
	return list
}

// counts are the counters of a return, which Salt leaves to whoever reads it.
func counts(list []state) report.Counts {
	total, updated, failed, skipped, pending := len(list), 0, 0, 0, 0
	for i := range list {
		s := &list[i]
		switch {
		case s.Result.no:
			failed++
		case s.Result.null:
			pending++
		case s.updated():
			updated++
		}
		if s.skipped() {
			skipped++
		}
	}
	return report.Counts{Total: &total, Updated: &updated, Failed: &failed, Skipped: &skipped, Pending: &pending}
}

// lasted is from the first state's start to the last one's end, in seconds. The
// times are of day only, and a run may go past midnight.
func lasted(list []state) *float64 {
	var first, last, took, earliest, latest time.Duration
	known := false
	for i := range list {
		at, ok := clock(string(list[i].StartTime))
		if !ok {
			continue
		}
		last, took = at, 0
		if d := list[i].Duration.seconds(); d != nil {
			took = time.Duration(*d * float64(time.Second))
		}
		if !known {
			known, first, earliest, latest = true, at, at, at+took
		}
		earliest, latest = min(earliest, at), max(latest, at+took)
	}
	if !known {
		return nil
	}
	whole := last + took - first
	switch {
	case last < first-setBack:
		whole += 24 * time.Hour
	case last < first:
		whole = latest - earliest
	}
	seconds := float64(whole.Round(time.Microsecond).Microseconds()) / 1e6 // no return is finer
	return &seconds
}

// setBack is how far a clock may go back within a run that does not go past
// midnight: states run side by side, and a time of summer ends.
const setBack = 2 * time.Hour

// rows are the first maxRows states as resources.
func rows(list []state) []report.Resource {
	all := make([]report.Resource, 0, min(len(list), maxRows))
	for i := range list[:min(len(list), maxRows)] {
		all = append(all, list[i].row())
	}
	return all
}
