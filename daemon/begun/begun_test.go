package begun

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
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
	r.hear("", chef("future", "web", 1000*time.Hour, false), chef("unknown", "db", 0, false))
	r.runs[1].Start = time.Time{}
	r.hear("", chef("next", "db", time.Hour, true))
	r.pass(4 * time.Hour)
	r.overdue("future unknown")
}

func TestItSurvivesARestart(t *testing.T) {
	r := newRig(t)
	r.hear("", chef("a", "web", 0, false), chef("b", "db", 0, false))
	r.hear("", chef("a", "web", 0, true))
	r.restart()
	r.hear("b", chef("c", "db", time.Hour, false))
	r.restart()
	r.hear("b", chef("d", "db", 2*time.Hour, true), chef("c", "db", time.Hour, true)) // it may not be spooled: told again, which the spool knows
	r.pass(time.Second)
	r.hear("", chef("e", "x", 0, false))
	r.restart()
	r.hear("", chef("f", "db", 3*time.Hour, true))
	r.hear("b late", chef("b", "db", 0, true))
}

func TestWhatWasToldByItsAgeIsNotToldAgainOnceItIsSpooled(t *testing.T) {
	r := newRig(t)
	r.hear("", chef("a", "web", 0, false))
	r.pass(5 * time.Hour)
	r.overdue("a")
	r.restart()
	r.pass(time.Hour)
	over := r.Overdue()
	if len(over) != 1 {
		t.Fatalf("what may not be spooled is not told again: %+v", over)
	}
	r.Sync(over)
	r.restart()
	r.pass(time.Hour)
	r.overdue("")
	r.hear("a late", chef("a", "web", 0, true))
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
	n := r.Hear([]report.Run{chef("c", "web", 2*time.Hour, true), chef("b", "web", time.Hour, true)}, "")
	if len(n.Unfinished) != 1 || !n.Unfinished[0].Next.Equal(noon.Add(time.Hour)) {
		t.Errorf("got %+v", n)
	}
}

func TestTooManyRuns(t *testing.T) {
	r := newRig(t)
	r.hear("", chef("told", "web", 0, false))
	r.hear("told", chef("first", "web", time.Hour, false))
	var many []report.Run
	for i := range maxRuns {
		many = append(many, chef(fmt.Sprint(i), fmt.Sprint("host", i), 0, false))
	}
	r.hear("", many...)
	if len(r.runs) != maxRuns || r.runs[0].ID != "0" || r.runs[maxRuns-1].ID != fmt.Sprint(maxRuns-1) {
		t.Errorf("%d runs, from %s", len(r.runs), r.runs[0].ID)
	}
	if r.restart(); len(r.runs) != maxRuns {
		t.Errorf("%d runs after a restart", len(r.runs))
	}
}

func TestWhatNeverEndedIsForgottenAfterAWeek(t *testing.T) {
	r := newRig(t)
	r.hear("", chef("a", "web", 0, false))
	r.hear("a", chef("b", "web", time.Hour, false))
	r.pass(8 * 24 * time.Hour)
	r.hear("b", chef("c", "web", 8*24*time.Hour, false))
	if slices.ContainsFunc(r.runs, func(run Run) bool { return run.ID == "a" }) {
		t.Errorf("%+v", r.runs)
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "cut": `{"runs":[{"id":"a","to`, "foreign": "\x00\x00", "another shape": `{"runs":7}`, "long": strings.Repeat(" ", maxFile+1),
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "begun.json")
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			j := Open(path, Options{})
			if n := j.Hear([]report.Run{chef("a", "web", 0, false)}, ""); len(n.Unfinished) > 0 {
				t.Errorf("got %+v", n)
			}
			if aside, err := os.ReadFile(path + ".damaged"); err != nil || string(aside) != text {
				t.Errorf("it was not put aside: %v", err)
			}
			if again := Open(path, Options{}); len(again.runs) != 1 {
				t.Errorf("%+v", again.runs)
			}
		})
	}
}

func TestADirectoryInItsPlace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "begun.json")
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	Open(path, Options{}).Hear([]report.Run{chef("a", "web", 0, false)}, "")
	if again := Open(path, Options{}); len(again.runs) != 1 {
		t.Errorf("%+v", again.runs)
	}
}

func TestRunsThatStandTwiceOrHaveNoID(t *testing.T) {
	path := filepath.Join(t.TempDir(), "begun.json")
	if err := os.WriteFile(path, []byte(`{"runs":[{"id":"a","host":"1"},{"id":""},{"id":"a","host":"2"},{"id":"b"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if j := Open(path, Options{}); len(j.runs) != 2 || j.runs[0].Host != "1" {
		t.Errorf("%+v", j.runs)
	}
}

func TestADiskThatRefuses(t *testing.T) {
	r := newRig(t)
	if err := os.Mkdir(r.path+".new", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(r.path+".new", "in the way"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r.hear("", chef("a", "web", 0, false))
	if due := r.Due(); !due.Equal(noon.Add(time.Minute)) {
		t.Errorf("it is tried again at %v", due)
	}
	if err := os.RemoveAll(r.path + ".new"); err != nil {
		t.Fatal(err)
	}
	r.pass(time.Minute)
	r.Sync(nil)
	if due := r.Due(); !due.Equal(noon.Add(4 * time.Hour)) {
		t.Errorf("after it was, it is due at %v", due)
	}
	if r.restart(); len(r.runs) != 1 {
		t.Errorf("%+v", r.runs)
	}
}

// Many at once wait for the disk once, and then once more.
func TestABurst(t *testing.T) {
	r := newRig(t)
	r.hear("", chef("a", "1", 0, false))
	r.hear("", chef("b", "2", 0, false))
	if due := r.Due(); !due.Equal(noon.Add(time.Second)) {
		t.Errorf("the disk is waited for at %v", due)
	}
	select {
	case <-r.Changed():
	default:
		t.Error("nobody is told")
	}
	r.restart()
	if len(r.runs) != 2 {
		t.Errorf("what was heard last did not survive: %+v", r.runs)
	}
	r.hear("", chef("c", "3", 0, false))
	r.hear("", chef("d", "4", 0, false))
	r.hear("", chef("b", "2", 0, true))
	r.restart()
	if len(r.runs) != 3 || r.runs[2].ID != "d" {
		t.Errorf("what was heard last did not survive: %+v", r.runs)
	}
	r.hear("", chef("e", "5", 0, false))
	r.Close()
	if due := r.Due(); !due.Equal(noon.Add(4 * time.Hour)) {
		t.Errorf("closed, and still due at %v", due)
	}
}

// A loss of power tears what was written in its last second, and nothing before.
func TestAJournalThatIsTorn(t *testing.T) {
	r := newRig(t)
	r.hear("", chef("a", "1", 0, false))
	r.hear("", chef("b", "2", 0, false))
	r.hear("", chef("c", "3", 0, false))
	whole, err := os.ReadFile(r.path)
	if err != nil {
		t.Fatal(err)
	}
	safe := strings.Index(string(whole), "\n") + 1
	for end := safe; end <= len(whole); end++ {
		for _, tail := range []string{"", "\x00\x00\x00\x00"} {
			if err := os.WriteFile(r.path, append(slices.Clone(whole[:end]), tail...), 0o600); err != nil {
				t.Fatal(err)
			}
			r.restart()
			if len(r.runs) < 1 || r.runs[0].ID != "a" || end == len(whole) && len(r.runs) != 3 {
				t.Fatalf("cut at %d of %d: %+v", end, len(whole), r.runs)
			}
		}
	}
}
