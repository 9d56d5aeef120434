package ansible

import (
	"encoding/json"
	"strings"
)

// play is a play as both callbacks write it. The last three are of
// converged_jsonl alone.
type play struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Path     string `json:"path"`
	Duration span   `json:"duration"`

	Playbook string `json:"playbook"`
	Version  string `json:"ansible_version"`
	Check    *bool  `json:"check_mode"`
}

type task struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Path     string `json:"path"`
	Duration span   `json:"duration"`
}

type span struct {
	Start string `json:"start"`
	End   string `json:"end"`
}

// result is what became of a task on a host, and how it ended for one item of a
// loop. Of the rest of a result nothing is decoded.
type result struct {
	Action      string          `json:"action"`
	Changed     bool            `json:"changed"`
	Failed      bool            `json:"failed"`
	Skipped     bool            `json:"skipped"`
	Unreachable bool            `json:"unreachable"`
	Message     json.RawMessage `json:"msg"`
	Reason      json.RawMessage `json:"reason"`  // what include_tasks says in its place
	Said        json.RawMessage `json:"message"` // and include_vars
	Exception   string          `json:"exception"`
	Stderr      tail            `json:"stderr"`        // of the command that the module ran
	Crash       string          `json:"module_stderr"` // of the module itself: its stack trace
	Censored    string          `json:"censored"`
	NoLog       bool            `json:"_ansible_no_log"`
	Items       []result        `json:"results"`
	// Ignored is of converged_jsonl alone: the task has ignore_errors.
	Ignored bool `json:"ignore_errors"`
}

// tail is the end of a text, so that of megabytes no more is kept. What is no
// text is empty.
type tail string

func (t *tail) UnmarshalJSON(raw []byte) error {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		*t = tail(strings.Clone(lastOf(strings.TrimSpace(text), maxOutput)))
	}
	return nil
}

// stats are the tool's own counters of a host.
type stats struct {
	OK          int `json:"ok"` // changed and ignored included
	Changed     int `json:"changed"`
	Failures    int `json:"failures"`
	Ignored     int `json:"ignored"`
	Rescued     int `json:"rescued"`
	Skipped     int `json:"skipped"`
	Unreachable int `json:"unreachable"`
}

// believable says whether no counter is negative or beyond belief.
func (s stats) believable() bool {
	for _, n := range []int{s.OK, s.Changed, s.Failures, s.Ignored, s.Rescued, s.Skipped, s.Unreachable} {
		if n < 0 || n > maxTasks {
			return false
		}
	}
	return true
}
