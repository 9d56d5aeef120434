package dogstatsd

import (
	"errors"
	"math"
	"slices"
	"strings"

	"github.com/DataDog/datadog-go/v5/statsd"

	"github.com/converged/converged/reporters/telemetry"
)

// item is one line of a datagram, and where in the batch it comes from.
type item struct {
	kind  kind
	index int // in the batch's list of that kind
	line  []byte
}

type kind int

const (
	aMetric kind = iota
	aCheck
	anEvent
)

// The reasons for which an item is dropped.
const (
	droppedName  = "no_usable_name"
	droppedValue = "not_a_finite_number"
	droppedKind  = "unknown_kind"
	droppedLong  = "too_long"
	droppedTags  = "too_many_tags" // the last tags, not an item
	droppedOther = "not_encoded"
)

// shared is what all items of a batch have in common.
type shared struct {
	batch telemetry.Batch
	tags  []string // of the reporter and the batch, cleaned
	host  string
	own   []string // tags of metrics only: the host, if it is not this machine
	late  bool
	most  int // how many bytes a line may have
}

// items is b on the wire, the small ones first, and why others are missing. No
// line is longer than the system takes.
func (r *Reporter) items(b telemetry.Batch) (items []item, dropped []string) {
	s := shared{batch: b, host: cleanField(b.Host, maxField), most: r.socket.most}
	s.tags = slices.Concat(r.tags, cleanTags(b.Tags))
	if size(s.tags) > s.maxTags() {
		dropped = append(dropped, droppedTags)
	}
	if s.host != "" && !strings.EqualFold(s.host, r.options.Hostname) {
		s.own = []string{"host:" + cleanTag(s.host)}
	}
	s.late = b.Timestamp.Unix() > 0 && r.options.Now().Sub(b.Timestamp) > late
	keep := func(k kind, index int, line []byte, reason string) {
		if reason == "" && len(line) > s.most {
			reason = droppedLong
		}
		if reason != "" {
			dropped = append(dropped, reason)
			return
		}
		items = append(items, item{k, index, line})
	}
	for i, m := range b.Metrics {
		line, reason := r.metric(s, m)
		keep(aMetric, i, line, reason)
	}
	for i, c := range b.ServiceChecks {
		line, reason := r.check(s, c)
		keep(aCheck, i, line, reason)
	}
	for i, e := range b.Events {
		line, reason := r.event(s, e)
		keep(anEvent, i, line, reason)
	}
	return items, dropped
}

// maxTags is how many bytes of tags an item has, so that tags alone never fill a
// datagram; those after are left out.
func (s shared) maxTags() int { return s.most / 2 }

func (s shared) merge(lists ...[]string) []string { return merge(s.maxTags(), lists...) }

func (r *Reporter) metric(s shared, m telemetry.Metric) ([]byte, string) {
	name := cleanMetric(m.Name)
	switch {
	case name == "":
		return nil, droppedName
	case math.IsNaN(m.Value) || math.IsInf(m.Value, 0):
		return nil, droppedValue
	case m.Kind == telemetry.Count && math.Abs(m.Value) >= math.MaxInt64:
		return nil, droppedValue
	}
	tags := s.merge(s.own, s.tags, cleanTags(m.Tags))
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
		return nil, reasonOf(err)
	}
	return line, ""
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

func (r *Reporter) check(s shared, c telemetry.ServiceCheck) ([]byte, string) {
	check := statsd.ServiceCheck{
		Name:      cleanCheck(c.Name),
		Status:    statsd.Unknown,
		Timestamp: s.batch.Timestamp,
		Hostname:  s.host,
		Message:   beginning(cleanMessage(c.Message), s.most/4),
		Tags:      s.merge(s.tags, cleanTags(c.Tags)),
	}
	if check.Name == "" {
		return nil, droppedName
	}
	if c.Status >= telemetry.OK && c.Status <= telemetry.Unknown {
		check.Status = statsd.ServiceCheckStatus(c.Status)
	}
	line, err := r.encoder.line(func(client *statsd.Client) error { return client.ServiceCheck(&check) })
	if err != nil {
		return nil, reasonOf(err)
	}
	return line, ""
}
