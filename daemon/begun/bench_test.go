package begun

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/converged/converged/parsers/report"
)

// BenchmarkRun is a run that begins and ends: of a backlog, thousands in a row.
func BenchmarkRun(b *testing.B) {
	j := Open(filepath.Join(b.TempDir(), "begun.json"), Options{After: time.Hour})
	start := []report.Run{{ID: "0c5e2c1e-1f8e-4d5e-9c39-8a9d1b0a1201", Tool: report.Chef, Host: "web-01", Phase: report.Started, Start: report.At(noon)}}
	end := []report.Run{start[0]}
	end[0].Phase = report.Finished
	for b.Loop() {
		j.Hear(start, "/var/log/chef/data-collector.json")
		j.Hear(end, "/var/log/chef/data-collector.json")
	}
}
