package datadog

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// putting answers host tags with a status, everything else as Datadog does.
func putting(code *atomic.Int64) func(w http.ResponseWriter, q request) {
	return func(w http.ResponseWriter, q request) {
		if c := int(code.Load()); q.method == http.MethodPut && c != 0 {
			w.Header().Set("X-RateLimit-Reset", "1200")
			w.WriteHeader(c)
			return
		}
		accept(w, q)
	}
}

func TestOlderRunsDoNotReplaceWaitingHostTags(t *testing.T) {
	var code atomic.Int64
	code.Store(http.StatusNotFound)
	inBubble(t, putting(&code), nil, func(t *testing.T, rc *receiver, r *Reporter) {
		oldest := tagged("web-17", "role:oldest")
		time.Sleep(time.Second)
		deliver(t, r, tagged("web-17", "role:a"))
		deliver(t, r, oldest)
		time.Sleep(time.Second)
		between := tagged("web-17", "role:between")
		time.Sleep(time.Second)
		deliver(t, r, tagged("web-17", "role:a")) // said again, later than between
		deliver(t, r, between)
		code.Store(0)
		time.Sleep(time.Hour)
		for _, told := range rc.told() {
			if told != put("web-17", `"role:a"`) {
				t.Errorf("told %s", told)
			}
		}
		if r.Stats().HostTags.Sent != 1 {
			t.Errorf("got %+v", r.Stats().HostTags)
		}
	})
}

func TestChangesDoNotHurry(t *testing.T) {
	var code atomic.Int64
	code.Store(http.StatusNotFound)
	inBubble(t, putting(&code), nil, func(t *testing.T, rc *receiver, r *Reporter) {
		for i := range 100 {
			deliver(t, r, tagged("web-17", fmt.Sprintf("role:r%d", i)))
			time.Sleep(100 * time.Millisecond)
		}
		if n := len(rc.told()); n != 1 {
			t.Errorf("100 changes in 10 seconds cost %d requests of a host that is not known", n)
		}
		code.Store(0)
		time.Sleep(time.Hour)
		if got := rc.told(); got[len(got)-1] != put("web-17", `"role:r99"`) {
			t.Errorf("told %q last", got[len(got)-1])
		}
	})
}

func TestHostTagsComeBackWhenTheyAreAskedTo(t *testing.T) {
	var code atomic.Int64
	code.Store(http.StatusTooManyRequests)
	inBubble(t, putting(&code), nil, func(t *testing.T, rc *receiver, r *Reporter) {
		deliver(t, r, tagged("web-17", "role:web"))
		time.Sleep(1199 * time.Second)
		if n := len(rc.told()); n != 1 {
			t.Errorf("asked %d times before the time it was told", n)
		}
		code.Store(0)
		time.Sleep(2 * time.Second)
		if n := len(rc.told()); n != 2 {
			t.Errorf("asked %d times, want 2", n)
		}
	})
}

func TestPatienceBeginsAnewAfterAnOutage(t *testing.T) {
	var code atomic.Int64
	inBubble(t, putting(&code), nil, func(t *testing.T, rc *receiver, r *Reporter) {
		code.Store(http.StatusInternalServerError)
		deliver(t, r, tagged("web-17", "role:a"))
		time.Sleep(20 * time.Minute)
		code.Store(0)
		time.Sleep(time.Hour)
		code.Store(http.StatusInternalServerError)
		before := len(rc.told())
		deliver(t, r, tagged("web-17", "role:b"))
		time.Sleep(2 * time.Minute)
		if n := len(rc.told()) - before; n < 3 {
			t.Errorf("asked %d times in the first 2 minutes of a second outage", n)
		}
	})
}

func TestCloseWaitsAndSaysNothing(t *testing.T) {
	var hang chan struct{} // made within the bubble
	var said log
	answer := func(w http.ResponseWriter, q request) {
		if q.method == http.MethodPut {
			<-hang
		}
		accept(w, q)
	}
	inBubble(t, answer, func(o *Options) { o.Log = said.logger() }, func(t *testing.T, _ *receiver, r *Reporter) {
		hang = make(chan struct{})
		deliver(t, r, tagged("web-17", "role:a"))
		r.Close()
		r.hosts.mu.Lock()
		running := r.hosts.running
		r.hosts.mu.Unlock()
		if running || strings.Contains(said.String(), "host tags") {
			t.Errorf("after Close: still at work %t, said %q", running, said.String())
		}
		close(hang)
		synctest.Wait()
	})
}

func TestAFailureDoesNotCountForALaterState(t *testing.T) {
	r := start(t, "http://127.0.0.1:1", nil)
	of, later := hostSource{"web-17", "chef"}, &wanted{tags: []string{"role:b"}}
	r.hosts.waiting[of] = later
	r.hosts.postpone(of, &wanted{tags: []string{"role:a"}, attempts: mostAttempts}, time.Now())
	if r.hosts.waiting[of] != later || later.attempts != 0 {
		t.Errorf("got %+v", r.hosts.waiting[of])
	}
}
