package daemon

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/converged/converged/daemon/ledger"
	"github.com/converged/converged/daemon/spool"
	"github.com/converged/converged/reporters/telemetry"
)

// breakDisk makes a reporter's spool unable to write this run down until mend is
// called: a directory stands where its file is to be written.
func (h *home) breakDisk(reporter, run string) (mend func()) {
	h.t.Helper()
	var stones []string
	for seq := range 5 {
		for rank := range 5 {
			stones = append(stones, filepath.Join(h.config.StateDir, "spool", reporter, "pending",
				fmt.Sprintf(".writing-%012d.%d.%s", seq, rank, run)))
		}
	}
	for _, stone := range stones {
		if err := os.MkdirAll(filepath.Join(stone, "full"), 0o700); err != nil {
			h.t.Fatal(err)
		}
	}
	return func() {
		h.t.Helper()
		for _, stone := range stones {
			if err := os.RemoveAll(stone); err != nil {
				h.t.Fatal(err)
			}
		}
	}
}

const updated = "ef586071-1981-44d1-b404-bf6c368f44f1"

// The disk of one reporter fails: it is told from memory, and the others as ever.
func TestDiskFailsForOneReporter(t *testing.T) {
	h := newHome(t)
	a, b := newRecorder(false), newRecorder(false)
	log := &lines{said: make(chan string, 100)}
	stop := h.start(slog.New(slog.NewTextHandler(log, nil)), Output{Name: "a", Reporter: a}, Output{Name: "b", Reporter: b})
	defer stop()
	mend := h.breakDisk("a", updated)
	h.leave(sample(t, "18-updated/report.json"))
	for _, r := range []*recorder{a, b} {
		if got := r.next(t); got.RunID != updated {
			t.Errorf("it was told of %s", got.RunID)
		}
	}
	log.wait(t, "the disk does not take what is to be kept")
	mend()
	h.leave(sample(t, "18-converge-fail/report.json"))
	for _, r := range []*recorder{a, b} {
		if got := r.next(t); got.RunID == updated {
			t.Error("it was told twice")
		}
	}
}

// What is in memory only is written down as soon as the disk takes it, without a
// restart and without a further report.
func TestDiskRecovers(t *testing.T) {
	h := newHome(t)
	r := newRecorder(true)
	stop := h.start(quiet(), Output{Name: "r", Reporter: r})
	mend := h.breakDisk("r", updated)
	h.leave(sample(t, "18-updated/report.json"))
	<-r.asked // from memory
	mend()
	waitForFile(t, filepath.Join(h.config.StateDir, "spool", "r", "pending"), updated)
	stop()
	if got := h.noted(updated, "r"); !slices.Contains(got, ledger.Held) || !slices.Contains(got, ledger.Spooled) {
		t.Errorf("the ledger says %v", got)
	}
	r.away = false
	stop = h.start(quiet(), Output{Name: "r", Reporter: r})
	defer stop()
	r.next(t)
	h.leave(sample(t, "18-noop/report.json"))
	if got := r.next(t); got.RunID == updated {
		t.Error("it was told twice")
	}
}

// A report whose batch never came to the disk is not let go: the next process
// reads it again.
func TestDiskNeverRecovers(t *testing.T) {
	h := newHome(t)
	a, b := newRecorder(true), newRecorder(false)
	outputs := []Output{{Name: "a", Reporter: a}, {Name: "b", Reporter: b}}
	stop := h.start(quiet(), outputs...)
	mend := h.breakDisk("a", updated)
	h.leave(sample(t, "18-updated/report.json"))
	b.next(t)
	<-a.asked
	stop()
	mend()
	a.away = false
	stop = h.start(quiet(), outputs...)
	defer stop()
	if got := a.next(t); got.RunID != updated {
		t.Errorf("a was told of %s", got.RunID)
	}
	h.leave(sample(t, "18-noop/report.json"))
	for _, r := range []*recorder{a, b} {
		if got := r.next(t); got.RunID == updated {
			t.Error("it was told twice")
		}
	}
}

// noted is what the ledger says of a run at a reporter, in order.
func (h *home) noted(run, reporter string) []ledger.Step {
	h.t.Helper()
	accounts, damage, err := ledger.Read(filepath.Join(h.config.StateDir, "ledger"), ledger.Query{Run: run})
	if err != nil || damage.Lines+damage.Files > 0 || len(accounts) != 1 {
		h.t.Fatalf("the ledger holds %v, %+v, %v", accounts, damage, err)
	}
	var steps []ledger.Step
	for _, e := range accounts[0].Steps {
		if e.Reporter == reporter || e.Reporter == "" {
			steps = append(steps, e.Step)
		}
	}
	return steps
}

// A run of two names, of two sources and of two processes is told once.
func TestReportSeenTwice(t *testing.T) {
	h := newHome(t)
	r := newRecorder(false)
	var told []string
	for process := range 2 {
		stop := h.start(quiet(), Output{Name: "r", Reporter: r, Acknowledges: true})
		h.leave(sample(t, "18-updated/report.json"))
		h.leave(sample(t, "18-updated/report.json"))
		h.collect(sample(t, "18-updated/collector.json"))
		h.leave([]byte(`{"node": oops}`)) // is told each time
		told = append(told, r.next(t).RunID)
		if process == 0 {
			told = append(told, r.next(t).RunID)
		}
		stop()
	}
	told = slices.DeleteFunc(told, func(id string) bool { return strings.HasPrefix(id, "unparsable-") })
	if !slices.Equal(told, []string{updated}) || len(r.batches) > 0 {
		t.Errorf("it was told of %v and %d more", told, len(r.batches))
	}
	got := h.noted(updated, "r")
	acknowledged := slices.DeleteFunc(slices.Clone(got), func(s ledger.Step) bool { return s != ledger.Acknowledged })
	if len(acknowledged) != 1 || got[0] != ledger.Seen {
		t.Errorf("the ledger says %v", got)
	}
}

// A ledger that cannot be had costs no delivery.
func TestNoLedger(t *testing.T) {
	h := newHome(t)
	if err := os.MkdirAll(h.config.StateDir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(h.config.StateDir, "ledger"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r := newRecorder(false)
	stop := h.start(quiet(), Output{Name: "r", Reporter: r})
	defer stop()
	h.leave(sample(t, "18-updated/report.json"))
	if got := r.next(t); got.RunID != updated {
		t.Errorf("it was told of %s", got.RunID)
	}
}

// When not even memory takes a batch for one reporter, the others have it, it is
// said once, and nothing goes on without it.
func TestDiskAndMemoryAreFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		var said bytes.Buffer
		in := &intake{note: func(ledger.Record) {}, log: slog.New(slog.NewTextHandler(&said, nil))}
		for i, name := range []string{"a", "b"} {
			s, err := spool.Open(filepath.Join(dir, "spool", name), spool.Options{MaxHeld: int64(1 + i<<20)})
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			}()
			in.places = append(in.places, place{name, s})
		}
		in.counts = newTally(in.places, nil)
		h := &home{t: t}
		h.config.StateDir = dir
		mend := []func(){h.breakDisk("a", "0"), h.breakDisk("a", "1")}
		done := make(chan error, 1)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		for n := range 2 { // the first is given up when the daemon stops
			batch := telemetry.Batch{RunID: fmt.Sprint(n), Timestamp: time.Now()}
			go func() {
				_, err := in.spool(ctx, ranked{batch: batch}, (*spool.Spool).Postpone)
				done <- err
			}()
			time.Sleep(10 * time.Minute)
			synctest.Wait()
			if st := in.places[1].Stats(); st.Entries != n+1 || in.places[1].Holds(fmt.Sprint(n)) {
				t.Errorf("the other spool has %d entries, the last in memory: %v", st.Entries, in.places[1].Holds(fmt.Sprint(n)))
			}
			if len(done) > 0 {
				t.Fatalf("it did not wait: %v", <-done)
			}
			if n == 0 {
				cancel()
				if err := <-done; !errors.Is(err, context.Canceled) {
					t.Errorf("it ended with %v", err)
				}
				ctx = t.Context()
			}
		}
		for _, mend := range mend {
			mend()
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
		if st := in.places[0].Stats(); st.Entries != 1 {
			t.Errorf("it has %d entries", st.Entries)
		}
		if n := strings.Count(said.String(), "not even in memory"); n != 2 || !strings.Contains(said.String(), "can be spooled again") {
			t.Errorf("of two batches it said %s", said.String())
		}
	})
}
