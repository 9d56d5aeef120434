package begun

import "time"

const (
	// syncEvery is how often the disk is waited for at most, and retryEvery where
	// it refuses.
	syncEvery  = time.Second
	retryEvery = time.Minute
)

// Overdue is the runs that are without an end for too long, or although another
// one came after them; see Kept.
func (j *Journal) Overdue() []Unfinished {
	j.mu.Lock()
	defer j.mu.Unlock()
	now := j.o.Now()
	var over []Unfinished
	for _, r := range j.runs {
		if due := j.due(r); !due.IsZero() && !now.Before(due) {
			over = append(over, j.tell(r, j.overSince(r, now), r.Next))
		}
	}
	return over
}

// overSince is since when it is known that a run is over that is told now: since
// the next began or, by its age, long ago if it was read of an old log.
func (j *Journal) overSince(r *Run, now time.Time) time.Time {
	if !r.Next.IsZero() {
		return r.Next
	}
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

// due is when a run is told; zero is not before another one begins.
func (j *Journal) due(r *Run) time.Time {
	switch {
	case r.Told:
		return time.Time{}
	case !r.Next.IsZero():
		return later(r.since, j.opened).Add(j.o.Hearing)
	case j.o.After <= 0:
		return time.Time{}
	}
	return j.tooOld(r)
}

// tooOld is when a run is told by its age. What was left of that when it was heard
// of passes by a clock that nobody sets.
func (j *Journal) tooOld(r *Run) time.Time {
	heard := later(r.Heard, j.opened)
	left := j.o.After
	if age := heard.Sub(r.Start); !r.Start.IsZero() && age > 0 { // else a clock was wrong
		left -= age
	}
	return heard.Add(max(left, min(j.o.Hearing, j.o.After)))
}

// later is the later of two times.
func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
