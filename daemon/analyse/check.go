package analyse

import (
	"fmt"

	"github.com/converged/converged/parsers/report"
	"github.com/converged/converged/reporters/telemetry"
)

const maxCheckMessage = 500 // characters, of which Datadog shows no more

// check is the state of the node: did the last run do what it was told?
func check(r report.Run, o Options) telemetry.ServiceCheck {
	c := telemetry.ServiceCheck{Name: o.prefix() + "status"}
	switch {
	case r.Status == report.Failure:
		c.Status = telemetry.Critical
		c.Message = oneLine(cutMiddle(oneLine(exception(r, o)), room{runes: maxCheckMessage, bytes: 4 * maxCheckMessage}))
	case r.Status != report.Success:
		c.Status = telemetry.Unknown
		c.Message = "the report does not tell how the run ended"
	case cached(r):
		c.Status = telemetry.Warn
		c.Message = oneLine(cutMiddle("an earlier catalog was applied: "+oneLine(exception(r, o)), room{runes: maxCheckMessage, bytes: 4 * maxCheckMessage}))
	case pending(r) != "":
		c.Status = telemetry.Warn
		c.Message = "noop: " + pending(r)
	}
	return c
}

// pending is what a noop run would change, empty if it would nothing.
func pending(r report.Run) string {
	n, _ := counted(r.Resources.Pending)
	switch {
	case r.Noop == nil || !*r.Noop || n <= 0:
		return ""
	case n == 1:
		return "1 resource would change"
	}
	return fmt.Sprintf("%.0f resources would change", n)
}

// cached says whether the run applied an earlier catalog, for want of its own.
func cached(r report.Run) bool { return r.CachedCatalog != nil && *r.CachedCatalog }
