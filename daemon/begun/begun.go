// Package begun remembers runs that said they began and did not say how they
// ended, so that one which never will is told of, also after a restart.
package begun

import (
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/converged/converged/parsers/report"
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
	Next     time.Time   `json:"next,omitzero"`    // when the first run began that came after it, by another source than its own

	since time.Time // when Next was heard of; zero is before this process
	fresh bool      // that it was told may be lost with this process: the next one tells it again
}

// Unfinished is a run that will not end, as far as can be known.
type Unfinished struct {
	Run
	At   time.Time // since when that is known
	Next time.Time // when the run began that came after it; zero if none did
}

// News is what reports mean for the runs that were under way.
type News struct {
	Unfinished []Unfinished // in the order in which they were heard of; see Kept
	Late       []Run        // were told as unfinished, and ended now
}

// Options are the settings of a Journal. The zero value works.
type Options struct {
	After time.Duration // a run without an end is unfinished then; 0 is never by its age
	// Hearing is how long an end may take to be read that was written before what was
	// read: where a start is old, this process began, or another source is ahead. A
	// minute if 0.
	Hearing time.Duration
	Log     *slog.Logger     // nil is silence
	Now     func() time.Time // time.Now if nil
}

// Journal is the runs under way, in a file. It may be used from several goroutines.
type Journal struct {
	path    string
	o       Options
	opened  time.Time
	changed chan struct{} // holds one when Due may be sooner than it was

	mu      sync.Mutex
	runs    []*Run // in the order in which they were heard of
	known   map[string]*Run
	ended   map[string]bool // those that ended while they were fresh
	size    int             // of their texts, in bytes
	unsaved bool            // runs are not on disk, or may not survive a loss of power
	changes []change
	tail    *os.File // where changes are appended; nil until there are some
	tailed  int      // bytes that were
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
	if o.Hearing == 0 {
		o.Hearing = time.Minute
	}
	j := &Journal{path: path, o: o, opened: o.Now(), changed: make(chan struct{}, 1), known: map[string]*Run{}, ended: map[string]bool{}}
	for _, r := range j.load() {
		if r.Heard.After(j.opened) { // the clock was set back
			r.Heard = j.opened
		}
		j.add(&r)
	}
	j.bound(j.opened)
	j.changes = nil // they go with the next that is written
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
	for i := range runs {
		r := &runs[i]
		switch old := j.known[r.ID]; {
		case r.Phase == report.Started && old == nil:
			j.begin(Run{ID: r.ID, Tool: r.Tool, Host: r.Host, Playbook: r.Playbook, Start: r.Start.Time, Source: source, Heard: now})
		case r.Phase == report.Started:
			old.Heard, old.Next = now, time.Time{} // a sign of life; written down with the next change
		case old != nil:
			if old.Told {
				n.Late = append(n.Late, *old)
			}
			j.end(old)
		}
	}
	n.Unfinished = j.before(runs, source, now)
	j.bound(now)
	if len(j.changes) > 0 {
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
	var last *Run
	for _, r := range j.runs {
		under := r.Tool == tool && !r.Told && !r.Start.IsZero() && !r.Start.After(at) && counts(r.Source)
		if under && (last == nil || r.Start.After(last.Start)) {
			last = r
		}
	}
	if last != nil {
		j.end(last)
		j.save(j.o.Now())
	}
}

// before is the runs that one of these came after, but for those that are among
// them: they give a sign of life. Where a source tells of both, the end of the one
// before would have been read by now. Another source may be ahead: of those that
// have no end even a while later Overdue tells.
func (j *Journal) before(these []report.Run, source string, now time.Time) []Unfinished {
	alive, of := map[string]bool{}, map[string][]*report.Run{}
	for i := range these {
		r := &these[i]
		alive[r.ID], of[r.Host] = true, append(of[r.Host], r)
	}
	var over []Unfinished
	for _, r := range j.runs {
		if r.Told || alive[r.ID] {
			continue
		}
		next, ahead := r.nextOf(of[r.Host]), r.Next.IsZero()
		if next.IsZero() {
			continue
		}
		if ahead || next.Before(r.Next) {
			r.Next = next
		}
		if r.Source == source {
			over = append(over, j.tell(r, r.Next, r.Next))
		} else if ahead {
			r.since, j.unsaved = now, true
			j.wake()
		}
	}
	return over
}

// nextOf is when the first of these began that came after a run; zero if none did.
func (r *Run) nextOf(these []*report.Run) (next time.Time) {
	for _, other := range these {
		if r.endedBefore(other) && (next.IsZero() || other.Start.Before(next)) {
			next = other.Start.Time
		}
	}
	return next
}

// endedBefore says whether a run can no longer be under way, as another one has
// begun. Chef and the agents of the other tools have a lock: one run of a host at
// a time. Ansible has none: two playbooks may be at work on one host, so that only
// the same playbook begun anew says that the one before is over.
func (r *Run) endedBefore(next *report.Run) bool {
	if r.Host == "" || r.Host != next.Host || r.Tool != next.Tool {
		return false
	}
	if r.Tool == report.Ansible && (r.Playbook == "" || r.Playbook != next.Playbook) {
		return false
	}
	return !r.Start.IsZero() && next.Start.After(r.Start)
}

// tell takes note that a run is told as unfinished.
func (j *Journal) tell(r *Run, at, next time.Time) Unfinished {
	r.Told, r.fresh = true, true
	return Unfinished{*r, at, next}
}

// Kept says of a run that was told as unfinished that this survives the process,
// as far as it ever will: the next one does not tell it again. Until then, it does.
func (j *Journal) Kept(id string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	delete(j.ended, id)
	if r := j.known[id]; r != nil && r.fresh {
		r.fresh, j.unsaved = false, true
		j.wake()
	}
}

// Ended says whether a run that was told as unfinished has ended since, before
// that was Kept: then it need not be.
func (j *Journal) Ended(id string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.ended[id]
}

// wake says that Due is sooner than it was.
func (j *Journal) wake() {
	select {
	case j.changed <- struct{}{}:
	default:
	}
}
