package deliver_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/converged/converged/daemon/deliver"
	"github.com/converged/converged/daemon/ledger"
	"github.com/converged/converged/daemon/spool"
	"github.com/converged/converged/reporters/telemetry"
)

var apiAges = deliver.Ages{Metrics: time.Hour, Events: 18 * time.Hour, ServiceChecks: 10 * time.Minute}

// account is a receiver that writes down what it was given.
type account struct {
	items   []string
	digests []telemetry.Batch
	times   map[string]time.Time // of each item
}

func (a *account) take(b telemetry.Batch) {
	if strings.HasPrefix(b.RunID, "digest-") {
		a.digests = append(a.digests, b)
		return
	}
	a.items = append(a.items, items(b)...)
	for _, name := range items(b) {
		if a.times == nil {
			a.times = map[string]time.Time{}
		}
		a.times[name] = b.Timestamp
	}
}

// mustDigest is the only digest there is.
func (a *account) mustDigest(t *testing.T, title string) telemetry.Batch {
	t.Helper()
	if len(a.digests) != 1 || a.digests[0].Events[0].Title != title {
		t.Fatalf("there are %d digests: %+v, want one titled %q", len(a.digests), a.digests, title)
	}
	return a.digests[0]
}

// startAway starts a loop whose receiver is away until that is set to false.
func startAway(t *testing.T, a *account, away *atomic.Bool) *rig {
	away.Store(true)
	return start(t, func(l *deliver.Loop, _ *receiver) {
		l.MaxAge = apiAges
		l.Reporter = reporter(func(_ context.Context, b telemetry.Batch) error {
			if away.Load() {
				return errAway
			}
			a.take(b)
			return nil
		})
	})
}

// A node was offline for a night: what is too old is told in one event, what is
// young enough goes out with its own time.
func TestARunTheNodeWasOfflineFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a account
		var away atomic.Bool
		r := startAway(t, &a, &away)
		began := time.Now()
		for i := range 17 {
			b := three(fmt.Sprintf("run-%02d", i), time.Now())
			if i < 3 {
				b.ServiceChecks[0].Status = telemetry.Critical
			}
			put(t, r.Spool, b)
			time.Sleep(30 * time.Minute)
		}
		time.Sleep(11 * time.Hour) // the first is 19 h 30 min old by now, the last 11 h 30 min
		away.Store(false)
		time.Sleep(2 * time.Minute)
		synctest.Wait()

		d := a.mustDigest(t, "17 runs while offline, 3 failed (chef on web-17)")
		if !strings.Contains(d.Events[0].Text, "17 metrics, 4 events, 17 service checks") {
			t.Errorf("the digest says %s", d.Events[0].Text)
		}
		if len(a.items) != 13 || a.items[0] != "run-04.event" || !a.times["run-04.event"].Equal(began.Add(2*time.Hour)) {
			t.Errorf("delivered were %v of %v", a.items, a.times)
		}
		if time.Since(d.Timestamp) > 3*time.Minute {
			t.Errorf("the digest is of %v", d.Timestamp)
		}
		st := r.State()
		if st.Expired != 17 || st.Delivered != 14 || r.Spool.Stats().Entries != 0 {
			t.Errorf("got %+v", st)
		}
		r.mustStep(t, "run-00", ledger.Failed, ledger.Expired, ledger.Expired, ledger.Expired)
		if steps := r.steps("run-16"); steps[len(steps)-1] != ledger.Sent {
			t.Errorf("of run-16 the ledger says %v", steps)
		}
		put(t, r.Spool, three("fresh", time.Now()))
		time.Sleep(time.Hour)
		synctest.Wait()
		if len(a.digests) != 1 || len(a.items) != 16 {
			t.Errorf("afterwards there are %d digests and %v", len(a.digests), a.items)
		}
		r.end(t)
		if notes := notesIn(t, r.dir); len(notes) > 0 {
			t.Errorf("the notes %v are left", notes)
		}
	})
}

// notesIn are the digests that a spool's notes hold.
func notesIn(t *testing.T, dir string) []string {
	t.Helper()
	s, _ := reopen(t, dir)
	defer func() { _ = s.Close() }()
	var found []string
	for _, name := range []string{"digest", "digest-closing"} {
		if data, err := s.Note(name); err == nil && len(data) > 0 {
			found = append(found, string(data))
		}
	}
	return found
}

// reopen opens the spool in a copy of dir, as a process finds it that comes
// after one that was killed just now.
func reopen(t *testing.T, dir string) (*spool.Spool, string) {
	t.Helper()
	to := snapshot(t, dir)
	s, err := spool.Open(to, spool.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s, to
}

func snapshot(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "spool")
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

// Wherever the process is killed between folding the first run and telling the
// digest, the next one tells of each part once.
func TestADigestIsToldOnceWhereverTheProcessIsKilled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type moment struct {
			what, dir string
			told      account // by then
		}
		var moments []moment
		var a account
		dir := t.TempDir()
		s, err := spool.Open(dir, spool.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 100 { // two groups of old ones, of which the second has young ones, too
			age := 2 * time.Hour
			if i >= 80 {
				age = 0
			}
			put(t, s, three(fmt.Sprintf("run-%02d", i), time.Now().Add(-age)))
		}
		keep := func(what string) {
			moments = append(moments, moment{what, snapshot(t, dir),
				account{items: slices.Clone(a.items), digests: slices.Clone(a.digests)}})
		}
		l := &deliver.Loop{Name: "datadog", Spool: s, MaxAge: apiAges,
			Note: func(n ledger.Record) {
				if n.Run == "run-00" || n.Run == "run-79" || n.Run == "run-99" || strings.HasPrefix(n.Run, "digest-") {
					keep(string(n.Step) + " of " + n.Run)
				}
			}}
		l.Reporter = group(func(_ context.Context, batches []telemetry.Batch) []error {
			keep("taken")
			for _, b := range batches {
				a.take(b)
			}
			return make([]error, len(batches))
		})
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- l.Run(ctx) }()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		stop()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		_ = s.Close()
		if len(moments) < 8 {
			t.Fatalf("there were only %d moments", len(moments))
		}
		for _, m := range moments {
			restart(t, m.dir, &deliver.Loop{MaxAge: apiAges, Reporter: group(func(_ context.Context, batches []telemetry.Batch) []error {
				for _, b := range batches {
					m.told.take(b)
				}
				return make([]error, len(batches))
			})})
			events, checks, metrics := 0, 0, 0
			for _, name := range slices.Compact(slices.Sorted(slices.Values(m.told.items))) {
				switch {
				case strings.HasSuffix(name, ".event"):
					events++
				case strings.HasSuffix(name, ".check"):
					checks++
				default:
					metrics++
				}
			}
			if events != 100 || checks != 20 || metrics != 20 {
				t.Errorf("killed when %s: %d events, %d checks and %d metrics arrived", m.what, events, checks, metrics)
			}
			told := uniqueDigests(m.told.digests)
			if len(told) != 1 || !strings.Contains(told[0].Events[0].Text, "80 metrics, 0 events, 80 service checks") {
				t.Errorf("killed when %s: the digests are %+v", m.what, told)
			}
		}
	})
}

// uniqueDigests are the digests by run id: where the wire was ambiguous one may
// have been sent twice.
func uniqueDigests(all []telemetry.Batch) []telemetry.Batch {
	var unique []telemetry.Batch
	for _, d := range all {
		if !slices.ContainsFunc(unique, func(u telemetry.Batch) bool { return u.RunID == d.RunID }) {
			unique = append(unique, d)
		}
	}
	return unique
}

// A digest that could not be delivered for two days is told as of then.
func TestADigestIsNeverTooOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a account
		var away atomic.Bool
		r := start(t, func(l *deliver.Loop, _ *receiver) {
			l.MaxAge = apiAges
			l.Reporter = reporter(func(_ context.Context, b telemetry.Batch) error {
				if away.Load() || strings.HasPrefix(b.RunID, "digest-") && time.Since(b.Timestamp) > 0 {
					return errAway
				}
				if !strings.HasPrefix(b.RunID, "digest-") {
					away.Store(true)
				}
				a.take(b)
				return nil
			})
		})
		put(t, r.Spool, three("old", time.Now().Add(-2*time.Hour)))
		time.Sleep(48 * time.Hour)
		away.Store(false)
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		a.mustDigest(t, "1 run while offline, none failed (chef on web-17)")
		if r.State().Expired != 1 {
			t.Errorf("got %+v", r.State())
		}
		r.end(t)
	})
}

// Runs that are too old when they come, while the receiver is away, are not told
// one by one.
func TestFewDigestsOfOneOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a account
		var away atomic.Bool
		r := startAway(t, &a, &away)
		for i := range 30 {
			put(t, r.Spool, three(fmt.Sprint(i), time.Now().Add(-20*time.Hour)))
			time.Sleep(30 * time.Minute)
		}
		away.Store(false)
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		sum := 0
		for _, d := range a.digests {
			sum += notSent(t, d)
		}
		if len(a.digests) != 2 || sum != 90 || r.Spool.Stats().Entries != 0 {
			t.Errorf("%d digests tell of %d parts: %+v", len(a.digests), sum, a.digests)
		}
		r.end(t)
	})
}

// To let go of what is too old says nothing of the receiver: the alarm stays.
func TestTheAlarmStaysWhileRunsGrowTooOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var changes []deliver.State
		r := start(t, func(l *deliver.Loop, rec *receiver) {
			l.MaxAge, rec.err = apiAges, errKey
			l.Changed = func() { changes = append(changes, l.State().State) }
		})
		for i := range 30 {
			put(t, r.Spool, three(fmt.Sprint(i), time.Now()))
			time.Sleep(time.Hour)
		}
		time.Sleep(20 * time.Hour)
		r.end(t)
		if !slices.Equal(changes, []deliver.State{deliver.Working, deliver.Held}) {
			t.Errorf("it went through %v", changes)
		}
		if st := r.State(); st.Expired != 30 || r.Spool.Stats().Entries == 0 {
			t.Errorf("got %+v", st)
		}
	})
}

// A disk that takes no notes keeps nobody waiting.
func TestTheDiskTakesNoNotes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a account
		r := start(t, func(l *deliver.Loop, _ *receiver) {
			l.MaxAge = apiAges
			l.Reporter = reporter(func(_ context.Context, b telemetry.Batch) error {
				a.take(b)
				return nil
			})
		})
		notes := filepath.Join(r.dir, "notes")
		if err := os.RemoveAll(notes); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(notes, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		put(t, r.Spool, three("old", time.Now().Add(-2*time.Hour)))
		put(t, r.Spool, three("older", time.Now().Add(-20*time.Hour)))
		time.Sleep(10 * time.Second)
		synctest.Wait()
		sum := 0
		for _, d := range a.digests {
			sum += notSent(t, d)
		}
		if sum != 5 || !slices.Equal(a.items, []string{"old.event"}) {
			t.Errorf("delivered were %v and %+v", a.items, a.digests)
		}
		r.mustSay(t, 1, "could not be written down")
		r.end(t)
	})
}

var counts = regexp.MustCompile(`Not sent: (\d+) metrics?, (\d+) events?, (\d+) service checks?\.`)

// notSent is how many parts a digest tells of.
func notSent(t *testing.T, d telemetry.Batch) (sum int) {
	t.Helper()
	found := counts.FindStringSubmatch(d.Events[0].Text)
	if found == nil {
		t.Fatalf("the digest tells of no parts: %s", d.Events[0].Text)
	}
	for _, digits := range found[1:] {
		n, err := strconv.Atoi(digits)
		if err != nil {
			t.Fatal(err)
		}
		sum += n
	}
	return sum
}
