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

func TestDelivered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, nil, "1", "2", "3")
		r.mustHave(t, "1", "2", "3")
		r.add(t, "4")
		synctest.Wait()
		r.mustHave(t, "1", "2", "3", "4")
		if st := r.State(); st.Delivered != 4 || st.Retried != 0 || st.State != deliver.Working {
			t.Errorf("got %+v", st)
		}
		if st := r.Spool.Stats(); st.Entries != 0 || st.Delivered != 4 {
			t.Errorf("got %+v", st)
		}
		r.end(t)
		if r.said.Len() > 0 {
			t.Errorf("said %s", r.said)
		}
	})
}

func TestAwayAndBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, func(_ *deliver.Loop, rec *receiver) { rec.err = errAway }, "1", "2", "3")
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		r.mustHave(t)
		r.mustSay(t, 1, "could not be delivered; it is kept")
		r.mustSay(t, 1, errAway.Error())
		r.mustSay(t, 1, "kept=3")
		if st := r.State(); st.State == deliver.Working || st.Retried < 5 || st.Delivered != 0 {
			t.Errorf("got %+v", st)
		}
		r.receiver.set(nil)
		time.Sleep(64 * time.Second)
		synctest.Wait()
		r.mustHave(t, "1", "2", "3")
		r.mustSay(t, 1, "delivered again")
		if st := r.State(); st.State != deliver.Working {
			t.Errorf("got %+v", st)
		}
		r.receiver.set(errAway)
		r.add(t, "4")
		synctest.Wait()
		r.mustSay(t, 2, "could not be delivered; it is kept") // a new outage, said anew
		r.receiver.set(nil)
		r.end(t)
		r.mustHave(t, "1", "2", "3", "4")
	})
}

func TestAttemptsBackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, func(_ *deliver.Loop, rec *receiver) { rec.err = errAway }, "1")
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		halves := []time.Duration{500, 1000, 2000, 4000, 8000, 16000, 32000, 32000} // ms; of 1, 2, 4 ... 64, 64 s
		if n := len(r.receiver.tries()); n != len(halves)+1 {
			t.Fatalf("tried at %v, want %d times", r.receiver.tries(), len(halves)+1)
		}
		for i, half := range halves {
			if got := r.receiver.tries()[i+1] - r.receiver.tries()[i]; got != half*time.Millisecond {
				t.Errorf("waited %v after failure %d, want %v ms", got, i+1, int(half))
			}
		}
		r.receiver.set(nil)
		time.Sleep(32 * time.Second)
		synctest.Wait()
		r.receiver.set(errAway)
		tried := len(r.receiver.tries())
		r.add(t, "2")
		synctest.Wait()
		time.Sleep(500 * time.Millisecond)
		synctest.Wait()
		if n := len(r.receiver.tries()) - tried; n != 2 {
			t.Errorf("after a success it tried %d times in half a second, want 2", n)
		}
		r.end(t)
	})
}

func TestRefusedForGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, func(_ *deliver.Loop, rec *receiver) {
			rec.err = fmt.Errorf("status 400: %w", telemetry.ErrRefused)
		}, "good 1", "bad", "good 2")
		r.mustHave(t, "good 1", "good 2")
		if st := r.State(); st.Delivered != 2 || st.Dropped[deliver.DroppedRefused] != 1 || st.Retried != 0 || st.State != deliver.Working {
			t.Errorf("got %+v", st)
		}
		if st := r.Spool.Stats(); st.DeadLetters != 1 || st.Entries != 0 {
			t.Errorf("got %+v", st)
		}
		r.mustSay(t, 1, "status 400")
		letter, err := os.ReadFile(filepath.Join(r.dir, "refused", "bad"))
		if err != nil || !strings.Contains(string(letter), "refused: status 400") {
			t.Errorf("the dead letter is %q, %v", letter, err)
		}
		r.end(t)
	})
}

func TestCorrupt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, nil, "1")
		for key, data := range map[string]string{"no batch": "\x00\x00", "too large": `{"run_id":"` + strings.Repeat("x", telemetry.MaxBytes) + `"}`} {
			if _, err := r.Spool.Append(key, 0, []byte(data)); err != nil {
				t.Fatal(err)
			}
		}
		r.add(t, "2")
		synctest.Wait()
		r.mustHave(t, "1", "2")
		if st := r.State(); st.Dropped[deliver.DroppedCorrupt] != 2 {
			t.Errorf("got %+v", st)
		}
		r.mustSay(t, 2, "reason=corrupt")
		r.end(t)
	})
}

// While a poorer record is refused, the richer one of its run comes in: nothing is
// dropped until that one is judged.
func TestARefusedRecordThatWasReplacedIsNotDropped(t *testing.T) {
	for name, refused := range map[string]error{"refused": telemetry.ErrRefused, "corrupt": telemetry.ErrMalformed} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var r *rig
				asked := 0
				r = start(t, func(l *deliver.Loop, _ *receiver) {
					l.Reporter = reporter(func(context.Context, telemetry.Batch) error {
						if asked++; asked > 1 {
							return nil
						}
						line, err := telemetry.Encode(telemetry.Batch{RunID: "1", Host: "web1"})
						if err == nil {
							_, err = l.Spool.Append("1", 1, line)
						}
						return errors.Join(err, refused)
					})
				}, "1")
				r.mustStep(t, "1", ledger.Failed, ledger.Sent)
				if st := r.State(); st.Dropped[name] != 0 || st.Delivered != 1 {
					t.Errorf("got %+v", st)
				}
				r.mustSay(t, 0, "never be delivered")
				r.end(t)
			})
		})
	}
}

func TestTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, func(l *deliver.Loop, rec *receiver) {
			l.Timeout = 2 * time.Second
			rec.hang = true
		}, "1")
		time.Sleep(2*time.Second + time.Millisecond)
		synctest.Wait()
		r.mustSay(t, 1, "deadline exceeded")
		if st := r.State(); st.Retried != 1 {
			t.Errorf("got %+v", st)
		}
		r.end(t)
	})
}

func TestStopFlushesWhatIsPending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, func(_ *deliver.Loop, rec *receiver) { rec.err = errAway }, "1", "2", "3")
		time.Sleep(20 * time.Second) // it waits now, for long
		r.receiver.set(nil)
		began := time.Now()
		r.end(t)
		r.mustHave(t, "1", "2", "3")
		if took := time.Since(began); took != 0 {
			t.Errorf("it took %v", took)
		}
	})
}

func TestStopAtTheFirstFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, func(_ *deliver.Loop, rec *receiver) { rec.err = errAway }, "1", "2", "3")
		tried := len(r.receiver.tries())
		r.end(t)
		if n := len(r.receiver.tries()) - tried; n != 1 {
			t.Errorf("it tried %d times after it should stop, want once", n)
		}
		r.mustSay(t, 1, "kept for the next start")
		r.mustSay(t, 1, "kept=3 error=")
		if st := r.Spool.Stats(); st.Entries != 3 {
			t.Errorf("got %+v", st)
		}
	})
}

func TestStopWithinDrain(t *testing.T) {
	for drain, want := range map[time.Duration]time.Duration{0: 3 * time.Second, time.Second: time.Second, -1: 0} {
		synctest.Test(t, func(t *testing.T) {
			r := start(t, func(l *deliver.Loop, rec *receiver) {
				l.Drain = drain
				rec.hang = true
			}, "1", "2")
			time.Sleep(time.Second) // the first is in flight
			began := time.Now()
			r.end(t)
			if took := time.Since(began); took != want {
				t.Errorf("with Drain %v it took %v, want %v", drain, took, want)
			}
			if st := r.Spool.Stats(); st.Entries != 2 {
				t.Errorf("got %+v", st)
			}
			e, err := r.Spool.Take(t.Context(), 1, 0)
			if err != nil || e[0].Key != "1" {
				t.Fatalf("the report in flight is not pending: %v, %v", e, err)
			}
			e[0].Release()
		})
	}
}

// What is begun in the end and cut off may have been taken, and is told twice.
func TestAReporterKnowsTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var left time.Duration
		asked := reporter(func(ctx context.Context, _ telemetry.Batch) error {
			end, _ := ctx.Deadline()
			left = time.Until(end)
			return errAway
		})
		r := start(t, func(l *deliver.Loop, _ *receiver) { l.Reporter, l.Timeout = asked, time.Minute }, "1")
		if left != time.Minute {
			t.Errorf("at work it has %v", left)
		}
		r.end(t)
		if left != 3*time.Second {
			t.Errorf("in the end it has %v", left)
		}
	})
}

func TestReportInFlightMayEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := reporter(func(ctx context.Context, _ telemetry.Batch) error {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(time.Second):
				return nil
			}
		})
		r := start(t, func(l *deliver.Loop, _ *receiver) { l.Reporter = slow }, "1")
		r.end(t)
		if st := r.State(); st.Delivered != 1 {
			t.Errorf("got %+v", st)
		}
	})
}

func TestSpoolClosedUnderIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, nil)
		if err := r.Spool.Close(); err != nil {
			t.Fatal(err)
		}
		if err := <-r.done; !errors.Is(err, spool.ErrClosed) || !strings.Contains(err.Error(), "dogstatsd") {
			t.Errorf("got %v, want ErrClosed naming the reporter", err)
		}
	})
}

// What was delivered but cannot be written down is said once, not delivered twice.
func TestCommitFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r *rig
		closes := reporter(func(context.Context, telemetry.Batch) error { return r.Spool.Close() })
		r = start(t, func(l *deliver.Loop, _ *receiver) { l.Reporter = closes })
		r.add(t, "1")
		if err := <-r.done; !errors.Is(err, spool.ErrClosed) {
			t.Errorf("got %v, want ErrClosed", err)
		}
		r.mustSay(t, 1, "could not be written down")
	})
}
