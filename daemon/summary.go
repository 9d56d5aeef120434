package daemon

import (
	"github.com/converged/converged/daemon/ledger"
	"github.com/converged/converged/parsers/report"
	"github.com/converged/converged/reporters/telemetry"
)

// summary is what the ledger keeps of a run, which b tells of and path held.
func summary(r report.Run, b telemetry.Batch, path string) *ledger.Summary {
	s := &ledger.Summary{
		Tool: string(r.Tool), Host: b.Host, Environment: r.Environment, Status: string(r.Status),
		Noop: r.Noop != nil && *r.Noop, End: b.Timestamp, Duration: r.Duration,
		Total: r.Resources.Total, Updated: r.Resources.Updated, Failed: r.Resources.Failed, Report: path,
	}
	if r.Failure != nil {
		s.Failure = r.Failure.Class
	}
	return s
}
