package analyse

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/converged/converged/parsers/report"
	"github.com/converged/converged/reporters/telemetry"
)

func TestUnfinished(t *testing.T) {
	start := time.Date(2026, 11, 20, 22, 15, 40, 0, time.UTC)
	r := report.Run{ID: "7f3", Tool: report.Chef, Phase: report.Started, Host: "web-01", Start: report.At(start)}
	o := Options{FallbackHost: "here", Tags: []string{"team:web"}, Origin: "/var/log/chef/data-collector.json"}
	next := start.Add(30*time.Minute + 2*time.Second)
	b := Unfinished(r, next, next, o)
	within(t, b)
	if b.RunID != "7f3-unfinished" || b.Host != "web-01" || !b.Timestamp.Equal(next) || fmt.Sprint(b.Tags) != "[tool:chef team:web]" {
		t.Errorf("got %+v", b)
	}
	if got := points(b.Metrics); fmt.Sprint(got) != "[configrun.runs count 1 status:unknown]" {
		t.Errorf("metrics %q", got)
	}
	c := b.ServiceChecks[0]
	if len(b.ServiceChecks) != 1 || c.Name != "configrun.status" || c.Status != telemetry.Unknown || c.Message != "the run that began at 2026-11-20 22:15:40 UTC did not finish" {
		t.Errorf("service check %+v", c)
	}
	e := b.Events[0]
	if len(b.Events) != 1 || e.Title != "chef run on web-01 did not finish" || e.AlertType != telemetry.Warning || e.Priority != telemetry.Normal || fmt.Sprint(e.Tags) != "[status:unknown]" {
		t.Errorf("event %+v", e)
	}
	for _, want := range []string{
		"The run that began at 2026-11-20 22:15:40 UTC, 30 min 2 s ago, never told its end. Another run has begun at 2026-11-20 22:45:42 UTC.",
		"killed", "memory", "rebooted", "Run 7f3 of chef.", "converged inspect /var/log/chef/data-collector.json",
	} {
		if !strings.Contains(e.Text, want) {
			t.Errorf("%q is missing in\n%s", want, e.Text)
		}
	}
}

// Nothing is made up of what is not known.
func TestUnfinishedOfLittle(t *testing.T) {
	at := time.Date(2026, 11, 21, 2, 0, 0, 0, time.UTC)
	b := Unfinished(report.Run{ID: "x", Tool: report.Ansible, Phase: report.Started}, at, time.Time{}, Options{})
	within(t, b)
	if e := b.Events[0]; e.Title != "ansible run did not finish" || !strings.HasPrefix(e.Text, "The run never told its end. Nothing came after it.\n") {
		t.Errorf("event %+v", e)
	}
	if b.ServiceChecks[0].Message != "the run did not finish" || !b.Timestamp.Equal(at) || len(b.Metrics) != 1 {
		t.Errorf("got %+v", b)
	}
	// A clock that was wrong: the run began after it was found out.
	b = Unfinished(report.Run{ID: "x", Tool: report.Chef, Start: report.At(at.Add(time.Hour))}, at, time.Time{}, Options{})
	if text := b.Events[0].Text; strings.Contains(text, "ago") {
		t.Error(text)
	}
}
