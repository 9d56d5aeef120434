package telemetry_test

import (
	"bytes"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/converged/converged/reporters/telemetry"
)

func batch() telemetry.Batch {
	return telemetry.Batch{
		RunID:     "e19d7920-0001",
		Host:      "web-17",
		Timestamp: time.Date(2026, 11, 20, 22, 15, 35, 123456789, time.UTC),
		Tags:      []string{"tool:chef", "role:web", "role:base"},
		Metrics: []telemetry.Metric{
			{Name: "configrun.duration", Kind: telemetry.Gauge, Value: 0.294, Unit: "second"},
			{Name: "configrun.runs", Kind: telemetry.Count, Value: 1, Tags: []string{"status:success"}},
		},
		Events: []telemetry.Event{{
			Title: "chef failed", Text: "line one\nline <two> & \u2028 three", Priority: telemetry.Normal,
			AlertType: telemetry.Error, AggregationKey: "cr-5d1c", Source: "chef",
		}},
		ServiceChecks: []telemetry.ServiceCheck{{Name: "configrun.status", Status: telemetry.Critical, Message: "failed"}},
	}
}

func TestEncodeDecodeRoundTrip(t *testing.T) {
	want := batch()
	line, err := telemetry.Encode(want)
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(string(line), "\n\r") {
		t.Errorf("not one line: %q", line)
	}
	got, err := telemetry.Decode(line)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestEncodeText(t *testing.T) {
	line, err := telemetry.Encode(telemetry.Batch{RunID: "r1", Timestamp: time.Unix(0, 0).UTC(), Tags: []string{"a:<b>"}})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"run_id":"r1","timestamp":"1970-01-01T00:00:00Z","tags":["a:<b>"],"metrics":[],"events":[],"service_checks":[]}`
	if string(line) != want {
		t.Errorf("got  %s\nwant %s", line, want)
	}
}

func TestEncodeRefuses(t *testing.T) {
	for name, value := range map[string]float64{"NaN": math.NaN(), "Inf": math.Inf(-1)} {
		b := batch()
		b.Metrics[0].Value = value
		if _, err := telemetry.Encode(b); err == nil || !strings.Contains(err.Error(), "configrun.duration") {
			t.Errorf("%s: got %v, want an error naming the metric", name, err)
		}
	}
	b := batch()
	b.Events[0].Text = strings.Repeat("x", telemetry.MaxBytes)
	if _, err := telemetry.Encode(b); !errors.Is(err, telemetry.ErrTooLarge) {
		t.Errorf("got %v, want ErrTooLarge", err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, line := range []string{
		"", " ", "null", "[]", `"x"`, "7", "{", `{"run_id":`, `{"run_id":7}`, `{}{}`, "\x00\x00\x00\x00",
		`{"metrics":[{"value":"x"}]}`, `{"timestamp":"yesterday"}`,
	} {
		if b, err := telemetry.Decode([]byte(line)); !errors.Is(err, telemetry.ErrMalformed) {
			t.Errorf("%q: got %+v, %v, want ErrMalformed", line, b, err)
		}
	}
	huge := []byte(`{"run_id":"` + strings.Repeat("x", telemetry.MaxBytes) + `"}`)
	if _, err := telemetry.Decode(huge); !errors.Is(err, telemetry.ErrTooLarge) {
		t.Errorf("got %v, want ErrTooLarge", err)
	}
}

func TestDecodeTolerates(t *testing.T) {
	b, err := telemetry.Decode([]byte(`{"run_id":"r1","tags":null,"from_a_newer_version":{"x":[1,2]}}` + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	if b.RunID != "r1" || b.Tags == nil || b.Metrics == nil || b.Events == nil || b.ServiceChecks == nil {
		t.Errorf("got %#v, want r1 with empty lists", b)
	}
}

func FuzzDecode(f *testing.F) {
	line, err := telemetry.Encode(batch())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(line)
	f.Add([]byte(`{"run_id":"r1","metrics":[{"value":1e308}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := telemetry.Decode(data)
		if err != nil {
			return
		}
		line, err := telemetry.Encode(b)
		if errors.Is(err, telemetry.ErrTooLarge) {
			return // invalid bytes grow when they are replaced
		}
		if err != nil {
			t.Fatalf("decoded but not encoded: %v", err)
		}
		again, err := telemetry.Decode(line)
		if err != nil {
			t.Fatalf("encoded but not decoded: %v", err)
		}
		second, err := telemetry.Encode(again)
		if err != nil || !bytes.Equal(second, line) {
			t.Fatalf("got  %s, %v\nwant %s", second, err, line)
		}
	})
}
