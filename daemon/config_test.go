package daemon

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "converged.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

const example = `
state_dir: /var/lib/converged
tags: ["team:web"]
metrics: {prefix: ops.runs, naming: unified}
watch: {poll: 30s}
sources:
  - format: chef-collector
    path: /var/log/chef/data-collector.json
reporters:
  - type: dogstatsd
    address: unix:///var/run/datadog/dsd.socket
  - type: stdout
`

func TestAConfigurationIsRead(t *testing.T) {
	c, err := LoadConfig(write(t, example))
	if err != nil {
		t.Fatal(err)
	}
	if c.Metrics.Prefix != "ops.runs" || c.Watch.Poll != 30*time.Second || len(c.Tags) != 1 {
		t.Errorf("the values are %+v", c)
	}
	if c.Watch.Quiet != Defaults().Watch.Quiet || c.TagPrefix != "tag:" {
		t.Errorf("what is not set does not keep its default: %+v", c)
	}
	if len(c.Sources) != 1 || c.Sources[0].Format != "chef-collector" {
		t.Errorf("sources are %+v", c.Sources)
	}
	if c.Reporters[0].Name != "dogstatsd" || c.Reporters[1].Name != "stdout" {
		t.Errorf("a reporter is named by its type: %+v", c.Reporters)
	}
}

func TestTheEnvironmentOverrides(t *testing.T) {
	t.Setenv("CONVERGED_STATE_DIR", "/srv/state")
	t.Setenv("CONVERGED_METRICS_PREFIX", "env")
	t.Setenv("CONVERGED_TAGS", "a:b,c:d")
	t.Setenv("CONVERGED_EVENTS_SUCCESS", "true")
	c, err := LoadConfig(write(t, example))
	if err != nil {
		t.Fatal(err)
	}
	if c.StateDir != "/srv/state" || c.Metrics.Prefix != "env" || !c.Events.Success {
		t.Errorf("the environment did not override: %+v", c)
	}
	if len(c.Tags) != 2 || c.Tags[1] != "c:d" {
		t.Errorf("tags are %q", c.Tags)
	}
}

func TestWhatIsShownCanBeReadAgain(t *testing.T) {
	c, err := LoadConfig(write(t, example))
	if err != nil {
		t.Fatal(err)
	}
	text, err := c.YAML()
	if err != nil {
		t.Fatal(err)
	}
	again, err := LoadConfig(write(t, text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	if second, _ := again.YAML(); second != text {
		t.Errorf("shown twice it differs:\n%s\n%s", text, second)
	}
}

func TestWrongConfigurations(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"unknown key":        {"state_dri: /x\n", `unknown key "state_dri"; did you mean "state_dir"?`},
		"unknown inner key":  {"metrics:\n  prefx: a\n", `unknown key "metrics.prefx"; did you mean "metrics.prefix"?`},
		"unknown key in row": {"sources:\n  - formt: chef-report\n    path: /x\n", `unknown key "sources[0].formt"; did you mean "sources[0].format"?`},
		"a key with a dot":   {"metrics.prefix: a\n", `unknown key "metrics.prefix"; did you mean`},
		"without a value":    {"state_dri:\n", `unknown key "state_dri"; did you mean "state_dir"?`},
		"an empty map":       {"metrcs: {}\n", `unknown key "metrcs"; did you mean "metrics"?`},
		"one row, no list":   {"sources: {formt: chef-report, path: /x}\n", `unknown key "sources.formt"; did you mean "sources.format"?`},
		"two documents":      {"host: a\n---\nhost: b\n", "more than one YAML document"},
		"unknown format":     {"sources:\n  - format: chef\n    path: /x\n", `sources[0].format: "chef" is none of chef-report, chef-collector, puppet-report, puppet-summary, ansible-json, ansible-jsonl, salt-report, salt-events; did you mean "chef-report"?`},
		"relative path":      {"sources:\n  - format: chef-report\n    path: x\n", `sources[0].path: "x" is not an absolute path`},
		"bad glob":           {"sources:\n  - format: chef-report\n    path: /x[\n", `sources[0].path: "/x[" is not a valid glob`},
		"unknown reporter":   {"reporters:\n  - type: statsd\n", `reporters[0].type: "statsd" is none of datadog, dogstatsd, stdout; did you mean "dogstatsd"?`},
		"a name twice":       {"reporters:\n  - type: stdout\n  - type: stdout\n", `reporters[1].name: "stdout" is taken`},
		"not a duration":     {"watch: {poll: soon}\n", `watch.poll: expected a duration such as 15s, found "soon"`},
		"no unit":            {"watch: {poll: 15}\n", "watch.poll: expected a duration such as 15s, found 15"},
		"bad expression":     {"tags_exclude: '('\n", "tags_exclude: not a regular expression"},
		"not YAML":           {"a: [\n", "not YAML"},
		"a list":             {"- a\n", "not YAML"},
		"a list as text":     {"sources: chef\n", `sources: expected keys below it, found "chef"`},
		"a number as text":   {"host: 7\n", "host: expected text; write it in quotes, found 7"},
		"not a number":       {"spool: {max_bytes: 1 GB}\n", `spool.max_bytes: expected a whole number, found "1 GB"`},
		"an octal number":    {"spool: {max_entries: '0100'}\n", `spool.max_entries: expected a whole number, found "0100"`},
		"a key twice":        {"host: a\nHost: b\n", `"Host" and "host" are the same key; expected it once`},
		"a number as key":    {"metrics: {1: 2}\n", "metrics: expected keys below it, found keys that are no text"},
		"a NUL in a path":    {"state_dir: \"/a\\0b\"\n", `state_dir: "/a\x00b" holds a NUL`},
		"not a choice":       {"events: {success: 2}\n", "events.success: expected true or false, found 2"},
		"text for keys":      {"metrics: both\n", `metrics: expected keys below it, found "both"`},
		"keys for text":      {"host: {a: b}\n", "host: expected text; write it in quotes, found keys and values"},
		"an old name":        {"tags_blacklist_regex: a\n", `unknown key "tags_blacklist_regex"; did you mean "tags_exclude"?`},
		"a reporter's key":   {"api_key: a\n", `unknown key "api_key"; did you mean "reporters[].api_key"?`},
		"no handle":          {"notify_on_failure: ['ops pager']\n", `notify_on_failure[0]: "ops pager" is not a handle`},
		"bad naming":         {"metrics: {naming: old}\n", `metrics.naming: "old" is none of unified, native, both; did you mean`},
	} {
		t.Run(name, func(t *testing.T) {
			file := write(t, c.text)
			_, err := LoadConfig(file)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), file) {
				t.Errorf("the error is %v, want one with %q and the file's name", err, c.want)
			}
		})
	}
}

func TestAWrongVariableIsNamed(t *testing.T) {
	for name, value := range map[string]string{"CONVERGED_METRICS_NAMING": "old", "CONVERGED_SPOOL_MAX_BYTES": "1 GB"} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(name, value)
			if _, err := LoadConfig(write(t, example)); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func TestTheCaseOfAKeyDoesNotMatter(t *testing.T) {
	c, err := LoadConfig(write(t, "Host: a\nMetrics: {Prefix: b}\n"))
	if err != nil || c.Host != "a" || c.Metrics.Prefix != "b" {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestAMissingFileIsAnErrorOnlyIfNamed(t *testing.T) {
	if _, err := LoadConfig(filepath.Join(t.TempDir(), "none.yaml")); err == nil {
		t.Error("a named file that is missing is no error")
	}
}

func TestWhatIsMissingIsSaid(t *testing.T) {
	for want, c := range map[string]Config{
		"there is no converged.yaml":                            {absent: true},
		"converged.yaml has no source and no reporter":          {},
		"converged.yaml has no source; expected at least one":   {Reporters: []ReporterConfig{{Type: "stdout"}}},
		"converged.yaml has no reporter; expected at least one": {Sources: []SourceConfig{{}}},
	} {
		c.file = "converged.yaml"
		if err := c.Complete(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error is %v, want one with %q", err, want)
		}
	}
	c := Config{Sources: []SourceConfig{{}}, Reporters: []ReporterConfig{{}}}
	if err := c.Complete(); err != nil {
		t.Errorf("of a whole one it says %v", err)
	}
}

func TestEveryWrongKeyIsNamedAtOnce(t *testing.T) {
	_, err := LoadConfig(write(t, "state_dir: x\nspool: {max_entries: 0, max_bytes: 1}\n"))
	for _, key := range []string{"state_dir", "spool.max_entries", "spool.max_bytes"} {
		if err == nil || !strings.Contains(err.Error(), key+":") {
			t.Errorf("%s is not named in %v", key, err)
		}
	}
}

func TestAHugeConfigurationIsRefused(t *testing.T) {
	if _, err := LoadConfig("/dev/zero"); err == nil || !strings.Contains(err.Error(), "/dev/zero has more than 1048576 bytes") {
		t.Errorf("the error is %v", err)
	}
}

func TestAKeyInPlaceOfAConfigurationIsNotTold(t *testing.T) {
	if _, err := LoadConfig(write(t, "CANARY\n")); err == nil || strings.Contains(err.Error(), "CANARY") {
		t.Errorf("the error is %v", err)
	}
}

func FuzzConfig(f *testing.F) {
	f.Add(example)
	f.Add(withReporter("api_key: k", "extra_endpoints: [{site: datadoghq.eu, api_key_file: /k}, null]", "max_age: {events: 0}"))
	f.Add("reporters: [null, {type: datadog, url: 'http://[::1]:1/a b', proxy: ':'}]\nsources: {format: 7}\n")
	f.Add("a: &a {b: *a}\n<<: [1]\n")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "_file") {
			t.Skip("it may name any file of this machine")
		}
		c, err := LoadConfig(write(t, text))
		if err != nil {
			return
		}
		shown, err := c.YAML()
		if err != nil {
			t.Fatal(err)
		}
		again, err := LoadConfig(write(t, shown))
		if err != nil {
			t.Fatalf("what is shown cannot be read again: %v\n%s", err, shown)
		}
		if second, _ := again.YAML(); second != shown {
			t.Fatalf("shown twice it differs:\n%s\n%s", shown, second)
		}
	})
}

// A summary has no run id: beside the report every run would be told twice.
func TestASummaryOnlyStandsInForReports(t *testing.T) {
	const summary = "sources:\n  - {format: puppet-summary, path: /public/last_run_summary.yaml}\n"
	for text, read := range map[string]int{
		summary: 1,
		summary + "  - {format: puppet-report, path: /state/last_run_report.yaml}\n": 1,
		summary + "  - {format: chef-report, path: /reports}\n":                      2,
	} {
		c, err := LoadConfig(write(t, text))
		if err != nil {
			t.Fatal(err)
		}
		warned := strings.Contains(strings.Join(c.Warnings(), "\n"), "sources[0]: puppet-summary is not read beside puppet-report")
		if n := len(c.watched()); n != read || warned != (read < len(c.Sources)) {
			t.Errorf("%d sources are read of\n%s%q", n, text, c.Warnings())
		}
		var log bytes.Buffer
		c.sayAbsent(slog.New(slog.NewTextHandler(&log, nil)))
		if told := newSourceCounts(c).status(); len(told) != read || strings.Count(log.String(), "waited for") != read {
			t.Errorf("the status tells of %d sources, not %d; the log %q", len(told), read, log.String())
		}
	}
}
