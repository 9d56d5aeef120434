package analyse

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/converged/converged/parsers/report"
	"github.com/converged/converged/reporters/telemetry"
)

// Unparsable is what is said of a report at path that could not be read, for
// that reason. At is when it was written, such as the file's time: together
// with path and reason it is the batch's identity, so that reading the same
// bad file twice tells of it once, and a new bad file of that name again. The
// command that shows it is told where o names its Origin.
func Unparsable(path string, reason error, at time.Time, o Options) telemetry.Batch {
	tags, _ := fitTags(append([]string{pair("tool:", string(o.Tool))}, o.Tags...))
	id := digest("unparsable", path, reason.Error(), at.UTC().Format(time.RFC3339Nano))
	b := telemetry.Batch{
		RunID:     "unparsable-" + id[len("cr-"):],
		Host:      host(report.Run{}, o),
		Timestamp: moment(report.Run{End: report.At(at)}, o),
		Tags:      tags,
		Metrics: []telemetry.Metric{
			{Name: selfPrefix + "reports.unparsable", Kind: telemetry.Count, Value: 1},
		},
		ServiceChecks: []telemetry.ServiceCheck{},
	}
	e := telemetry.Event{
		Title:          "unreadable report",
		Priority:       telemetry.Normal,
		AlertType:      telemetry.Warning,
		AggregationKey: digest("unparsable", alike(path, b.Host), class(reason)),
		Source:         "converged",
	}
	if b.Host != "" {
		e.Title += " on " + inTitle(b.Host)
	}
	place := cut(oneLine(Scrub(path)), maxPath)
	text := fmt.Sprintf("%s: %s\n\n%s The report was counted and let go; the next one is read as ever.",
		place, strings.TrimPrefix(because(reason, o), place+": "), meaning(reason))
	if command := inspect(o.Origin); command != "" {
		text += "\nTo see what is wrong with it: " + command
	}
	e.Text = cutMiddle(text, roomFor(e, b))
	b.Events = []telemetry.Event{e}
	return b
}

// Lost is what is said of a run whose report at path stayed without a byte, and
// which ended with its tool creating that at that time: that the report could not
// be read, and of the run what r knows. If that is its tool alone, its outcome is
// unknown. Without an id of its own it has that of the unreadable report.
func Lost(r report.Run, path string, reason error, at time.Time, o Options) telemetry.Batch {
	b := Counted(path, reason, at, o)
	if r.Phase = report.Finished; r.End.IsZero() {
		r.End = report.At(at)
	}
	if r.ID == "" {
		r.ID = b.RunID
	}
	run, _ := Batch(r, o)
	run.Metrics = append(b.Metrics, run.Metrics...)
	if r.Status == "" {
		run.Events = Unparsable(path, reason, at, o).Events
		run.Events[0].Tags = outcome(r)
	}
	return run
}

// Counted is Unparsable without a word to people: they know already.
func Counted(path string, reason error, at time.Time, o Options) telemetry.Batch {
	b := Unparsable(path, reason, at, o)
	b.Events = []telemetry.Event{}
	return b
}

// meaning is what such a report says of a run: a foreign document nothing.
func meaning(reason error) string {
	if errors.Is(reason, report.ErrForeign) {
		return "Whether it tells of a run is not known here."
	}
	return "A run happened whose outcome is not known here."
}

// because is the reason to tell. It may quote the report.
func because(reason error, o Options) string {
	if o.WithholdMessages {
		return class(reason)
	}
	return cut(oneLine(Scrub(OneLine(reason))), maxMessage)
}

// OneLine is what an error says, of several joined ones with "; " between them.
func OneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }

// class is what kind of bad a report is, without a word of its own.
func class(reason error) string {
	for _, known := range []error{
		report.ErrEmpty, report.ErrForeign, report.ErrTruncated, report.ErrMalformed, report.ErrTooLarge,
	} {
		if errors.Is(reason, known) {
			return known.Error()
		}
	}
	return "it could not be read"
}
