package datadog

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/converged/converged/reporters/telemetry"
)

// tagged is a run of a host that knows its tags.
func tagged(host string, tags ...string) telemetry.Batch {
	b := run("r1")
	b.Host, b.Timestamp = host, time.Now()
	b.Events, b.ServiceChecks = nil, nil
	b.HostTags = &telemetry.HostTags{Source: "chef", Tags: tags}
	return b
}

// deliver reports b, which must be taken, and lets everything come to rest.
func deliver(t *testing.T, r *Reporter, b telemetry.Batch) {
	t.Helper()
	if err := r.Report(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
}

// told is the bodies of the host tags that a receiver got.
func (rc *receiver) told() []string {
	var bodies []string
	for _, q := range rc.requests() {
		if q.method == http.MethodPut {
			bodies = append(bodies, q.target+" "+q.body)
		}
	}
	return bodies
}

func wantTold(t *testing.T, rc *receiver, want ...string) {
	t.Helper()
	if got := rc.told(); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("told\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func put(host, tags string) string {
	return fmt.Sprintf(`/api/v1/tags/hosts/%s?source=chef {"host":%q,"tags":[%s]}`, host, host, tags)
}

func TestHostTagsAreToldWhenTheyChange(t *testing.T) {
	inBubble(t, accept, nil, func(t *testing.T, rc *receiver, r *Reporter) {
		deliver(t, r, tagged("web-17", "env:production", "role:web"))
		deliver(t, r, tagged("web-17", "role:web", "env:production"))
		deliver(t, r, tagged("db-1", "role:db"))
		without := tagged("web-17")
		without.HostTags = nil // a run that failed before it knew its roles
		deliver(t, r, without)
		deliver(t, r, tagged("web-17", "env:production"))
		wantTold(t, rc, put("web-17", `"env:production","role:web"`), put("db-1", `"role:db"`), put("web-17", `"env:production"`))
		for _, q := range rc.requests() {
			if want := map[bool]string{true: appKey}[q.method == http.MethodPut]; q.header.Get("DD-APPLICATION-KEY") != want {
				t.Errorf("%s: application key %q", q.target, q.header.Get("DD-APPLICATION-KEY"))
			}
		}
		if s := r.Stats().HostTags; s.Sent != 3 || s.Waiting != 0 {
			t.Errorf("got %+v", s)
		}
	})
}

func TestAHostThatIsNotKnownYet(t *testing.T) {
	var known atomic.Bool
	answer := func(w http.ResponseWriter, q request) {
		if q.method == http.MethodPut && !known.Load() {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		accept(w, q)
	}
	inBubble(t, answer, nil, func(t *testing.T, rc *receiver, r *Reporter) {
		deliver(t, r, tagged("web-17", "role:web"))
		time.Sleep(5 * time.Minute)
		before := len(rc.told())
		if before < 3 || before > 8 {
			t.Errorf("asked %d times in 5 minutes", before)
		}
		known.Store(true)
		deliver(t, r, tagged("web-17", "role:web")) // the same again is no reason to hurry
		time.Sleep(time.Hour)
		if n := len(rc.told()); n != before+1 || r.Stats().HostTags.Sent != 1 {
			t.Errorf("asked %d times, %+v", n, r.Stats().HostTags)
		}
	})
}

// knowsNoHost accepts everything but host tags.
func knowsNoHost(w http.ResponseWriter, q request) {
	if q.method == http.MethodPut {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	accept(w, q)
}

func TestAHostThatIsNeverKnown(t *testing.T) {
	inBubble(t, knowsNoHost, nil, func(t *testing.T, rc *receiver, r *Reporter) {
		deliver(t, r, tagged("web-17", "role:web"))
		time.Sleep(24 * time.Hour)
		if n := len(rc.told()); n != mostAttempts {
			t.Errorf("asked %d times in a day, want %d", n, mostAttempts)
		}
		if s := r.Stats().HostTags; s.GivenUp != 1 || s.Waiting != 0 {
			t.Errorf("got %+v", s)
		}
		deliver(t, r, tagged("web-17", "role:web"))
		if n := len(rc.told()); n != mostAttempts+1 {
			t.Error("the next run does not tell them again")
		}
	})
}

func TestHostTagsHoldNothingUp(t *testing.T) {
	var release chan struct{} // made within the bubble
	answer := func(w http.ResponseWriter, q request) {
		if q.method == http.MethodPut {
			<-release
		}
		accept(w, q)
	}
	inBubble(t, answer, nil, func(t *testing.T, rc *receiver, r *Reporter) {
		release = make(chan struct{})
		begin := time.Now()
		for i := range 50 {
			deliver(t, r, tagged("web-17", fmt.Sprintf("role:r%d", i)))
		}
		if time.Since(begin) != 0 {
			t.Errorf("50 deliveries took %v beside a hanging server", time.Since(begin))
		}
		close(release)
		time.Sleep(time.Hour)
		if got := rc.told(); len(got) != 2 || got[1] != put("web-17", `"role:r49"`) {
			t.Errorf("got %q, want the first and the latest", got)
		}
	})
}

func TestAnOutageForHostTags(t *testing.T) {
	for _, code := range []int{401, 403, 429, 500, 302} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			var well atomic.Bool
			var said log
			answer := func(w http.ResponseWriter, q request) {
				if q.method == http.MethodPut && !well.Load() {
					w.WriteHeader(code)
					return
				}
				accept(w, q)
			}
			inBubble(t, answer, func(o *Options) { o.Log = said.logger() }, func(t *testing.T, rc *receiver, r *Reporter) {
				for i := range 20 {
					deliver(t, r, tagged(fmt.Sprintf("web-%d", i), "role:web"))
				}
				time.Sleep(10 * time.Minute)
				if n := len(rc.told()); n < 3 || n > 10 {
					t.Errorf("20 hosts cost %d requests in 10 minutes of an outage", n)
				}
				well.Store(true)
				time.Sleep(time.Hour)
				if s := r.Stats().HostTags; s.Sent != 20 || s.Waiting != 0 {
					t.Errorf("got %+v, want all 20 told after the outage", s)
				}
				if strings.Count(said.String(), "do not get through") != 1 || strings.Count(said.String(), "taken again") != 1 {
					t.Errorf("want the outage said once, and its end:\n%s", said.String())
				}
			})
		})
	}
}

func TestHostTagsThatAreRefused(t *testing.T) {
	answer := func(w http.ResponseWriter, q request) {
		if q.method == http.MethodPut {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		accept(w, q)
	}
	inBubble(t, answer, nil, func(t *testing.T, rc *receiver, r *Reporter) {
		for range 3 {
			deliver(t, r, tagged("web-17", "role:web"))
		}
		time.Sleep(24 * time.Hour)
		if n := len(rc.told()); n != 1 || r.Stats().HostTags.Refused != 1 {
			t.Errorf("%d requests, %+v, want one of each", n, r.Stats().HostTags)
		}
	})
}

func TestHostTagsWithoutAnApplicationKey(t *testing.T) {
	for _, key := range []string{"", " ", "two words", "two\nlines"} {
		var said log
		change := func(o *Options) {
			o.Log, o.Keys = said.logger(), func() (Keys, error) { return Keys{API: apiKey, Application: key}, nil }
		}
		inBubble(t, accept, change, func(t *testing.T, rc *receiver, r *Reporter) {
			for range 3 {
				deliver(t, r, tagged("web-17", "role:web"))
			}
			if n := len(rc.told()); n != 0 || strings.Count(said.String(), "no usable application key") != 1 {
				t.Errorf("%q: %d requests; said\n%s", key, n, said.String())
			}
		})
	}
}

func TestAnOlderRunDoesNotTakeHostTagsBack(t *testing.T) {
	inBubble(t, accept, nil, func(t *testing.T, rc *receiver, r *Reporter) {
		old := tagged("web-17", "role:old")
		time.Sleep(time.Minute)
		deliver(t, r, tagged("web-17", "role:new"))
		deliver(t, r, old)
		wantTold(t, rc, put("web-17", `"role:new"`))
	})
}

func TestTheLatestHostTagsWin(t *testing.T) {
	var hang chan struct{} // made within the bubble
	answer := func(w http.ResponseWriter, q request) {
		if strings.Contains(q.body, `"role:b"`) {
			<-hang
		}
		accept(w, q)
	}
	inBubble(t, answer, nil, func(t *testing.T, rc *receiver, r *Reporter) {
		hang = make(chan struct{})
		deliver(t, r, tagged("web-17", "role:a"))
		between := tagged("web-17", "role:b")
		time.Sleep(time.Minute)
		deliver(t, r, tagged("web-17", "role:a"))
		deliver(t, r, between) // older than what was told again
		wantTold(t, rc, put("web-17", `"role:a"`))
		deliver(t, r, tagged("web-17", "role:b")) // is on its way
		deliver(t, r, tagged("web-17", "role:a")) // while it is taken back
		close(hang)
		synctest.Wait()
		wantTold(t, rc, put("web-17", `"role:a"`), put("web-17", `"role:b"`), put("web-17", `"role:a"`))
	})
}

func TestHostTagsAreBounded(t *testing.T) {
	answer := func(w http.ResponseWriter, q request) {
		if q.method == http.MethodPut {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		accept(w, q)
	}
	inBubble(t, answer, nil, func(t *testing.T, _ *receiver, r *Reporter) {
		for i := range mostWaiting + 10 {
			r.hosts.want(tagged(fmt.Sprintf("web-%d", i), "role:web"))
		}
		synctest.Wait()
		if s := r.Stats().HostTags; s.Waiting != mostWaiting || s.GivenUp != 10 {
			t.Errorf("got %+v", s)
		}
	})
}

func TestCloseEndsHostTags(t *testing.T) {
	inBubble(t, knowsNoHost, nil, func(t *testing.T, rc *receiver, r *Reporter) {
		deliver(t, r, tagged("web-17", "role:web"))
		r.Close()
		r.Close()
		time.Sleep(24 * time.Hour)
		if n := len(rc.told()); n != 1 {
			t.Errorf("%d requests, want the one before Close", n)
		}
		if err := r.Report(t.Context(), tagged("web-17", "role:other")); err == nil || means(err) != "again" {
			t.Errorf("a report after Close: got %v", err)
		}
	})
}

func TestHostsWithStrangeNames(t *testing.T) {
	inBubble(t, accept, nil, func(t *testing.T, rc *receiver, r *Reporter) {
		for _, host := range []string{"a/b?c=d&e#f%20 g", "..", ".", ""} {
			deliver(t, r, tagged(host, "role:web"))
		}
		got := rc.told()
		if len(got) != 1 || !strings.HasPrefix(got[0], "/api/v1/tags/hosts/a%2Fb%3Fc=d&e%23f%2520%20g?source=chef ") {
			t.Errorf("got %q", got)
		}
	})
}
