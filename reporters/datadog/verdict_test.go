package datadog

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/converged/converged/reporters/telemetry"
)

// means is the class of an error, as whoever delivers sees it.
func means(err error) string {
	var after *telemetry.Later
	var partial *telemetry.Partial
	switch {
	case err == nil:
		return "delivered"
	case errors.As(err, &partial):
		return "partial"
	case errors.Is(err, telemetry.ErrRefused):
		return "refused"
	case errors.Is(err, telemetry.ErrHeld):
		return "held"
	case errors.As(err, &after):
		return "later " + after.After.String()
	}
	return "again"
}

func TestEveryStatus(t *testing.T) {
	classes := map[string][]int{
		"delivered": {200, 201, 202, 204},
		"refused":   {400, 405, 406, 411, 413, 415, 422, 431},
		"held":      {300, 301, 302, 303, 304, 307, 308, 401, 402, 403, 404, 407, 409, 410, 451},
		"again":     {408, 425, 429, 500, 501, 502, 503, 504, 520, 599},
	}
	for want, statuses := range classes {
		for _, code := range statuses {
			t.Run(fmt.Sprint(code), func(t *testing.T) {
				_, server := newReceiver(t, status(code))
				r := start(t, server.URL, nil)
				err := r.Report(t.Context(), run("r1"))
				if means(err) != want {
					t.Fatalf("got %s (%v), want %s", means(err), err, want)
				}
				if r.Stats().Answers[code] == 0 {
					t.Errorf("status %d is not counted: %+v", code, r.Stats())
				}
				if err == nil {
					return
				}
				for _, said := range []string{"POST", "/api/v2/series", strings.TrimPrefix(server.URL, "http://"), fmt.Sprint(code), http.StatusText(code)} {
					if !strings.Contains(err.Error(), said) {
						t.Errorf("%q does not say %q", err, said)
					}
				}
			})
		}
	}
}

func TestTooManyRequests(t *testing.T) {
	for _, c := range []struct{ reset, after, want string }{
		{"7", "", "later 7s"},
		{" 7 ", "", "later 7s"},
		{"", "9", "later 9s"},
		{"7", "9", "later 9s"},
		{"9", "7", "later 9s"},
		{"1.5", "", "later 1.5s"},
		{"3601", "", "later 1h0m0s"},
		{"99999999999999999999", "", "later 1h0m0s"},
		{"1e300", "", "later 1h0m0s"},
		{"Inf", "", "later 1h0m0s"},
		{"", now.Add(90 * time.Second).Format(http.TimeFormat), "later 1m30s"},
		{"", now.AddDate(20, 0, 0).Format(http.TimeFormat), "later 1h0m0s"},
		{"", now.Add(-time.Hour).Format(http.TimeFormat), "again"},
		{"0", "0", "again"},
		{"-5", "-5", "again"},
		{"-Inf", "", "again"},
		{"NaN", "", "again"},
		{"soon", "Tomorrow, at noon", "again"},
		{"soon", "4", "later 4s"},
		{"", "", "again"},
	} {
		t.Run(c.reset+"|"+c.after, func(t *testing.T) {
			_, server := newReceiver(t, func(w http.ResponseWriter, _ request) {
				w.Header()["Date"] = nil
				w.Header().Set("X-RateLimit-Reset", c.reset)
				w.Header().Set("Retry-After", c.after)
				w.WriteHeader(http.StatusTooManyRequests)
			})
			if err := start(t, server.URL, nil).Report(t.Context(), run("r1")); means(err) != c.want {
				t.Errorf("got %s (%v), want %s", means(err), err, c.want)
			}
		})
	}
}

func TestADateIsOfTheReceiversClock(t *testing.T) {
	theirs := now.Add(-5 * time.Hour)
	h := http.Header{"Retry-After": {theirs.Add(time.Minute).Format(http.TimeFormat)}, "Date": {theirs.Format(http.TimeFormat)}}
	if got := comeBack(h, now); got != time.Minute {
		t.Errorf("got %v, want a minute", got)
	}
}

func TestRetryAfterIsOf429Alone(t *testing.T) {
	_, server := newReceiver(t, func(w http.ResponseWriter, _ request) {
		w.Header().Set("Retry-After", "3000")
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	if err := start(t, server.URL, nil).Report(t.Context(), run("r1")); means(err) != "again" {
		t.Errorf("got %s, want again: an outage of minutes must not cost an hour", means(err))
	}
}

func TestAGoodAnswerThatComplains(t *testing.T) {
	complain := atomic.Bool{}
	_, server := newReceiver(t, func(w http.ResponseWriter, q request) {
		w.WriteHeader(http.StatusAccepted)
		if complain.Load() && q.target == "/api/v2/series" {
			fmt.Fprintf(w, `{"errors":["Payload is not quite right, %s"]}`, q.header.Get("DD-API-KEY"))
		}
	})
	var said log
	r := start(t, server.URL, func(o *Options) { o.Log = said.logger() })
	for i := range 9 {
		complain.Store(i > 0 && i < 5)
		if err := r.Report(t.Context(), run("r1")); err != nil {
			t.Fatal(err)
		}
	}
	if n := r.Stats().Warnings; n != 4 {
		t.Errorf("%d warnings are counted, want 4", n)
	}
	if strings.Count(said.String(), "not quite right, [key]") != 1 || strings.Count(said.String(), "no longer complains") != 1 {
		t.Errorf("want it said once that it begins and once that it ends:\n%s", said.String())
	}
}

func FuzzJudge(f *testing.F) {
	f.Add(429, "7", "Fri, 20 Nov 2026 22:15:35 GMT", []byte(`{"errors":["x"]}`))
	f.Add(202, "", "", []byte(`{"errors":[]}`))
	f.Add(429, "1e999", "-1", []byte("\x00\xff"+apiKey))
	f.Fuzz(func(t *testing.T, status int, reset, after string, body []byte) {
		h := http.Header{"X-Ratelimit-Reset": {reset}, "Retry-After": {after}}
		v := judge(answer{status: status, header: h, body: body}, now)
		if v.after < 0 || v.after > mostPatience || (v.class == later) != (v.after > 0) {
			t.Errorf("got %+v", v)
		}
		if (v.class == delivered) != (status >= 200 && status < 300) {
			t.Errorf("status %d: got %+v", status, v)
		}
		text := statusLine(answer{status: status, header: h, body: body}, &Keys{API: apiKey, Application: appKey})
		if strings.Contains(strings.ToLower(text), apiKey) || !utf8.ValidString(text) || utf8.RuneCountInString(text) > 300 {
			t.Errorf("got %q", text)
		}
		if strings.ContainsFunc(text, unicode.IsControl) {
			t.Errorf("control characters in %q", text)
		}
		_ = complaintIn(body)
	})
}
