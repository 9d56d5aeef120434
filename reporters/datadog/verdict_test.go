package datadog

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

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
