package daemon

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/converged/converged/daemon/analyse"
	"github.com/converged/converged/daemon/ledger"
	"github.com/converged/converged/daemon/spool"
)

// ledgerName is the ledger's directory in a state directory.
const ledgerName = "ledger"

// mostRuns is how many runs are read of a ledger at most.
const mostRuns = 20_000

// RunAccount is what became of one run: what the ledger noted, and what the
// spools hold of it.
type RunAccount struct {
	Run string `json:"run_id"`
	ledger.Summary
	Seen      time.Time      `json:"seen,omitzero"` // when it was first noted
	Reporters []Fate         `json:"reporters"`     // by name
	Steps     []ledger.Event `json:"-"`             // every step noted, oldest first
	Omitted   int            `json:"-"`             // steps that are too many to be kept here
}

// When is the run's end, or when it was first heard of.
func (a RunAccount) When() time.Time {
	if a.End.IsZero() {
		return a.Seen
	}
	return a.End
}

// Failed says whether the run itself failed.
func (a RunAccount) Failed() bool { return a.Status == "failure" }

// Undelivered says whether some reporter does not have all of it. A run that no
// spool has yet is: its report is kept, and read again by the next daemon.
func (a RunAccount) Undelivered() bool {
	return len(a.Reporters) == 0 || slices.ContainsFunc(a.Reporters, func(f Fate) bool { return !f.Outcome.Delivered() })
}

// StepsOf is the steps that led to a fate, oldest first. What was spooled may be
// delivered before that it was spooled is noted: that comes first all the same.
func (a RunAccount) StepsOf(f Fate) []ledger.Event {
	var steps []ledger.Event
	for _, e := range a.Steps {
		if e.Reporter == f.Reporter && e.Step != ledger.Seen {
			steps = append(steps, e)
		}
	}
	kept := slices.IndexFunc(steps, func(e ledger.Event) bool { return e.Step == ledger.Spooled || e.Step == ledger.Held })
	if kept > 0 {
		steps = slices.Concat(steps[kept:kept+1], steps[:kept], steps[kept+1:])
	}
	return steps
}

// Title says what it is that is not a run of a tool, such as a digest; empty for a run.
func (a RunAccount) Title() string {
	if a.Summary != (ledger.Summary{}) {
		return ""
	}
	for _, e := range a.Steps {
		if e.Step == ledger.Spooled && e.Detail != "" {
			return e.Detail
		}
	}
	return ""
}

// RunsQuery is which runs are asked for. The zero value is all.
type RunsQuery struct {
	Prefix      string    // of the run's id
	Undelivered bool      // only those that wait, were refused, expired or dropped
	Failed      bool      // only those that failed themselves
	Since       time.Time // only those that ended since
}

// Runs is what a state directory knows of runs.
type Runs struct {
	All    []RunAccount // newest first
	Damage ledger.Damage
	Spools []error // of those that could not be read
}

// ReadRuns reads the account of runs, also while a daemon writes it. It only reads.
func ReadRuns(stateDir string, q RunsQuery) (Runs, error) {
	if _, err := os.ReadDir(stateDir); err != nil {
		return Runs{}, fmt.Errorf("read the state directory: %w", err)
	}
	var found Runs
	// The ledger comes first: what it says waits may be delivered by the time the
	// spool is read, which then says so.
	noted, damage, err := ledger.Read(filepath.Join(stateDir, ledgerName), ledger.Query{Run: q.Prefix, Most: mostRuns})
	if err != nil {
		return Runs{}, err
	}
	found.Damage = damage
	shelves, err := readShelves(stateDir)
	if err != nil {
		return Runs{}, err
	}
	for _, s := range shelves {
		if s.err != nil {
			found.Spools = append(found.Spools, fmt.Errorf("reporter %s: %w", s.reporter, s.err))
		}
	}
	ended := endedAfterAll(noted)
	for _, a := range append(noted, unnoted(noted, shelves, q.Prefix)...) {
		if run := accountOf(a, shelves); q.wants(run) && (!ended[a.Run] || run.Undelivered()) {
			found.All = append(found.All, run)
		}
	}
	slices.SortStableFunc(found.All, func(a, b RunAccount) int {
		return cmp.Or(b.When().Compare(a.When()), b.Seen.Compare(a.Seen), strings.Compare(a.Run, b.Run))
	})
	return found, nil
}

func (q RunsQuery) wants(a RunAccount) bool {
	return (!q.Undelivered || a.Undelivered()) && (!q.Failed || a.Failed()) &&
		(q.Since.IsZero() || !a.When().Before(q.Since))
}

// unnoted is the runs that wait or were refused, and of which the ledger knows nothing.
func unnoted(noted []ledger.Account, shelves []shelf, prefix string) []ledger.Account {
	known := map[string]bool{}
	for _, a := range noted {
		known[spool.Label(a.Run)] = true
	}
	more := map[string]ledger.Account{}
	for _, s := range shelves {
		for run, at := range s.times() {
			if !known[run] && strings.HasPrefix(run, prefix) {
				a, there := more[run]
				if !there || at.Before(a.First) {
					more[run] = ledger.Account{Run: run, First: at}
				}
			}
		}
	}
	var list []ledger.Account
	for _, run := range slices.Sorted(maps.Keys(more)) {
		list = append(list, more[run])
	}
	return list
}

func accountOf(a ledger.Account, shelves []shelf) RunAccount {
	run := RunAccount{Run: a.Run, Seen: a.First, Steps: slices.Concat([]ledger.Event{}, a.Steps), Omitted: a.Omitted, Reporters: []Fate{}}
	if a.Summary != nil {
		run.Summary = *a.Summary
	}
	steps := map[string][]ledger.Event{}
	for _, e := range a.Steps {
		if e.Step != ledger.Seen {
			steps[e.Reporter] = append(steps[e.Reporter], e)
		}
	}
	here := map[string]shelf{}
	for _, s := range shelves {
		here[s.reporter] = s
		if _, noted := steps[s.reporter]; !noted && s.has(a.Run) {
			steps[s.reporter] = nil
		}
	}
	for _, reporter := range slices.Sorted(maps.Keys(steps)) {
		run.Reporters = append(run.Reporters, fateOf(reporter, a.Run, steps[reporter], here[reporter]))
	}
	return run
}

var (
	// ErrNoRun is an id that nothing is known of.
	ErrNoRun = errors.New("no such run")
	// ErrManyRuns is the beginning of several ids.
	ErrManyRuns = errors.New("several runs begin so")
)

// FindRun is the run of an id, or of the beginning of one. The error is ErrNoRun
// or ErrManyRuns if there is not exactly one; with the latter, Runs are those.
func FindRun(stateDir, id string) (RunAccount, Runs, error) {
	found, err := ReadRuns(stateDir, RunsQuery{Prefix: ledger.Key(id)})
	if err != nil {
		return RunAccount{}, found, err
	}
	for _, a := range found.All {
		if a.Run == id || len(found.All) == 1 {
			return a, found, nil
		}
	}
	if len(found.All) == 0 {
		return RunAccount{}, found, fmt.Errorf("%w: nothing is known of %q", ErrNoRun, id)
	}
	return RunAccount{}, found, fmt.Errorf("%w: %q", ErrManyRuns, id)
}

// spoolDirs are the reporters that a state directory has a spool of, by name.
func spoolDirs(stateDir string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(stateDir, "spool"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the spools: %w", err)
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// endedAfterAll is what was said of runs that did not finish, and then did: their
// end is an account of its own.
func endedAfterAll(noted []ledger.Account) map[string]bool {
	ended := map[string]bool{}
	for _, a := range noted {
		if a.Summary != nil && a.Summary.Status != statusUnfinished {
			ended[analyse.UnfinishedID(a.Run)] = true
		}
	}
	return ended
}
