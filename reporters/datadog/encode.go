package datadog

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/converged/converged/reporters/telemetry"
)

// How Datadog numbers the types of metrics.
const (
	typeCount = 1
	typeGauge = 3
)

// interval is over how many seconds a count is told to have been made.
const interval = 10

// farAhead is from when on Datadog refuses a point as one of the future.
const farAhead = 10 * time.Minute

// frame is what all items of a batch have in common, ready to be written.
type frame struct {
	batch     telemetry.Batch
	host      string
	stamp     int64
	tags      []string
	resources []byte // JSON of a series's host, or nothing
	series    []byte // JSON of the tags of a series that has none of its own
}

func newFrame(b telemetry.Batch, now time.Time) *frame {
	f := &frame{batch: b, host: line(b.Host, maxHost), stamp: stamp(b.Timestamp, now), tags: merge(b.Tags)}
	if f.host != "" {
		f.resources = append(appendString([]byte(`,"resources":[{"type":"host","name":`), f.host), "}]"...)
	}
	f.series = appendTags(nil, f.tags)
	return f
}

// stamp is when a batch was, in Unix seconds; now if it does not know, or is of
// a clock that is ahead.
func stamp(at, now time.Time) int64 {
	if at.Unix() <= 0 || at.After(now.Add(farAhead)) {
		at = now
	}
	return at.Unix()
}

// metric appends a series of one point, as POST /api/v2/series wants it.
func (f *frame) metric(dst []byte, m telemetry.Metric) []byte {
	dst = appendString(append(dst, `{"metric":`...), metricName(m.Name))
	if m.Kind == telemetry.Count {
		dst = append(dst, `,"type":`+strconv.Itoa(typeCount)+`,"interval":`+strconv.Itoa(interval)...)
	} else {
		dst = append(dst, `,"type":`+strconv.Itoa(typeGauge)...)
	}
	if m.Unit != "" {
		dst = appendString(append(dst, `,"unit":`...), line(m.Unit, maxTag))
	}
	dst = strconv.AppendInt(append(dst, `,"points":[{"timestamp":`...), f.stamp, 10)
	dst = append(appendNumber(append(dst, `,"value":`...), m.Value), "}]"...)
	dst = append(dst, f.resources...)
	if len(m.Tags) == 0 {
		return append(append(dst, f.series...), '}')
	}
	return append(appendTags(dst, merge(f.tags, m.Tags)), '}')
}

// appendTags appends the member "tags", nothing if there are none.
func appendTags(dst []byte, tags []string) []byte {
	if len(tags) == 0 {
		return dst
	}
	dst = append(dst, `,"tags":[`...)
	for i, tag := range tags {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, tag)
	}
	return append(dst, ']')
}

// appendString appends s as JSON. Most strings here need nothing escaped.
func appendString(dst []byte, s string) []byte {
	for _, c := range []byte(s) {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			quoted, _ := json.Marshal(s) // a string always has a JSON form
			return append(dst, quoted...)
		}
	}
	return append(append(append(dst, '"'), s...), '"')
}

// appendNumber appends a finite number as JSON.
func appendNumber(dst []byte, v float64) []byte {
	if a := math.Abs(v); a != 0 && (a < 1e-6 || a >= 1e21) {
		return strconv.AppendFloat(dst, v, 'e', -1, 64)
	}
	return strconv.AppendFloat(dst, v, 'f', -1, 64)
}

// checkRun is an element of the body of POST /api/v1/check_run.
type checkRun struct {
	Check     string   `json:"check"`
	Status    int      `json:"status"`
	Host      string   `json:"host_name,omitempty"`
	Timestamp int64    `json:"timestamp"`
	Message   string   `json:"message,omitempty"`
	Tags      []string `json:"tags,omitempty"`
}

func (f *frame) check(dst []byte, c telemetry.ServiceCheck) []byte {
	return appendJSON(dst, checkRun{
		Check: line(c.Name, maxName), Status: int(c.Status), Host: f.host, Timestamp: f.stamp,
		Message: clip(c.Message, maxMessage), Tags: merge(f.tags, c.Tags),
	})
}

// event is the body of POST /api/v1/events.
type event struct {
	Title    string   `json:"title"`
	Text     string   `json:"text"`
	Date     int64    `json:"date_happened"`
	Host     string   `json:"host,omitempty"`
	Priority string   `json:"priority"`
	Alert    string   `json:"alert_type"`
	Key      string   `json:"aggregation_key,omitempty"`
	Source   string   `json:"source_type_name,omitempty"`
	Tags     []string `json:"tags,omitempty"`
}

func (f *frame) event(dst []byte, e telemetry.Event) []byte {
	out := event{
		Title: line(strings.Join(strings.Fields(e.Title), " "), maxTitle), Text: cutMiddle(e.Text, maxText), Date: f.stamp, Host: f.host,
		Priority: string(e.Priority), Alert: string(e.AlertType),
		Key: line(e.AggregationKey, maxKey), Source: line(e.Source, maxTag), Tags: merge(f.tags, e.Tags),
	}
	if out.Title == "" {
		out.Title = "(no title)"
	}
	if out.Text == "" {
		out.Text = out.Title
	}
	if out.Priority == "" {
		out.Priority = string(telemetry.Normal)
	}
	if out.Alert == "" {
		out.Alert = string(telemetry.Info)
	}
	return appendJSON(dst, out)
}

// appendJSON appends a struct of strings and numbers.
func appendJSON(dst []byte, v any) []byte {
	text, _ := json.Marshal(v) // such a struct always has a JSON form
	return append(dst, text...)
}
