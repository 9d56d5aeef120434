package datadog

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/converged/converged/reporters/telemetry"
)

// TestNoKeyIsEverSaid has receivers repeat the keys in every place that an error
// or a log line could take them from.
func TestNoKeyIsEverSaid(t *testing.T) {
	echo := "key " + apiKey + " and " + appKey + ", or " + strings.ToUpper(apiKey) + ", or split " + apiKey[:16] + "\x00\x1b" + apiKey[16:]
	answers := map[string]func(w http.ResponseWriter, q request){}
	for _, code := range []int{200, 202, 302, 400, 401, 403, 404, 405, 413, 429, 500, 599} {
		answers[fmt.Sprint(code)] = func(w http.ResponseWriter, _ request) {
			w.Header().Set("Location", "https://elsewhere.example/?api_key="+apiKey)
			w.Header().Set("X-RateLimit-Reset", apiKey)
			w.WriteHeader(code)
			fmt.Fprintf(w, `{"errors":[%q],"text":%q}`, echo, strings.Repeat("x", 150)+echo)
		}
	}
	for name, answer := range answers {
		t.Run(name, func(t *testing.T) {
			rc, server := newReceiver(t, answer)
			silent(t, server.URL)
			for _, q := range rc.requests() {
				if strings.Contains(q.target+q.body, apiKey) || strings.Contains(q.target+q.body, appKey) {
					t.Errorf("a key is in %s %s %s", q.method, q.target, q.body)
				}
				if strings.Contains(q.target, "tags/hosts") != (q.header.Get("DD-APPLICATION-KEY") != "") {
					t.Errorf("%s: the application key goes where it is not needed, or not where it is", q.target)
				}
			}
		})
	}
	t.Run("broken HTTP", func(t *testing.T) {
		for _, answer := range []string{
			"HTTP/1.1 " + apiKey + " OK\r\n\r\n", apiKey + "\r\n\r\n", "HTTP/1.1 202 OK\r\n" + apiKey + "\r\n\r\n",
			"HTTP/1.1 202 OK\r\nContent-Length: " + apiKey + "\r\n\r\n", "HTTP/1.1 202 OK\r\nTransfer-Encoding: " + apiKey + "\r\n\r\n",
		} {
			url, _ := raw(t, func(conn net.Conn) { io.WriteString(conn, answer) })
			silent(t, url)
		}
	})
}

// silent does everything a Reporter can do and looks at everything it says.
func silent(t *testing.T, url string) {
	t.Helper()
	var said log
	r := start(t, url, func(o *Options) {
		o.Log = said.logger()
		o.Keys = func() (Keys, error) { return Keys{API: apiKey, Application: appKey}, nil }
	})
	tagged := run("r1")
	tagged.HostTags = &telemetry.HostTags{Source: "chef", Tags: []string{"role:web"}}
	texts := []string{fmt.Sprint(r.Validate(t.Context()))}
	for _, err := range r.ReportAll(t.Context(), []telemetry.Batch{tagged, run("r2")}) {
		texts = append(texts, fmt.Sprintf("%v %+v %#v %q", err, err, fmt.Sprint(err), fmt.Sprint(err)))
	}
	of := hostSource{"web-17", "chef"}
	w := &wanted{tags: []string{"role:web"}}
	res := r.hosts.tell(of, w)
	r.hosts.settle(of, w, res)
	texts = append(texts, fmt.Sprint(res.err), fmt.Sprintf("%+v", r.Stats()))
	r.Close()
	texts = append(texts, said.String())
	for _, text := range texts {
		for _, key := range []string{apiKey, appKey, apiKey[:20], appKey[:20]} {
			if strings.Contains(strings.ToLower(text), key) {
				t.Errorf("a key, or a part of it, is in %s", text)
			}
		}
	}
}
