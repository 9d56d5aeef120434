package daemon

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/converged/converged/daemon/analyse"
	"github.com/converged/converged/daemon/begun"
	"github.com/converged/converged/daemon/ledger"
	"github.com/converged/converged/daemon/spool"
	"github.com/converged/converged/parsers/chef"
	"github.com/converged/converged/parsers/report"
)

// saidIn is what a line of the data collector says.
func saidIn(t *testing.T, line []byte) []report.Run {
	t.Helper()
	runs, err := chef.Collector(bytes.NewReader(line))
	if err != nil {
		t.Fatal(err)
	}
	return runs
}

// The end of a run is told on one way, such as over HTTP, while on another it is
// just being spooled that it did not finish.
func TestARunThatEndsBeforeItIsSpooledThatItDidNot(t *testing.T) {
	r := newPostRig(t, t.TempDir(), "a", "b")
	var steps []ledger.Record
	r.note = func(step ledger.Record) { steps = append(steps, step) }
	r.heard(saidIn(t, began("killed", morning)), "/log")
	r.heard(saidIn(t, began("late", later)), "/log")
	batches := r.heard(saidIn(t, began("next", later5)), "/log")
	if len(batches) != 1 || batches[0].of != "late" {
		t.Fatalf("told are %+v", batches)
	}
	r.heard(saidIn(t, ended("late", later, later5)), "unix:/data-collector")
	held, err := r.spoolAll(t.Context(), batches, (*spool.Spool).Append)
	if err != nil || len(held) > 0 {
		t.Fatal(held, err)
	}
	for _, p := range r.places {
		if p.Knows("late-unfinished") {
			t.Errorf("%s is told that it did not finish", p.name)
		}
	}
	if last := steps[len(steps)-1]; last.Step != ledger.Withdrawn || last.Run != "late-unfinished" || last.Reporter != "b" {
		t.Errorf("the ledger says %+v", steps)
	}
	if r.begun.Ended("late") {
		t.Error("it is remembered although that is done with")
	}
}

// A process that died between the two had written down that the run ended, and not
// that nobody is to be told otherwise.
func TestAnEndIsReadAgainByTheNextProcess(t *testing.T) {
	dir := t.TempDir()
	r := newPostRig(t, dir, "a")
	for _, line := range [][]byte{began("late", morning), began("next", later)} {
		if _, err := r.spoolAll(t.Context(), r.heard(saidIn(t, line), "/log"), (*spool.Spool).Append); err != nil {
			t.Fatal(err)
		}
	}
	if !r.places[0].Knows("late-unfinished") {
		t.Fatal("it was not told")
	}
	r.begun.Hear(saidIn(t, ended("late", morning, later5)), "/log") // and it died
	r.begun.Close()
	r.begun = begun.Open(filepath.Join(dir, begunName), begun.Options{})
	r.heard(saidIn(t, ended("late", morning, later5)), "/log")
	if r.places[0].Knows("late-unfinished") {
		t.Error("it still waits to be told that the run did not finish")
	}
}

// While the disk refuses the batch, a process that dies has not told anybody.
func TestWhatIsInMemoryOnlyIsToldAgainByTheNextProcess(t *testing.T) {
	dir := t.TempDir()
	r := newPostRig(t, dir, "a")
	r.heard(saidIn(t, began("killed", morning)), "/log")
	batches := r.heard(saidIn(t, began("next", later)), "/log")
	h := &home{t: t}
	h.config.StateDir = dir
	mend := h.breakDisk("a", analyse.UnfinishedID("killed"))
	if held, err := r.spoolAll(t.Context(), batches, (*spool.Spool).Append); err != nil || len(held) != 1 {
		t.Fatal(held, err)
	}
	r.begun.Sync()
	again := begun.Open(filepath.Join(dir, begunName), begun.Options{})
	if over := again.Hear(saidIn(t, began("next", later)), "/log").Unfinished; len(over) != 1 || over[0].ID != "killed" {
		t.Errorf("the next process tells of %+v", over)
	}
	mend()
	if _, err := r.spoolAll(t.Context(), batches, (*spool.Spool).Append); err != nil {
		t.Fatal(err)
	}
	r.begun.Sync()
	again = begun.Open(filepath.Join(dir, begunName), begun.Options{})
	if over := again.Hear(saidIn(t, began("next", later)), "/log").Unfinished; len(over) > 0 {
		t.Errorf("what is on disk is told again: %+v", over)
	}
}

// A start that is read again without its end, which was told: nothing is said of it,
// now or after a restart.
func TestNothingIsSaidOfARunWhoseEndIsKnown(t *testing.T) {
	dir := t.TempDir()
	r := newPostRig(t, dir, "a")
	f, _ := formatNamed("chef-collector")
	batches, _ := r.batches(document{format: f, origin: "/log", data: ended("told", morning, later)})
	if _, err := r.spoolAll(t.Context(), batches, (*spool.Spool).Append); err != nil || len(batches) != 1 {
		t.Fatal(batches, err)
	}
	r.heard(saidIn(t, began("told", morning)), "/log")
	if batches := r.heard(saidIn(t, began("next", later5)), "/log"); len(batches) > 0 {
		t.Errorf("said is %+v", batches)
	}
	r.begun.Sync()
	text, err := os.ReadFile(filepath.Join(dir, begunName))
	if err != nil {
		t.Fatal(err)
	}
	again := begun.Open(filepath.Join(dir, begunName), begun.Options{})
	if over := again.Hear(saidIn(t, began("next", later5)), "/log").Unfinished; len(over) > 0 {
		t.Errorf("the next process has to tell of %+v: %s", over, text)
	}
}

// Of an old log with thousands of them our own log does not have a line each.
func TestOldRunsThatDidNotFinishAreNotLogged(t *testing.T) {
	r := newPostRig(t, t.TempDir(), "a")
	var log bytes.Buffer
	r.log = slog.New(slog.NewTextHandler(&log, nil))
	at := func(ago time.Duration) string { return time.Now().Add(-ago).UTC().Format(time.RFC3339) }
	r.heard(saidIn(t, began("old", at(50*time.Hour))), "/log")
	r.heard(saidIn(t, began("new", at(49*time.Hour))), "/log")
	batches := r.heard(saidIn(t, began("next", at(time.Hour))), "/log")
	if text := log.String(); len(batches) != 1 || strings.Contains(text, "run_id=old") || strings.Count(text, "run_id=new") != 1 {
		t.Errorf("logged is %s", text)
	}
}

// A playbook that was killed did not finish on each of its hosts.
func TestManyRunsThatDidNotFinishAreCounted(t *testing.T) {
	r := newPostRig(t, t.TempDir(), "a")
	var log bytes.Buffer
	r.log = slog.New(slog.NewTextHandler(&log, nil))
	var begin, again []report.Run
	for i := range mostNamed + 3 {
		run := report.Run{ID: fmt.Sprint("1/", i), Tool: report.Ansible, Host: fmt.Sprint(i), Playbook: "site.yml", Phase: report.Started, Start: report.At(time.Now().Add(-time.Hour))}
		begin = append(begin, run)
		run.ID, run.Start = fmt.Sprint("2/", i), report.At(time.Now())
		again = append(again, run)
	}
	r.heard(begin, "/log")
	batches := r.heard(again, "/log")
	if text := log.String(); len(batches) != mostNamed+3 || strings.Count(text, "a run did not finish") != mostNamed || !strings.Contains(text, `msg="more runs did not finish" runs=3`) {
		t.Errorf("of %d batches logged is %s", len(batches), text)
	}
}
