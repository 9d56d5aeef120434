package datadog

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/converged/converged/reporters/telemetry"
)

func TestAfterAFailedFirstRequestNothingIsTried(t *testing.T) {
	for _, code := range []int{401, 404, 429, 500, 302} {
		rc, server := newReceiver(t, status(code))
		batches := []telemetry.Batch{run("r1"), run("r2")}
		for i, err := range start(t, server.URL, nil).ReportAll(t.Context(), batches) {
			if means(err) == "partial" || err == nil {
				t.Errorf("%d: batch %d: got %v", code, i, err)
			}
		}
		if n := len(rc.requests()); n != 1 {
			t.Errorf("%d: %d requests, want 1", code, n)
		}
	}
}

func TestOneBadPathDoesNotStopTheOthers(t *testing.T) {
	rc, server := newReceiver(t, func(w http.ResponseWriter, q request) {
		if q.target == "/api/v1/check_run" {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		accept(w, q)
	})
	err := start(t, server.URL, nil).Report(t.Context(), run("r1"))
	var partial *telemetry.Partial
	if !errors.As(err, &partial) || len(partial.Rest.ServiceChecks) != 1 || len(partial.Rest.Events) != 0 {
		t.Errorf("got %v, want the check left alone", err)
	}
	if !strings.Contains(rc.targets(), "/api/v1/events") {
		t.Errorf("the event waits for the check:\n%s", rc.targets())
	}
}

func TestNoRequestIsBegunThatHasNoTimeToEnd(t *testing.T) {
	var batches []telemetry.Batch
	for i := range 20 {
		batches = append(batches, named(fmt.Sprintf("b%d", i), 1, 0, 1))
	}
	taken := map[string]int{}
	answer := func(w http.ResponseWriter, q request) {
		time.Sleep(time.Second)
		for _, name := range namesIn(t, q.body) {
			taken[name]++
		}
		accept(w, q)
	}
	inBubble(t, answer, nil, func(t *testing.T, _ *receiver, r *Reporter) {
		left, attempts := batches, 0
		for ; len(left) > 0 && attempts < 10; attempts++ {
			ctx, cancel := context.WithTimeout(t.Context(), 7500*time.Millisecond)
			left = rest(t, left, r.ReportAll(ctx, left))
			cancel()
		}
		if attempts != 4 {
			t.Errorf("%d attempts, want 21 requests parted into 4", attempts)
		}
		time.Sleep(time.Minute) // what was cut off would still be taken
		for name := range namesOf(batches...) {
			if taken[name] != 1 {
				t.Errorf("%s was told %d times", name, taken[name])
			}
		}
	})
}

func TestAfterALostConnectionOrKeyNothingElseIsTried(t *testing.T) {
	for name, fail := range map[string]func(w http.ResponseWriter, q request){
		"key": status(403),
		"connection": func(w http.ResponseWriter, _ request) {
			if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
				reset(conn)
			}
		},
	} {
		rc, server := newReceiver(t, func(w http.ResponseWriter, q request) {
			if q.target == "/api/v1/check_run" {
				fail(w, q)
				return
			}
			accept(w, q)
		})
		err := start(t, server.URL, nil).Report(t.Context(), run("r1"))
		var partial *telemetry.Partial
		if !errors.As(err, &partial) || len(partial.Rest.ServiceChecks) != 1 || len(partial.Rest.Events) != 1 || len(partial.Rest.Metrics) != 0 {
			t.Errorf("%s: got %v, want the check and the event left", name, err)
		}
		if strings.Contains(rc.targets(), "/api/v1/events") {
			t.Errorf("%s: the event was tried all the same", name)
		}
	}
}
