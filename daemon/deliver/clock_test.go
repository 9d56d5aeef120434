package deliver_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/converged/converged/daemon/deliver"
	"github.com/converged/converged/reporters/telemetry"
)

// A clock that jumps neither makes ages negative nor waiting endless.
func TestClockJumps(t *testing.T) {
	for name, jumps := range map[string][]time.Duration{
		"forward":             {3 * time.Hour},
		"backward":            {-3 * time.Hour},
		"there and back":      {400 * 24 * time.Hour, 0},
		"back and there":      {-400 * 24 * time.Hour, 0},
		"daylight saving":     {time.Hour, 0},
		"to before the epoch": {-40 * 365 * 24 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var a account
				var jump atomic.Int64 // of the wall clock, in ns
				var away atomic.Bool
				away.Store(true)
				r := start(t, func(l *deliver.Loop, _ *receiver) {
					l.MaxAge = apiAges
					l.Now = func() time.Time { return time.Now().Add(time.Duration(jump.Load())) }
					l.Reporter = reporter(func(_ context.Context, b telemetry.Batch) error {
						if age := l.Now().Sub(b.Timestamp); age < -10*time.Minute {
							t.Errorf("%s is sent at the age of %v", b.RunID, age)
						}
						if away.Load() {
							return errAway
						}
						a.take(b)
						return nil
					})
				})
				put(t, r.Spool, three("1", time.Now()))
				for _, to := range jumps {
					synctest.Wait() // it jumps while nothing is being sent
					jump.Store(int64(to))
					time.Sleep(65 * time.Second)
				}
				away.Store(false)
				tried := time.Now()
				for r.Spool.Stats().Entries > 0 && time.Since(tried) < time.Hour {
					time.Sleep(time.Second)
				}
				synctest.Wait()
				if waited := time.Since(tried); waited > 65*time.Second {
					t.Errorf("it came back after %v", waited)
				}
				told := len(a.items)
				for _, d := range a.digests {
					told += notSent(t, d)
				}
				if told != 3 {
					t.Errorf("of three parts %d were told: %v, %+v", told, a.items, a.digests)
				}
				r.end(t)
			})
		})
	}
}
