package deliver_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/converged/converged/daemon/deliver"
	"github.com/converged/converged/daemon/spool"
	"github.com/converged/converged/reporters/telemetry"
)

// BenchmarkBacklog drains runs of which all is young, and of which a part or all
// is too old, into a receiver that costs nothing.
func BenchmarkBacklog(b *testing.B) {
	for _, age := range []time.Duration{0, 2 * time.Hour, 20 * time.Hour} {
		b.Run(fmt.Sprint(age), func(b *testing.B) {
			s, err := spool.Open(b.TempDir(), spool.Options{MaxEntries: b.N + 1})
			if err != nil {
				b.Fatal(err)
			}
			for i := range b.N {
				line, err := telemetry.Encode(three(fmt.Sprint(i), time.Now().Add(-age)))
				if err != nil {
					b.Fatal(err)
				}
				if _, err := s.Append(fmt.Sprint(i), 0, line); err != nil {
					b.Fatal(err)
				}
			}
			ctx, stop := context.WithCancel(b.Context())
			l := &deliver.Loop{Name: "datadog", Spool: s, MaxAge: apiAges,
				Reporter: group(func(_ context.Context, batches []telemetry.Batch) []error { return make([]error, len(batches)) }),
				Drain:    time.Hour}
			b.ResetTimer()
			stop() // to drain is to deliver all that is pending
			if err := l.Run(ctx); err != nil {
				b.Error(err)
			}
			b.StopTimer()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "runs/s")
			if n := s.Stats().Entries; n > 0 {
				b.Errorf("%d are left", n)
			}
			if err := s.Close(); err != nil {
				b.Error(err)
			}
		})
	}
}
