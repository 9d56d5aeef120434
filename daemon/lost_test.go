package daemon

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/converged/converged/reporters/telemetry"
)

const (
	failedRun = "e19d7920-dd2a-47ac-be43-d9440ae8ae6d"
	// failedAt is when the run of 18-converge-fail ended.
	failedAt = "2026-11-20T22:15:35Z"
)

// withCache is a home whose Chef keeps its cache there.
func withCache(t *testing.T) (h *home, cache string) {
	t.Helper()
	h = newHome(t)
	cache = filepath.Join(filepath.Dir(h.config.StateDir), "cache")
	if err := os.Mkdir(cache, 0o755); err != nil {
		t.Fatal(err)
	}
	h.config.Sources[0].CachePath = cache
	return h, cache
}

// keep puts what a run left into the cache.
func keep(t *testing.T, cache, name string, text []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(cache, name), text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// lose leaves a report without a byte that Chef created that long after the run of
// 18-converge-fail ended.
func (h *home) lose(after time.Duration) {
	h.t.Helper()
	at, err := time.Parse(time.RFC3339, failedAt)
	if err != nil {
		h.t.Fatal(err)
	}
	at = at.Add(after)
	h.n++
	name := fmt.Sprintf("chef-run-report-%014d.json", h.n)
	aside := filepath.Join(filepath.Dir(h.config.StateDir), name)
	err = errors.Join(os.WriteFile(aside, nil, 0o600), os.Chtimes(aside, at, at), os.Rename(aside, filepath.Join(h.config.Sources[0].Path, name)))
	if err != nil {
		h.t.Fatal(err)
	}
}

// points counts a metric of a batch.
func points(b telemetry.Batch, name string) (n int) {
	for _, m := range b.Metrics {
		if m.Name == name {
			n++
		}
	}
	return n
}

func TestAnEmptyReportIsCompletedByTheFailedRunsData(t *testing.T) {
	h, cache := withCache(t)
	r := newRecorder(false)
	stop := h.start(quiet(), Output{Name: "r", Reporter: r})
	defer stop()
	keep(t, cache, failedRunData, sample(t, "18-converge-fail/report.json"))
	keep(t, cache, stackTrace, sample(t, "18-compile-fail/chef-stacktrace.out"))
	h.lose(300 * time.Millisecond)
	b := wantRun(t, r, failedRun)
	if b.Host != "web-01" || b.Timestamp.Format(time.RFC3339) != failedAt || b.ServiceChecks[0].Status != telemetry.Critical ||
		points(b, "configrun.runs") != 1 || points(b, "converged.reports.unparsable") != 1 || points(b, "configrun.resources.total") != 1 {
		t.Errorf("the batch is %+v", b)
	}
	if text := b.Events[0].Text; len(b.Events) != 1 || !strings.Contains(text, "Its report stayed empty; this is from "+filepath.Join(cache, failedRunData)+".") || strings.Contains(text, "inspect") {
		t.Errorf("the events are %+v", b.Events)
	}
	// The data collector tells of the same run: it is one.
	h.collect(sample(t, "18-converge-fail/collector.json"))
	h.leave(sample(t, "18-updated/report.json"))
	wantRun(t, r, "ef586071-1981-44d1-b404-bf6c368f44f1")
	runs, err := ReadRuns(h.config.StateDir, RunsQuery{})
	if err != nil || len(runs.All) != 2 || runs.All[0].Status != "failure" && runs.All[1].Status != "failure" {
		t.Errorf("the runs are %+v, %v", runs.All, err)
	}
}

func TestAnEmptyReportIsCompletedByTheStackTrace(t *testing.T) {
	h, cache := withCache(t)
	r := newRecorder(false)
	stop := h.start(quiet(), Output{Name: "r", Reporter: r})
	defer stop()
	keep(t, cache, stackTrace, sample(t, "18-converge-fail/chef-stacktrace.out"))
	h.lose(300 * time.Millisecond)
	b := r.next(t)
	if !strings.HasPrefix(b.RunID, "unparsable-") || b.ServiceChecks[0].Status != telemetry.Critical || points(b, "configrun.runs") != 1 || points(b, "configrun.resources.total") != 0 || len(b.Events) != 1 {
		t.Errorf("the batch is %+v", b)
	}
	for _, want := range []string{"Mixlib::ShellOut::ShellCommandFailed", "execute[will fail]", "shellout.rb:308", "this is from " + filepath.Join(cache, stackTrace)} {
		if !strings.Contains(b.Events[0].Text, want) {
			t.Errorf("%q is missing in %s", want, b.Events[0].Text)
		}
	}
}

// What Chef left of another run says nothing of this one.
func TestAnEmptyReportIsNotCompletedByAnotherRun(t *testing.T) {
	trace, data := "18-converge-fail/chef-stacktrace.out", "18-converge-fail/report.json"
	for name, c := range map[string]struct {
		trace, data string
		after       time.Duration
	}{
		"nothing":                  {"", "", 0},
		"a trace of before":        {trace, "", time.Second},
		"a trace of long after":    {trace, "", -62 * time.Second},
		"data of long before":      {"", data, 61 * time.Second},
		"data of after":            {"", data, -3 * time.Second},
		"data of a run that is ok": {"", "18-updated/report.json", -4 * time.Second},
		"data that is none":        {"", "18-converge-fail/collector.json", 0},
		"a trace that is none":     {data, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			h, cache := withCache(t)
			r := newRecorder(false)
			stop := h.start(quiet(), Output{Name: "r", Reporter: r})
			defer stop()
			if c.trace != "" {
				keep(t, cache, stackTrace, sample(t, c.trace))
			}
			if c.data != "" {
				keep(t, cache, failedRunData, sample(t, c.data))
			}
			h.lose(c.after)
			b := r.next(t)
			if !strings.HasPrefix(b.RunID, "unparsable-") || b.ServiceChecks[0].Status != telemetry.Unknown || !strings.Contains(b.Events[0].Text, "whose outcome is not known") {
				t.Errorf("the batch is %+v", b)
			}
		})
	}
}

func TestWhatChefLeftMayBeNoFile(t *testing.T) {
	h, cache := withCache(t)
	if err := errors.Join(syscall.Mkfifo(filepath.Join(cache, stackTrace), 0o600), os.Mkdir(filepath.Join(cache, failedRunData), 0o700)); err != nil {
		t.Fatal(err)
	}
	r := newRecorder(false)
	stop := h.start(quiet(), Output{Name: "r", Reporter: r})
	defer stop()
	h.lose(0)
	if b := r.next(t); b.ServiceChecks[0].Status != telemetry.Unknown {
		t.Errorf("the batch is %+v", b)
	}
}

func TestDataOfARunThatLeftAReportIsOfThatRun(t *testing.T) {
	h, cache := withCache(t)
	r := newRecorder(false)
	stop := h.start(quiet(), Output{Name: "r", Reporter: r})
	defer stop()
	h.leave(sample(t, "18-converge-fail/report.json"))
	wantRun(t, r, failedRun)
	keep(t, cache, failedRunData, sample(t, "18-converge-fail/report.json"))
	h.lose(40 * time.Second) // of the run after it
	if b := r.next(t); b.ServiceChecks[0].Status != telemetry.Unknown {
		t.Errorf("the batch is %+v", b)
	}
}

// The data collector told how the run ended before its report was given up.
func TestAnEmptyReportOfARunThatWasTold(t *testing.T) {
	h, cache := withCache(t)
	r := newRecorder(false)
	stop := h.start(quiet(), Output{Name: "r", Reporter: r})
	defer stop()
	h.collect(sample(t, "18-converge-fail/collector.json"))
	wantRun(t, r, failedRun)
	keep(t, cache, stackTrace, sample(t, "18-converge-fail/chef-stacktrace.out"))
	h.lose(300 * time.Millisecond)
	if b := r.next(t); points(b, "configrun.runs") != 0 || points(b, "converged.reports.unparsable") != 1 || len(b.Events)+len(b.ServiceChecks) != 0 {
		t.Errorf("the batch is %+v", b)
	}
}

// The data collector told of the beginning, and could not tell of the end.
func TestAnEmptyReportIsTheEndOfTheRunUnderWay(t *testing.T) {
	h, cache := withCache(t)
	r := newRecorder(false)
	stop := h.start(quiet(), Output{Name: "r", Reporter: r})
	defer stop()
	h.collect(began("lost", "2026-11-20T22:15:00Z"))
	waitForText(t, filepath.Join(h.config.StateDir, begunName), "lost")
	keep(t, cache, stackTrace, sample(t, "18-converge-fail/chef-stacktrace.out"))
	h.lose(0)
	if b := r.next(t); b.ServiceChecks[0].Status != telemetry.Critical {
		t.Errorf("the batch is %+v", b)
	}
	h.collect(began("next", "2026-11-20T22:45:00Z"))
	h.collect(ended("next", "2026-11-20T22:45:00Z", "2026-11-20T22:46:00Z"))
	wantRun(t, r, "next")
}

func TestTheCacheOfASource(t *testing.T) {
	c := Config{Sources: []SourceConfig{
		{Format: "chef-report", Path: "/srv/a/reports", CachePath: "/srv/a/cache"},
		{Format: "chef-report", Path: "/srv/b/*.json", CachePath: "/srv/b/cache"},
		{Format: "chef-report", Path: "/var/chef/reports"},
	}}
	for report, want := range map[string]string{
		"/srv/a/reports/1.json": "/srv/a/cache", "/srv/b/1.json": "/srv/b/cache", "/var/chef/reports/1.json": "/var/chef/cache",
	} {
		if got := c.caches().of(report); got != want {
			t.Errorf("%s: %s", report, got)
		}
	}
}

func TestACachePathIsChecked(t *testing.T) {
	alone(t)
	text := "sources:\n  - {format: chef-report, path: /r, cache_path: cache}\n  - {format: salt-events, path: /s, cache_path: /c}\n  - {format: chef-report, path: /r}\nunfinished_after: 1ms\n"
	_, err := LoadConfig(write(t, text))
	for _, want := range []string{
		`sources[0].cache_path: "cache" is not an absolute path`, "sources[1].cache_path: only a chef-report has one",
		"sources[2]: the same format and path stand twice", "unfinished_after: 1ms is shorter than 1s",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in %v", want, err)
		}
	}
}

func TestWhatCameFromThisMachine(t *testing.T) {
	for origin, want := range map[string]bool{
		"/var/log/chef/x.json": true, "unix:/data-collector": true, "http://127.0.0.1/data-collector": true, "https://[::1]:7/x": true,
		"http://10.0.0.7/data-collector": false, "http://localhost.example/x": false, "": false, ":": false,
	} {
		if isHere(origin) != want {
			t.Errorf("%s: %v", origin, !want)
		}
	}
}
