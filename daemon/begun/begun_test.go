package begun

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/converged/converged/parsers/report"
)

// clock is a time that a test sets.
type clock struct{ time.Time }

func (c *clock) now() time.Time { return c.Time }

func (c *clock) pass(d time.Duration) { c.Time = c.Add(d) }

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// rig is a journal, at noon.
type rig struct {
	*testing.T
	*clock
	*Journal
	path string
}

func newRig(t *testing.T) *rig {
	r := &rig{T: t, clock: &clock{noon}, path: filepath.Join(t.TempDir(), "begun.json")}
	r.restart()
	return r
}

// restart is a process that was killed, and the next one.
func (r *rig) restart() {
	r.Journal = Open(r.path, Options{After: 4 * time.Hour, Now: r.now})
}

// chef is a run of Chef that began that long after noon; ended says whether it ended.
func chef(id, host string, after time.Duration, ended bool) report.Run {
	r := report.Run{ID: id, Tool: report.Chef, Host: host, Start: report.At(noon.Add(after)), Phase: report.Started}
	if ended {
		r.Phase = report.Finished
	}
	return r
}

func play(id, host, playbook string, after time.Duration, ended bool) report.Run {
	r := chef(id, host, after, ended)
	r.Tool, r.Playbook = report.Ansible, playbook
	return r
}

// hear gives the journal one report, and says what that means.
func (r *rig) hear(want string, runs ...report.Run) {
	r.Helper()
	n := r.Hear(runs, "/log")
	var got []string
	for _, u := range n.Unfinished {
		got = append(got, u.ID)
	}
	for _, l := range n.Late {
		got = append(got, l.ID+" late")
	}
	if text := strings.Join(got, " "); text != want {
		r.Errorf("got %q, want %q", text, want)
	}
}

func (r *rig) overdue(want string) {
	r.Helper()
	var got []string
	for _, u := range r.Overdue() {
		got = append(got, u.ID)
	}
	if text := strings.Join(got, " "); text != want {
		r.Errorf("overdue is %q, want %q", text, want)
	}
}

func TestARunThatEnds(t *testing.T) {
	r := newRig(t)
	r.hear("", chef("a", "web", 0, false))
	r.pass(time.Hour)
	r.hear("", chef("a", "web", 0, true))
	r.pass(24 * time.Hour)
	r.overdue("")
	r.hear("", chef("b", "web", 24*time.Hour, true))
	if due := r.Due(); !due.IsZero() {
		t.Errorf("with nothing under way it is due at %v", due)
	}
}

func TestTheNextRunOfAHostSaysThatTheOneBeforeIsOver(t *testing.T) {
	for name, ended := range map[string]bool{"begins": false, "ends": true} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.hear("", chef("a", "web", 0, false))
			r.hear("", chef("x", "db", time.Hour, ended))
			r.hear("", chef("at once", "web", 0, ended))
			r.hear("", chef("before", "web", -time.Hour, ended))
			r.hear("", chef("nowhere", "", time.Hour, ended))
			r.hear("", play("p", "web", "site.yml", time.Hour, ended))
			n := r.Hear([]report.Run{chef("b", "web", time.Hour, ended)}, "/log")
			u := n.Unfinished[0]
			if u.ID != "a" || u.Source != "/log" || !u.Next.Equal(noon.Add(time.Hour)) || !u.At.Equal(u.Next) || !u.Start.Equal(noon) {
				t.Errorf("got %+v", n)
			}
			if ended && len(n.Unfinished) != 1 || !ended && len(n.Unfinished) != 3 {
				t.Errorf("got %+v", n)
			}
		})
	}
}

func TestAnUnfinishedRunIsToldOnce(t *testing.T) {
	r := newRig(t)
	r.hear("", chef("a", "web", 0, false))
	r.hear("a", chef("b", "web", time.Hour, false))
	r.hear("", chef("b", "web", time.Hour, true))
	r.hear("", chef("c", "web", 2*time.Hour, true))
	r.pass(24 * time.Hour)
	r.overdue("")
	r.hear("a late", chef("a", "web", 0, true))
	r.hear("", chef("a", "web", 0, true))
}

// Ansible has no lock: another playbook, or a sign of life, says that both are at work.
func TestTwoPlaybooksAtOnce(t *testing.T) {
	r := newRig(t)
	r.hear("", play("a", "web", "site.yml", 0, false))
	r.hear("", play("b", "web", "users.yml", time.Minute, false))
	r.hear("", play("b", "web", "users.yml", time.Minute, true))
	r.hear("", play("c", "db", "site.yml", time.Minute, true))
	r.hear("", play("d", "web", "", time.Minute, true))
	r.hear("", play("e", "web", "site.yml", time.Minute, true), play("a", "web", "site.yml", 0, false))
	r.hear("a", play("f", "web", "site.yml", time.Hour, true))
	r.hear("", play("unnamed", "web", "", 0, false))
	r.hear("", play("unnamed too", "web", "", time.Hour, true))
	r.pass(5 * time.Hour)
	r.overdue("unnamed")
}

func TestARunThatEndedWithoutItsID(t *testing.T) {
	r := newRig(t)
	here := func(source string) bool { return source == "/log" }
	r.hear("", chef("a", "web", 0, false), chef("b", "web too", time.Minute, false), chef("later", "c", time.Hour, false), play("p", "web", "x", time.Minute, false))
	r.Hear([]report.Run{chef("elsewhere", "db", 2*time.Minute, false)}, "http://10.0.0.7/")
	r.EndAt(report.Chef, noon.Add(30*time.Minute), here)
	r.EndAt(report.Chef, noon.Add(-time.Second), here)
	r.EndAt(report.Puppet, noon.Add(30*time.Minute), here)
	r.restart()
	var left []string
	for _, run := range r.runs {
		left = append(left, run.ID)
	}
	if got := strings.Join(left, " "); got != "a later p elsewhere" {
		t.Errorf("under way are %s", got)
	}
}

func TestTheFirstOfThoseThatCameAfter(t *testing.T) {
	r := newRig(t)
	r.hear("", chef("a", "web", 0, false))
	n := r.Hear([]report.Run{chef("c", "web", 2*time.Hour, true), chef("b", "web", time.Hour, true)}, "/log")
	if len(n.Unfinished) != 1 || !n.Unfinished[0].Next.Equal(noon.Add(time.Hour)) {
		t.Errorf("got %+v", n)
	}
}

// What is told is not yet kept, and its end comes: it need not be told any more.
func TestARunThatEndsWhileItIsTold(t *testing.T) {
	r := newRig(t)
	r.hear("", chef("a", "web", 0, false))
	r.hear("a", chef("b", "web", time.Hour, false))
	if r.Ended("a") || r.Ended("b") {
		t.Error("it has not ended")
	}
	r.hear("a late", chef("a", "web", 0, true))
	if !r.Ended("a") {
		t.Error("it has ended")
	}
	r.Kept("a")
	r.Kept("nobody")
	if r.Ended("a") {
		t.Error("it is told, and still remembered")
	}
	r.hear("b", chef("c", "web", 2*time.Hour, true))
	r.Kept("b")
	r.hear("b late", chef("b", "web", time.Hour, true))
	if r.Ended("b") {
		t.Error("it was kept before")
	}
}

func TestARunWithoutAnID(t *testing.T) {
	r := newRig(t)
	r.hear("", chef("", "web", 0, false))
	r.hear("", chef("b", "web", time.Hour, true))
}
