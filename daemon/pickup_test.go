package daemon

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/converged/converged/daemon/ledger"
)

// backlog is a daemon that finds so many runs in one file, and delivers nothing.
func (h *home) backlog(runs int, reporters ...string) (d *daemon, steps func(reporter string) []string) {
	h.t.Helper()
	for i := range runs {
		h.collect(ended(fmt.Sprintf("run-%d", i), morning, later))
	}
	var outputs []Output
	for _, name := range reporters {
		outputs = append(outputs, Output{Name: name, Reporter: newRecorder(true)})
	}
	d, err := open(h.config, outputs, quiet())
	if err != nil {
		h.t.Fatal(err)
	}
	d.pickup.apart = time.Hour
	h.t.Cleanup(func() {
		if err := d.close(); err != nil {
			h.t.Error(err)
		}
	})
	var noted []ledger.Record
	d.intake.note = func(r ledger.Record) { noted = append(noted, r) }
	return d, func(reporter string) (all []string) {
		for _, r := range noted {
			if r.Reporter == reporter || r.Reporter == "" {
				all = append(all, fmt.Sprintf("%s %s", r.Run, r.Step))
			}
		}
		return all
	}
}

// nextOf has a daemon take the next report.
func (h *home) nextOf(d *daemon) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), time.Minute)
	defer cancel()
	a, err := d.pickup.next(ctx)
	if err == nil {
		err = d.pickup.take(ctx, a)
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

// idle has a daemon wait in vain for a report.
func (h *home) idle(d *daemon) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), 10*time.Millisecond)
	defer cancel()
	if a, err := d.pickup.next(ctx); !errors.Is(err, context.DeadlineExceeded) {
		h.t.Fatalf("got %v, %v", a, err)
	}
}

// Reports that lie there already are spooled together, when there is no further one.
func TestABacklogIsSpooledTogether(t *testing.T) {
	h := newHome(t)
	d, steps := h.backlog(3, "a", "b")
	for range 3 {
		h.nextOf(d)
	}
	if n := len(d.pickup.waiting); n != 3 {
		t.Errorf("%d reports wait", n)
	}
	h.idle(d)
	if n := len(d.pickup.waiting); n > 0 {
		t.Errorf("%d reports still wait", n)
	}
	for _, p := range d.places {
		if st := p.Stats(); st.Entries != 3 || st.Held != 0 || p.Holds("run-0") || p.Holds("run-2") {
			t.Errorf("%s has %+v", p.name, st)
		}
		want := []string{"run-0 seen", "run-1 seen", "run-2 seen", "run-0 spooled", "run-1 spooled", "run-2 spooled"}
		if got := steps(p.name); !slices.Equal(got, want) {
			t.Errorf("of %s was noted %v", p.name, got)
		}
	}
}

// Those that come on and on are let go in between.
func TestABacklogHasNoEnd(t *testing.T) {
	h := newHome(t)
	d, _ := h.backlog(3, "a")
	d.pickup.apart = 0
	for range 3 {
		h.nextOf(d)
		if n := len(d.pickup.waiting); n > 0 {
			t.Errorf("%d reports wait", n)
		}
	}
}

// A run that is read twice meanwhile is one entry, and noted once to be spooled.
func TestABacklogTellsOfARunTwice(t *testing.T) {
	h := newHome(t)
	d, steps := h.backlog(1, "a")
	h.collect(ended("run-0", morning, later))
	h.nextOf(d)
	h.nextOf(d)
	if n := len(d.pickup.waiting); n != 2 {
		t.Errorf("%d reports wait", n)
	}
	h.idle(d)
	if got, want := steps("a"), []string{"run-0 seen", "run-0 seen", "run-0 spooled"}; !slices.Equal(got, want) {
		t.Errorf("was noted %v", got)
	}
	if st := d.places[0].Stats(); st.Entries != 1 || len(d.pickup.waiting) > 0 {
		t.Errorf("it has %+v, %d reports wait", st, len(d.pickup.waiting))
	}
}

// A process that dies before has not let go of what was postponed: it reads it again.
func TestWhatIsPostponedIsReadAgain(t *testing.T) {
	h := newHome(t)
	d, _ := h.backlog(2, "a")
	h.nextOf(d)
	d.places[0].Withdraw("run-0") // as if it had died: nothing of it is on disk
	if err := d.pickup.watcher.Close(); err != nil {
		t.Fatal(err)
	}
	if err := d.close(); err != nil {
		t.Fatal(err)
	}
	d, _ = h.backlog(0, "a")
	h.nextOf(d)
	h.nextOf(d)
	h.idle(d)
	if st := d.places[0].Stats(); st.Entries != 2 {
		t.Errorf("it has %+v", st)
	}
}

// One reporter's disk refuses one of several: that one report is kept, and those
// after it; the other reporter has all.
func TestADiskRefusesOneOfABacklog(t *testing.T) {
	h := newHome(t)
	mend := h.breakDisk("a", "run-1")
	d, steps := h.backlog(3, "a", "b")
	for range 3 {
		h.nextOf(d)
	}
	h.idle(d)
	if n := len(d.pickup.waiting); n != 2 || d.pickup.pause == 0 {
		t.Errorf("%d reports wait, tried again after %v", n, d.pickup.pause)
	}
	mend()
	d.pickup.settle()
	if n := len(d.pickup.waiting); n > 0 {
		t.Errorf("%d reports wait", n)
	}
	for _, p := range d.places {
		if st := p.Stats(); st.Entries != 3 || st.Held != 0 {
			t.Errorf("%s has %+v", p.name, st)
		}
	}
	seen := []string{"run-0 seen", "run-1 seen", "run-2 seen"}
	for reporter, then := range map[string][]string{
		"a": {"run-0 spooled", "run-1 held", "run-2 spooled", "run-1 spooled"},
		"b": {"run-0 spooled", "run-1 spooled", "run-2 spooled"},
	} {
		if got := steps(reporter); !slices.Equal(got, slices.Concat(seen, then)) {
			t.Errorf("of %s was noted %v", reporter, got)
		}
	}
}
