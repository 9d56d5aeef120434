package datadog

import (
	"testing"

	"github.com/converged/converged/reporters/telemetry"
)

func TestWhatIsSent(t *testing.T) {
	rc, server := newReceiver(t, nil)
	r := start(t, server.URL, func(o *Options) { o.UserAgent = "converged/1.2" })
	if err := r.Report(t.Context(), run("r1")); err != nil {
		t.Fatal(err)
	}
	want := []struct{ target, body string }{
		{"/api/v2/series", `{"series":[
 {"metric":"configrun.duration","type":3,"unit":"second","points":[{"timestamp":1795212930,"value":0.294}],
  "resources":[{"type":"host","name":"web-17"}],"tags":["tool:chef","env:production","role:web","role:base","status:failure"]},
 {"metric":"configrun.runs","type":1,"interval":10,"points":[{"timestamp":1795212930,"value":1}],
  "resources":[{"type":"host","name":"web-17"}],"tags":["tool:chef","env:production","role:web","role:base","status:failure"]},
 {"metric":"configrun.resources.total","type":3,"points":[{"timestamp":1795212930,"value":120}],
  "resources":[{"type":"host","name":"web-17"}],"tags":["tool:chef","env:production","role:web","role:base"]}]}`},
		{"/api/v1/check_run", `[{"check":"configrun.status","status":2,"host_name":"web-17","timestamp":1795212930,
  "message":"converge failed","tags":["tool:chef","env:production","role:web","role:base"]}]`},
		{"/api/v1/events", `{"title":"chef failed on web-17 after 12 s","text":"Errno::ENOENT: No such file\n  \"<x>\" & ü",
  "date_happened":1795212930,"host":"web-17","priority":"normal","alert_type":"error","aggregation_key":"cr-5d1c0f0e",
  "source_type_name":"chef","tags":["tool:chef","env:production","role:web","role:base"]}`},
	}
	got := rc.requests()
	if len(got) != len(want) {
		t.Fatalf("got %d requests, want %d:\n%s", len(got), len(want), rc.targets())
	}
	for i, q := range got {
		if q.method != "POST" || q.target != want[i].target {
			t.Errorf("request %d: got %s %s, want POST %s", i, q.method, q.target, want[i].target)
		}
		sameJSON(t, q.body, want[i].body)
		for name, value := range map[string]string{
			"Dd-Api-Key": apiKey, "Dd-Application-Key": "", "Content-Type": "application/json", "User-Agent": "converged/1.2",
		} {
			if q.header.Get(name) != value {
				t.Errorf("%s: header %s: got %q, want %q", q.target, name, q.header.Get(name), value)
			}
		}
	}
	if got[0].header.Get("Content-Encoding") != "gzip" {
		t.Error("the series are not packed")
	}
}

func TestBatchesShareARequest(t *testing.T) {
	rc, server := newReceiver(t, nil)
	r := start(t, server.URL, nil)
	for i, err := range r.ReportAll(t.Context(), []telemetry.Batch{run("r1"), run("r2"), run("r3")}) {
		if err != nil {
			t.Errorf("batch %d: %v", i, err)
		}
	}
	want := "POST /api/v2/series\nPOST /api/v1/check_run\nPOST /api/v1/events\nPOST /api/v1/events\nPOST /api/v1/events"
	if rc.targets() != want {
		t.Errorf("got  %s\nwant %s", rc.targets(), want)
	}
	if s := r.Stats(); s.Delivered != 15 || s.Requests != 5 || s.Answers[202] != 5 {
		t.Errorf("got %+v", s)
	}
}
