package datadog

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/converged/converged/reporters/telemetry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The keys of these tests have the shape of real ones.
const (
	apiKey = "0123456789abcdef0123456789abcdef"
	appKey = "fedcba9876543210fedcba9876543210fedcba98"
)

// now is a minute after the batches of these tests.
var now = time.Unix(1795212930+60, 0).UTC()

// request is what a receiver got.
type request struct {
	method, target string
	header         http.Header
	body           string // as it was before it was packed
	packed         int    // bytes on the wire
	from           string // address of the sender
}

// receiver is a real HTTP server that notes what it gets.
type receiver struct {
	t      *testing.T
	answer func(w http.ResponseWriter, q request)

	mu   sync.Mutex
	got  []request
	made *atomic.Int64 // connections, in a bubble
}

func (rc *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := request{method: r.Method, target: r.URL.RequestURI(), header: r.Header.Clone(), from: r.RemoteAddr}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the sender went away
	}
	q.packed, q.body = len(body), string(body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		q.body = unpacked(rc.t, body)
	}
	rc.mu.Lock()
	rc.got = append(rc.got, q)
	rc.mu.Unlock()
	rc.answer(w, q)
}

func unpacked(t *testing.T, body []byte) string {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		t.Errorf("not gzip: %v", err)
		return ""
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Errorf("bad gzip: %v", err)
	}
	return string(text)
}

func (rc *receiver) requests() []request {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	return append([]request(nil), rc.got...)
}

func (rc *receiver) targets() string {
	var targets []string
	for _, q := range rc.requests() {
		targets = append(targets, q.method+" "+q.target)
	}
	return strings.Join(targets, "\n")
}

// newReceiver starts a receiver; without an answer it takes everything, as Datadog does.
func newReceiver(t *testing.T, answer func(w http.ResponseWriter, q request)) (*receiver, *httptest.Server) {
	t.Helper()
	if answer == nil {
		answer = accept
	}
	rc := &receiver{t: t, answer: answer}
	server := httptest.NewServer(rc)
	t.Cleanup(server.Close)
	return rc, server
}

func accept(w http.ResponseWriter, q request) {
	switch {
	case strings.HasPrefix(q.target, "/api/v1/tags/"):
		w.WriteHeader(http.StatusCreated)
	case q.target == "/api/v1/validate":
		io.WriteString(w, `{"valid":true}`)
	default:
		w.WriteHeader(http.StatusAccepted)
		io.WriteString(w, `{"status":"ok","errors":[]}`)
	}
}

func status(code int) func(w http.ResponseWriter, q request) {
	return func(w http.ResponseWriter, _ request) { w.WriteHeader(code) }
}

// log is a logger that can be asked what it was told.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// logger tells everything, at every level.
func (l *log) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// start makes a Reporter that is closed with the test. Change may be nil.
func start(t *testing.T, url string, change func(*Options)) *Reporter {
	t.Helper()
	o := Options{
		URL:  url,
		Keys: func() (Keys, error) { return Keys{API: apiKey}, nil },
		Now:  func() time.Time { return now },
		// Long, so that a slow machine does not change what a test sees.
		Timeout: time.Minute,
	}
	if change != nil {
		change(&o)
	}
	r, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// run is the batch of a failed run, an item of each kind at least.
func run(id string) telemetry.Batch {
	return telemetry.Batch{
		RunID: id, Host: "web-17", Timestamp: time.Unix(1795212930, 0).UTC(),
		Tags: []string{"tool:chef", "env:production", "role:web", "role:base"},
		Metrics: []telemetry.Metric{
			{Name: "configrun.duration", Kind: telemetry.Gauge, Value: 0.294, Unit: "second", Tags: []string{"status:failure"}},
			{Name: "configrun.runs", Kind: telemetry.Count, Value: 1, Tags: []string{"status:failure"}},
			{Name: "configrun.resources.total", Kind: telemetry.Gauge, Value: 120},
		},
		Events: []telemetry.Event{{
			Title: "chef failed on web-17 after 12 s", Text: "Errno::ENOENT: No such file\n  \"<x>\" & ü",
			Priority: telemetry.Normal, AlertType: telemetry.Error, AggregationKey: "cr-5d1c0f0e", Source: "chef",
		}},
		ServiceChecks: []telemetry.ServiceCheck{{Name: "configrun.status", Status: telemetry.Critical, Message: "converge failed"}},
	}
}

// sameJSON says whether two documents say the same.
func sameJSON(t *testing.T, got, want string) {
	t.Helper()
	var a, b bytes.Buffer
	if err := json.Compact(&a, []byte(normal(t, got))); err != nil {
		t.Fatalf("%v: %s", err, got)
	}
	if err := json.Compact(&b, []byte(normal(t, want))); err != nil {
		t.Fatal(err)
	}
	if a.String() != b.String() {
		t.Errorf("got  %s\nwant %s", a.String(), b.String())
	}
}

func normal(t *testing.T, text string) string {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("not JSON: %v: %s", err, text)
	}
	again, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(again)
}
