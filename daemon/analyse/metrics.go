package analyse

import (
	"cmp"
	"math"
	"slices"

	"github.com/converged/converged/parsers/report"
	"github.com/converged/converged/reporters/telemetry"
)

// selfPrefix begins the names of what the daemon says of itself.
const selfPrefix = "converged."

const defaultTopTypes = 10

// counters are the tool's own counts, each sent only when the tool told it.
var counters = []struct {
	name string
	of   func(report.Counts) *int
}{
	{"total", func(c report.Counts) *int { return c.Total }},
	{"updated", func(c report.Counts) *int { return c.Updated }},
	{"failed", func(c report.Counts) *int { return c.Failed }},
	{"skipped", func(c report.Counts) *int { return c.Skipped }},
	{"corrective", func(c report.Counts) *int { return c.Corrective }},
	{"pending", func(c report.Counts) *int { return c.Pending }},
}

// metrics are the points of one run, in a fixed order.
func metrics(r report.Run, o Options) []telemetry.Metric {
	all := []telemetry.Metric{}
	if o.Naming != Native {
		all = append(all, unifiedMetrics(r, o)...)
	}
	if o.Naming != Unified {
		all = append(all, nativeMetrics(r)...)
	}
	return all
}

func unifiedMetrics(r report.Run, o Options) []telemetry.Metric {
	tags := outcome(r)
	all := []telemetry.Metric{{Name: o.prefix() + "runs", Kind: telemetry.Count, Value: 1, Tags: tags}}
	gauge := func(name, unit string, value float64, tags []string) {
		all = append(all, telemetry.Metric{
			Name: o.prefix() + name, Kind: telemetry.Gauge, Value: value, Unit: unit, Tags: tags,
		})
	}
	if lasted, ok := known(r.Duration); ok {
		gauge("duration", "second", lasted, tags)
	}
	for _, c := range counters {
		if n, ok := counted(c.of(r.Resources)); ok {
			gauge("resources."+c.name, "", n, tags)
		}
	}
	for _, t := range slowestTypes(r.ResourceList, o.TopTypes) {
		gauge("resource.duration", "second", t.seconds, append([]string{t.tag}, tags...))
	}
	return all
}

// outcome are the tags that tell how a run went. The service check does not
// carry them: with them, its good state would be another check than its bad one.
func outcome(r report.Run) []string {
	tags := []string{"status:" + status(r)}
	if r.Noop != nil && *r.Noop {
		tags = append(tags, "noop:true")
	}
	return tags
}

func status(r report.Run) string {
	if r.Status == report.Success || r.Status == report.Failure {
		return string(r.Status)
	}
	return "unknown"
}

type typeDuration struct {
	tag     string // resource_type:file
	seconds float64
}

// slowestTypes are the n resource types that took longest, slowest first. The
// cap is what keeps the number of time series small.
func slowestTypes(list []report.Resource, n int) []typeDuration {
	tags, sums := map[string]string{}, map[string]float64{}
	for _, res := range list {
		tag, seen := tags[res.Type]
		if !seen {
			tag = cleanTag(pair("resource_type:", res.Type))
			tags[res.Type] = tag
		}
		if took, ok := known(res.Duration); ok && took > 0 && tag != "" {
			sums[tag] += took
		}
	}
	types := make([]typeDuration, 0, len(sums))
	for tag, sum := range sums {
		sum = math.Round(sum*1e6) / 1e6 // no report is finer than a microsecond
		if !math.IsInf(sum, 0) {
			types = append(types, typeDuration{tag, sum})
		}
	}
	slices.SortFunc(types, func(a, b typeDuration) int {
		return cmp.Or(cmp.Compare(b.seconds, a.seconds), cmp.Compare(a.tag, b.tag))
	})
	if n == 0 {
		n = defaultTopTypes
	}
	return types[:max(0, min(n, len(types)))]
}

// known is the value of p when there is one that a wire format can carry.
func known(p *float64) (float64, bool) {
	if p == nil || math.IsNaN(*p) || math.IsInf(*p, 0) || *p < 0 {
		return 0, false
	}
	return *p, true
}

func counted(p *int) (float64, bool) {
	if p == nil || *p < 0 {
		return 0, false
	}
	return float64(*p), true
}
