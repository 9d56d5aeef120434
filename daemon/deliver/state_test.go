package deliver_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/converged/converged/daemon/deliver"
	"github.com/converged/converged/daemon/ledger"
	"github.com/converged/converged/reporters/telemetry"
)

var errKey = fmt.Errorf("status 403: %w", telemetry.ErrHeld)

// A rejected key costs nothing but time: all is kept, an alarm is raised, and
// the next attempt with a good key delivers.
func TestKeyRejected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, func(l *deliver.Loop, rec *receiver) { rec.err, l.Acknowledges = errKey, true }, "1", "2")
		time.Sleep(time.Hour)
		synctest.Wait()
		var waits []time.Duration
		for i := range r.receiver.tries()[1:] {
			waits = append(waits, r.receiver.tries()[i+1]-r.receiver.tries()[i])
		}
		s := time.Second
		if want := []time.Duration{2500 * time.Millisecond, 5 * s, 10 * s, 20 * s, 40 * s, 80 * s, 150 * s, 150 * s}; !slices.Equal(waits[:len(want)], want) {
			t.Errorf("it waited %v, want %v", waits, want)
		}
		st := r.State()
		if st.State != deliver.Held || !strings.Contains(st.Error, "403") || !st.NextTry.After(time.Now()) || time.Since(st.Since) != time.Hour {
			t.Errorf("got %+v", st)
		}
		r.mustSay(t, 1, "takes nothing until this is mended")
		r.mustSay(t, 1, "level=ERROR")
		if kept := r.Spool.Stats(); kept.Entries != 2 || kept.DeadLetters != 0 {
			t.Errorf("it keeps %+v", kept)
		}
		r.receiver.set(nil)
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		r.mustHave(t, "1", "2")
		if st := r.State(); st.State != deliver.Working || st.Error != "" || !st.NextTry.IsZero() || st.Delivered != 2 {
			t.Errorf("got %+v", st)
		}
		r.mustStep(t, "1", ledger.Failed, ledger.Acknowledged)
		r.mustStep(t, "2", ledger.Acknowledged)
		r.end(t)
	})
}

// Whoever looks sees no receiver that is away and has just taken something.
func TestNobodySeesADeliveryWithoutItsState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []deliver.Status
		r := start(t, func(l *deliver.Loop, rec *receiver) {
			rec.err = errAway
			l.Note = func(ledger.Record) { seen = append(seen, l.State()) }
		}, "1")
		r.receiver.set(nil)
		time.Sleep(time.Minute)
		synctest.Wait()
		r.mustHave(t, "1")
		seen = append(seen, r.State())
		for _, st := range seen {
			if st.Delivered > 0 && st.State != deliver.Working {
				t.Errorf("seen: %+v", st)
			}
		}
		if len(seen) < 3 {
			t.Errorf("looked %d times", len(seen))
		}
		r.end(t)
	})
}

func TestTheReceiverSaysWhenToComeBack(t *testing.T) {
	for after, want := range map[time.Duration]time.Duration{
		0:                500 * time.Millisecond,
		time.Millisecond: 500 * time.Millisecond,
		-time.Hour:       500 * time.Millisecond,
		42 * time.Second: 42 * time.Second,
		9 * time.Hour:    time.Hour,
	} {
		synctest.Test(t, func(t *testing.T) {
			r := start(t, func(_ *deliver.Loop, rec *receiver) {
				rec.err = &telemetry.Later{After: after, Err: errors.New("status 429")}
			}, "1")
			if st := r.State(); st.State != deliver.Failing || time.Until(st.NextTry) != want {
				t.Errorf("told to come back in %v it comes in %v: %+v", after, time.Until(st.NextTry), st)
			}
			time.Sleep(want - time.Nanosecond)
			synctest.Wait()
			if n := len(r.receiver.tries()); n != 1 {
				t.Errorf("told to come back in %v it came %d times before %v", after, n, want)
			}
			time.Sleep(time.Nanosecond)
			synctest.Wait()
			if n := len(r.receiver.tries()); n != 2 {
				t.Errorf("told to come back in %v it came %d times within %v", after, n, want)
			}
			r.end(t)
		})
	}
}

// Each change of state is said, told and noted once, however many attempts fail.
func TestEveryChangeOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var changes []deliver.State
		r := start(t, func(l *deliver.Loop, rec *receiver) {
			rec.err = errAway
			l.Changed = func() { changes = append(changes, l.State().State) }
		}, "1")
		for _, err := range []error{errAway, errKey, errAway, nil} {
			r.receiver.set(err)
			time.Sleep(20 * time.Minute)
			synctest.Wait()
		}
		if want := []deliver.State{deliver.Working, deliver.Failing, deliver.Held, deliver.Failing, deliver.Working}; !slices.Equal(changes, want) {
			t.Errorf("it went through %v, want %v", changes, want)
		}
		r.mustSay(t, 2, "could not be delivered; it is kept")
		r.mustSay(t, 1, "takes nothing until this is mended")
		r.mustSay(t, 1, "delivered again")
		r.mustStep(t, "1", ledger.Failed, ledger.Failed, ledger.Failed, ledger.Sent)
		r.end(t)
	})
}

// What several batches of a group come to is decided one by one; the gravest
// failure says when the next attempt is.
func TestAGroupIsDecidedOneByOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fates := map[string]error{
			"refused": fmt.Errorf("status 400: %w", telemetry.ErrRefused),
			"away":    errAway,
			"later":   &telemetry.Later{After: 20 * time.Second, Err: errors.New("status 429")},
		}
		var mu sync.Mutex
		var groups []int
		g := group(func(_ context.Context, batches []telemetry.Batch) []error {
			mu.Lock()
			defer mu.Unlock()
			groups = append(groups, len(batches))
			var errs []error
			for _, b := range batches {
				errs = append(errs, fates[b.RunID])
			}
			return errs
		})
		r := start(t, func(l *deliver.Loop, _ *receiver) { l.Reporter = g }, "1", "refused", "away", "2", "later", "3")
		if !slices.Equal(groups, []int{6}) {
			t.Errorf("it was given groups of %v, want one of 6", groups)
		}
		st := r.State()
		if st.Delivered != 3 || st.Dropped[deliver.DroppedRefused] != 1 || st.Retried != 2 || st.State != deliver.Failing {
			t.Errorf("got %+v", st)
		}
		if wait := time.Until(st.NextTry); wait != 20*time.Second {
			t.Errorf("it comes again in %v", wait)
		}
		mu.Lock()
		clear(fates)
		mu.Unlock()
		time.Sleep(20 * time.Second)
		synctest.Wait()
		if !slices.Equal(groups, []int{6, 2}) || r.Spool.Stats().Entries != 0 {
			t.Errorf("it was given groups of %v, and %d are left", groups, r.Spool.Stats().Entries)
		}
		r.end(t)
	})
}

func TestAGroupThatIsSilentIsAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, func(l *deliver.Loop, _ *receiver) {
			l.Reporter = group(func(context.Context, []telemetry.Batch) []error { return nil })
		}, "1", "2")
		if st := r.State(); st.State != deliver.Failing || st.Retried != 2 || r.Spool.Stats().Entries != 2 {
			t.Errorf("got %+v", st)
		}
		r.end(t)
	})
}

func TestAGroupHasItsBounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var runs []string
		for i := range 150 {
			runs = append(runs, fmt.Sprintf("%03d", i))
		}
		var groups []int
		r := start(t, func(l *deliver.Loop, _ *receiver) {
			l.Reporter = group(func(_ context.Context, batches []telemetry.Batch) []error {
				groups = append(groups, len(batches))
				return make([]error, len(batches))
			})
		}, runs...)
		if !slices.Equal(groups, []int{64, 64, 22}) {
			t.Errorf("it was given groups of %v", groups)
		}
		if st := r.State(); st.Delivered != 150 {
			t.Errorf("got %+v", st)
		}
		r.end(t)
	})
}
