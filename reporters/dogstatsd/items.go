package dogstatsd

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/DataDog/datadog-go/v5/statsd"

	"github.com/converged/converged/reporters/telemetry"
)

// item is one line of a datagram. id tells it from the others of its run and is
// the same in each attempt, though a later one may add a timestamp.
type item struct {
	id   string
	line []byte
}

// The reasons for which an item is dropped.
const (
	droppedName  = "no_usable_name"
	droppedValue = "not_a_finite_number"
	droppedKind  = "unknown_kind"
	droppedLong  = "too_long"
	droppedTags  = "tags_over_4096_bytes" // the last tags, not an item
	droppedOther = "not_encoded"
)

// shared is what all items of a batch have in common.
type shared struct {
	batch telemetry.Batch
	tags  []string // of the reporter and the batch, cleaned
	host  string
	own   []string // tags of metrics only: the host, if it is not this machine
	late  bool
}

// items is b on the wire, the small ones first, and why others are missing.
func (r *Reporter) items(b telemetry.Batch) (items []item, dropped []string) {
	s := shared{batch: b, host: cleanField(b.Host, maxField)}
	s.tags = slices.Concat(r.tags, cleanTags(b.Tags))
	if size(s.tags) > maxTags {
		dropped = append(dropped, droppedTags)
	}
	if s.host != "" && !strings.EqualFold(s.host, r.options.Hostname) {
		s.own = []string{"host:" + cleanTag(s.host)}
	}
	s.late = b.Timestamp.Unix() > 0 && r.options.Now().Sub(b.Timestamp) > late
	keep := func(it item, reason string) {
		if reason == "" && len(it.line) > maxUnix {
			reason = droppedLong
		}
		if reason != "" {
			dropped = append(dropped, reason)
			return
		}
		items = append(items, it)
	}
	for _, m := range b.Metrics {
		keep(r.metric(s, m))
	}
	for _, c := range b.ServiceChecks {
		keep(r.check(s, c))
	}
	for _, e := range b.Events {
		keep(r.event(s, e))
	}
	return items, dropped
}

func (r *Reporter) metric(s shared, m telemetry.Metric) (item, string) {
	name := cleanMetric(m.Name)
	switch {
	case name == "":
		return item{}, droppedName
	case math.IsNaN(m.Value) || math.IsInf(m.Value, 0):
		return item{}, droppedValue
	case m.Kind == telemetry.Count && math.Abs(m.Value) >= math.MaxInt64:
		return item{}, droppedValue
	}
	tags := merge(s.own, s.tags, cleanTags(m.Tags))
	line, err := r.encoder.line(func(c *statsd.Client) error {
		switch {
		case m.Kind == telemetry.Gauge && s.late:
			return c.GaugeWithTimestamp(name, m.Value, tags, 1, s.batch.Timestamp)
		case m.Kind == telemetry.Gauge:
			return c.Gauge(name, m.Value, tags, 1)
		case m.Kind == telemetry.Count && s.late:
			return c.CountWithTimestamp(name, whole(m.Value), tags, 1, s.batch.Timestamp)
		case m.Kind == telemetry.Count:
			return c.Count(name, whole(m.Value), tags, 1)
		}
		return errKind
	})
	if err != nil {
		return item{}, reasonOf(err)
	}
	stamp := fmt.Appendf(nil, "|T%d", s.batch.Timestamp.Unix())
	return item{id: string(bytes.TrimSuffix(line, stamp)), line: line}, ""
}

func whole(v float64) int64 { return int64(math.Round(v)) }

var errKind = errors.New("neither a count nor a gauge")

func reasonOf(err error) string {
	var long statsd.MessageTooLongError
	switch {
	case errors.Is(err, errKind):
		return droppedKind
	case errors.As(err, &long):
		return droppedLong
	}
	return droppedOther
}

func (r *Reporter) check(s shared, c telemetry.ServiceCheck) (item, string) {
	check := statsd.ServiceCheck{
		Name:      cleanCheck(c.Name),
		Status:    statsd.Unknown,
		Timestamp: s.batch.Timestamp,
		Hostname:  s.host,
		Message:   cleanMessage(c.Message),
		Tags:      merge(s.tags, cleanTags(c.Tags)),
	}
	if check.Name == "" {
		return item{}, droppedName
	}
	if c.Status >= telemetry.OK && c.Status <= telemetry.Unknown {
		check.Status = statsd.ServiceCheckStatus(c.Status)
	}
	line, err := r.encoder.line(func(client *statsd.Client) error { return client.ServiceCheck(&check) })
	if err != nil {
		return item{}, reasonOf(err)
	}
	return item{id: string(line), line: line}, ""
}

// event is cut to what fits: the middle of its text goes.
func (r *Reporter) event(s shared, e telemetry.Event) (item, string) {
	text := cleanText(e.Text)
	event := statsd.Event{
		Title:          cleanTitle(e.Title),
		Text:           cutMiddle(text, maxUnix),
		Timestamp:      s.batch.Timestamp,
		Hostname:       s.host,
		AggregationKey: cleanField(e.AggregationKey, maxAggregationKey),
		SourceTypeName: cleanField(e.Source, maxField),
		Tags:           merge(s.tags, cleanTags(e.Tags)),
	}
	if e.Priority == telemetry.Normal || e.Priority == telemetry.Low {
		event.Priority = statsd.EventPriority(e.Priority)
	}
	switch e.AlertType {
	case telemetry.Error, telemetry.Warning, telemetry.Info, telemetry.Good:
		event.AlertType = statsd.EventAlertType(e.AlertType)
	}
	if text == "" {
		event.Text = event.Title // receivers refuse an event without text
	}
	encode := func(client *statsd.Client) error { return client.Event(&event) }
	line, err := r.encoder.line(encode)
	if over := len(line) - maxUnix; err == nil && over > 0 {
		event.Text = cutMiddle(text, escapedLen(event.Text)-over)
		line, err = r.encoder.line(encode)
	}
	if err != nil {
		return item{}, reasonOf(err)
	}
	return item{id: string(line), line: line}, ""
}
