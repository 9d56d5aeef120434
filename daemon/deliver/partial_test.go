package deliver_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/converged/converged/daemon/deliver"
	"github.com/converged/converged/daemon/ledger"
	"github.com/converged/converged/daemon/spool"
	"github.com/converged/converged/reporters/telemetry"
)

// three is a batch with a metric, an event and a service check.
func three(id string, at time.Time) telemetry.Batch {
	return telemetry.Batch{RunID: id, Host: "web-17", Timestamp: at.UTC(), Tags: []string{"tool:chef"},
		Metrics:       []telemetry.Metric{{Name: id + ".metric", Kind: telemetry.Count, Value: 1}},
		Events:        []telemetry.Event{{Title: id + ".event", Text: "t"}},
		ServiceChecks: []telemetry.ServiceCheck{{Name: id + ".check"}},
	}
}

// part is of b what keep names.
func part(b telemetry.Batch, metrics, events, checks bool) telemetry.Batch {
	if !metrics {
		b.Metrics = nil
	}
	if !events {
		b.Events = nil
	}
	if !checks {
		b.ServiceChecks = nil
	}
	return b
}

// items names everything in b.
func items(b telemetry.Batch) []string {
	var names []string
	for _, m := range b.Metrics {
		names = append(names, m.Name)
	}
	for _, e := range b.Events {
		names = append(names, e.Title)
	}
	for _, c := range b.ServiceChecks {
		names = append(names, c.Name)
	}
	return names
}

var errRefused = fmt.Errorf("status 400: %w", telemetry.ErrRefused)

// Metrics were taken, the check was refused, the event is to be tried again: only
// the event is, also by the next process.
func TestWhatIsDeliveredIsNotRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got [][]string
		once := reporter(func(_ context.Context, b telemetry.Batch) error {
			got = append(got, items(b))
			if len(got) > 1 {
				return errAway
			}
			return &telemetry.Partial{Rest: part(b, false, true, false), Err: errAway, Refused: part(b, false, false, true), Why: errRefused}
		})
		r := start(t, func(l *deliver.Loop, _ *receiver) { l.Reporter = once })
		put(t, r.Spool, three("1", time.Now()))
		time.Sleep(time.Minute)
		r.end(t)
		if fmt.Sprint(got[:3]) != "[[1.metric 1.event 1.check] [1.event] [1.event]]" {
			t.Errorf("it was given %v", got)
		}
		st := r.State()
		if st.Dropped[deliver.DroppedRefused] != 1 || st.Delivered != 0 || st.State != deliver.Failing {
			t.Errorf("got %+v", st)
		}
		r.mustStep(t, "1", ledger.Refused, ledger.Partly, ledger.Failed)
		r.mustSay(t, 1, "kept as a dead letter")
		if letters := deadLetters(t, r.dir); !strings.Contains(letters, "1.check") || strings.Contains(letters, "1.event") || strings.Contains(letters, "1.metric") {
			t.Errorf("the dead letters hold %s", letters)
		}
		if err := r.Spool.Close(); err != nil {
			t.Fatal(err)
		}
		var last []string
		restart(t, r.dir, &deliver.Loop{Reporter: reporter(func(_ context.Context, b telemetry.Batch) error {
			last = append(last, items(b)...)
			return nil
		})})
		if fmt.Sprint(last) != "[1.event]" {
			t.Errorf("the next process delivered %v", last)
		}
	})
}

// restart runs a loop over the spool in dir until nothing is pending. It must be
// called in a synctest bubble.
func restart(t *testing.T, dir string, l *deliver.Loop) {
	t.Helper()
	s, err := spool.Open(dir, spool.Options{})
	if err != nil {
		t.Fatal(err)
	}
	l.Name, l.Spool = "datadog", s
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- l.Run(ctx) }()
	time.Sleep(10 * time.Second) // a digest waits for more to tell
	synctest.Wait()
	for hours := 0; s.Stats().Entries > 0 && hours < 100; hours++ {
		time.Sleep(time.Hour)
		synctest.Wait()
	}
	stop()
	if err := errors.Join(<-done, s.Close()); err != nil {
		t.Error(err)
	}
}

// deadLetters is everything in a spool's dead letters.
func deadLetters(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "refused", "*"))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}

func TestNothingIsLeftOfAPartlyRefusedBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		r := start(t, func(l *deliver.Loop, _ *receiver) {
			l.Reporter = reporter(func(_ context.Context, b telemetry.Batch) error {
				calls++
				return &telemetry.Partial{Refused: part(b, false, true, false), Why: errRefused}
			})
		})
		put(t, r.Spool, three("1", time.Now()))
		time.Sleep(time.Minute)
		synctest.Wait()
		st := r.State()
		if calls != 1 || st.State != deliver.Working || st.Delivered != 1 || st.Dropped[deliver.DroppedRefused] != 1 {
			t.Errorf("after %d calls: %+v", calls, st)
		}
		r.mustStep(t, "1", ledger.Refused, ledger.Sent)
		if stats := r.Spool.Stats(); stats.Entries != 0 || stats.DeadLetters != 1 {
			t.Errorf("the spool holds %+v", stats)
		}
		r.end(t)
	})
}

// The rest waits as its own reason says.
func TestTheRestOfABatchIsHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, func(l *deliver.Loop, _ *receiver) {
			l.Reporter = reporter(func(_ context.Context, b telemetry.Batch) error {
				return &telemetry.Partial{Rest: part(b, false, true, false), Err: errKey}
			})
		})
		put(t, r.Spool, three("1", time.Now()))
		synctest.Wait()
		if st := r.State(); st.State != deliver.Held || time.Until(st.NextTry) != 2500*time.Millisecond {
			t.Errorf("got %+v", st)
		}
		r.end(t)
	})
}

// A Reporter that says that something is left, and not why, is asked again as
// any other, not at once.
func TestARestWithoutAReason(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		r := start(t, func(l *deliver.Loop, _ *receiver) {
			l.Reporter = reporter(func(_ context.Context, b telemetry.Batch) error {
				calls++
				return &telemetry.Partial{Rest: b}
			})
		})
		put(t, r.Spool, three("1", time.Now()))
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if calls > 30 || r.State().State != deliver.Failing {
			t.Errorf("it was asked %d times: %+v", calls, r.State())
		}
		r.end(t)
	})
}
