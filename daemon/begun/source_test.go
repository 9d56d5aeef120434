package begun

import (
	"testing"
	"time"

	"github.com/converged/converged/parsers/report"
)

// ahead gives the journal a report of another source than the rig's.
func (r *rig) ahead(runs ...report.Run) {
	r.Helper()
	if n := r.Hear(runs, "/reports"); len(n.Unfinished) > 0 {
		r.Errorf("told at once are %+v", n.Unfinished)
	}
}

// Of two sources one may be read sooner than the other.
func TestAnotherSourceMayBeAhead(t *testing.T) {
	r := newRig(t)
	r.hear("", chef("a", "web", 0, false))
	r.ahead(chef("c", "web", 2*time.Hour, true))
	if due := r.Due(); !due.Equal(noon.Add(time.Second)) {
		t.Errorf("what was heard is written down at %v", due)
	}
	r.Sync()
	r.pass(30 * time.Second)
	r.ahead(chef("d", "web", 3*time.Hour, true), chef("b", "web", time.Hour, true))
	if due := r.Due(); !due.Equal(noon.Add(time.Minute)) {
		t.Errorf("it is told at %v", due)
	}
	r.hear("", chef("a", "web", 0, true)) // and there is its end
	r.pass(24 * time.Hour)
	r.overdue("")
}

func TestARunWithoutAnEndBesideAnotherSource(t *testing.T) {
	for name, restart := range map[string]bool{"in one process": false, "in two": true} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.hear("", chef("a", "web", 0, false))
			r.ahead(chef("c", "web", 2*time.Hour, true))
			r.ahead(chef("b", "web", time.Hour, true))
			r.Sync()
			if restart {
				r.pass(time.Hour)
				r.restart()
			}
			r.pass(time.Minute - time.Nanosecond)
			r.overdue("")
			r.pass(time.Nanosecond)
			over := r.Overdue()
			if len(over) != 1 || !over[0].Next.Equal(noon.Add(time.Hour)) || !over[0].At.Equal(over[0].Next) {
				t.Errorf("told are %+v", over)
			}
		})
	}
}

// Its own source shows it sooner; a sign of life shows that it is not so.
func TestWhatComesAfterAnotherSourceWasAhead(t *testing.T) {
	r := newRig(t)
	r.hear("", play("a", "web", "site.yml", 0, false), play("x", "db", "site.yml", 0, false))
	r.ahead(play("b", "web", "site.yml", time.Hour, true), play("y", "db", "site.yml", time.Hour, true))
	r.hear("", play("x", "db", "site.yml", 0, false))
	n := r.Hear([]report.Run{play("c", "web", "site.yml", 2*time.Hour, false)}, "/log")
	if len(n.Unfinished) != 1 || n.Unfinished[0].ID != "a" || !n.Unfinished[0].Next.Equal(noon.Add(time.Hour)) {
		t.Errorf("told are %+v", n.Unfinished)
	}
	r.pass(time.Hour)
	r.overdue("")
}

func TestHowLongAnEndMayTakeToBeRead(t *testing.T) {
	r := newRig(t)
	r.o.Hearing, r.o.After = time.Second, 0
	r.hear("", chef("a", "web", 0, false))
	r.ahead(chef("b", "web", time.Hour, true))
	r.pass(time.Second)
	r.overdue("a")
}
