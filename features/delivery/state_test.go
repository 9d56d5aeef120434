//go:build linux

package delivery

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/converged/converged/features/rig"
)

// damages are what crashes, file systems and people do to a file.
var damages = []struct {
	name string
	do   func(path string, text []byte) error
}{
	{"empty", func(path string, _ []byte) error { return os.WriteFile(path, nil, 0o600) }},
	{"nul", func(path string, text []byte) error { return os.WriteFile(path, make([]byte, len(text)), 0o600) }},
	{"torn", func(path string, text []byte) error { return os.WriteFile(path, text[:len(text)*2/3], 0o600) }},
	{"missing", func(path string, _ []byte) error { return os.Remove(path) }},
	{"foreign", func(path string, _ []byte) error {
		return os.WriteFile(path, bytes.Repeat([]byte("<html>\x00\xff\n"), 100), 0o600)
	}},
	{"directory", func(path string, _ []byte) error {
		if err := os.Remove(path); err != nil {
			return err
		}
		return os.Mkdir(path, 0o700)
	}},
}

// stateDamaged damages one file of the state after the other: converged starts,
// delivers what is whole, tells what it lost, wipes nothing, and starts again.
func stateDamaged(t *testing.T) {
	for _, file := range []struct {
		name string
		is   func(path string) bool
		runs int // that may be lost with it
	}{
		{"entry", func(path string) bool { return filepath.Base(filepath.Dir(path)) == rig.Pending }, 1},
		{"positions", func(path string) bool { return strings.Contains(path, "/state/watch/") }, 0},
		{"ledger", func(path string) bool { return strings.Contains(path, "/state/ledger") }, 0},
		{"status", func(path string) bool { return filepath.Base(path) == "status.json" }, 0},
		{"lock", func(path string) bool { return filepath.Base(path) == "lock" }, 0},
	} {
		for _, damage := range damages {
			t.Run(file.name+"/"+damage.name, func(t *testing.T) {
				t.Parallel()
				s := halfDone(t)
				path := s.fileWhere(file.is)
				text, err := os.ReadFile(path)
				do(t, err)
				do(t, damage.do(path, text))
				s.startsTwice(file.runs)
			})
		}
	}
}

// halfDone is a node that was stopped with four runs delivered and four waiting.
func halfDone(t *testing.T) *site {
	t.Helper()
	s := newUsual(t)
	several(2, s.report)
	several(2, s.line)
	s.start()
	s.arrived()
	s.eventually("nothing waits", func() bool { return s.waits() == 0 })
	s.down()
	several(2, s.report)
	several(2, s.line)
	s.eventually("four runs wait", func() bool { return s.waits() == 4 })
	s.stop()
	s.up()
	return s
}

// fileWhere is the first file of the state of that sort.
func (s *site) fileWhere(is func(path string) bool) (found string) {
	s.t.Helper()
	do(s.t, filepath.WalkDir(s.node.State(), func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && found == "" && is(path) {
			found = path
		}
		return err
	}))
	if found == "" {
		s.t.Fatal("the state has no such file")
	}
	return found
}

// startsTwice wants all runs but so many to have been delivered once, those to be
// kept aside if they are kept at all, and the next start to be as good.
func (s *site) startsTwice(lost int) {
	s.t.Helper()
	for range 2 {
		s.start()
		s.report()
		all := s.all()
		s.await("the run that follows", func() bool { return s.wholly(all[len(all)-1:]) })
		s.eventually("nothing waits", func() bool { return s.waits() == 0 })
		s.stop()
	}
	v := s.account()
	if gone := len(v.Lost) + v.Kept[rig.Damaged]; gone != lost || len(v.Once)+gone != len(s.all()) {
		s.t.Errorf("the account is not all but %d delivered once: %s", lost, v)
	}
	if lost > 0 && len(v.Lost) == 0 && !strings.Contains(s.node.Log(), "moved aside") {
		s.t.Error("nothing is said of the entry that was moved aside")
	}
}

// startWithBacklog compares the memory of a start with hardly anything to deliver
// with that of one with 10,000 runs.
func startWithBacklog(t *testing.T) {
	var few, many float64
	for range 3 { // a collector that has to wait for a busy machine costs memory, runs in memory always do
		few, many = peakWith(t, 100), peakWith(t, 10_000)
		t.Logf("at most %.1f MB with 100 runs, %.1f MB with 10,000", few, many)
		if many <= few+backlogMB || rig.Raced {
			return
		}
	}
	t.Errorf("10,000 runs cost %.1f MB, 100 cost %.1f MB", many, few)
}

// backlogMB is what the garbage collector may make of one start or another. If
// the runs themselves were read into memory it would be several times that. The
// race detector's own memory moves by more.
const backlogMB = 6

// peakWith is the most memory that converged takes, in MB, to start with so many
// runs that it cannot deliver, and take one more.
func peakWith(t *testing.T, runs int) float64 {
	s := newUsual(t)
	s.node.Config.Spool.MaxEntries = 20_000
	waiting, err := s.node.Backlog(s.chef, runs, 30, s.reporter())
	do(t, err)
	s.down()
	s.start()
	s.says("could not be delivered")
	s.report()
	s.eventually("the run that follows waits, too", func() bool { return s.waits() == len(waiting)+1 })
	usage, err := s.node.Usage()
	do(t, err)
	return usage.Peak
}
