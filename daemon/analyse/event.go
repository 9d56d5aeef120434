package analyse

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/converged/converged/parsers/report"
	"github.com/converged/converged/reporters/telemetry"
)

// What an event may measure. The Datadog Agent reads 8 KiB of a datagram, and
// what is not text takes its share: fields, host, tags, the client's own.
const (
	maxTitle    = 120 // characters
	maxText     = 4000
	maxDatagram = 8192 // bytes
	eventFields = 768  // bytes for the fields around title, text, host and tags
	maxClass    = 60   // characters of a class or host within a title
)

func failureEvent(r report.Run, o Options, b telemetry.Batch) telemetry.Event {
	p := problem(r)
	e := telemetry.Event{
		Title:          title(r, b.Host, "failed", "after"),
		Priority:       telemetry.Normal,
		AlertType:      telemetry.Error,
		AggregationKey: Fingerprint(p, cmp.Or(r.Host, b.Host)),
		Source:         inTitle(string(r.Tool)),
		Tags:           outcome(r),
	}
	if why := cmp.Or(p.Class, notReached(r), label(p.Resource)); why != "" {
		e.Title = cut(e.Title+": "+inTitle(why), maxTitle)
	}
	e.Text = failureText(r, o, roomFor(e, b))
	return e
}

// cachedEvent tells of a run that went well with an earlier catalog: nothing new
// reaches the node until its own can be had.
func cachedEvent(r report.Run, o Options, b telemetry.Batch) telemetry.Event {
	e := failureEvent(r, o, b)
	e.Title = title(r, b.Host, "applied an earlier catalog", "in")
	e.AlertType = telemetry.Warning
	e.Text = failureText(r, o, roomFor(e, b)) // the title has another length now
	return e
}

func successEvent(r report.Run, o Options, b telemetry.Batch) telemetry.Event {
	e := telemetry.Event{
		Title:          title(r, b.Host, well(r), "in"),
		Priority:       telemetry.Low,
		AlertType:      telemetry.Good,
		AggregationKey: digest("success", string(r.Tool)),
		Source:         inTitle(string(r.Tool)),
		Tags:           outcome(r),
	}
	if n, ok := counted(r.Resources.Updated); ok && n > 0 && r.Tool == report.Puppet {
		e.Priority = telemetry.Normal
	}
	e.Text = successText(r, o, roomFor(e, b))
	return e
}

// well is what a run did that went well. Of Puppet's it is said whether they
// changed something, as its report processor for Datadog does.
func well(r report.Run) string {
	n, ok := counted(r.Resources.Updated)
	switch {
	case r.Tool != report.Puppet || !ok:
		return "succeeded"
	case n == 0:
		return "changed nothing"
	}
	return "changed resources"
}

// notReached is "unreachable" of a host that Ansible did not get to.
func notReached(r report.Run) string {
	if n := r.Resources.Unreachable; n == nil || *n == 0 || problem(r).Phase != report.Setup {
		return ""
	}
	return "unreachable"
}

// problem is why r failed; empty where the report does not tell.
func problem(r report.Run) report.Problem {
	if r.Failure == nil {
		return report.Problem{}
	}
	return *r.Failure
}

// roomFor is what an event's text may measure beside its title, host and tags.
func roomFor(e telemetry.Event, b telemetry.Batch) room {
	bytes := maxDatagram - eventFields - len(e.Title) - len(b.Host) - len(e.AggregationKey)
	for _, tags := range [][]string{b.Tags, e.Tags} {
		for _, tag := range tags {
			bytes -= len(tag) + 1
		}
	}
	return room{runes: maxText, bytes: bytes}
}

// title is such as "chef failed on web-01 after 12 s".
func title(r report.Run, host, did, preposition string) string {
	s := cmp.Or(inTitle(string(r.Tool)), "the run") + " " + did
	if host != "" {
		s += " on " + inTitle(host)
	}
	if lasted, ok := known(r.Duration); ok {
		s += " " + preposition + " " + spoken(lasted)
	}
	return s
}

// inTitle is a foreign word that no receiver stumbles over in a title.
func inTitle(s string) string {
	return cut(strings.ReplaceAll(oneLine(Scrub(s)), "|", "/"), maxClass)
}

// spoken is a duration as a person says it.
func spoken(seconds float64) string {
	whole := int64(min(seconds, maxSeconds))
	switch {
	case seconds < 1:
		return "less than 1 s"
	case seconds < 120:
		return fmt.Sprintf("%.0f s", seconds)
	case seconds < 7200:
		return fmt.Sprintf("%d min %d s", whole/60, whole%60)
	}
	return fmt.Sprintf("%d h %d min", whole/3600, whole%3600/60)
}
