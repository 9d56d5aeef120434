// Package telemetry is what the daemon says of one run, before any wire format.
// It is vocabulary: it imports nothing of this project.
package telemetry

import "time"

// Batch is everything said of one run. Tags apply to every item in it; an
// item's own tags are added. Tags are "key:value"; a key may repeat.
type Batch struct {
	RunID         string         `json:"run_id"`
	Host          string         `json:"host,omitempty"`
	Timestamp     time.Time      `json:"timestamp"` // when the run ended, UTC
	Tags          []string       `json:"tags"`
	Metrics       []Metric       `json:"metrics"`
	Events        []Event        `json:"events"`
	ServiceChecks []ServiceCheck `json:"service_checks"`
	// HostTags are what the host itself is tagged with; nil when the run cannot tell.
	HostTags *HostTags `json:"host_tags,omitempty"`
}

// Empty says whether there is nothing in b to send. Host tags alone are nothing:
// they are a state, told again with the next run.
func (b Batch) Empty() bool {
	return len(b.Metrics) == 0 && len(b.Events) == 0 && len(b.ServiceChecks) == 0
}

// HostTags replace the tags that the same source gave the host before.
type HostTags struct {
	Source string   `json:"source"` // the tool's name
	Tags   []string `json:"tags"`
}

// Kind is how a metric's points add up.
type Kind string

// A Count is added over time, a Gauge stands until the next.
const (
	Count Kind = "count"
	Gauge Kind = "gauge"
)

// Metric is one point, at the batch's timestamp.
type Metric struct {
	Name  string   `json:"name"`
	Kind  Kind     `json:"kind"`
	Value float64  `json:"value"` // finite; whole for a Count
	Unit  string   `json:"unit,omitempty"`
	Tags  []string `json:"tags,omitempty"`
}

// Priority is an event's weight in a feed.
type Priority string

// The priorities of Datadog's event stream.
const (
	Normal Priority = "normal"
	Low    Priority = "low"
)

// AlertType is an event's colour in a feed.
type AlertType string

// The alert types of Datadog's event stream.
const (
	Error   AlertType = "error"
	Warning AlertType = "warning"
	Info    AlertType = "info"
	Good    AlertType = "success"
)

// Event is something a person should read.
type Event struct {
	Title          string    `json:"title"`
	Text           string    `json:"text"` // at most 4,000 characters
	Priority       Priority  `json:"priority"`
	AlertType      AlertType `json:"alert_type"`
	AggregationKey string    `json:"aggregation_key,omitempty"` // at most 100 characters
	Source         string    `json:"source_type_name,omitempty"`
	Tags           []string  `json:"tags,omitempty"`
}

// CheckStatus is the state of a service check, as Datadog numbers it.
type CheckStatus int

// The states of a service check.
const (
	OK CheckStatus = iota
	Warn
	Critical
	Unknown
)

// ServiceCheck is the state of one thing that can be well or not.
type ServiceCheck struct {
	Name    string      `json:"name"`
	Status  CheckStatus `json:"status"`
	Message string      `json:"message,omitempty"`
	Tags    []string    `json:"tags,omitempty"`
}
