package rig

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func startIntake(t *testing.T, o IntakeOptions) *Intake {
	t.Helper()
	in, err := StartIntake(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := in.Close(); err != nil {
			t.Error(err)
		}
	})
	return in
}

func call(t *testing.T, client *http.Client, method, url, body string, headers ...string) (int, string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("DD-API-KEY", "good")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := client.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(text), err
}

// stubborn is a client that neither keeps connections nor follows anybody.
func stubborn(t *testing.T) *http.Client {
	transport := &http.Transport{DisableKeepAlives: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func seriesOf(host string, at time.Time) string {
	return fmt.Sprintf(`{"series":[{"metric":"configrun.runs","type":1,"interval":10,"points":[{"timestamp":%[2]d,"value":1}],"resources":[{"type":"host","name":%[1]q}]},
	{"metric":"configrun.duration","type":3,"points":[{"timestamp":%[2]d,"value":0.5}],"resources":[{"type":"host","name":%[1]q}]}]}`, host, at.Unix())
}

func TestIntakeAnswersAsDatadogDoes(t *testing.T) {
	in := startIntake(t, IntakeOptions{APIKey: "good", ApplicationKey: "app"})
	now := time.Now()
	large := `{"series":[],"x":"` + strings.Repeat("a", maxPacked) + `"}`
	for _, c := range []struct {
		name, method, path, body string
		headers                  []string
		status                   int
		says                     string
	}{
		{"tags of a host not known yet", "PUT", HostTagsPath + "web-1?source=chef", `{"tags":["env:x"]}`, []string{"DD-APPLICATION-KEY", "app"}, 404, `{"errors":["Not Found"]}`},
		{"metrics", "POST", SeriesPath, seriesOf("web-1", now), nil, 202, `{"errors":[]}`},
		{"metrics, packed", "POST", SeriesPath, packed(seriesOf("web-2", now)), []string{"Content-Encoding", "gzip"}, 202, `{"errors":[]}`},
		{"not packed as said", "POST", SeriesPath, seriesOf("web-3", now), []string{"Content-Encoding", "gzip"}, 400, `{"errors":["Bad Request"]}`},
		{"packed in an unknown way", "POST", SeriesPath, "x", []string{"Content-Encoding", "br"}, 415, `{"errors":["Unsupported Media Type"]}`},
		{"no JSON", "POST", SeriesPath, "{", nil, 400, `{"errors":["Bad Request"]}`},
		{"too large", "POST", SeriesPath, large, nil, 413, `{"errors":["Request Entity Too Large"]}`},
		{"wrong key", "POST", SeriesPath, seriesOf("web-4", now), []string{"DD-API-KEY", "bad"}, 403, `{"status":"error","code":403,"errors":["Forbidden"]}`},
		{"old metrics, key in the URL", "POST", OldSeriesPath + "?api_key=good", `{"series":[{"metric":"chef.run.success","host":"web-1","points":[[1,1.0]]}]}`, []string{"DD-API-KEY", ""}, 202, `{"status":"ok"}`},
		{"event", "POST", EventsPath, `{"title":"a","text":"b","host":"web-1"}`, nil, 202, `{"status":"ok","event":{"id":1,"url":"https://app.invalid/event/1"}}`},
		{"event without text", "POST", EventsPath, `{"title":"a","host":"web-1"}`, nil, 400, `{"errors":["Bad Request"]}`},
		{"checks", "POST", ChecksPath, fmt.Sprintf(`[{"check":"c","status":2,"host_name":"web-1","timestamp":%d}]`, now.Unix()), nil, 202, `{"status":"ok"}`},
		{"check without status", "POST", ChecksPath, `{"check":"c","host_name":"web-1"}`, nil, 400, `{"errors":["Bad Request"]}`},
		{"tags", "PUT", HostTagsPath + "web-1?source=chef", `{"tags":["env:x"]}`, []string{"DD-APPLICATION-KEY", "app"}, 201, `{"tags":["env:x"]}`},
		{"tags without the key", "PUT", HostTagsPath + "web-1?source=chef", `{"tags":["env:y"]}`, nil, 403, `{"errors":["Forbidden"]}`},
		{"is the key good", "GET", ValidatePath, "", nil, 200, `{"valid":true}`},
		{"wrong method", "GET", SeriesPath, "", nil, 405, `{"errors":["Method Not Allowed"]}`},
		{"elsewhere", "POST", "/api/v3/none", "", nil, 404, `{"errors":["Not Found"]}`},
	} {
		status, says, err := call(t, stubborn(t), c.method, in.URL+c.path, c.body, c.headers...)
		if err != nil || status != c.status || says != c.says {
			t.Errorf("%s: %d %q %v, expected %d %q", c.name, status, says, err, c.status, c.says)
		}
	}
	if got, want := in.Host("web-1"), (Taken{Runs: 1, Points: 2, Events: 1, Checks: 1, Tagged: 1, Late: 1}); got != want {
		t.Errorf("of web-1 it has %+v, expected %+v", got, want)
	}
	if got := in.HostTags("web-1"); len(got) != 1 || got[0] != "env:x" {
		t.Errorf("the tags are %q", got)
	}
	answered := func() bool { return in.Totals().Statuses[403] == 2 } // the client may be faster than the count
	if err := in.Await(t.Context(), "the last answer", answered); err != nil {
		t.Error(err)
	}
	if sum := in.Totals(); sum.Hosts != 2 || sum.Runs != 2 || sum.Connections != 18 || sum.BytesIn < maxPacked {
		t.Errorf("in all %+v", sum)
	}
}

func packed(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, s)
	_ = w.Close()
	return b.String()
}

func TestIntakeDropsWhatIsTooOldWithoutAWord(t *testing.T) {
	in := startIntake(t, IntakeOptions{})
	now := time.Now()
	for _, at := range []time.Time{now.Add(-61 * time.Minute), now.Add(11 * time.Minute), now.Add(-59 * time.Minute)} {
		if status, _, err := call(t, stubborn(t), "POST", in.URL+SeriesPath, seriesOf("web-1", at)); status != 202 || err != nil {
			t.Fatalf("%d %v", status, err)
		}
	}
	if got, want := in.Host("web-1"), (Taken{Runs: 1, Points: 2, Late: 4}); got != want {
		t.Errorf("it has %+v, expected %+v", got, want)
	}
}

func TestIntakeKnowsADigestFromAnEventOfARun(t *testing.T) {
	in := startIntake(t, IntakeOptions{})
	now := time.Now()
	points := strings.ReplaceAll(seriesOf("web-1", now), "configrun.runs", "converged.runs.expired")
	for path, body := range map[string]string{SeriesPath: points, EventsPath: `{"title":"a","text":"b","host":"web-1","aggregation_key":"converged-digest"}`} {
		if status, _, err := call(t, stubborn(t), "POST", in.URL+path, body); status != 202 || err != nil {
			t.Fatalf("%d %v", status, err)
		}
	}
	if got, want := in.Host("web-1"), (Taken{Points: 1}); got != want {
		t.Errorf("it has %+v, expected %+v", got, want)
	}
	if digests, runs := in.Digests(); digests != 1 || runs != 1 {
		t.Errorf("%d digests tell of %d runs", digests, runs)
	}
}

func TestIntakeMisbehaves(t *testing.T) {
	elsewhere := startIntake(t, IntakeOptions{})
	for _, c := range []struct {
		name           string
		answer         Answer
		status         int
		taken, unsure  bool
		brokenOrHeader string // the error's text is not ours; a header's is
	}{
		{"status", Status(429, "X-RateLimit-Reset", "7"), 429, false, false, "X-RateLimit-Reset"},
		{"good status", Status(200), 200, true, false, ""},
		{"late", Late(time.Millisecond, Well), 202, true, false, ""},
		{"drip", Drip(time.Microsecond), 202, true, false, ""},
		{"close before", CloseBefore, 0, false, false, ""},
		{"close after", CloseAfter, 0, true, true, ""},
		{"reset before", ResetBefore, 0, false, false, ""},
		{"reset after", ResetAfter, 0, true, true, ""},
		{"reset within", ResetWithin, 0, true, true, ""},
		{"garbage", Garbage, 200, false, false, ""},
		{"redirect", Redirect(307, elsewhere.URL), 307, false, false, "Location"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := startIntake(t, IntakeOptions{})
			in.Behave("/api/v2", c.answer)
			in.Behave("/api/", Status(500)) // a longer prefix counts more
			status, _, err := call(t, stubborn(t), "POST", in.URL+SeriesPath, seriesOf("web-1", time.Now()))
			if whole := c.status != 0; (err == nil) != whole || whole && status != c.status {
				t.Errorf("%d %v, expected %d", status, err, c.status)
			}
			settled := func() bool { return in.Requests(SeriesPath) == 1 && (in.Host("web-1").Unsure > 0) == c.unsure }
			if err := in.Await(t.Context(), "the end of the request", settled); err != nil {
				t.Fatal(err)
			}
			if got := in.Host("web-1").Runs == 1; got != c.taken {
				t.Errorf("taken: %v, expected %v", got, c.taken)
			}
			in.Behave("/api/v2", nil)
			in.Behave("/api/", nil)
			if status, _, err := call(t, stubborn(t), "POST", in.URL+SeriesPath, seriesOf("web-2", time.Now())); status != 202 || err != nil {
				t.Errorf("afterwards %d %v", status, err)
			}
		})
	}
	if elsewhere.Totals().Connections != 0 {
		t.Error("a redirect was followed by a client that does not")
	}
}

func TestIntakeHangsUntilTheSenderGoes(t *testing.T) {
	in := startIntake(t, IntakeOptions{})
	in.Behave("", Hang)
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, in.URL+SeriesPath, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan error, 1)
	go func() {
		_, err := stubborn(t).Do(r) //nolint:bodyclose // it has none: the request is given up
		over <- err
	}()
	for in.Requests(SeriesPath) == 0 {
		select {
		case err := <-over:
			t.Fatalf("it did not hang: %v", err)
		case <-time.After(time.Millisecond):
		}
	}
	cancel()
	if err := <-over; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestIntakeFlaps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := &Intake{}
		flap := Flap(10*time.Second, func(x *Exchange) { x.status = 503 })
		var met []int
		for range 6 {
			x := &Exchange{Request: (&http.Request{}).WithContext(t.Context()), intake: in, writer: nowhere{}, verdict: 202}
			flap(x)
			met = append(met, x.status)
			time.Sleep(4 * time.Second)
		}
		if want := "[503 503 202 503 202 503]"; fmt.Sprint(met) != want { // at 0, 4, 8, 12, 16 and 20 s
			t.Errorf("it answered %v, expected %v", met, want)
		}
	})
}

// nowhere is the writer of an answer that nobody reads.
type nowhere struct{}

func (nowhere) Header() http.Header         { return http.Header{} }
func (nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (nowhere) WriteHeader(int)             {}
func (nowhere) Flush()                      {}

func TestIntakeOfAnUnknownAuthority(t *testing.T) {
	in := startIntake(t, IntakeOptions{TLS: true})
	_, _, err := call(t, stubborn(t), "GET", in.URL+ValidatePath, "")
	var unknown x509.UnknownAuthorityError
	if !errors.As(err, &unknown) {
		t.Errorf("expected an unknown authority, got %v", err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(in.CA)
	knowing := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: pool}}}
	if status, _, err := call(t, knowing, "GET", in.URL+ValidatePath, ""); status != 200 || err != nil {
		t.Errorf("%d %v", status, err)
	}
}

func TestIntakeTellsOfEveryRequest(t *testing.T) {
	saw := make(chan string, 1)
	in := startIntake(t, IntakeOptions{Saw: func(r *http.Request, body []byte) {
		saw <- r.Header.Get("DD-API-KEY") + " " + r.URL.Path + " " + string(body)
	}})
	if _, _, err := call(t, stubborn(t), "POST", in.URL+EventsPath, packed("hello"), "Content-Encoding", "gzip"); err != nil {
		t.Fatal(err)
	}
	if got, want := <-saw, "good "+EventsPath+" hello"; got != want {
		t.Errorf("it saw %q, expected %q", got, want)
	}
}
