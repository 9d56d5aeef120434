package daemon

import (
	"cmp"
	"fmt"
	"time"

	"github.com/converged/converged/daemon/deliver"
)

// What Datadog takes is at most this old; it drops what is older without a word.
const (
	metricAge = time.Hour
	eventAge  = mostEventAge
	checkAge  = mostCheckAge
)

// Output is a place that this configuration tells of runs, under the name of one
// of its accounts or its own.
func (r ReporterConfig) Output(name string, to deliver.Reporter) Output {
	out := Output{Name: name, Type: r.Type, Reporter: to, MaxAge: deliver.Ages(r.MaxAge)}
	if r.Type != "datadog" {
		return out
	}
	out.Acknowledges = true
	out.Backoff = deliver.Backoff{First: time.Second, Max: 64 * time.Second}
	out.MaxAge = deliver.Ages{
		Metrics:       cmp.Or(r.MaxAge.Metrics, metricAge),
		Events:        cmp.Or(r.MaxAge.Events, eventAge),
		ServiceChecks: cmp.Or(r.MaxAge.ServiceChecks, checkAge),
	}
	return out
}

// Wrong is an error that names the file and an option of the reporter at that
// place in the list.
func (c Config) Wrong(reporter int, option string, err error) error {
	return fmt.Errorf("%s: reporters[%d].%s: %w", c.file, reporter, option, hushed{err})
}
