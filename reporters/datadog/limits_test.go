package datadog

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/converged/converged/reporters/telemetry"
)

// noise is text that does not pack well, the same for a seed.
func noise(seed uint64, n int) string {
	random := rand.New(rand.NewPCG(seed, 1))
	text := make([]byte, n)
	for i := range text {
		text[i] = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_-"[random.IntN(64)]
	}
	return string(text)
}

func TestNoBodyIsOverTheLimits(t *testing.T) {
	for name, tag := range map[string]func(i uint64) []string{
		"what packs well":  func(uint64) []string { return many(40, func(int) string { return "role:" + strings.Repeat("x", 150) }) },
		"what packs badly": func(i uint64) []string { return many(5, func(k int) string { return noise(i*10+uint64(k), 190) }) },
	} {
		t.Run(name, func(t *testing.T) {
			var batches []telemetry.Batch
			for i := range 8 {
				b := named(fmt.Sprintf("b%d", i), 300, 100, 0)
				for k := range b.Metrics {
					b.Metrics[k].Tags = append(tag(uint64(i*1000+k)), fmt.Sprintf("n:%d", k))
				}
				for k := range b.ServiceChecks {
					b.ServiceChecks[k].Tags = tag(uint64(i*1000 + 500 + k))
				}
				batches = append(batches, b)
			}
			rc, server := newReceiver(t, nil)
			for i, err := range start(t, server.URL, nil).ReportAll(t.Context(), batches) {
				if err != nil {
					t.Fatalf("batch %d: %v", i, err)
				}
			}
			taken, largest, series := map[string]int{}, 0, 0
			for _, q := range rc.requests() {
				if len(q.body) > 5_242_880 || q.packed > 512_000 {
					t.Errorf("%s: %d bytes, %d on the wire", q.target, len(q.body), q.packed)
				}
				if q.target == "/api/v2/series" {
					series++
					largest = max(largest, q.packed)
				}
				for _, name := range namesIn(t, q.body) {
					taken[name]++
				}
			}
			for name := range namesOf(batches...) {
				if taken[name] != 1 {
					t.Errorf("%s was told %d times", name, taken[name])
				}
			}
			t.Logf("%d requests of series, the largest of %d bytes", series, largest)
			if name == "what packs badly" && largest < 300_000 {
				t.Errorf("the largest request has %d bytes: more requests are made than needed", largest)
			}
		})
	}
}

func many(n int, f func(i int) string) []string {
	var list []string
	for i := range n {
		list = append(list, f(i)+fmt.Sprint(i))
	}
	return list
}

func TestAnItemThatFitsNoRequest(t *testing.T) {
	b := named("b0", 3, 0, 1)
	b.Metrics[1].Tags = many(5000, func(i int) string { return noise(uint64(i), 150) })
	rc, server := newReceiver(t, nil)
	r := start(t, server.URL, nil)
	err := r.Report(t.Context(), b)
	var partial *telemetry.Partial
	if !errors.As(err, &partial) || len(partial.Refused.Metrics) != 1 || partial.Refused.Metrics[0].Name != "b0.m1" || !partial.Rest.Empty() {
		t.Fatalf("got %v, want the long one refused", err)
	}
	if !strings.Contains(err.Error(), "512000") || r.Stats().Refused[0] != 1 {
		t.Errorf("got %v, %+v", err, r.Stats())
	}
	if n := len(rc.requests()); n != 3 {
		t.Errorf("%d requests: %s", n, rc.targets())
	}
}

func TestItemsThatCannotBeTold(t *testing.T) {
	b := named("b0", 1, 1, 0)
	b.Metrics = append(b.Metrics,
		telemetry.Metric{Name: "nan", Kind: telemetry.Gauge, Value: math.NaN()},
		telemetry.Metric{Name: "inf", Kind: telemetry.Count, Value: math.Inf(1)},
		telemetry.Metric{Name: "", Kind: telemetry.Gauge},
		telemetry.Metric{Name: "1234", Kind: telemetry.Gauge},
		telemetry.Metric{Name: "histogram", Kind: "histogram"},
	)
	b.ServiceChecks = append(b.ServiceChecks, telemetry.ServiceCheck{Name: " "}, telemetry.ServiceCheck{Name: "x", Status: 4}, telemetry.ServiceCheck{Name: "x", Status: -1})
	rc, server := newReceiver(t, nil)
	var said log
	r := start(t, server.URL, func(o *Options) { o.Log = said.logger() })
	for range 2 {
		if err := r.Report(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	want := map[string]int64{DroppedValue: 4, DroppedName: 6, DroppedKind: 2, DroppedStatus: 4}
	if got := r.Stats().Dropped; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("dropped %v, want %v", got, want)
	}
	if n := strings.Count(said.String(), "cannot be told"); n != len(want) {
		t.Errorf("said %d times, want once for each of %d reasons:\n%s", n, len(want), said.String())
	}
	for _, q := range rc.requests() {
		if n := len(namesIn(t, q.body)); n != 1 {
			t.Errorf("%d items in %s", n, q.body)
		}
	}
	empty := telemetry.Batch{RunID: "r9", Metrics: b.Metrics[1:3]}
	if err := r.Report(t.Context(), empty); err != nil || len(rc.requests()) != 4 {
		t.Errorf("a batch of nothing else: got %v, %d requests", err, len(rc.requests()))
	}
}

func TestDroppedItemsOfAFailedBatchAreNotCountedYet(t *testing.T) {
	_, server := newReceiver(t, status(500))
	b := named("b0", 1, 0, 0)
	b.Metrics = append(b.Metrics, telemetry.Metric{Name: "nan", Kind: telemetry.Gauge, Value: math.NaN()})
	r := start(t, server.URL, nil)
	if err := r.Report(t.Context(), b); means(err) != "again" || len(r.Stats().Dropped) != 0 {
		t.Errorf("got %v, %v", err, r.Stats().Dropped)
	}
}

func TestTextsAreCutToWhatDatadogTakes(t *testing.T) {
	long := strings.Repeat("ü", 5000)
	b := telemetry.Batch{
		RunID: "r1", Host: strings.Repeat("h", 300), Timestamp: time.Unix(1795212930, 0),
		Tags:          []string{" role:a ", "role:a", "", "x:" + long, "bad:\x00\xff"},
		Metrics:       []telemetry.Metric{{Name: "9configrun." + long, Kind: telemetry.Gauge, Value: 1}},
		ServiceChecks: []telemetry.ServiceCheck{{Name: "c", Status: telemetry.Warn, Message: long}},
		Events:        []telemetry.Event{{Title: "two\nlines " + long, Text: "first\n" + long + "\nlast", AggregationKey: long}, {}},
	}
	rc, server := newReceiver(t, nil)
	if err := start(t, server.URL, nil).Report(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	got := rc.requests()
	var ev event
	var checked []checkRun
	if err := json.Unmarshal([]byte(got[2].body), &ev); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(got[1].body), &checked); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, text string
		limit      int
	}{{"title", ev.Title, 500}, {"text", ev.Text, 4000}, {"key", ev.Key, 100}, {"host", ev.Host, 255}, {"message", checked[0].Message, 500}, {"tag", ev.Tags[1], 200}} {
		if n := utf8.RuneCountInString(c.text); n > c.limit || n < c.limit*9/10 || !utf8.ValidString(c.text) {
			t.Errorf("%s: %d characters, want %d or a few less", c.name, n, c.limit)
		}
	}
	if !strings.HasPrefix(ev.Title, "two lines ü") {
		t.Errorf("title: %.20q", ev.Title)
	}
	if !strings.HasPrefix(ev.Text, "first\n") || !strings.HasSuffix(ev.Text, "\nlast") || !strings.Contains(ev.Text, "characters left out") {
		t.Errorf("text: %.20q ... %q", ev.Text, ev.Text[len(ev.Text)-20:])
	}
	if len(ev.Tags) != 3 || ev.Tags[0] != "role:a" || ev.Tags[2] != "bad:__" {
		t.Errorf("tags: %q", ev.Tags)
	}
	if name := namesIn(t, got[0].body)[0]; len(name) != 200 || !strings.HasPrefix(name, "configrun.__") {
		t.Errorf("metric %q", name)
	}
	if want := `"title":"(no title)","text":"(no title)","date_happened":1795212930`; !strings.Contains(got[3].body, want) || !strings.Contains(got[3].body, `"priority":"normal","alert_type":"info"`) {
		t.Errorf("an empty event is %s", got[3].body)
	}
}

func TestTimesThatCannotBe(t *testing.T) {
	for at, want := range map[time.Time]int64{
		{}:                         now.Unix(),
		time.Unix(0, 0):            now.Unix(),
		now.Add(11 * time.Minute):  now.Unix(),
		now.Add(9 * time.Minute):   now.Add(9 * time.Minute).Unix(),
		now.Add(-50 * time.Minute): now.Add(-50 * time.Minute).Unix(),
		now.AddDate(1000, 0, 0):    now.Unix(),
	} {
		if got := stamp(at, now); got != want {
			t.Errorf("%v: got %d, want %d", at, got, want)
		}
	}
}

func TestNumbersAreJSON(t *testing.T) {
	for _, v := range []float64{0, 1, -1, 0.294, 1e6, 1e20, 1e21, 1e300, -1e-7, 1e-300, math.MaxFloat64, math.SmallestNonzeroFloat64, 123456789.123} {
		var back float64
		if err := json.Unmarshal(appendNumber(nil, v), &back); err != nil || back != v {
			t.Errorf("%v: got %s, %v", v, appendNumber(nil, v), err)
		}
	}
}

func FuzzStringsAreJSON(f *testing.F) {
	for _, s := range []string{"", "role:web", "\xff", "ü", `"\`, "ü\x00\xff\u2028<>&", "\x7f"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var back string
		if err := json.Unmarshal(appendString(nil, s), &back); err != nil || back != strings.ToValidUTF8(s, "\ufffd") && utf8.ValidString(s) {
			t.Errorf("%q: got %q, %v", s, back, err)
		}
		if !utf8.Valid(appendString(nil, s)) {
			t.Errorf("%q: got %q, which is not UTF-8", s, appendString(nil, s))
		}
		if n := utf8.RuneCountInString(cutMiddle(s, 100)); n > 100 {
			t.Errorf("%d characters of 100", n)
		}
		if n := utf8.RuneCountInString(line(s, 50)); n > 50 {
			t.Errorf("%d characters of 50", n)
		}
	})
}
