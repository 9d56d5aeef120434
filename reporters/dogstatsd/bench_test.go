package dogstatsd

import (
	"testing"

	"github.com/converged/converged/reporters/telemetry"
)

// A run as it is sent: some metrics, a check and an event with a stack trace.
func BenchmarkReport(b *testing.B) {
	path := socketFile(b)
	a := listen(b, "unixgram", path)
	go func() {
		for buf := make([]byte, maxUnix); ; {
			if _, _, err := a.conn.ReadFrom(buf); err != nil {
				return
			}
		}
	}()
	r := reporter(b, Options{Address: "unix://" + path})
	run := failedRun()
	for range 10 {
		run.Metrics = append(run.Metrics, telemetry.Metric{Name: "configrun.resources.total", Kind: telemetry.Gauge, Value: 42})
	}
	for b.Loop() {
		report(b, r, run)
	}
}
