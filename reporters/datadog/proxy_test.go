package datadog

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// newProxy starts a proxy that knows CONNECT and counts how often it was asked.
func newProxy(t *testing.T, code int) (address string, asked *atomic.Int64) {
	t.Helper()
	asked = new(atomic.Int64)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.Method != http.MethodConnect {
			http.Error(w, "CONNECT is expected", http.StatusTeapot)
			return
		}
		if code != 0 {
			w.WriteHeader(code)
			return
		}
		to, err := net.Dial("tcp", r.Host)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer to.Close()
		w.WriteHeader(http.StatusOK)
		from, buffered, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer from.Close()
		go func() { io.Copy(to, buffered); to.(*net.TCPConn).CloseWrite() }()
		io.Copy(from, to)
	}))
	t.Cleanup(server.Close)
	return server.URL, asked
}

func TestAProxyIsUsed(t *testing.T) {
	rc, to, caFile := secure(t, time.Now().Add(time.Hour), 0)
	proxy, asked := newProxy(t, 0)
	r := start(t, to, func(o *Options) { o.CAFile, o.Proxy = caFile, proxy })
	if err := r.Report(t.Context(), run("r1")); err != nil {
		t.Fatal(err)
	}
	if asked.Load() != 1 || len(rc.requests()) != 3 {
		t.Errorf("the proxy was asked %d times, the receiver %d times", asked.Load(), len(rc.requests()))
	}
	r.Close()
}

func TestAProxyThatRefuses(t *testing.T) {
	_, to, caFile := secure(t, time.Now().Add(time.Hour), 0)
	proxy, _ := newProxy(t, http.StatusProxyAuthRequired)
	proxy = strings.Replace(proxy, "http://", "http://someone:hunter2@", 1)
	err := start(t, to, func(o *Options) { o.CAFile, o.Proxy = caFile, proxy }).Report(t.Context(), run("r1"))
	if means(err) != "again" || !strings.Contains(err.Error(), "Proxy Authentication Required") || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %s: %v", means(err), err)
	}
}

func TestAProxyThatIsDown(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	err := start(t, "https://127.0.0.1:1", func(o *Options) { o.Proxy = strings.Replace(server.URL, "http://", "http://someone:hunter2@", 1) }).Report(t.Context(), run("r1"))
	if means(err) != "again" || !strings.Contains(err.Error(), "proxy") || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %s: %v, want it to name the proxy", means(err), err)
	}
}

func TestTheProxyOfTheEnvironment(t *testing.T) {
	// The standard library reads the environment once in a process; what counts
	// here is that it is asked at all.
	transport, err := newTransport(Options{}.withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	want, err := http.ProxyFromEnvironment(&http.Request{URL: &url.URL{Scheme: "https", Host: "api.datadoghq.com"}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := transport.Proxy(&http.Request{URL: &url.URL{Scheme: "https", Host: "api.datadoghq.com"}})
	if err != nil || (got == nil) != (want == nil) || got != nil && got.String() != want.String() {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}
