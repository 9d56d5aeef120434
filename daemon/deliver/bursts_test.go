package deliver_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/converged/converged/daemon/deliver"
	"github.com/converged/converged/reporters/telemetry"
)

// What is read with pauses, as at a first start, is told as one; what never
// pauses, after a minute.
func TestBurstsAreToldAsOne(t *testing.T) {
	for runs, most := range map[int]int{80: 1, 400: 3} {
		synctest.Test(t, func(t *testing.T) {
			var a account
			r := start(t, func(l *deliver.Loop, _ *receiver) {
				l.MaxAge = apiAges
				l.Reporter = reporter(func(_ context.Context, b telemetry.Batch) error {
					a.take(b)
					return nil
				})
			})
			for i := range runs {
				age := 20 * time.Hour
				if i%3 == 0 {
					age = 0 // young ones among them end nothing
				}
				put(t, r.Spool, three(fmt.Sprintf("run-%03d", i), time.Now().Add(-age)))
				time.Sleep(400 * time.Millisecond)
			}
			time.Sleep(10 * time.Second)
			synctest.Wait()
			sum := 0
			for _, d := range a.digests {
				sum += notSent(t, d)
			}
			if old := runs - (runs+2)/3; sum != 3*old || len(a.digests) > most || len(a.digests) == 0 {
				t.Errorf("%d digests tell of %d parts, want %d in at most %d", len(a.digests), sum, 3*old, most)
			}
			r.end(t)
		})
	}
}
