package analyse

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/converged/converged/parsers/report"
	"github.com/converged/converged/reporters/telemetry"
)

func TestUnparsable(t *testing.T) {
	reason := fmt.Errorf("reading a report: %w", &report.ParseError{Line: 3, Column: 7, Reason: "expected a value", Class: report.ErrTruncated})
	b := Unparsable("/var/chef/reports/a b.json", reason, began, Options{Origin: "/var/chef/reports/a b.json", FallbackHost: "web-01", Tags: []string{"team:web"}})
	within(t, b)
	if b.Host != "web-01" || !b.Timestamp.Equal(began) || fmt.Sprint(b.Tags) != "[team:web]" || len(b.ServiceChecks) != 0 {
		t.Errorf("got %+v", b)
	}
	if got := points(b.Metrics); fmt.Sprint(got) != "[converged.reports.unparsable count 1]" {
		t.Errorf("metrics %q", got)
	}
	e := b.Events[0]
	if e.AlertType != telemetry.Warning || e.Title != "unreadable report on web-01" {
		t.Errorf("event %+v", e)
	}
	for _, want := range []string{
		"/var/chef/reports/a b.json: reading a report: line 3, column 7: the report is cut short: expected a value\n",
		"counted and let go", "converged inspect '/var/chef/reports/a b.json'",
	} {
		if !strings.Contains(e.Text, want) {
			t.Errorf("%q is missing in\n%s", want, e.Text)
		}
	}
}

func TestUnparsableIdentity(t *testing.T) {
	one := Unparsable("/r/1.json", report.ErrEmpty, began, Options{})
	if again := Unparsable("/r/1.json", report.ErrEmpty, began.In(time.FixedZone("", 3600)), Options{}); again.RunID != one.RunID {
		t.Errorf("the same file is told of twice: %s, %s", one.RunID, again.RunID)
	}
	for name, other := range map[string]telemetry.Batch{
		"path":   Unparsable("/r/2.json", report.ErrEmpty, began, Options{}),
		"reason": Unparsable("/r/1.json", report.ErrForeign, began, Options{}),
		"time":   Unparsable("/r/1.json", report.ErrEmpty, began.Add(time.Nanosecond), Options{}),
	} {
		if other.RunID == one.RunID {
			t.Errorf("another %s has the same id %s", name, one.RunID)
		}
	}
	if other := Unparsable("/r/2.json", report.ErrEmpty, began, Options{}); other.Events[0].AggregationKey != one.Events[0].AggregationKey {
		t.Error("two empty reports of one directory are not grouped")
	}
}

func TestUnparsableWithholdsWhatItQuotes(t *testing.T) {
	for want, reason := range map[string]error{
		"not a report of a known format": fmt.Errorf("line 1: %w: CANARY", report.ErrForeign),
		"it could not be read":           errors.New("CANARY"),
	} {
		all := encode(t, Unparsable("/r/x.json", reason, began, Options{WithholdMessages: true}))
		if strings.Contains(all, "CANARY") || !strings.Contains(all, want) {
			t.Errorf("got %s", all)
		}
	}
}

func TestLost(t *testing.T) {
	o := Options{FallbackHost: "web-01", Tags: []string{"team:web"}}
	b := Lost(report.Run{Tool: report.Chef}, "/r/1.json", report.ErrEmpty, began, o)
	within(t, b)
	if b.RunID != Unparsable("/r/1.json", report.ErrEmpty, began, o).RunID || b.Host != "web-01" || !b.Timestamp.Equal(began) ||
		fmt.Sprint(b.Tags) != "[tool:chef team:web]" {
		t.Errorf("got %+v", b)
	}
	if got := points(b.Metrics); fmt.Sprint(got) != "[converged.reports.unparsable count 1 configrun.runs count 1 status:unknown]" {
		t.Errorf("metrics %q", got)
	}
	if len(b.Events) != 1 || len(b.ServiceChecks) != 1 || b.ServiceChecks[0].Status != telemetry.Unknown || b.ServiceChecks[0].Name != "configrun.status" || fmt.Sprint(b.Events[0].Tags) != "[status:unknown]" {
		t.Errorf("got %+v", b)
	}
}
