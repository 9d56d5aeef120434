package datadog

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/converged/converged/reporters/telemetry"
)

// typical is a batch as a run of Chef becomes one, both namings.
func typical(i int, failed bool) telemetry.Batch {
	b := run(fmt.Sprintf("e19d7920-%04d", i))
	b.Tags = append(b.Tags, "policy_name:web", "policy_group:production", "tag:canary", "team:web", "region:eu-west-1")
	b.Metrics = nil
	for k := range 22 {
		b.Metrics = append(b.Metrics, telemetry.Metric{
			Name: fmt.Sprintf("configrun.resources.kind%d", k), Kind: telemetry.Gauge, Value: float64(i*k) / 7,
			Tags: []string{"status:success", fmt.Sprintf("resource_type:type%d", k)},
		})
	}
	if !failed {
		b.Events = nil
	}
	return b
}

// BenchmarkReportAll tells what a run costs: CPU of the sender and a receiver
// that reads and throws away, and bytes of bodies.
func BenchmarkReportAll(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusAccepted)
		io.WriteString(w, `{"errors":[]}`)
	}))
	defer server.Close()
	for _, n := range []int{1, 64} {
		for _, failed := range []bool{false, true} {
			name := map[bool]string{false: "runs", true: "failed runs"}[failed]
			b.Run(fmt.Sprintf("%d %s", n, name), func(b *testing.B) {
				r, err := New(Options{URL: server.URL, Timeout: time.Minute, Keys: func() (Keys, error) { return Keys{API: apiKey}, nil }})
				if err != nil {
					b.Fatal(err)
				}
				defer r.Close()
				batches := make([]telemetry.Batch, n)
				for i := range batches {
					batches[i] = typical(i, failed)
				}
				b.ReportAllocs()
				for b.Loop() {
					for _, err := range r.ReportAll(b.Context(), batches) {
						if err != nil {
							b.Fatal(err)
						}
					}
				}
				s := r.Stats()
				runs := float64(b.N * n)
				b.ReportMetric(float64(s.Bytes)/runs, "B/run")
				b.ReportMetric(float64(s.Requests)/runs, "requests/run")
				b.ReportMetric(float64(b.Elapsed().Microseconds())/runs, "µs/run")
			})
		}
	}
}
