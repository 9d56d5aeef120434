package daemon

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"time"
)

// mostLetters is how many dead letters of a spool are told.
const mostLetters = 20

// Health is how a daemon fares: what it says of itself, and what its spools hold.
// Of a daemon that does not run it is what the last one left.
type Health struct {
	Running  bool        `json:"running"`
	PID      int         `json:"pid,omitempty"` // of the daemon that runs
	Well     bool        `json:"well"`          // it runs, and there is no problem
	Problems []string    `json:"problems"`      // each a sentence
	Status   *Status     `json:"status"`        // null if it said nothing yet
	Spools   []SpoolView `json:"spools"`        // by name
}

// SpoolView is what the spool of a reporter holds.
type SpoolView struct {
	Reporter string       `json:"reporter"`
	Pending  int          `json:"pending"`
	Bytes    int64        `json:"pending_bytes"`
	Oldest   time.Time    `json:"oldest,omitzero"` // since when the oldest waits
	Letters  int          `json:"dead_letters"`
	Newest   []DeadLetter `json:"newest_dead_letters"` // newest first, at most 20
	Damaged  int          `json:"damaged"`             // entries that could not be read, moved aside
	Error    string       `json:"error,omitempty"`     // why it could not be looked at
}

// DeadLetter is a run, or a part of one, that was refused for good.
type DeadLetter struct {
	Run    string    `json:"run_id"`
	Part   bool      `json:"part,omitempty"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
}

// ReadHealth looks how the daemon of a state directory fares. It only reads.
//
// Dead letters and damaged entries are told, and are no illness: they lie there
// until somebody removes them, and the daemon can do no more about them.
func ReadHealth(stateDir string) (Health, error) {
	h := Health{Problems: []string{}, Spools: []SpoolView{}}
	var err error
	if h.Running, h.PID, err = Running(stateDir); err != nil {
		return h, err
	}
	shelves, err := readShelves(stateDir)
	if err != nil {
		return h, err
	}
	for _, s := range shelves {
		v := s.told()
		h.Spools = append(h.Spools, v)
		if v.Error != "" {
			h.Problems = append(h.Problems, fmt.Sprintf("the spool of %s cannot be read: %s", v.Reporter, v.Error))
		}
	}
	st, err := ReadStatus(stateDir)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return h, err
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		h.Problems = append(h.Problems, err.Error())
	default:
		h.Status = &st
	}
	h.judge()
	return h, nil
}

// judge finds what is wrong.
func (h *Health) judge() {
	if !h.Running {
		h.Problems = append(h.Problems, "no daemon is running")
		return
	}
	if h.Status != nil && (h.Status.Stopped || h.PID != 0 && h.Status.PID != h.PID) {
		h.Status = nil // it is another's
	}
	if h.Status == nil {
		h.Problems = append(h.Problems, "the daemon has not said yet how it fares: it has just started, or the disk of its state directory takes nothing")
		return
	}
	for _, s := range h.Status.Sources {
		if s.Error != "" {
			h.Problems = append(h.Problems, fmt.Sprintf("source %s %s cannot be read: %s", s.Format, s.Path, s.Error))
		}
	}
	for _, r := range h.Status.Reporters {
		if r.State != "working" {
			h.Problems = append(h.Problems, fmt.Sprintf("reporter %s is %s: %s", r.Name, r.State, r.Error))
		}
	}
	h.Problems = append(h.Problems, h.Status.Trouble...)
	h.Well = len(h.Problems) == 0
}

// told is what of a spool is told.
func (s shelf) told() SpoolView {
	v := SpoolView{Reporter: s.reporter, Pending: s.view.Entries, Bytes: s.view.Bytes, Oldest: s.view.Oldest,
		Letters: s.view.Letters, Damaged: s.view.Damaged, Newest: []DeadLetter{}}
	if s.err != nil {
		v.Error = s.err.Error()
	}
	for _, l := range slices.Backward(s.view.DeadLetters) {
		if len(v.Newest) < mostLetters {
			v.Newest = append(v.Newest, DeadLetter{Run: l.Key, Part: l.Part, Reason: l.Reason, At: l.At})
		}
	}
	return v
}

// Reasons are those for which something was counted, sorted.
func Reasons(counts map[string]int64) []string {
	var reasons []string
	for _, reason := range slices.Sorted(maps.Keys(counts)) {
		if counts[reason] > 0 {
			reasons = append(reasons, reason)
		}
	}
	return reasons
}
