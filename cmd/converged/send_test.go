package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// reportOf is the file of a failed run that ended then.
func reportOf(t *testing.T, end time.Time) string {
	t.Helper()
	text := fmt.Sprintf(`{"node":{"name":"web-01","chef_environment":"production","automatic":{"roles":["web"],"cookbooks":{}},"normal":{},"run_list":[]},
		"success":false,"start_time":%[1]q,"end_time":%[1]q,"elapsed_time":1.5,"all_resources":[],"updated_resources":[],
		"exception":"RuntimeError: it broke","backtrace":["/srv/a.rb:1"],"run_id":"run-1"}`, end.UTC().Format("2006-01-02 15:04:05 UTC"))
	file := filepath.Join(t.TempDir(), "report.json")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// intake answers each path with a status, 202 where none is told, and counts.
type intake struct {
	*httptest.Server
	mu      sync.Mutex
	asked   map[string]int
	answers map[string]int
}

func newIntake(t *testing.T, answers map[string]int) *intake {
	t.Helper()
	d := &intake{asked: map[string]int{}, answers: answers}
	d.Server = httptest.NewServer(d)
	t.Cleanup(d.Close)
	return d
}

func (d *intake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	d.asked[r.URL.Path]++
	status := d.answers[r.URL.Path]
	d.mu.Unlock()
	if status == 0 {
		status = http.StatusAccepted
	}
	w.WriteHeader(status)
	fmt.Fprint(w, `{"status":"ok"}`)
}

const (
	series = "/api/v2/series"
	events = "/api/v1/events"
	checks = "/api/v1/check_run"
)

func TestSendingSaysWhatBecameOfEachRun(t *testing.T) {
	withoutAccount(t)
	t.Setenv("DD_API_KEY", "CANARY")
	for name, c := range map[string]struct {
		age     time.Duration
		answers map[string]int
		code    int
		want    []string
	}{
		"all of it": {0, nil, 0, []string{"run run-1 acknowledged by datadog-"}},
		"a bad key": {0, map[string]int{series: 403, events: 403, checks: 403}, 1, []string{"run run-1 was not delivered to datadog-", "not taken now"}},
		"an event refused": {0, map[string]int{events: 400}, 1, []string{
			"run run-1 acknowledged by datadog-", "metrics, 1 service check\n", "was delivered in part; not taken by datadog-", "1 event refused for good"}},
		"a server that fails": {0, map[string]int{checks: 503}, 1, []string{"1 service check not taken now"}},
		"hours ago": {2 * time.Hour, nil, 0, []string{
			"run run-1: too old for datadog-", "metrics, 1 service check\n", "run run-1 acknowledged by datadog-", ": 1 event\n"}},
		"days ago": {48 * time.Hour, nil, 1, []string{"too old for datadog-", ", 1 event, 1 service check\n", "was not delivered to datadog-", "nothing of it was left to send"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newIntake(t, c.answers)
			var out, said bytes.Buffer
			code := run(t.Context(), []string{"send", "--datadog", d.URL, reportOf(t, time.Now().Add(-c.age))}, streams{strings.NewReader(""), &out, &said})
			if code != c.code {
				t.Errorf("it exits with %d, want %d", code, c.code)
			}
			for _, want := range c.want {
				if !strings.Contains(said.String(), want) {
					t.Errorf("%q is missing in\n%s", want, said.String())
				}
			}
			if c.age > time.Hour && d.asked[series]+d.asked[checks] != 0 {
				t.Errorf("what is too old was sent: %v", d.asked)
			}
			if strings.Contains(said.String(), "CANARY") || out.Len() > 0 {
				t.Errorf("a key is told, or something on standard output: %s%s", out.String(), said.String())
			}
		})
	}
}

func TestWhatOneReporterTookIsNotSentThereAgain(t *testing.T) {
	withoutAccount(t)
	t.Setenv("DD_API_KEY", "k")
	good := newIntake(t, nil)
	report := reportOf(t, time.Now())
	var said bytes.Buffer
	code := run(t.Context(), []string{"send", "--datadog", good.URL, "--dogstatsd", "unix://" + filepath.Join(t.TempDir(), "none"), report, report},
		streams{strings.NewReader(""), &bytes.Buffer{}, &said})
	if code != 1 || good.asked[series] != 1 || strings.Count(said.String(), "was not delivered to dogstatsd") != 2 {
		t.Errorf("it exits with %d, asked for %v, and says\n%s", code, good.asked, said.String())
	}
}

// What others named does not end a line, nor move a cursor.
func TestForeignNamesOfReportsDoNotReachTheTerminal(t *testing.T) {
	text, err := os.ReadFile(reportOf(t, time.Now()))
	if err != nil {
		t.Fatal(err)
	}
	report := filepath.Join(t.TempDir(), "a\x1b[2J")
	if err := os.WriteFile(report, bytes.Replace(text, []byte("run-1"), []byte(`run\nfake\u001b[2J\u009b1`), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"inspect", report}, {"inspect", "--telemetry", report}, {"inspect", report + "none"}, {"send", "--stdout", report}, {"send", "--stdout", report + "none"},
		{"send", "--dogstatsd", "unix:///none", report}} {
		var out, said bytes.Buffer
		run(t.Context(), args, streams{strings.NewReader(""), &out, &said})
		if text := out.String() + said.String(); text == "" || strings.ContainsAny(text, "\x1b\u009b") || strings.Contains(text, "\nfake") {
			t.Errorf("%q prints %q", args, text)
		}
	}
}

func TestTheReportersOfACommandLine(t *testing.T) {
	withoutAccount(t)
	key := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, []byte("k\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Dir(key))
	good := newIntake(t, nil)
	for _, c := range []struct {
		code int
		args []string
		want string
	}{
		{0, []string{"--datadog", good.URL, "--api-key-file", "key"}, "acknowledged by datadog-"},
		{2, []string{"--datadog", good.URL}, "no API key"},
		{2, []string{"--datadog", "datadoghq.eo", "--api-key-file", key}, `did you mean "datadoghq.eu"`},
		{2, []string{"--api-key-file", key}, "--api-key-file is for --datadog"},
		{2, []string{"--dogstatsd", "tcp://a:1"}, "unix:///PATH"},
	} {
		var said bytes.Buffer
		code := run(t.Context(), append([]string{"send", reportOf(t, time.Now())}, c.args...), streams{strings.NewReader(""), &bytes.Buffer{}, &said})
		if code != c.code || !strings.Contains(said.String(), c.want) {
			t.Errorf("%q: exit code %d, want %d with %q in\n%s", c.args, code, c.code, c.want, said.String())
		}
	}
}
