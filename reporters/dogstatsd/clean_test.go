package dogstatsd

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/converged/converged/reporters/telemetry"
)

func TestCutMiddle(t *testing.T) {
	for _, c := range []struct {
		text, want string
		room       int
	}{
		{"", "", 0},
		{"short", "short", 5},
		{"a\nb", "a\nb", 4},
		{"0123456789", "...", 3},
		{strings.Repeat("a", 100), strings.Repeat("a", 21) + "\n... 68 bytes left out ...\n" + strings.Repeat("a", 11), 62},
		{strings.Repeat("é", 50), strings.Repeat("é", 10) + "\n... 68 bytes left out ...\n" + strings.Repeat("é", 6), 62},
		{"first line\nsecond li" + strings.Repeat("x", 100) + "\nlast", "first line\nsecond li" + "xxxxx\n... 87 bytes left out ...\nxxxxxxxx\nlast", 70},
		{strings.Repeat("x", 28) + "\nyy\n" + strings.Repeat("z", 100) + "\n" + strings.Repeat("w", 17), strings.Repeat("x", 28) + "\n... 105 bytes left out ...\n" + strings.Repeat("w", 17), 80},
	} {
		got := cutMiddle(c.text, c.room)
		if got != c.want {
			t.Errorf("%q in %d is\n  %q, want\n  %q", c.text, c.room, got, c.want)
		}
		if escapedLen(got) > max(c.room, 3) {
			t.Errorf("%q has %d bytes, over %d", got, escapedLen(got), c.room)
		}
	}
}

func FuzzCutMiddle(f *testing.F) {
	f.Add("first\nsecond\nthird é \xff", 40)
	f.Add(strings.Repeat("\n", 100), 60)
	f.Fuzz(func(t *testing.T, text string, room int) {
		if room < 3 || text == "" {
			return
		}
		got := cutMiddle(text, room)
		if escapedLen(got) > room || got == "" {
			t.Fatalf("%q in %d is %q", text, room, got)
		}
		if utf8.ValidString(text) && !utf8.ValidString(got) {
			t.Fatalf("%q in %d cuts a character: %q", text, room, got)
		}
	})
}

// Whatever is in a batch, each item is one well-formed line of at most 8 KiB.
func FuzzItems(f *testing.F) {
	f.Add("web|17", "a:b,c", "name", "text\nm:", uint16(3), 1.5, int64(1795212935))
	f.Add("", "|#", "\xff\xfe", "%%% @all", uint16(3000), 1e300, int64(-1))
	r, err := New(Options{Address: "127.0.0.1:8125", Hostname: "h", Now: now})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = r.Close() })
	f.Fuzz(func(t *testing.T, host, tag, name, text string, times uint16, value float64, at int64) {
		long := strings.Repeat(text, int(times)%2000)
		b := telemetry.Batch{
			RunID: "r", Host: host, Timestamp: time.Unix(at, 0), Tags: []string{tag, tag + "2"},
			Metrics:       []telemetry.Metric{{Name: name, Kind: telemetry.Gauge, Value: value}, {Name: name, Kind: telemetry.Count, Value: value, Tags: []string{text}}},
			ServiceChecks: []telemetry.ServiceCheck{{Name: name, Message: long}},
			Events:        []telemetry.Event{{Title: name, Text: long, AggregationKey: text, Source: text, Priority: telemetry.Low, AlertType: telemetry.Good}},
		}
		items, dropped := r.items(b)
		if len(items)+len(dropped) != 4 || slices.Contains(dropped, droppedLong) {
			t.Fatalf("%d items of 4, dropped %v", len(items), dropped)
		}
		for _, it := range items {
			wellFormed(t, string(it.line))
		}
	})
}

func wellFormed(t *testing.T, line string) {
	t.Helper()
	if len(line) > maxUnix || strings.ContainsAny(line, "\n\r\x00") || !utf8.ValidString(line) {
		t.Fatalf("%d bytes: %q", len(line), line)
	}
	rest, wasEvent := strings.CutPrefix(line, "_e")
	check := strings.HasPrefix(line, "_sc|")
	fields := strings.Split(line, "|")
	if wasEvent {
		var title, text int
		if _, err := fmt.Sscanf(rest, "{%d,%d}:", &title, &text); err != nil || title == 0 || text == 0 {
			t.Fatalf("%q: %v", line, err)
		}
		_, body, _ := strings.Cut(rest, "}:")
		if len(body) < title+1+text || body[title] != '|' || strings.Contains(body[:title], "|") {
			t.Fatalf("the lengths do not match: %q", line)
		}
		fields = append([]string{"", ""}, strings.Split(body[title+1+text:], "|")[1:]...)
	}
	known := map[bool][]string{true: {"d:", "h:", "k:", "p:low", "p:normal", "s:", "t:success", "t:error", "#", "m:"}, false: {"g", "c", "#", "T"}}[wasEvent || check]
	for i, field := range fields {
		if i == 0 || check && i < 3 || wasEvent && i < 2 {
			continue
		}
		if !hasAnyPrefix(field, known) {
			t.Fatalf("field %.100q of %.100q", field, line)
		}
	}
}

func hasAnyPrefix(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}
