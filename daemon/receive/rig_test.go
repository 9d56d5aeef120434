package receive

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var known = []string{ChefCollector, PuppetReport, "ansible-jsonl", "salt-return"}

// rig is a server that runs, on loopback TCP unless told otherwise.
type rig struct {
	*Server
	t     *testing.T
	posts chan Post // what Take was given, if the test has no Take of its own
	said  *said
	end   func() error // ends Run's ctx and waits for it
}

func start(t *testing.T, o Options) *rig {
	t.Helper()
	r := &rig{t: t, posts: make(chan Post, 1000), said: &said{}}
	if o.Listen == nil {
		o.Listen = []string{"127.0.0.1:0"}
	}
	if o.Formats == nil {
		o.Formats = known
	}
	if o.Take == nil {
		o.Take = func(_ context.Context, p Post) ([]string, error) {
			r.posts <- p
			return []string{"run-1"}, nil
		}
	}
	if o.Log == nil {
		o.Log = r.said.log()
	}
	o.patient()
	s, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	r.Server = s
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	r.end = sync.OnceValue(func() error { cancel(); return <-ended })
	t.Cleanup(func() {
		if err := r.end(); err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return r
}

// patient makes a minute of the times that a test is not about: a busy machine
// stands still for seconds.
func (o *Options) patient() {
	l := &o.limits
	for _, d := range []*time.Duration{&o.TakeWithin, &l.header, &l.grace, &l.drain, &l.write, &l.room, &l.chef, &l.finish} {
		*d = cmp.Or(*d, time.Minute)
	}
}

// dial opens a connection whose reads and writes fail rather than hang a test.
func (r *rig) dial() net.Conn {
	r.t.Helper()
	address := r.Addresses()[0]
	network, at, _ := strings.Cut(address, "://")
	if network != "unix" {
		network = "tcp"
	}
	c, err := net.Dial(network, at)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(time.Minute))
	return c
}

// say sends bytes as they are and gives all that is answered until the end.
func (r *rig) say(raw string) string {
	r.t.Helper()
	c := r.dial()
	_, _ = io.WriteString(c, raw) // the server may have closed before the end
	answer, _ := io.ReadAll(c)
	return string(answer)
}

type told struct {
	status int
	header http.Header
	body   string
}

// send sends one request on a connection of its own; headers are "Name: value".
func (r *rig) send(method, path string, body io.Reader, headers ...string) told {
	r.t.Helper()
	return r.sendWith(&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, method, r.Addresses()[0]+path, body, headers...)
}

func (r *rig) sendWith(c *http.Client, method, url string, body io.Reader, headers ...string) told {
	r.t.Helper()
	q, err := http.NewRequestWithContext(r.t.Context(), method, url, body)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		q.Header.Add(name, value)
	}
	a, err := c.Do(q)
	if err != nil {
		r.t.Fatal(err)
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return told{a.StatusCode, a.Header, string(text)}
}

// is checks an answer: its status, and words that are in its body.
func (a told) is(t *testing.T, status int, words ...string) {
	t.Helper()
	if a.status != status {
		t.Errorf("was told %d %s, want %d", a.status, a.body, status)
	}
	for _, w := range words {
		if !strings.Contains(a.body, w) {
			t.Errorf("was told %q, want in it %q", a.body, w)
		}
	}
}

// refusals checks what was counted as refused, nothing else.
func (r *rig) refusals(want map[string]int64) {
	r.t.Helper()
	if got := r.Stats().Refused; fmt.Sprint(got) != fmt.Sprint(want) {
		r.t.Errorf("refused: %v, want %v", got, want)
	}
}

// none checks that Take was not called.
func (r *rig) none() {
	r.t.Helper()
	select {
	case p := <-r.posts:
		r.t.Errorf("Take was called with %d bytes from %s", len(p.Body), p.Origin)
	default:
	}
}

// within fails a test instead of hanging it.
func within[T any](t *testing.T, c <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(time.Minute):
		t.Fatalf("%s did not happen within a minute", what)
		panic("unreachable")
	}
}

// said is a log that can be read while it is written.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *said) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *said) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *said) log() *slog.Logger { return slog.New(slog.NewJSONHandler(l, nil)) }
