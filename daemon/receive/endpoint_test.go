package receive

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// chefHeaders are those of a real client with a token.
var chefHeaders = []string{
	"Content-Type: application/json", "Accept: application/json", "X-Chef-Version: 18.10.107",
	"X-Remote-Request-Id: 6f7e", "User-Agent: Chef Client/18.10.107", "X-Data-Collector-Token: T", "X-Data-Collector-Auth: version=1.0",
}

func TestEndpoints(t *testing.T) {
	r := start(t, Options{})
	for _, c := range []struct {
		method, path, version    string
		format, origin, told     string
		status                   int
		wantVersion, contentType string
	}{
		{"POST", "/data-collector", "X-Chef-Version: 18.10.107", ChefCollector, "/data-collector", "{}\n", 201, "18.10.107", "application/json"},
		{"POST", "/data-collector/v0/", "X-Chef-Version: 19.1", ChefCollector, "/data-collector/v0", "{}\n", 201, "19.1", "text/html"},
		{"POST", "/reports/upload", "X-Puppet-Version: 8.10.0", PuppetReport, "/reports/upload", `{"runs":["run-1"]}`, 200, "8.10.0", "application/x-yaml"},
		{"PUT", "/puppet/v3/report/web1.example.net?environment=production&x=secret", "X-Puppet-Version: 7.0.0-rc1", PuppetReport, "/puppet/v3/report/web1.example.net", "[]", 200, "7.0.0-rc1", "application/json"},
		{"POST", "/v1/reports/ansible-jsonl", "X-Chef-Version: 1", "ansible-jsonl", "/v1/reports/ansible-jsonl", `{"runs":["run-1"]}`, 202, "", ""},
		{"POST", "/v1/reports/chef-collector?token=secret", "X-Chef-Version: bad version", ChefCollector, "/v1/reports/chef-collector", `{"runs":["run-1"]}`, 202, "", ""},
	} {
		body := "the report of " + c.path
		before := time.Now()
		a := r.send(c.method, c.path, strings.NewReader(body), c.version, "Content-Type: "+c.contentType)
		a.is(t, c.status, c.told)
		if got := a.header.Get("Content-Type"); got != "application/json" {
			t.Errorf("%s: answered as %q", c.path, got)
		}
		p := within(t, r.posts, "Take")
		if p.Format != c.format || string(p.Body) != body || p.Origin != "http://127.0.0.1"+c.origin || p.Version != c.wantVersion {
			t.Errorf("%s: Take was given %q %q %q %q", c.path, p.Format, p.Body, p.Origin, p.Version)
		}
		if p.Arrived.Before(before) || p.Arrived.After(time.Now()) {
			t.Errorf("%s: arrived at %v", c.path, p.Arrived)
		}
	}
	if got := fmt.Sprint(r.Stats().Accepted); got != "map[ansible-jsonl:1 chef-collector:3 puppet-report:2]" {
		t.Errorf("accepted: %v", got)
	}
	r.refusals(map[string]int64{})
}

func TestBytesOfWhatWasTaken(t *testing.T) {
	r := start(t, Options{})
	r.send("POST", "/data-collector", strings.NewReader("12345"), chefHeaders...)
	r.send("POST", "/v1/reports/salt-return", strings.NewReader("123"))
	r.send("POST", "/v1/reports/unknown", strings.NewReader("1234567"))
	if got := r.Stats().Bytes; got != 8 {
		t.Errorf("%d bytes, want 8", got)
	}
}

func TestNotThere(t *testing.T) {
	r := start(t, Options{})
	r.send("GET", "/", nil).is(t, 404, "POST /data-collector", "PUT /puppet/v3/report/<certname>", "POST /v1/reports/<format>", "GET /healthz")
	r.send("POST", "/v1/report/chef-collector", strings.NewReader("x")).is(t, 404)
	r.send("POST", "/data-collectors", strings.NewReader("x")).is(t, 404)
	r.send("POST", "/puppet/v3/report", strings.NewReader("x")).is(t, 404)
	r.send("PUT", "/puppet/v3/report/a/b", strings.NewReader("x")).is(t, 404)
	r.send("POST", "/v1/reports/pupet-report", strings.NewReader("x")).is(t, 404, `did you mean \"puppet-report\"?`, "ansible-jsonl, chef-collector, puppet-report, salt-return")
	a := r.send("POST", "/v1/reports/cfengine", strings.NewReader("x"))
	a.is(t, 404, `no format \"cfengine\"`)
	if strings.Contains(a.body, "did you mean") {
		t.Errorf("guesses wildly: %s", a.body)
	}
	r.none()
	r.refusals(map[string]int64{"path": 5, "format": 2})
}

func TestOnlyTheFormatsThatAreKnown(t *testing.T) {
	r := start(t, Options{Formats: []string{"salt-return"}})
	for _, path := range []string{"/data-collector", "/reports/upload"} {
		a := r.send("POST", path, strings.NewReader("x"))
		a.is(t, 404, "there is POST /v1/reports/<format>, GET /healthz")
	}
	r.send("PUT", "/puppet/v3/report/web1", strings.NewReader("x")).is(t, 404)
	r.send("POST", "/v1/reports/salt-return", strings.NewReader("x")).is(t, 202)
}

func TestWrongMethod(t *testing.T) {
	r := start(t, Options{})
	for _, c := range []struct{ method, path, allow string }{
		{"GET", "/data-collector", "POST"}, {"PUT", "/reports/upload", "POST"},
		{"POST", "/puppet/v3/report/web1", "PUT"}, {"DELETE", "/v1/reports/salt-return", "POST"},
		{"OPTIONS", "/data-collector", "POST"},
	} {
		a := r.send(c.method, c.path, strings.NewReader("x"))
		a.is(t, 405, c.allow)
		if got := a.header.Get("Allow"); got != c.allow {
			t.Errorf("%s %s: Allow is %q", c.method, c.path, got)
		}
	}
	r.none()
	r.refusals(map[string]int64{"method": 5})
}

func TestHealth(t *testing.T) {
	r := start(t, Options{Token: "T", Rate: 0.001})
	for range 5 {
		if a := r.send("GET", "/healthz", nil); a.status != 200 || a.body != "ok\n" {
			t.Errorf("health: %d %q", a.status, a.body)
		}
	}
	r.send("HEAD", "/healthz", nil).is(t, 200)
	r.send("POST", "/healthz", strings.NewReader("x"), "Authorization: Bearer T").is(t, 404)
}

func TestWhatTakeSays(t *testing.T) {
	says := make(chan error, 1)
	r := start(t, Options{Take: func(context.Context, Post) ([]string, error) { return nil, <-says }})
	for _, c := range []struct {
		err    error
		status int
		reason string
		words  string
	}{
		{fmt.Errorf("%w: line 3: expected a status,\nfound \x1b[31m7", ErrUnfit), 422, "unfit", "line 3: expected a status, found"},
		{fmt.Errorf("writing: %w", ErrBusy), 503, "busy", "send it again later"},
		{context.DeadlineExceeded, 503, "busy", "send it again later"},
		{errors.New("something with a secret"), 500, "failed", "see the daemon's log"},
	} {
		says <- c.err
		a := r.send("POST", "/v1/reports/salt-return", strings.NewReader("x"))
		a.is(t, c.status, c.words)
		var told struct{ Error string }
		if err := json.Unmarshal([]byte(a.body), &told); err != nil || told.Error == "" {
			t.Errorf("told %q: %v", a.body, err)
		}
		if strings.ContainsAny(told.Error, "\n\x1b") || strings.Contains(a.body, "secret") {
			t.Errorf("told %q", told.Error)
		}
		if busy := c.status == 503; busy != (a.header.Get("Retry-After") != "") {
			t.Errorf("%d with Retry-After %q", a.status, a.header.Get("Retry-After"))
		}
		if strings.Contains(told.Error, "nothing was taken") { // that Take failed does not say so
			t.Errorf("told %q", told.Error)
		}
		if r.Stats().Refused[c.reason] == 0 {
			t.Errorf("not counted: %s", c.reason)
		}
	}
	if !strings.Contains(r.said.String(), "something with a secret") {
		t.Error("why a report failed is not in the log")
	}
	says <- nil
	r.send("POST", "/v1/reports/salt-return", strings.NewReader("x")).is(t, 202, `{"runs":[]}`)
}

func TestChefIsAlwaysTold201(t *testing.T) {
	for _, err := range []error{ErrBusy, ErrUnfit, errors.New("other"), context.DeadlineExceeded} {
		r := start(t, Options{Take: func(context.Context, Post) ([]string, error) { return nil, err }})
		r.send("POST", "/data-collector", strings.NewReader("{}"), chefHeaders...).is(t, 201, "{}")
		if s := r.Stats(); s.Lost != 1 || len(s.Accepted) != 0 || s.Bytes != 0 {
			t.Errorf("%v: %+v", err, s)
		}
		if !strings.Contains(r.said.String(), "it is lost") {
			t.Errorf("%v: not said: %s", err, r.said)
		}
	}
}

func TestChefDoesNotWaitForASlowDisk(t *testing.T) {
	disk := make(chan struct{})
	r := start(t, Options{
		limits: limits{chef: time.Millisecond},
		Take:   func(context.Context, Post) ([]string, error) { <-disk; return nil, nil },
	})
	r.send("POST", "/data-collector", strings.NewReader("{}")).is(t, 201)
	if got := r.Stats().Accepted[ChefCollector]; got != 0 {
		t.Errorf("%d counted as taken before they were", got)
	}
	close(disk)
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	if got := r.Stats().Accepted[ChefCollector]; got != 1 {
		t.Errorf("%d counted as taken after Run, want 1", got)
	}
}

func TestPanicIsAnAnswerAndOneLine(t *testing.T) {
	r := start(t, Options{Take: func(_ context.Context, p Post) ([]string, error) {
		if string(p.Body) == "index" {
			return []string{}[len(p.Body):], nil
		}
		panic("with a secret")
	}})
	for range 3 {
		a := r.send("POST", "/v1/reports/salt-return", strings.NewReader("index"))
		a.is(t, 500)
		r.send("POST", "/v1/reports/salt-return", strings.NewReader("x")).is(t, 500)
		r.send("POST", "/data-collector", strings.NewReader("x")).is(t, 201)
		if strings.Contains(a.body, "slice bounds") {
			t.Errorf("told %s", a.body)
		}
	}
	log := r.said.String()
	if strings.Count(log, "slice bounds out of range") != 1 || strings.Contains(log, "goroutine") || strings.Contains(log, "secret") {
		t.Errorf("logged: %s", log)
	}
	if s := r.Stats(); s.Refused["failed"] != 6 || s.Lost != 3 {
		t.Errorf("counted: %+v", s)
	}
}

func TestReasonsAreAllAndSorted(t *testing.T) {
	all := Reasons()
	for i, reason := range all {
		if i > 0 && all[i-1] >= reason {
			t.Errorf("%s comes after %s", reason, all[i-1])
		}
	}
	if len(all) != 17 {
		t.Errorf("%d reasons", len(all))
	}
}
