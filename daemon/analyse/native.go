package analyse

import (
	"strings"

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
	return append(all, figures(r, tags)...)
}

// maxFigures bounds the series that one node's own metrics make: Puppet has about
// 20, and one for each resource type.
const maxFigures = 200

// figures are the metrics of the report processor that Puppet servers have for
// Datadog: puppet.<name>.<category>, in lower case.
func figures(r report.Run, tags []string) []telemetry.Metric {
	if r.Tool != report.Puppet {
		return nil
	}
	all := make([]telemetry.Metric, 0, min(len(r.Figures), maxFigures))
	for _, f := range r.Figures[:min(len(r.Figures), maxFigures)] {
		m := telemetry.Metric{Name: "puppet." + metricWord(f.Name) + "." + metricWord(f.Category),
			Kind: telemetry.Gauge, Value: f.Value, Tags: tags}
		if f.Category == "time" {
			m.Unit = "second"
		}
		if _, ok := known(&f.Value); ok && len(m.Name) <= maxMetricName {
			all = append(all, m)
		}
	}
	return all
}

// maxMetricName is the longest name that Datadog takes, in characters.
const maxMetricName = 200

// metricWord is a part of a metric's name: small letters, digits and underscores.
func metricWord(s string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c >= 'A' && c <= 'Z':
			return c - 'A' + 'a'
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			return c
		}
		return '_'
	}, s)
}
