// Package begun remembers runs that said they began and did not say how they
// ended, so that one which never will is told of, also after a restart.
package begun

import (
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/converged/converged/parsers/report"
)

const (
	// maxRuns is how many runs are remembered. A node has one under way; a
	// receiver of many nodes has some for each.
	maxRuns = 1000
	// lateEnd is how long the end of a run that was told as unfinished is known
	// for one that comes late.
	lateEnd = 7 * 24 * time.Hour
	// hearing is how long after a start was read, or this process began, its end
	// may come from what is not read yet.
	hearing = time.Minute
	// syncEvery is how often the disk is waited for at most.
	syncEvery = time.Second
)

// Run is a run that began.
type Run struct {
	ID       string      `json:"id"`
	Tool     report.Tool `json:"tool"`
	Host     string      `json:"host,omitempty"`
	Playbook string      `json:"playbook,omitempty"`
	Start    time.Time   `json:"start,omitzero"`
	Source   string      `json:"source,omitempty"` // the file or address it was heard of from
	Heard    time.Time   `json:"heard"`            // when, last
	Told     bool        `json:"told,omitempty"`   // as unfinished

	fresh bool // it may not be spooled yet that it was told: told again after a crash
}

// Unfinished is a run that will not end, as far as can be known.
type Unfinished struct {
	Run
	At   time.Time // since when that is known
	Next time.Time // when the run began that came after it; zero if none did
}

// News is what reports mean for the runs that were under way.
type News struct {
	Unfinished []Unfinished // in the order in which they were heard of
	Late       []Run        // were told as unfinished, and ended now
}

// Options are the settings of a Journal. The zero value works.
type Options struct {
	After time.Duration    // a run without an end is unfinished then; 0 is never by its age
	Log   *slog.Logger     // nil is silence
	Now   func() time.Time // time.Now if nil
}

// Journal is the runs under way, in a file. It may be used from several goroutines.
type Journal struct {
	path    string
	o       Options
	opened  time.Time
	changed chan struct{} // holds one when Due may be sooner than it was

	mu      sync.Mutex
	runs    []Run // in the order in which they were heard of
	unsaved bool  // runs are not on disk, or may not survive a loss of power
	changes []change
	tail    *os.File // where changes are appended; nil until there are some
	synced  time.Time
	failed  bool // the disk did not take them
	crowded bool // some had to be forgotten
}

// Open reads the journal at path, which need not exist. One that cannot be read
// is put aside, said, and begun anew.
func Open(path string, o Options) *Journal {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	j := &Journal{path: path, o: o, opened: o.Now(), changed: make(chan struct{}, 1)}
	j.runs = j.load()
	return j
}

// Changed has a value when Due may be sooner than it was.
func (j *Journal) Changed() <-chan struct{} { return j.changed }

// Hear takes the runs that one report told of, read from source. When it returns,
// what is under way survives this process.
func (j *Journal) Hear(runs []report.Run, source string) News {
	j.mu.Lock()
	defer j.mu.Unlock()
	now := j.o.Now()
	var n News
	for i := range j.runs {
		j.runs[i].fresh = false // what was heard before is spooled by now
	}
	for _, r := range runs {
		switch i := j.find(r.ID); {
		case r.Phase == report.Started && i < 0:
			j.begin(Run{ID: r.ID, Tool: r.Tool, Host: r.Host, Playbook: r.Playbook, Start: r.Start.Time, Source: source, Heard: now})
		case r.Phase == report.Started:
			j.runs[i].Heard = now // a sign of life; written down with the next change
		case i >= 0:
			if j.runs[i].Told {
				n.Late = append(n.Late, j.runs[i])
			}
			j.forget(i)
		}
	}
	n.Unfinished = j.before(runs)
	if j.unsaved {
		j.save(now)
	}
	return n
}

// EndAt lets go of the run of a tool that was under way then, the last one begun
// of those whose source counts: it ended, and what is known of its end is told
// without its id. The tool must be one that runs once at a time.
func (j *Journal) EndAt(tool report.Tool, at time.Time, counts func(source string) bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	last := -1
	for i, r := range j.runs {
		under := r.Tool == tool && !r.Told && !r.Start.IsZero() && !r.Start.After(at) && counts(r.Source)
		if under && (last < 0 || r.Start.After(j.runs[last].Start)) {
			last = i
		}
	}
	if last >= 0 {
		j.forget(last)
		j.save(j.o.Now())
	}
}

// before is the runs that one of these came after, but for those that are among
// them: they give a sign of life.
func (j *Journal) before(these []report.Run) []Unfinished {
	var over []Unfinished
	for i, r := range j.runs {
		next, alive := time.Time{}, false
		for _, other := range these {
			alive = alive || other.ID == r.ID
			if r.endedBefore(other) && (next.IsZero() || other.Start.Before(next)) {
				next = other.Start.Time
			}
		}
		if !alive && !next.IsZero() {
			j.runs[i].Told, j.runs[i].fresh = true, true
			over = append(over, Unfinished{r, next, next})
		}
	}
	return over
}

// endedBefore says whether a run can no longer be under way, as another one has
// begun. Chef and the agents of the other tools have a lock: one run of a host at
// a time. Ansible has none: two playbooks may be at work on one host, so that only
// the same playbook begun anew says that the one before is over.
func (r Run) endedBefore(next report.Run) bool {
	if r.Told || r.Host == "" || r.Host != next.Host || r.Tool != next.Tool || r.ID == next.ID {
		return false
	}
	if r.Tool == report.Ansible && (r.Playbook == "" || r.Playbook != next.Playbook) {
		return false
	}
	return !r.Start.IsZero() && next.Start.After(r.Start)
}

// Overdue is the runs that are without an end for too long. Sync, once they are
// spooled, lets the next process know that they were told.
func (j *Journal) Overdue() []Unfinished {
	j.mu.Lock()
	defer j.mu.Unlock()
	now := j.o.Now()
	var over []Unfinished
	for i, r := range j.runs {
		if due := j.due(r); !due.IsZero() && !now.Before(due) {
			j.runs[i].Told, j.runs[i].fresh = true, true
			over = append(over, Unfinished{Run: r, At: now})
		}
	}
	return over
}

// Due is when there is something to do: to ask Overdue, or to Sync; zero while
// there is nothing.
func (j *Journal) Due() time.Time {
	j.mu.Lock()
	defer j.mu.Unlock()
	var at time.Time
	if j.unsaved {
		at = j.synced.Add(syncEvery)
		if j.failed {
			at = j.synced.Add(time.Minute)
		}
	}
	for _, r := range j.runs {
		if due := j.due(r); at.IsZero() || !due.IsZero() && due.Before(at) {
			at = due
		}
	}
	return at
}

// due is when a run is told by its age; zero is never.
func (j *Journal) due(r Run) time.Time {
	if r.Told || j.o.After <= 0 {
		return time.Time{}
	}
	began, heard := r.Start, r.Heard
	if began.IsZero() || began.After(heard) { // a clock that was wrong
		began = heard
	}
	if heard.Before(j.opened) {
		heard = j.opened
	}
	due, listened := began.Add(j.o.After), heard.Add(min(hearing, j.o.After))
	if due.Before(listened) {
		return listened
	}
	return due
}

func (j *Journal) find(id string) int {
	return slices.IndexFunc(j.runs, func(r Run) bool { return r.ID == id })
}

// begin remembers a run. Where there are too many, those that were told go first.
func (j *Journal) begin(r Run) {
	j.runs = slices.DeleteFunc(j.runs, func(old Run) bool { return old.Told && r.Heard.Sub(old.Heard) > lateEnd })
	if len(j.runs) >= maxRuns {
		j.forget(max(0, slices.IndexFunc(j.runs, func(old Run) bool { return old.Told })))
		if !j.crowded {
			j.crowded = true
			j.o.Log.Warn("too many runs are under way; the oldest are forgotten, and not told if they never end", "runs", maxRuns)
		}
	}
	j.runs, j.changes, j.unsaved = append(j.runs, r), append(j.changes, change{Begun: &r}), true
	j.wake()
}

// forget lets go of a run, which ended or has to make room.
func (j *Journal) forget(i int) {
	j.changes, j.unsaved = append(j.changes, change{Ended: j.runs[i].ID}), true
	j.runs = slices.Delete(j.runs, i, i+1)
}

// wake says that Due is sooner than it was.
func (j *Journal) wake() {
	select {
	case j.changed <- struct{}{}:
	default:
	}
}
