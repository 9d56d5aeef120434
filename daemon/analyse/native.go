package analyse

import (
	"github.com/converged/converged/parsers/report"
	"github.com/converged/converged/reporters/telemetry"
)

// natives are the metrics of the in-process handlers that people replace, so
// that their dashboards keep working. They carry no status tag, as they never
// did: it would split one line of a chart in two.
var natives = []struct {
	tool report.Tool
	name string
	kind telemetry.Kind
	unit string
	of   func(report.Run) (float64, bool)
}{
	{report.Chef, "chef.run.success", telemetry.Count, "", ended(report.Success)},
	{report.Chef, "chef.run.failure", telemetry.Count, "", ended(report.Failure)},
	{report.Chef, "chef.resources.total", telemetry.Gauge, "", func(r report.Run) (float64, bool) { return counted(r.Resources.Total) }},
	{report.Chef, "chef.resources.updated", telemetry.Gauge, "", func(r report.Run) (float64, bool) { return counted(r.Resources.Updated) }},
	{report.Chef, "chef.resources.elapsed_time", telemetry.Gauge, "second", func(r report.Run) (float64, bool) { return known(r.Duration) }},
}

// ended counts 1 for a run of that outcome and 0 for one of another.
func ended(s report.Status) func(report.Run) (float64, bool) {
	return func(r report.Run) (float64, bool) {
		if r.Status == s {
			return 1, true
		}
		return 0, status(r) != "unknown"
	}
}

func nativeMetrics(r report.Run) []telemetry.Metric {
	var all []telemetry.Metric
	var tags []string
	if r.Noop != nil && *r.Noop {
		tags = []string{"noop:true"}
	}
	for _, n := range natives {
		if n.tool != r.Tool {
			continue
		}
		if v, ok := n.of(r); ok {
			all = append(all, telemetry.Metric{Name: n.name, Kind: n.kind, Value: v, Unit: n.unit, Tags: tags})
		}
	}
	return all
}
