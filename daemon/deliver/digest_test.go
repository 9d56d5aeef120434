package deliver

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/converged/converged/reporters/telemetry"
)

// night is a digest of 17 runs of web-17, 3 of which failed.
func night() *digest {
	d := &digest{}
	began := time.Date(2026, 11, 20, 22, 15, 30, 0, time.UTC)
	for i := range 17 {
		b := full(began.Add(time.Duration(i) * 30 * time.Minute))
		b.RunID, b.Host, b.Tags = fmt.Sprintf("run-%02d", i), "web-17", []string{"tool:chef", "env:production"}
		if i%6 == 4 {
			b.ServiceChecks[0].Status = telemetry.Critical
		}
		d.fold(b.RunID, b, b)
	}
	return d
}

func TestADigestIsToldAsOneEvent(t *testing.T) {
	now := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	b := night().batch("datadog", now)
	if len(b.Events) != 1 || len(b.Metrics) != 1 || len(b.ServiceChecks) != 0 {
		t.Fatalf("it is %+v", b)
	}
	e := b.Events[0]
	if e.Title != "17 runs while offline, 3 failed (chef on web-17)" {
		t.Errorf("the title is %q", e.Title)
	}
	for _, words := range []string{
		"Between 2026-11-20 22:15 and 2026-11-21 06:15 UTC 17 runs",
		"17 metrics, 17 events, 17 service checks",
		"2026-11-21T00:15:30Z web-17 run-04\n", "2026-11-21T03:15:30Z web-17 run-10\n",
	} {
		if !strings.Contains(e.Text, words) {
			t.Errorf("the text lacks %q:\n%s", words, e.Text)
		}
	}
	if e.Priority != telemetry.Normal || e.AlertType != telemetry.Warning || e.AggregationKey == "" {
		t.Errorf("the event is %+v", e)
	}
	m := b.Metrics[0]
	if m.Name != "converged.runs.expired" || m.Value != 17 || m.Kind != telemetry.Count || !slices.Equal(m.Tags, []string{"reporter:datadog"}) {
		t.Errorf("the metric is %+v", m)
	}
	if b.Host != "web-17" || !b.Timestamp.Equal(now) || !slices.Equal(b.Tags, []string{"tool:chef", "env:production"}) {
		t.Errorf("it is of %s, %v, %v", b.Host, b.Timestamp, b.Tags)
	}
	named := func(id string) telemetry.Batch { b := b; b.RunID = id; return b }
	if !isDigest(b) || isDigest(named("digest-")) || isDigest(named("digest-1234")) || isDigest(named(b.RunID[1:])) {
		t.Errorf("%q is no digest, or others are", b.RunID)
	}
	for _, rest := range []telemetry.Batch{{RunID: b.RunID, Events: b.Events}, {RunID: b.RunID, Metrics: b.Metrics}} {
		if !isDigest(rest) {
			t.Errorf("what is left of a digest is none: %+v", rest)
		}
	}
	run, id := full(now), b.RunID
	for _, b := range []telemetry.Batch{run, {Events: run.Events}, {Metrics: run.Metrics}, {ServiceChecks: run.ServiceChecks}} {
		if b.RunID = id; isDigest(b) {
			t.Errorf("a run is taken for a digest by its id: %+v", b)
		}
	}
}

func TestADigestOfSuccessIsOfLowPriority(t *testing.T) {
	d := &digest{}
	b := full(time.Now())
	d.fold("1", telemetry.Batch{Metrics: b.Metrics}, b)
	e := d.batch("datadog", time.Now()).Events[0]
	if e.Title != "1 run while offline, none failed" || e.Priority != telemetry.Low || e.AlertType != telemetry.Info {
		t.Errorf("it is %+v", e)
	}
	if !strings.Contains(e.Text, "1 metric, 0 events, 0 service checks") {
		t.Errorf("the text is %s", e.Text)
	}
}

func TestNothingIsFoldedTwice(t *testing.T) {
	d := night()
	b := full(time.Date(2026, 11, 20, 22, 15, 30, 0, time.UTC))
	b.RunID = "run-00"
	id, runs := d.id(), d.Runs
	if parts := d.fold("run-00", b, b); parts != 0 || d.id() != id || d.Runs != runs {
		t.Errorf("a second time it folded %q", parts)
	}
	later := &digest{}
	if parts := later.fold("run-00", telemetry.Batch{Metrics: b.Metrics}, b); parts != oldMetrics {
		t.Errorf("it folded %q", parts)
	}
	if parts := later.fold("run-00", b, b); parts != oldEvents|oldChecks || later.Runs != 1 || later.Metrics != 1 {
		t.Errorf("later it folded %q: %+v", parts, later)
	}
}

func TestADigestSurvivesItsNote(t *testing.T) {
	d := night()
	note, err := d.encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := decodeDigest(note)
	if err != nil || !reflect.DeepEqual(got, d) {
		t.Errorf("got %+v, %v, want %+v", got, err, d)
	}
	for _, damaged := range []string{"\x00\x00", "{", `{"Runs":"x"}`, "[]"} {
		if got, err := decodeDigest([]byte(damaged)); err == nil || !got.empty() {
			t.Errorf("of %q it made %+v, %v", damaged, got, err)
		}
	}
}

// What the runs are called must neither break the text nor notify anybody.
func TestADigestOfHostileRunsFitsADatagram(t *testing.T) {
	d := &digest{}
	for i := range maxRuns {
		b := full(time.Unix(int64(i)*1e6, 0))
		b.RunID = strings.Repeat("@all\n%%%|é", 50) + fmt.Sprint(i)
		b.Host = strings.Repeat("h@", 127)
		b.Events[0].AlertType = telemetry.Error
		d.fold(b.RunID, b, b)
	}
	e := d.batch("datadog", time.Now()).Events[0]
	if n := utf8.RuneCountInString(e.Text); n > 4000 || len(e.Title) > 120 {
		t.Errorf("its text has %d characters, its title %d", n, len(e.Title))
	}
	if strings.ContainsAny(e.Title+e.Text, "@%|") || strings.Count(e.Text, "\n") > 20 {
		t.Errorf("it is %s\n%s", e.Title, e.Text)
	}
	if !strings.Contains(e.Text, "and 9990 more") {
		t.Errorf("it hides failures:\n%s", e.Text)
	}
}

func TestADigestForgetsWhatNeverComesAgain(t *testing.T) {
	d := &digest{Folded: map[string]kinds{"here": oldMetrics}}
	for i := range maxFolded {
		d.Folded[fmt.Sprint("gone", i)] = oldMetrics
	}
	d.prune(func(key string) bool { return key == "here" })
	if len(d.Folded) != 1 {
		t.Errorf("it still knows %d", len(d.Folded))
	}
}
