package datadog

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/converged/converged/reporters/telemetry"
)

// named is a batch whose items have names of their own: id.m0, id.c0, id.e0.
func named(id string, metrics, checks, events int) telemetry.Batch {
	b := run(id)
	b.Metrics, b.ServiceChecks, b.Events = nil, nil, nil
	for i := range metrics {
		b.Metrics = append(b.Metrics, telemetry.Metric{Name: fmt.Sprintf("%s.m%d", id, i), Kind: telemetry.Gauge, Value: float64(i)})
	}
	for i := range checks {
		b.ServiceChecks = append(b.ServiceChecks, telemetry.ServiceCheck{Name: fmt.Sprintf("%s.c%d", id, i)})
	}
	for i := range events {
		b.Events = append(b.Events, telemetry.Event{Title: fmt.Sprintf("%s.e%d", id, i)})
	}
	return b
}

// namesOf is the names of the items of batches.
func namesOf(batches ...telemetry.Batch) map[string]bool {
	names := map[string]bool{}
	for _, b := range batches {
		for _, m := range b.Metrics {
			names[m.Name] = true
		}
		for _, c := range b.ServiceChecks {
			names[c.Name] = true
		}
		for _, e := range b.Events {
			names[e.Title] = true
		}
	}
	return names
}

// namesIn is the names of the items in the body of a request.
func namesIn(t *testing.T, body string) []string {
	t.Helper()
	var names []string
	var both struct {
		Series []struct{ Metric string }
		Title  string
	}
	var runs []struct{ Check string }
	if strings.HasPrefix(body, "[") {
		if err := json.Unmarshal([]byte(body), &runs); err != nil {
			t.Error(err)
		}
	} else if err := json.Unmarshal([]byte(body), &both); err != nil {
		t.Error(err)
	}
	for _, s := range both.Series {
		names = append(names, s.Metric)
	}
	for _, c := range runs {
		names = append(names, c.Check)
	}
	if both.Title != "" {
		names = append(names, both.Title)
	}
	return names
}

// rest is what errs leave of batches.
func rest(t *testing.T, batches []telemetry.Batch, errs []error) []telemetry.Batch {
	t.Helper()
	if len(errs) != len(batches) {
		t.Fatalf("%d errors for %d batches", len(errs), len(batches))
	}
	var left []telemetry.Batch
	for i, err := range errs {
		var partial *telemetry.Partial
		switch {
		case err == nil, !errors.As(err, &partial) && errors.Is(err, telemetry.ErrRefused):
		case errors.As(err, &partial):
			if !partial.Rest.Empty() {
				left = append(left, partial.Rest)
			}
		default:
			left = append(left, batches[i])
		}
	}
	return left
}

// moody is a receiver that refuses requests with a bad item, refuses those with
// too many, fails at random, and notes what it took.
type moody struct {
	t      *testing.T
	random *rand.Rand
	bad    map[string]bool
	most   int     // items
	fails  float64 // how often
	taken  map[string]int
}

func (m *moody) answer(w http.ResponseWriter, q request) {
	names := namesIn(m.t, q.body)
	if m.random.Float64() < m.fails {
		if code := []int{0, 401, 403, 404, 408, 425, 429, 500, 503, 302}[m.random.IntN(10)]; code > 0 {
			w.WriteHeader(code)
			return
		}
		if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
			reset(conn)
		}
		return
	}
	if len(names) > m.most {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	for _, name := range names {
		if m.bad[name] {
			w.WriteHeader([]int{400, 422}[m.random.IntN(2)])
			return
		}
	}
	for _, name := range names {
		m.taken[name]++
	}
	accept(w, q)
}

func TestNothingIsLostAndNothingToldTwice(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for range 30 {
		m := &moody{t: t, random: random, bad: map[string]bool{}, taken: map[string]int{}, most: 1 + random.IntN(60), fails: random.Float64() * 0.4}
		_, server := newReceiver(t, m.answer)
		r := start(t, server.URL, nil)
		var left []telemetry.Batch
		for i := range 1 + random.IntN(12) {
			left = append(left, named(fmt.Sprintf("b%d", i), random.IntN(8), random.IntN(3), random.IntN(3)))
		}
		names := namesOf(left...)
		share := random.Float64() * 0.3
		for name := range names {
			m.bad[name] = random.Float64() < share
		}
		refused := map[string]int{}
		for range 1000 {
			if len(left) == 0 {
				break
			}
			left = exact(t, m, left, r.ReportAll(t.Context(), left), refused)
		}
		for name := range names {
			if m.bad[name] && (refused[name] != 1 || m.taken[name] != 0) || !m.bad[name] && (refused[name] != 0 || m.taken[name] != 1) {
				t.Errorf("%s: bad %t, refused %d times, taken %d times", name, m.bad[name], refused[name], m.taken[name])
			}
		}
		server.Close()
		r.Close()
		if t.Failed() {
			return
		}
	}
}

// exact checks that errs part the items of batches into those taken, those
// refused and those left, without a remainder.
func exact(t *testing.T, m *moody, batches []telemetry.Batch, errs []error, refused map[string]int) []telemetry.Batch {
	t.Helper()
	for i, b := range batches {
		var partial *telemetry.Partial
		left, dead := telemetry.Batch{}, telemetry.Batch{}
		switch err := errs[i]; {
		case err == nil:
		case errors.As(err, &partial):
			left, dead = partial.Rest, partial.Refused
			if left.Empty() != (partial.Err == nil) || dead.Empty() != (partial.Why == nil) || errors.Is(partial.Err, telemetry.ErrRefused) {
				t.Errorf("batch %s: %+v", b.RunID, partial)
			}
			if partial.Why != nil && !errors.Is(partial.Why, telemetry.ErrRefused) {
				t.Errorf("batch %s: refused for %v", b.RunID, partial.Why)
			}
			if left.RunID != b.RunID || left.Host != b.Host || !left.Timestamp.Equal(b.Timestamp) || fmt.Sprint(left.Tags) != fmt.Sprint(b.Tags) {
				t.Errorf("batch %s: what is left is not of it: %+v", b.RunID, left)
			}
		case errors.Is(err, telemetry.ErrRefused):
			dead = b
		default:
			left = b
		}
		inRest, inDead := namesOf(left), namesOf(dead)
		for name := range namesOf(b) {
			places := m.taken[name]
			for _, in := range []bool{inRest[name], inDead[name]} {
				if in {
					places++
				}
			}
			if places != 1 {
				t.Errorf("%s is in %d places: taken %d, left %t, refused %t (%v)", name, places, m.taken[name], inRest[name], inDead[name], errs[i])
			}
			if inDead[name] {
				refused[name]++
			}
		}
	}
	return rest(t, batches, errs)
}

func TestOneBadItemAmongMany(t *testing.T) {
	var batches []telemetry.Batch
	for i := range 64 {
		batches = append(batches, named(fmt.Sprintf("b%d", i), 20, 1, 0))
	}
	m := &moody{t: t, random: rand.New(rand.NewPCG(1, 2)), bad: map[string]bool{"b40.m7": true}, most: 1e6, taken: map[string]int{}}
	rc, server := newReceiver(t, m.answer)
	errs := start(t, server.URL, nil).ReportAll(t.Context(), batches)
	for i, err := range errs {
		var partial *telemetry.Partial
		switch {
		case i != 40 && err != nil:
			t.Errorf("batch %d: %v", i, err)
		case i == 40 && !errors.As(err, &partial):
			t.Errorf("batch 40: got %v, want a part of it refused", err)
		case i == 40 && (len(partial.Refused.Metrics) != 1 || partial.Refused.Metrics[0].Name != "b40.m7" || !partial.Rest.Empty()):
			t.Errorf("batch 40: got %+v", partial)
		}
	}
	// 6 halvings down to the batch, 5 down to the item, the other halves, the checks.
	if n := len(rc.requests()); n > 26 {
		t.Errorf("it took %d requests", n)
	}
}

func TestAServerThatRefusesEverything(t *testing.T) {
	for _, code := range []int{400, 405, 413, 422} {
		var left []telemetry.Batch
		for i := range 8 {
			left = append(left, named(fmt.Sprintf("b%d", i), 20, 2, 1))
		}
		rc, server := newReceiver(t, status(code))
		r := start(t, server.URL, nil)
		calls, before := 0, 0
		for ; len(left) > 0 && calls < 30; calls++ {
			left = rest(t, left, r.ReportAll(t.Context(), left))
			if n := len(rc.requests()) - before; n > mostRefusals {
				t.Errorf("%d: one call cost %d requests", code, n)
			}
			before = len(rc.requests())
		}
		if len(left) > 0 {
			t.Errorf("%d: %d batches are undecided after %d calls", code, len(left), calls)
		}
		if got := r.Stats().Refused[code]; got != 8*23 {
			t.Errorf("%d: %d items are counted as refused, want %d", code, got, 8*23)
		}
	}
}

func TestDeliveredPartsAreNotRepeated(t *testing.T) {
	down := true
	rc, server := newReceiver(t, func(w http.ResponseWriter, q request) {
		if q.target == "/api/v1/events" && down {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		accept(w, q)
	})
	r := start(t, server.URL, nil)
	err := r.Report(t.Context(), run("r1"))
	var partial *telemetry.Partial
	if !errors.As(err, &partial) {
		t.Fatalf("got %v, want a part of it delivered", err)
	}
	if len(partial.Rest.Metrics)+len(partial.Rest.ServiceChecks) > 0 || len(partial.Rest.Events) != 1 || !partial.Refused.Empty() {
		t.Errorf("got %+v", partial)
	}
	down = false
	if err := r.Report(t.Context(), partial.Rest); err != nil {
		t.Fatal(err)
	}
	want := "POST /api/v2/series\nPOST /api/v1/check_run\nPOST /api/v1/events\nPOST /api/v1/events"
	if rc.targets() != want {
		t.Errorf("got  %s\nwant %s", rc.targets(), want)
	}
}

func TestBatchesArePartedFirst(t *testing.T) {
	parcels := func(batches ...int) []parcel {
		var list []parcel
		for _, b := range batches {
			list = append(list, parcel{batch: b})
		}
		return list
	}
	for _, c := range []struct {
		of   []parcel
		want int
	}{
		{parcels(0, 0), 1},
		{parcels(0, 1), 1},
		{parcels(0, 0, 0, 0, 0), 2},
		{parcels(0, 0, 0, 0, 1), 4},
		{parcels(0, 1, 1, 1, 1, 1), 1},
		{parcels(0, 0, 0, 1, 1, 1, 2, 2), 3},
		{parcels(0, 0, 1, 1, 1, 1, 1, 2), 2},
		{parcels(0, 0, 1, 1, 1, 2), 2},
		{parcels(0, 0, 0, 1), 3},
		{parcels(0, 0, 1), 2},
	} {
		if got := middle(c.of); got != c.want {
			t.Errorf("%v: got %d, want %d", c.of, got, c.want)
		}
	}
}
