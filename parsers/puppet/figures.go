package puppet

import (
	"math"
	"slices"
	"strconv"

	"github.com/converged/converged/parsers/report"
)

// categories are those of Puppet's own metrics, in the order they are told.
var categories = []string{"resources", "time", "changes", "events"}

// figure is one of Puppet's own metrics: its name within a category, and its value.
type figure struct {
	name  string
	value float64
}

// figures are Puppet's own metrics by category.
type figures map[string][]figure

func (f figures) add(category, name, value string) {
	v, err := strconv.ParseFloat(value, 64)
	name = report.Clean(symbol(name), maxName)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) || v < 0 || name == "" || len(f[category]) >= maxFigures ||
		!slices.Contains(categories, category) {
		return
	}
	f[category] = append(f[category], figure{name, v})
}

func (f figures) get(category, name string) (float64, bool) {
	for _, figure := range f[category] {
		if figure.name == name {
			return figure.value, true
		}
	}
	return 0, false
}

// count is a counter of resources; nil if Puppet did not tell it.
func (f figures) count(name string) *int {
	if v, ok := f.get("resources", name); ok && v < math.MaxInt32 {
		n := int(v)
		return &n
	}
	return nil
}

// counts are Puppet's own counters. The length of its list is none of them: since
// Puppet 8 it leaves out what did not change.
func (f figures) counts() report.Counts {
	c := report.Counts{Total: f.count("total"), Updated: f.count("changed"), Failed: f.count("failed"),
		Skipped: f.count("skipped"), Corrective: f.count("corrective_change")}
	if again := f.count("failed_to_restart"); again != nil && (c.Failed == nil || *c.Failed == 0) {
		c.Failed = again
	}
	if out := f.count("out_of_sync"); out != nil && c.Updated != nil {
		pending := max(0, *out-*c.Updated)
		c.Pending = &pending
	}
	return c
}

// durations are the seconds of the whole run, and of fetching or compiling its
// catalog alone. The total of `puppet apply` leaves the latter out; an agent's,
// and one that old versions made by adding up, does not.
func (f figures) durations() (whole, compile *float64) {
	if v, ok := f.get("time", "config_retrieval"); ok && v <= maxSeconds {
		compile = &v
	}
	total, ok := f.get("time", "total")
	if !ok || total > maxSeconds {
		return nil, compile
	}
	if compile != nil && !f.agent() && total < f.sum() {
		total += *compile
	}
	return &total, compile
}

// agent says whether the times are those of a `puppet agent`.
func (f figures) agent() bool {
	for _, name := range []string{"startup_time", "fact_generation", "plugin_sync", "node_retrieval"} {
		if _, ok := f.get("time", name); ok {
			return true
		}
	}
	return false
}

// sum is what all parts of the total add up to, less what rounding may take.
func (f figures) sum() float64 {
	sum := 0.0
	for _, figure := range f["time"] {
		if figure.name != "total" && figure.name != "last_run" {
			sum += figure.value
		}
	}
	return sum * (1 - 1e-9)
}

// list is all of them as the vocabulary has them.
func (f figures) list() []report.Figure {
	var list []report.Figure
	for _, category := range categories {
		for _, figure := range f[category] {
			list = append(list, report.Figure{Category: category, Name: figure.name, Value: figure.value})
		}
	}
	return list
}
