package analyse

import (
	"cmp"
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

	{report.Ansible, "ansible.task.ok", telemetry.Gauge, "", less(totalOf, failedOf, skippedOf, rescuedOf)},
	{report.Ansible, "ansible.task.failures", telemetry.Gauge, "", less(failedOf, unreachableOf)},
	{report.Ansible, "ansible.task.unreachable", telemetry.Gauge, "", less(unreachableOf)},
	{report.Ansible, "ansible.task.changed", telemetry.Gauge, "", less(func(c report.Counts) *int { return cmp.Or(c.Pending, c.Updated) })},
	{report.Ansible, "ansible.task.skipped", telemetry.Gauge, "", less(skippedOf)},
	{report.Ansible, "ansible.task.rescued", telemetry.Gauge, "", less(rescuedOf)},
	{report.Ansible, "ansible.task.ignored", telemetry.Gauge, "", less(func(c report.Counts) *int { return c.Ignored })},
	{report.Ansible, "ansible.elapsed_time", telemetry.Gauge, "second", func(r report.Run) (float64, bool) { return known(r.Duration) }},
}

func totalOf(c report.Counts) *int       { return c.Total }
func failedOf(c report.Counts) *int      { return c.Failed }
func unreachableOf(c report.Counts) *int { return c.Unreachable }
func skippedOf(c report.Counts) *int     { return c.Skipped }
func rescuedOf(c report.Counts) *int     { return c.Rescued }

// less is a count without others that it holds, where all are told.
func less(all func(report.Counts) *int, without ...func(report.Counts) *int) func(report.Run) (float64, bool) {
	return func(r report.Run) (float64, bool) {
		n, ok := counted(all(r.Resources))
		for _, part := range without {
			m, told := counted(part(r.Resources))
			n, ok = n-m, ok && told
		}
		return n, ok && n >= 0
	}
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
