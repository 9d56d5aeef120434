//go:build linux

package delivery

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/converged/converged/features/rig"
)

// scale is how many of something a test makes: few where it is one of many
// tests, all where CONVERGED_LOAD is set.
func scale(few, all int) int {
	if os.Getenv("CONVERGED_LOAD") != "" {
		return all
	}
	return few
}

// leaveReports has Chef leave so many reports of new runs.
func (s *site) leaveReports(dir string, n int) {
	s.t.Helper()
	for range n {
		r := s.chef.Next(false)
		do(s.t, rig.WriteReport(dir, r, s.chef.Report(r)))
		s.ran(r)
	}
}

// within wants the node's process to have stayed below so many MB. Under the race
// detector, which takes several times as much for itself, it is only told.
func (s *site) within(most float64) rig.Usage {
	s.t.Helper()
	usage, err := s.node.Usage()
	do(s.t, err)
	s.t.Logf("%d runs: at most %.1f MB, now %.1f MB, %v of CPU, %d files", len(s.all()), usage.Peak, usage.RSS, usage.CPU, usage.Files)
	if usage.Peak > most && !rig.Raced {
		s.t.Errorf("it took %.1f MB, more than %.0f MB", usage.Peak, most)
	}
	return usage
}

// A backlog drains wholly, each run once, in little memory.
func TestABacklogDrains(t *testing.T) {
	s := withIntake(t, programs.plain)
	n := scale(5_000, 100_000)
	s.node.Config.Spool = rig.Spool{MaxEntries: n + 1, MaxBytes: 8 << 30}
	runs, err := s.node.Backlog(s.chef, n, 5, s.reporter())
	do(t, err)
	s.runs = runs
	s.start()
	s.await("as many hosts", func() bool { return s.intake.Seen() == n })
	s.arrived()
	s.within(40)
	if asked := s.intake.Requests(rig.SeriesPath) + s.intake.Requests(rig.ChecksPath); asked > int64(n)/10 {
		t.Errorf("it took %d requests for the metrics and checks of %d runs", asked, n)
	}
	s.settled(0)
}

// Of ten thousand files in one folder, half of which come while the others are
// read, each is delivered once.
func TestManyFilesInOneFolder(t *testing.T) {
	s := newUsual(t)
	n := scale(1_000, 10_000)
	s.leaveReports(s.node.Reports(), n/2)
	s.start()
	s.leaveReports(s.node.Reports(), n/2)
	s.await("as many hosts", func() bool { return s.intake.Seen() == n })
	s.arrived()
	s.within(40)
	s.settled(0)
}

// A thousand sources take one event queue of the system's, and each is read.
func TestAThousandSources(t *testing.T) {
	s := newUsual(t)
	s.node.Config.Sources = nil
	for i := range 1_000 {
		dir := s.node.Path("sources", strconv.Itoa(i))
		do(t, os.MkdirAll(dir, 0o755))
		source := rig.Source{Format: "chef-report", Path: dir}
		if i%2 == 1 {
			source = rig.Source{Format: "chef-collector", Path: filepath.Join(dir, "collector.json")}
		}
		s.node.Config.Sources = append(s.node.Config.Sources, source)
	}
	s.start()
	if queues := s.eventQueues(); queues != 1 {
		t.Errorf("it has %d event queues of the system's, expected 1", queues)
	}
	for i, source := range s.node.Config.Sources {
		r := s.chef.Next(i%10 == 0)
		if source.Format == "chef-report" {
			do(t, rig.WriteReport(source.Path, r, s.chef.Report(r)))
		} else {
			do(t, rig.AppendLine(source.Path, s.chef.Line(r)))
		}
		s.ran(r)
	}
	s.arrived()
	if usage := s.within(40); usage.Files > 700 { // a file that grows stays open
		t.Errorf("it has %d files open", usage.Files)
	}
	s.settled(0)
}

// eventQueues is how many inotify instances the process has; a user may have 128.
func (s *site) eventQueues() int {
	s.t.Helper()
	dir := fmt.Sprintf("/proc/%d/fd", s.node.PID())
	files, err := os.ReadDir(dir)
	do(s.t, err)
	n := 0
	for _, f := range files {
		if to, err := os.Readlink(filepath.Join(dir, f.Name())); err == nil && to == "anon_inode:inotify" {
			n++
		}
	}
	return n
}
