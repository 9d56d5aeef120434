package begun

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/converged/converged/parsers/report"
)

func TestARunIsUnfinishedByItsAge(t *testing.T) {
	r := newRig(t)
	r.hear("", chef("a", "web", 0, false))
	if due := r.Due(); !due.Equal(noon.Add(4 * time.Hour)) {
		t.Errorf("due at %v", due)
	}
	r.pass(4*time.Hour - time.Nanosecond)
	r.overdue("")
	r.pass(time.Nanosecond)
	r.overdue("a")
	r.overdue("")
	if due := r.Due(); !due.IsZero() {
		t.Errorf("afterwards it is due at %v", due)
	}
	r.hear("a late", chef("a", "web", 0, true))
}

func TestByAgeNever(t *testing.T) {
	c := &clock{noon}
	j := Open(filepath.Join(t.TempDir(), "b"), Options{Now: c.now})
	j.Hear([]report.Run{chef("a", "web", 0, false)}, "")
	c.pass(1000 * time.Hour)
	if over := j.Overdue(); len(over) > 0 || !j.Due().IsZero() {
		t.Errorf("got %+v, due %v", over, j.Due())
	}
}

// What is read late, of a log that was written long ago, has its end right behind.
func TestTheEndMayComeFromWhatIsNotReadYet(t *testing.T) {
	r := newRig(t)
	r.pass(48 * time.Hour)
	r.hear("", chef("a", "web", 0, false))
	r.overdue("")
	r.pass(time.Minute)
	r.overdue("a")
	r.Kept("a")

	r.hear("", chef("b", "web", 48*time.Hour, false))
	r.pass(5 * time.Hour)
	r.restart() // and the end was written meanwhile
	r.overdue("")
	r.pass(30 * time.Second)
	r.hear("", chef("b", "web", 48*time.Hour, true))
	r.pass(time.Minute)
	r.overdue("")
}

func TestClocksThatAreWrong(t *testing.T) {
	r := newRig(t)
	unknown := chef("unknown", "db", 0, false)
	unknown.Start = report.Time{}
	r.hear("", chef("future", "web", 1000*time.Hour, false), unknown)
	r.hear("", chef("next", "db", time.Hour, true))
	r.pass(4 * time.Hour)
	r.overdue("future unknown")
}

// A machine without a clock of its own is told the time while a run is under way:
// years pass at once, and the run is as young as before. What is due by the clock
// that nobody sets shows it.
func TestAClockThatIsSetWhileARunIsUnderWay(t *testing.T) {
	j := Open(filepath.Join(t.TempDir(), "begun.json"), Options{After: 4 * time.Hour})
	now := time.Now()
	j.Hear([]report.Run{{ID: "a", Tool: report.Chef, Host: "web", Phase: report.Started, Start: report.At(now.Add(-time.Hour))}}, "/log")
	due := j.Due()
	if left := due.Sub(now); left < 3*time.Hour-time.Second || left > 3*time.Hour+time.Minute || !strings.Contains(due.String(), " m=+") {
		t.Errorf("it is due at %v, in %v", due, left)
	}
}

// A clock that was set back across a restart does not put off what is due for as long.
func TestAClockThatIsSetBackBeforeARestart(t *testing.T) {
	r := newRig(t)
	r.hear("", chef("a", "web", 0, false))
	r.pass(-1000 * time.Hour)
	r.restart()
	if due := r.Due(); !due.Equal(r.now().Add(4 * time.Hour)) {
		t.Errorf("it is due at %v", due)
	}
	r.pass(4 * time.Hour)
	r.overdue("a")
}

// What was over long ago is told as of then, and what only now is known to be as of now.
func TestSinceWhenAnOldRunIsOver(t *testing.T) {
	r := newRig(t)
	r.hear("", chef("in time", "web", 0, false))
	r.hear("", chef("of an old log", "db", -1000*time.Hour, false))
	r.restart()
	r.pass(48 * time.Hour)
	over := r.Overdue()
	if len(over) != 2 || !over[0].At.Equal(r.now()) || !over[1].At.Equal(noon.Add(-996*time.Hour)) {
		t.Errorf("told are %+v", over)
	}
}
