package daemon

import (
	"cmp"

	"github.com/converged/converged/daemon/ledger"
	"github.com/converged/converged/parsers/report"
	"github.com/converged/converged/reporters/telemetry"
)

// How a list of runs calls one that did not tell how it went, and what could not be read.
const (
	statusUnknown    = "unknown"
	statusUnreadable = "unreadable"
)

// summary is what the ledger keeps of a run, which b tells of and path held.
func summary(r report.Run, b telemetry.Batch, path string) *ledger.Summary {
	s := &ledger.Summary{
		Tool: string(r.Tool), Host: b.Host, Environment: r.Environment, Status: cmp.Or(string(r.Status), statusUnknown),
		Noop: r.Noop != nil && *r.Noop, End: b.Timestamp, Duration: r.Duration,
		Total: r.Resources.Total, Updated: r.Resources.Updated, Failed: r.Resources.Failed, Report: path,
	}
	if r.Failure != nil {
		s.Failure = r.Failure.Class
	}
	return s
}
