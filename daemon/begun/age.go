package begun

import "time"

const (
	// hearing is how long after a start was read, or this process began, its end
	// may come from what is not read yet.
	hearing = time.Minute
	// syncEvery is how often the disk is waited for at most, and retryEvery where
	// it refuses.
	syncEvery  = time.Second
	retryEvery = time.Minute
)

// Overdue is the runs that are without an end for too long; see Kept.
func (j *Journal) Overdue() []Unfinished {
	j.mu.Lock()
	defer j.mu.Unlock()
	now := j.o.Now()
	var over []Unfinished
	for _, r := range j.runs {
		if due := j.due(r); !due.IsZero() && !now.Before(due) {
			over = append(over, j.tell(r, j.overSince(r, now), time.Time{}))
		}
	}
	return over
}

// overSince is since when it is known that a run is over that is told by its age
// now: one that was read of an old log was over long ago.
func (j *Journal) overSince(r *Run, now time.Time) time.Time {
	if at := r.Start.Add(j.o.After); !r.Start.IsZero() && at.Before(r.Heard) {
		return at
	}
	return now
}

// Due is when there is something to do: to ask Overdue, or to Sync; zero while
// there is nothing.
func (j *Journal) Due() time.Time {
	j.mu.Lock()
	defer j.mu.Unlock()
	var at time.Time
	switch {
	case j.unsaved && j.failed:
		at = j.synced.Add(retryEvery)
	case j.unsaved:
		at = j.synced.Add(syncEvery)
	}
	for _, r := range j.runs {
		if due := j.due(r); at.IsZero() || !due.IsZero() && due.Before(at) {
			at = due
		}
	}
	return at
}

// due is when a run is told by its age; zero is never. What was left of that when
// it was heard of passes by a clock that nobody sets.
func (j *Journal) due(r *Run) time.Time {
	if r.Told || j.o.After <= 0 {
		return time.Time{}
	}
	heard := r.Heard
	if heard.Before(j.opened) {
		heard = j.opened
	}
	left := j.o.After
	if age := heard.Sub(r.Start); !r.Start.IsZero() && age > 0 { // else a clock was wrong
		left -= age
	}
	return heard.Add(max(left, min(hearing, j.o.After)))
}
