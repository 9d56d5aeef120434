package begun

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/converged/converged/parsers/report"
)

func TestItSurvivesARestart(t *testing.T) {
	r := newRig(t)
	r.hear("", chef("a", "web", 0, false), chef("b", "db", 0, false))
	r.hear("", chef("a", "web", 0, true))
	r.restart()
	r.hear("b", chef("c", "db", time.Hour, false))
	r.restart()
	r.pass(time.Minute)
	r.hear("", chef("d", "x", 0, false)) // of another source, while the first is spooled
	r.restart()
	r.hear("b", chef("c", "db", time.Hour, false)) // it may not be spooled: told again, which the spool knows
	r.Kept("b")
	if due := r.Due(); due.IsZero() || due.After(r.now().Add(syncEvery)) {
		t.Errorf("that it was told is due to be written down at %v", due)
	}
	r.Sync()
	r.restart()
	r.hear("", chef("c", "db", time.Hour, false), chef("e", "db", 3*time.Hour, true))
	r.hear("b late", chef("b", "db", 0, true))
}

func TestWhatWasToldByItsAgeIsNotToldAgainOnceItIsKept(t *testing.T) {
	r := newRig(t)
	r.hear("", chef("a", "web", 0, false))
	r.pass(5 * time.Hour)
	r.overdue("a")
	r.Sync()
	r.restart()
	r.pass(time.Hour)
	r.overdue("a")
	r.Kept("a")
	r.Close()
	r.restart()
	r.pass(time.Hour)
	r.overdue("")
	r.hear("a late", chef("a", "web", 0, true))
}

func TestFilesThatCannotBeRead(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "cut": `{"runs":[{"id":"a","to`, "foreign": "\x00\x00", "another shape": `{"runs":7}`, "nothing": "\n{}", "long": strings.Repeat(" ", maxFile+1),
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
	if err := os.WriteFile(path, []byte(`{"runs":[{"id":"a","host":"1"},null,{"id":""},{"id":"a","host":"2"},{"id":"b"}]}
{"begun":{"id":"a","host":"3"}}
{"begun":null,"ended":"c"}
{"begun":{"id":"c"}}
{"ended":"b"}
{"begun":{"id":"b","host":"4"}}
`), 0o600); err != nil {
		t.Fatal(err)
	}
	if j := Open(path, Options{}); len(j.runs) != 3 || j.runs[0].Host != "1" || j.runs[1].ID != "c" || j.runs[2].Host != "4" {
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
	r.hear("", chef("b", "db", 0, false))
	if due := r.Due(); !due.Equal(noon.Add(time.Minute)) {
		t.Errorf("it is tried again at %v", due)
	}
	if err := os.RemoveAll(r.path + ".new"); err != nil {
		t.Fatal(err)
	}
	r.pass(time.Minute)
	r.Sync()
	if due := r.Due(); !due.Equal(noon.Add(4 * time.Hour)) {
		t.Errorf("after it was, it is due at %v", due)
	}
	if r.restart(); len(r.runs) != 2 {
		t.Errorf("%+v", r.runs)
	}
}

// The file that is appended to lets nobody write any more, or is gone.
func TestAFileThatRefusesChanges(t *testing.T) {
	r := newRig(t)
	for i, refuse := range []func() error{
		func() error { return os.Chmod(r.path, 0o400) },
		func() error { return os.Remove(r.path) },
	} {
		r.pass(time.Minute)
		r.hear("", chef(fmt.Sprint(i, "before"), fmt.Sprint(i), 0, false))
		if err := refuse(); err != nil {
			t.Fatal(err)
		}
		r.hear("", chef(fmt.Sprint(i, "after"), fmt.Sprint(i, "too"), 0, false))
		if r.restart(); len(r.runs) != 2*i+2 {
			t.Errorf("%+v", r.runs)
		}
	}
}

// What lies where the file is made is neither waited for nor followed.
func TestPipesAndLinksInItsPlace(t *testing.T) {
	r := newRig(t)
	victim := filepath.Join(filepath.Dir(r.path), "victim")
	for i, plant := range []func() error{
		func() error { return syscall.Mkfifo(r.path+".new", 0o600) },
		func() error {
			return errors.Join(os.WriteFile(victim, []byte("whole"), 0o600), os.Symlink(victim, r.path+".new"))
		},
		func() error { return nil },
		func() error { return errors.Join(os.Remove(r.path), syscall.Mkfifo(r.path, 0o600)) }, // within the same second
	} {
		if err := plant(); err != nil {
			t.Fatal(err)
		}
		if i < 3 {
			r.pass(time.Minute)
		}
		r.hear("", chef(fmt.Sprint(i), fmt.Sprint(i), 0, false))
	}
	if text, err := os.ReadFile(victim); string(text) != "whole" {
		t.Errorf("what a link points to holds %q, %v", text, err)
	}
	if r.restart(); len(r.runs) != 4 {
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
