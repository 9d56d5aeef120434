package features

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/cucumber/godog"
)

func registerLost(sc *godog.ScenarioContext, w *world) {
	sc.Step(`^the daemon watches what Chef leaves, and no run takes longer than (\S+)$`, w.watchAllOfChef)
	sc.Step(`^Chef begins run "([^"]+)" on "([^"]+)" at (\d\d:\d\d)$`, func(run, node, at string) error {
		return w.collect(`{"message_version":"1.0.0","message_type":"run_start","node_name":%q,"run_id":%q,"start_time":"2026-11-20T%s:00Z"}`, node, run, at)
	})
	sc.Step(`^Chef ends run "([^"]+)" on "([^"]+)", begun at (\d\d:\d\d), at (\d\d:\d\d)$`, func(run, node, start, end string) error {
		return w.collect(`{"message_version":"1.1.0","message_type":"run_converge","node":{},"node_name":%q,"resources":[],"run_id":%q,"run_list":[],"cookbooks":{},"start_time":"2026-11-20T%s:00Z","end_time":"2026-11-20T%s:00Z","status":"success","total_resource_count":3,"updated_resource_count":0}`, node, run, start, end)
	})
	sc.Step(`^the daemon remembers "([^"]+)"$`, func(run string) error {
		return eventually("the daemon remembers "+run, func() bool {
			text, err := os.ReadFile(w.path("state/begun.json"))
			return err == nil && strings.Contains(string(text), `"`+run+`"`)
		})
	})
	sc.Step(`^the data collector's file is rotated$`, func() error {
		return errors.Join(os.Rename(w.path("collector.json"), w.path("collector.json.1")), os.WriteFile(w.path("collector.json"), nil, 0o644))
	})
	sc.Step(`^Chef fails, and leaves an empty report and a stack trace( of an hour ago)?$`, func(old string) error {
		if old != "" {
			return w.failWithTrace(time.Hour)
		}
		return w.failWithTrace(0)
	})
	sc.Step(`^I inspect the data collector's file of "([^"]+)"$`, func(sample string) error {
		return w.run("converged", "inspect", filepath.Join(w.samples, "chef", sample, "collector.json"))
	})
}

func (w *world) watchAllOfChef(longest string) error {
	config := fmt.Sprintf("state_dir: %[1]s/state\nunfinished_after: %[2]s\nwatch: {empty_after: 3s}\nsources:\n"+
		"  - {format: chef-report, path: %[1]s/reports, cache_path: %[1]s/cache}\n"+
		"  - {format: chef-collector, path: %[1]s/collector.json}\n"+
		"reporters:\n  - {type: dogstatsd, address: 'unix://%[3]s'}\n", w.dir, longest, w.socket())
	err := errors.Join(os.MkdirAll(w.path("reports"), 0o755), os.MkdirAll(w.path("cache"), 0o755),
		os.WriteFile(w.path("converged.yaml"), []byte(config), 0o600))
	if err != nil {
		return err
	}
	return w.startDaemon()
}

// collect appends a message to the data collector's file.
func (w *world) collect(message string, args ...any) error {
	f, err := os.OpenFile(w.path("collector.json"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, message+"\n", args...)
	return errors.Join(err, f.Close())
}

// failWithTrace leaves what Chef does of a run whose exception is not valid UTF-8:
// a report that stays empty, and then a stack trace, or an old one.
func (w *world) failWithTrace(age time.Duration) error {
	trace, err := os.ReadFile(filepath.Join(w.samples, "chef", "18-converge-fail", "chef-stacktrace.out"))
	if err != nil {
		return err
	}
	_, body, _ := bytes.Cut(trace, []byte("\n"))
	if err := os.WriteFile(w.path("reports/chef-run-report-20261120221500.json"), nil, 0o600); err != nil {
		return err
	}
	at := time.Now().Add(-age).Format("2006-01-02 15:04:05 -0700")
	return os.WriteFile(w.path("cache/chef-stacktrace.out"), append([]byte("Generated at "+at+"\n"), body...), 0o600)
}
