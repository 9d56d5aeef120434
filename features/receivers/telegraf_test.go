package receivers

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/converged/converged/reporters/telemetry"
)

// telegraf is Telegraf with its statsd input and its file output.
type telegraf struct {
	*process
	address string
	file    string // what it understood, a JSON object a line
}

const telegrafConfig = `
[agent]
  interval = "1s"
  flush_interval = "1s"
  omit_hostname = true
  skip_processors_after_aggregators = true
[[inputs.statsd]]
  service_address = %q
  datadog_extensions = true
  delete_gauges = false
  delete_counters = false
  delete_timings = false
  percentiles = []
  number_workers_threads = 1 # several would take lines in any order
[[outputs.file]]
  files = [%q]
  data_format = "json"
`

func startTelegraf(t *testing.T, folder string) *telegraf {
	t.Helper()
	dir, listen := t.TempDir(), free(t, "udp")
	tel := &telegraf{address: "udp://" + listen, file: filepath.Join(dir, "metrics.json")}
	config := filepath.Join(dir, "telegraf.conf")
	if err := os.WriteFile(config, fmt.Appendf(nil, telegrafConfig, listen, tel.file), 0o600); err != nil {
		t.Fatal(err)
	}
	tel.process = start(t, filepath.Join(folder, "telegraf"), "--strict-env-handling", "--config", config)
	eventually(t, func() error {
		if !strings.Contains(tel.log(), "UDP listening on") {
			return errors.New("it does not listen")
		}
		return nil
	})
	return tel
}

// point is a line of Telegraf's output.
type point struct {
	Name   string            `json:"name"`
	Tags   map[string]string `json:"tags"`
	Fields map[string]any    `json:"fields"`
}

// points are what Telegraf has written: of what it repeats each second the last,
// and events, which it writes once.
func (tel *telegraf) points() (series map[string]point, events []point, err error) {
	text, err := os.ReadFile(tel.file)
	if err != nil {
		return nil, nil, err
	}
	series = map[string]point{}
	for line := range strings.Lines(string(text)) {
		var p point
		if !strings.HasSuffix(line, "\n") {
			break // it is being written
		}
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			return nil, nil, fmt.Errorf("%q: %w", line, err)
		}
		if _, event := p.Fields["alert_type"]; event {
			events = append(events, p)
		} else {
			series[p.Name+"{"+spelled(p.Tags)+"}"] = p
		}
	}
	return series, events, nil
}

// lastOf is what Telegraf makes of tags: of a key that repeats the last value,
// and of a last tag that ends in a letter of several bytes that letter's first.
func lastOf(tags []string) map[string]string {
	tags = append([]string(nil), tags...)
	end := len(tags) - 1
	if _, size := utf8.DecodeLastRuneInString(tags[end]); size > 1 {
		tags[end] = tags[end][:len(tags[end])-size] + "\ufffd"
	}
	return last(tags)
}

// understood compares what Telegraf wrote with what was meant.
func (tel *telegraf) understood(t *testing.T, meant []telemetry.Batch) {
	want := metrics(meant, func(m telemetry.Metric, tags []string) string {
		set := lastOf(tags)
		set["metric_type"] = map[telemetry.Kind]string{telemetry.Count: "counter", telemetry.Gauge: "gauge"}[m.Kind]
		return strings.ReplaceAll(m.Name, ".", "_") + "{" + spelled(set) + "}"
	})
	wantChecks, checks := histograms(meant)
	wantEvents := eventsOf(meant)
	eventually(t, func() error {
		series, events, err := tel.points()
		if err != nil {
			return err
		}
		got, gotChecks, gotEvents := map[string]float64{}, map[string]string{}, map[string]string{}
		for name, p := range series {
			if strings.HasPrefix(name, "_sc|") {
				gotChecks[name] = fmt.Sprintf("%.0f of %.0f to %.0f", p.Fields["count"], p.Fields["lower"], p.Fields["upper"])
				continue
			}
			v, ok := p.Fields["value"].(float64)
			if !ok || len(p.Fields) != 1 {
				return fmt.Errorf("%s has %v", name, p.Fields)
			}
			got[name] = v
		}
		for _, p := range events {
			gotEvents[p.Name+"{"+spelled(p.Tags)+"}"] = fmt.Sprint(p.Fields)
		}
		if len(gotEvents) < len(events) {
			return fmt.Errorf("%d events, of which %d differ", len(events), len(gotEvents))
		}
		return errors.Join(differ(got, want), differ(gotChecks, wantChecks), differ(gotEvents, wantEvents))
	})
	if n := lines(tel.log(), " E! "); n != checks {
		t.Errorf("%d errors, expected one for each of %d service checks:\n%s", n, checks, tel.log())
	}
	if lines(tel.log(), " W! ") > 0 {
		t.Errorf("there are warnings:\n%s", tel.log())
	}
}

// histograms are what Telegraf makes of service checks: of the timestamp, which
// stands before |h:host, a histogram; of what follows an error.
func histograms(meant []telemetry.Batch) (want map[string]string, checks int) {
	type span struct{ n, lower, upper int64 }
	spans := map[string]span{}
	for _, b := range meant {
		for _, c := range b.ServiceChecks {
			set := lastOf(tagsOf(b, c.Tags, false))
			set["metric_type"] = "histogram"
			name := "_sc|" + strings.ReplaceAll(c.Name, ".", "_") + "|" + strconv.Itoa(int(c.Status)) + "|d{" + spelled(set) + "}"
			at := b.Timestamp.Unix()
			s, ok := spans[name]
			if !ok {
				s = span{0, at, at}
			}
			spans[name] = span{s.n + 1, min(s.lower, at), max(s.upper, at)}
			checks++
		}
	}
	want = map[string]string{}
	for name, s := range spans {
		want[name] = fmt.Sprintf("%d of %d to %d", s.n, s.lower, s.upper)
	}
	return want, checks
}

// eventsOf are events as Telegraf understands them: whole, but for tags that repeat.
func eventsOf(meant []telemetry.Batch) map[string]string {
	want := map[string]string{}
	for _, b := range meant {
		for _, e := range b.Events {
			set := lastOf(tagsOf(b, e.Tags, false))
			set["source"], set["aggregation_key"] = b.Host, e.AggregationKey
			want[e.Title+"{"+spelled(set)+"}"] = fmt.Sprint(map[string]any{
				"alert_type": string(e.AlertType), "priority": string(e.Priority), "text": e.Text,
				"source_type_name": e.Source, "ts": float64(b.Timestamp.Unix()),
			})
		}
	}
	return want
}
