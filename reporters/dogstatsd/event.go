package dogstatsd

import (
	"github.com/DataDog/datadog-go/v5/statsd"

	"github.com/converged/converged/reporters/telemetry"
)

// event is cut to what fits: the middle of its text goes.
func (r *Reporter) event(s shared, e telemetry.Event) ([]byte, string) {
	text := cleanText(e.Text)
	event := statsd.Event{
		Title:          beginning(cleanTitle(e.Title), s.most/4),
		Text:           cutMiddle(text, s.most),
		Timestamp:      s.batch.Timestamp,
		Hostname:       s.host,
		AggregationKey: cleanField(e.AggregationKey, maxAggregationKey),
		SourceTypeName: cleanField(e.Source, maxField),
		Tags:           s.merge(s.tags, cleanTags(e.Tags)),
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
	if over := len(line) - s.most; err == nil && over > 0 {
		event.Text = cutMiddle(text, escapedLen(event.Text)-over)
		line, err = r.encoder.line(encode)
	}
	if err != nil {
		return nil, reasonOf(err)
	}
	return line, ""
}
