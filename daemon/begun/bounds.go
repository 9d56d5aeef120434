package begun

import (
	"slices"
	"time"
)

const (
	// maxRuns is how many runs are remembered: as many as a playbook may have
	// hosts. A node has one under way, a receiver of many nodes some of each.
	maxRuns = 20_000
	// maxText is how many bytes their texts may have in all, maxNames those of one.
	maxText  = 4 << 20
	maxNames = 16 << 10
	// maxTold is how many of them may have been told as unfinished, which are known
	// in case that their end comes late; lateEnd is how late.
	maxTold = 1000
	lateEnd = 7 * 24 * time.Hour
)

// size is how many bytes the texts of a run have.
func (r *Run) size() int { return len(r.ID) + len(r.Host) + len(r.Playbook) + len(r.Source) }

// begin remembers a run.
func (j *Journal) begin(r Run) {
	if r.ID == "" || r.size() > maxNames { // no tool has such names
		return
	}
	j.add(&r)
	j.changes, j.unsaved = append(j.changes, change{Begun: &r}), true
	j.wake()
}

func (j *Journal) add(r *Run) {
	j.runs, j.known[r.ID], j.size = append(j.runs, r), r, j.size+r.size()
}

// end lets go of a run that ended.
func (j *Journal) end(r *Run) {
	if r.fresh {
		j.ended[r.ID] = true
	}
	i := slices.Index(j.runs, r)
	j.runs = slices.Delete(j.runs, i, i+1)
	j.gone(r)
}

// gone takes note that a run is no longer among the runs.
func (j *Journal) gone(r *Run) {
	delete(j.known, r.ID)
	j.size -= r.size()
	j.changes, j.unsaved = append(j.changes, change{Ended: r.ID}), true
}

// tooMany says whether there are more runs than are remembered.
func (j *Journal) tooMany() bool { return len(j.known) > maxRuns || j.size > maxText }

// bound forgets runs that were told before others or long ago and, where there are
// too many, the oldest.
func (j *Journal) bound(now time.Time) {
	told := 0
	for _, r := range j.runs {
		if r.wasTold() {
			told++
		}
	}
	j.forget(func(r *Run) bool {
		goes := r.wasTold() && (told > maxTold || now.Sub(r.Heard) > lateEnd || j.tooMany())
		if goes {
			told--
		}
		return goes
	})
	j.forget(func(r *Run) bool { return j.tooMany() && r.Told })
	if j.tooMany() && !j.crowded {
		j.crowded = true
		j.o.Log.Warn("too many runs are under way; the oldest are forgotten, and not told if they never end", "runs", len(j.runs), "limit", maxRuns)
	}
	j.forget(func(*Run) bool { return j.tooMany() })
}

// wasTold says whether a run was told as unfinished, and that is kept.
func (r *Run) wasTold() bool { return r.Told && !r.fresh }

// forget lets go of runs that did not end.
func (j *Journal) forget(which func(*Run) bool) {
	j.runs = slices.DeleteFunc(j.runs, func(r *Run) bool {
		found := which(r)
		if found {
			j.gone(r)
		}
		return found
	})
}
