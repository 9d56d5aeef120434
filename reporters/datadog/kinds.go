package datadog

import (
	"math"
	"strings"

	"github.com/converged/converged/reporters/telemetry"
)

// kind is one sort of items: where they go, and what stands around them.
type kind struct {
	path        string
	open, close string // around the items of a request, which commas part
	most        int    // items of one request; 0 is as many as fit
	plain       bool   // not packed: what is packed is told to be understood for series only
}

// The kinds in the order in which they are sent: what alerts are made of goes
// first, what is read by people last.
const (
	series = iota
	checks
	events
	numKinds
)

var kinds = [numKinds]kind{
	series: {path: "/api/v2/series", open: `{"series":[`, close: `]}`},
	checks: {path: "/api/v1/check_run", open: `[`, close: `]`, plain: true},
	events: {path: "/api/v1/events", most: 1, plain: true},
}

// parcel is one item of a group of batches.
type parcel struct{ batch, item int }

// write appends the item of kind k as JSON.
func (f *frame) write(dst []byte, k, item int) []byte {
	switch k {
	case series:
		return f.metric(dst, f.batch.Metrics[item])
	case checks:
		return f.check(dst, f.batch.ServiceChecks[item])
	}
	return f.event(dst, f.batch.Events[item])
}

// dropped is the reason for which an item cannot be told at all.
type dropped string

// Error is the reason.
func (d dropped) Error() string { return string(d) }

// The reasons, as Stats counts them.
const (
	DroppedName   = "no_usable_name"
	DroppedValue  = "not_a_finite_number"
	DroppedKind   = "unknown_kind"
	DroppedStatus = "unknown_status"
)

func metricFault(m telemetry.Metric) error {
	switch {
	case metricName(m.Name) == "":
		return dropped(DroppedName)
	case math.IsNaN(m.Value) || math.IsInf(m.Value, 0):
		return dropped(DroppedValue)
	case m.Kind != telemetry.Count && m.Kind != telemetry.Gauge:
		return dropped(DroppedKind)
	}
	return nil
}

func checkFault(c telemetry.ServiceCheck) error {
	switch {
	case strings.TrimSpace(c.Name) == "":
		return dropped(DroppedName)
	case c.Status < telemetry.OK || c.Status > telemetry.Unknown:
		return dropped(DroppedStatus)
	}
	return nil
}
