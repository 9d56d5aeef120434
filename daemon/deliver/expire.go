package deliver

import (
	"strings"
	"time"

	"github.com/converged/converged/reporters/telemetry"
)

// ahead is how far in the future a batch may be stamped; what is further ahead
// receivers drop without a word. It was stamped by a clock that was wrong.
const ahead = 10 * time.Minute

// kinds are some of the parts of a batch.
type kinds uint8

// The parts of a batch that age apart.
const (
	oldMetrics kinds = 1 << iota
	oldEvents
	oldChecks
)

// String names the parts for a person.
func (k kinds) String() string {
	var names []string
	for _, part := range []struct {
		kind kinds
		name string
	}{{oldMetrics, "metrics"}, {oldEvents, "events"}, {oldChecks, "service checks"}} {
		if k&part.kind != 0 {
			names = append(names, part.name)
		}
	}
	return strings.Join(names, ", ")
}

// timed is b with a time that can have an age: without one, or of a time that has
// not come, it is stamped now.
func timed(b telemetry.Batch, now time.Time) telemetry.Batch {
	if b.Timestamp.IsZero() || b.Timestamp.Sub(now) > ahead {
		b.Timestamp = now.UTC()
	}
	return b
}

// Split parts what is sent of b at now from what a receiver of these limits takes
// no more. What is sent has a time that has come.
func (a Ages) Split(b telemetry.Batch, now time.Time) (fresh, old telemetry.Batch) {
	b = timed(b, now)
	return split(b, a.tooOld(now.Sub(b.Timestamp)))
}

// tooOld are the parts that a receiver of these limits does not take any more.
func (a Ages) tooOld(age time.Duration) (k kinds) {
	if over(age, a.Metrics) {
		k |= oldMetrics
	}
	if over(age, a.Events) {
		k |= oldEvents
	}
	if over(age, a.ServiceChecks) {
		k |= oldChecks
	}
	return k
}

// split takes some parts out of b.
func split(b telemetry.Batch, k kinds) (rest, out telemetry.Batch) {
	out = telemetry.Batch{RunID: b.RunID, Host: b.Host, Timestamp: b.Timestamp, Tags: b.Tags}
	if k&oldMetrics != 0 {
		out.Metrics, b.Metrics = b.Metrics, []telemetry.Metric{}
	}
	if k&oldEvents != 0 {
		out.Events, b.Events = b.Events, []telemetry.Event{}
	}
	if k&oldChecks != 0 {
		out.ServiceChecks, b.ServiceChecks = b.ServiceChecks, []telemetry.ServiceCheck{}
	}
	return b, out
}

// over says whether something is too old, or would be when it arrives: a request
// takes its time.
func over(age, limit time.Duration) bool {
	return limit > 0 && age > limit-min(limit/10, 10*time.Second)
}

// partsOf are the kinds of which b has any.
func partsOf(b telemetry.Batch) (k kinds) {
	if len(b.Metrics) > 0 {
		k |= oldMetrics
	}
	if len(b.Events) > 0 {
		k |= oldEvents
	}
	if len(b.ServiceChecks) > 0 {
		k |= oldChecks
	}
	return k
}
