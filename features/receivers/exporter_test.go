package receivers

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/converged/converged/reporters/telemetry"
)

// exporter is Prometheus's statsd_exporter.
type exporter struct {
	*process
	address string // where it receives
	page    string // where it tells
}

func startExporter(t *testing.T, folder, network string) *exporter {
	t.Helper()
	web := free(t, "tcp")
	e := &exporter{page: "http://" + web + "/metrics"}
	args := []string{"--web.listen-address=" + web, "--statsd.listen-tcp=", "--statsd.listen-udp="}
	if network == "udp" {
		listen := free(t, "udp")
		e.address = "udp://" + listen
		args[2] += listen
	} else {
		dir, err := os.MkdirTemp("", "exporter") // t.TempDir can be too long for a socket
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.RemoveAll(dir) })
		socket := filepath.Join(dir, "statsd.socket")
		e.address = "unix://" + socket
		args = append(args, "--statsd.listen-unixgram="+socket)
	}
	e.process = start(t, filepath.Join(folder, "statsd_exporter"), args...)
	eventually(t, func() error { _, err := e.values(); return err }) // it listens for metrics before
	return e
}

// sample is a line of the page, help and types aside.
var (
	sample = regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$`)
	label  = regexp.MustCompile(`([a-zA-Z_][a-zA-Z0-9_]*)=("(?:[^"\\]|\\.)*")`)
)

// values is the page: names with their labels, sorted, and their values.
func (e *exporter) values() (map[string]float64, error) {
	response, err := http.Get(e.page)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	page, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s: %w", e.page, response.Status, err)
	}
	values := map[string]float64{}
	for line := range strings.Lines(string(page)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		match := sample.FindStringSubmatch(strings.TrimSpace(line))
		if match == nil {
			return nil, fmt.Errorf("not a sample: %q", line)
		}
		set := map[string]string{}
		for _, pair := range label.FindAllStringSubmatch(match[2], -1) {
			if set[pair[1]], err = strconv.Unquote(pair[2]); err != nil {
				return nil, fmt.Errorf("%q: %w", line, err)
			}
		}
		if values[match[1]+"{"+spelled(set)+"}"], err = strconv.ParseFloat(match[3], 64); err != nil {
			return nil, fmt.Errorf("%q: %w", line, err)
		}
	}
	return values, nil
}

// own says whether a metric tells of the exporter itself.
func own(name string) bool {
	for _, prefix := range []string{"statsd_", "go_", "process_", "promhttp_"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// understood compares the page with what was meant: dots become _, of a key that
// repeats the last value stands, events and service checks are refused, and
// nothing else is.
func (e *exporter) understood(t *testing.T, meant []telemetry.Batch) {
	want := metrics(meant, func(m telemetry.Metric, tags []string) string {
		return strings.ReplaceAll(m.Name, ".", "_") + "{" + spelled(last(tags)) + "}"
	})
	counters := refusals(meant)
	eventually(t, func() error {
		page, err := e.values()
		if err != nil {
			return err
		}
		got, account := map[string]float64{}, map[string]float64{}
		for name, v := range page {
			_, asked := counters[name]
			switch {
			case !own(name):
				got[name] = v
			case asked, strings.Contains(name, "error") && v != 0, strings.Contains(name, "conflict") && v != 0:
				account[name] = v
			}
		}
		if err := differ(got, want); err != nil {
			return err
		}
		return differ(account, counters)
	})
}

// refusals are the exporter's own counters, as they must stand: what it takes an
// event or a service check for depends on where their first : and | are.
func refusals(meant []telemetry.Batch) map[string]float64 {
	const refused = `statsd_exporter_sample_errors_total{reason="%s"}`
	n := map[string]float64{}
	for _, b := range meant {
		n["statsd_exporter_lines_total{}"] += float64(len(b.Metrics) + len(b.Events) + len(b.ServiceChecks))
		for _, m := range b.Metrics {
			n[fmt.Sprintf(`statsd_exporter_events_total{type="%s"}`, map[telemetry.Kind]string{telemetry.Count: "counter", telemetry.Gauge: "gauge"}[m.Kind])]++
		}
		for _, e := range b.Events {
			n["statsd_exporter_tag_errors_total{}"]++ // for the comma of _e{LENGTH,LENGTH}
			if strings.Contains(e.Title, ":") {
				n[fmt.Sprintf(refused, "invalid_extended_aggregate_type")]++
			} else {
				n[fmt.Sprintf(refused, "malformed_component")]++
			}
		}
		for _, c := range b.ServiceChecks {
			if c.Message == "" {
				n[fmt.Sprintf(refused, "illegal_event")]++
			} else {
				n[fmt.Sprintf(refused, "invalid_sample_factor")]++
			}
		}
	}
	return n
}
