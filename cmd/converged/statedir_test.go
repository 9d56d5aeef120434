package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/converged/converged/cmd/program"
	"github.com/converged/converged/daemon"
	"github.com/converged/converged/daemon/ledger"
	"github.com/converged/converged/daemon/spool"
)

// asked is a state directory, and a configuration that names it.
type asked struct {
	t           *testing.T
	dir, config string
	ledger      *ledger.Ledger
}

func newAsked(t *testing.T) *asked {
	t.Helper()
	dir := t.TempDir()
	a := &asked{t: t, dir: dir, config: filepath.Join(t.TempDir(), "converged.yaml")}
	a.must(os.WriteFile(a.config, []byte("state_dir: "+dir+"\n"), 0o600))
	l, err := ledger.Open(filepath.Join(dir, "ledger"), ledger.Options{})
	a.must(err)
	a.ledger = l
	t.Cleanup(func() { a.must(l.Close()) })
	return a
}

func (a *asked) must(err error) {
	a.t.Helper()
	if err != nil {
		a.t.Fatal(err)
	}
}

// delivered notes a run that one receiver acknowledged.
func (a *asked) delivered(run string, s ledger.Summary) {
	a.ledger.Note(ledger.Record{Run: run, Step: ledger.Seen, Summary: &s})
	a.ledger.Note(ledger.Record{Run: run, Step: ledger.Spooled, Reporter: "dd"})
	a.ledger.Note(ledger.Record{Run: run, Step: ledger.Acknowledged, Reporter: "dd"})
}

// ask runs a command with this configuration.
func (a *asked) ask(code int, args ...string) (stdout, stderr string) {
	a.t.Helper()
	var out, errs bytes.Buffer
	if got := run(a.t.Context(), append(args, "-c", a.config), streams{strings.NewReader(""), &out, &errs}); got != code {
		a.t.Errorf("%v: exit code %d, want %d: %s%s", args, got, code, &out, &errs)
	}
	return out.String(), errs.String()
}

const hostile = "web\x1b[2J\u202e\u009b1\nfake"

func TestForeignNamesDoNotReachTheTerminal(t *testing.T) {
	a := newAsked(t)
	a.delivered("id"+hostile, ledger.Summary{Tool: hostile, Host: hostile, Environment: hostile, Status: hostile, Failure: hostile, Report: "/" + hostile})
	a.ledger.Note(ledger.Record{Run: "id" + hostile, Step: ledger.Failed, Reporter: "dd" + hostile, Detail: hostile})
	s, err := spool.Open(filepath.Join(a.dir, "spool", "dd"), spool.Options{})
	a.must(err)
	_, err = s.Append("refused"+hostile, 0, []byte("{}"))
	a.must(err)
	entries, err := s.Take(t.Context(), 1, 0)
	a.must(err)
	a.must(entries[0].Discard(hostile))
	a.must(s.Close())
	for _, c := range []struct {
		code int
		args []string
	}{
		{0, []string{"runs"}}, {1, []string{"runs", "--undelivered"}}, {0, []string{"runs", "-f", "json"}},
		{0, []string{"show", "id"}}, {0, []string{"show", "id", "-f", "json"}}, {2, []string{"show", ""}}, {2, []string{"show", hostile}},
		{2, []string{"status"}}, {2, []string{"status", "-f", "json"}}, {0, []string{"__complete", "show", ""}},
	} {
		stdout, stderr := a.ask(c.code, c.args...)
		if text := stdout + stderr; strings.ContainsAny(text, "\x1b\u202e\u009b") || strings.Contains(text, "\nfake") {
			t.Errorf("%v prints %q", c.args, text)
		}
	}
	line, _ := a.ask(0, "runs", "-f", "json", "-n", "1")
	var got struct {
		Host string `json:"host"`
	}
	if err := json.Unmarshal([]byte(line), &got); err != nil || got.Host != hostile && got.Host != "" {
		t.Errorf("the JSON says %q, %v", got.Host, err)
	}
}

func TestRunsAsText(t *testing.T) {
	a := newAsked(t)
	duration, updated, total := 12.34, 3, 120
	end := time.Date(2026, 11, 21, 9, 0, 0, 0, time.Local)
	a.delivered("first", ledger.Summary{Tool: "chef", Host: "web1", Status: "success", End: end, Duration: &duration, Updated: &updated, Total: &total, Noop: true})
	a.delivered("second-with-a-long-id", ledger.Summary{Tool: "chef", Host: "web1", Status: "failure", End: end.Add(time.Hour)})
	stdout, stderr := a.ask(0, "runs")
	want := `END                  RUN                    TOOL  HOST  STATUS          TOOK   UPDATED  REPORTERS
2026-11-21 10:00:00  second-with-a-long-id  chef  web1  failure         -      -        dd: acknowledged
2026-11-21 09:00:00  first                  chef  web1  success (noop)  12.3s  3/120    dd: acknowledged
`
	if stdout != want || stderr != "" {
		t.Errorf("got\n%s%s, want\n%s", stdout, stderr, want)
	}
	if stdout, stderr := a.ask(0, "runs", "-n", "1"); strings.Contains(stdout, "first") || !strings.Contains(stderr, "and 1 more") {
		t.Errorf("got %s%s", stdout, stderr)
	}
	if stdout, stderr := a.ask(0, "runs", "--undelivered"); stdout != "" || stderr != "no such runs\n" {
		t.Errorf("got %q, %q", stdout, stderr)
	}
}

func TestShowTellsHowToInspectTheReport(t *testing.T) {
	a := newAsked(t)
	report := filepath.Join(t.TempDir(), "it's a report.json")
	a.must(os.WriteFile(report, []byte("{}"), 0o600))
	a.delivered("r1", ledger.Summary{Tool: "chef", Report: report})
	command := "converged inspect '" + strings.Replace(report, "'", `'\''`, 1) + "'"
	if stdout, _ := a.ask(0, "show", "r1"); !strings.Contains(stdout, command) {
		t.Errorf("got %s, want %s", stdout, command)
	}
	a.must(os.Remove(report))
	if stdout, _ := a.ask(0, "show", "r1"); !strings.Contains(stdout, "which is gone") || strings.Contains(stdout, "converged inspect") {
		t.Errorf("got %s", stdout)
	}
}

// A file that the next run has put its own report into is not told as this one's.
func TestShowDoesNotTellTheReportOfAnotherRun(t *testing.T) {
	a := newAsked(t)
	puppet := filepath.Join("..", "..", "testdata", "puppet")
	report := filepath.Join(t.TempDir(), "last_run_report.yaml")
	for _, run := range []string{"failed", "unchanged"} {
		text, err := os.ReadFile(filepath.Join(puppet, run, "report.yaml"))
		a.must(err)
		a.must(os.WriteFile(report, text, 0o600))
		const id = "494813c6-16c5-465e-a2b5-2558de0c4e3f" // the failed one's
		a.delivered(id, ledger.Summary{Tool: "puppet", Report: report, Status: "failure"})
		stdout, _ := a.ask(0, "show", id)
		if mine := run == "failed"; strings.Contains(stdout, "converged inspect "+report) != mine || strings.Contains(stdout, report+", which tells of another run by now") == mine {
			t.Errorf("with the report of %s: %s", run, stdout)
		}
		if line, _ := a.ask(0, "show", id, "-f", "json"); strings.Contains(line, `"inspect"`) != (run == "failed") {
			t.Errorf("with the report of %s: %s", run, line)
		}
	}
}

// What Chef left of a run that it did not report is no report to inspect.
func TestShowNamesTheStackTrace(t *testing.T) {
	a := newAsked(t)
	trace := filepath.Join(t.TempDir(), "chef-stacktrace.out")
	a.must(os.WriteFile(trace, []byte("Generated at 2026-11-20 22:15:35 +0000\n"), 0o600))
	a.delivered("r1", ledger.Summary{Tool: "chef", Report: trace})
	if stdout, _ := a.ask(0, "show", "r1"); !strings.Contains(stdout, "Chef's stack trace is in "+trace) || strings.Contains(stdout, "converged inspect") {
		t.Errorf("got %s", stdout)
	}
}

func TestWrongUsageOfTheAccount(t *testing.T) {
	a := newAsked(t)
	for _, args := range [][]string{
		{"runs", "-f", "yaml"}, {"runs", "-n", "-1"}, {"runs", "--since", "-1h"}, {"runs", "extra"},
		{"show"}, {"show", "a", "b"}, {"show", "a", "-f", "x"}, {"status", "-f", ""},
	} {
		if stdout, stderr := a.ask(program.Usage, args...); stdout != "" || !strings.Contains(stderr, "--help") {
			t.Errorf("%v: got %q, %q", args, stdout, stderr)
		}
	}
}

func TestAFullDiskDoesNotPassForAnAnswer(t *testing.T) {
	a := newAsked(t)
	a.delivered("r1", ledger.Summary{})
	for _, args := range [][]string{{"runs"}, {"runs", "-f", "json"}, {"show", "r1"}, {"show", "r1", "-f", "json"}, {"status"}, {"config", "show"}} {
		full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		if err != nil {
			t.Skip("there is no /dev/full here")
		}
		var errs bytes.Buffer
		code := run(t.Context(), append(args, "-c", a.config), streams{strings.NewReader(""), full, &errs})
		if code != program.Usage || !strings.Contains(errs.String(), "writing standard output") {
			t.Errorf("%v: exit code %d: %s", args, code, &errs)
		}
		a.must(full.Close())
	}
}

func TestWhoMayNotReadIsTold(t *testing.T) {
	err := unreadable("/state", fmt.Errorf("read: %w", fs.ErrPermission))
	if !strings.Contains(err.Error(), "run this as the daemon's user") {
		t.Errorf("got %v", err)
	}
	if os.Geteuid() == 0 {
		return // root may read everything
	}
	a := newAsked(t)
	a.must(os.Chmod(a.dir, 0))
	defer func() { a.must(os.Chmod(a.dir, 0o700)) }()
	for _, command := range []string{"runs", "status"} {
		if _, stderr := a.ask(program.Usage, command); !strings.Contains(stderr, "run this as the daemon's user") {
			t.Errorf("got %s", stderr)
		}
	}
}

func TestTimesForPeople(t *testing.T) {
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	for d, want := range map[time.Duration]string{
		0: "0s", 59 * time.Second: "59s", time.Minute: "1m", 90 * time.Second: "1m30s", time.Hour: "1h0m",
		25*time.Hour + 30*time.Minute: "1d1h", -time.Hour: "-", 10 * time.Minute: "10m",
	} {
		if got := ago(now.Add(-d), now); got != want {
			t.Errorf("%v: got %s, want %s", d, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1536: "1.5 KiB", 3 << 20: "3.0 MiB"} {
		if got := size(n); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
}

func TestEveryOutcomeHasAMarkAndAColour(t *testing.T) {
	for _, o := range []daemon.Outcome{daemon.Waiting, daemon.Refused, daemon.Dropped, daemon.Expired, daemon.Unknown, daemon.Sent, daemon.Delivered, daemon.Acknowledged, daemon.Withdrawn} {
		if marks[o] == "" || (colourOf(o) == program.Green) != o.Delivered() {
			t.Errorf("%s: %q, %s", o, marks[o], colourOf(o))
		}
	}
}
