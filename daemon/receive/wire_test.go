package receive

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// answers are the status lines of what was answered, and no more than that.
func answers(raw string) (all []string) {
	for line := range strings.Lines(raw) {
		if strings.HasPrefix(line, "HTTP/1.") {
			all = append(all, strings.Fields(line)[1])
		}
	}
	return all
}

func TestOnTheWire(t *testing.T) {
	chef := "POST /data-collector HTTP/1.1\r\nHost: h\r\n"
	for name, c := range map[string]struct {
		raw   string
		want  string
		taken int
	}{
		"HTTP/1.0":           {"POST /data-collector HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}", "[201]", 1},
		"no length":          {chef + "Connection: close\r\n\r\n", "[400]", 0},
		"pipelined":          {chef + "Content-Length: 2\r\n\r\n{}" + chef + "Content-Length: 3\r\nConnection: close\r\n\r\n{ }", "[201 201]", 2},
		"pipelined refusal":  {"GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n" + chef + "Content-Length: 2\r\nConnection: close\r\n\r\n{}", "[404 201]", 1},
		"chunks":             {chef + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\n{}\r\n0\r\n\r\n", "[201]", 1},
		"a chunk of no size": {chef + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n{}\r\n0\r\n\r\n", "[400]", 0},
		"absolute form":      {"POST http://h/data-collector HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}", "[201]", 1},

		// Shapes by which a proxy and a server may disagree where a request ends.
		"both lengths":       {chef + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n", "[400]", 0},
		"two lengths":        {chef + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{ }", "[400]", 0},
		"a signed length":    {chef + "Content-Length: +2\r\n\r\n{}", "[400]", 0},
		"another transfer":   {chef + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "[501]", 0},
		"a space":            {chef + "Content-Length : 2\r\n\r\n{}", "[400]", 0},
		"no host":            {"POST /data-collector HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", "[400]", 0},
		"a NUL in a value":   {chef + "X-Chef-Version: 1\x002\r\nContent-Length: 2\r\n\r\n{}", "[400]", 0},
		"not HTTP":           {"SSH-2.0-OpenSSH_9.6\r\n\r\n", "[400]", 0},
		"HTTP/2":             {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "[400]", 0},
		"an asterisk":        {"OPTIONS * HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "[400]", 0},
		"CONNECT":            {"CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\nConnection: close\r\n\r\n", "[400]", 0},
		"other expectations": {chef + "Expect: the-unexpected\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}", "[417]", 0},
		"large headers":      {chef + "X-Large: " + strings.Repeat("x", 40<<10) + "\r\n\r\n", "[431]", 0},
	} {
		t.Run(name, func(t *testing.T) {
			r := start(t, Options{})
			if got := fmt.Sprint(answers(r.say(c.raw))); got != c.want {
				t.Errorf("told %s, want %s", got, c.want)
			}
			if err := r.end(); err != nil {
				t.Error(err)
			}
			if len(r.posts) != c.taken {
				t.Errorf("%d taken, want %d", len(r.posts), c.taken)
			}
		})
	}
}

// A sender that is refused is not asked for its body.
func TestExpectContinue(t *testing.T) {
	r := start(t, Options{Token: "T"})
	head := "POST /data-collector HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nConnection: close\r\nExpect: 100-continue\r\n"
	if got := fmt.Sprint(answers(r.say(head + "\r\n"))); got != "[401]" {
		t.Errorf("without the token: %s", got)
	}
	if got := fmt.Sprint(answers(r.say(head + "X-Data-Collector-Token: T\r\n\r\n{}"))); got != "[100 201]" {
		t.Errorf("with the token: %s", got)
	}
}

// A sender that writes all before it reads, as Ruby's do, is told why, and is not
// reset: Chef's would try again for as long as its run waits.
func TestRefusedSenderThatWritesFirst(t *testing.T) {
	r := start(t, Options{Token: "T", MaxBytes: 1 << 20})
	large := strings.Repeat("r", 20<<20)
	for _, c := range []struct{ headers, want string }{
		{"", "[401]"}, {"X-Data-Collector-Token: T\r\n", "[413]"}, {"X-Data-Collector-Token: T\r\nOrigin: null\r\n", "[403]"},
	} {
		conn := r.dial()
		raw := fmt.Sprintf("POST /data-collector HTTP/1.1\r\nHost: h\r\n%sContent-Length: %d\r\nConnection: close\r\n\r\n%s", c.headers, len(large), large)
		if _, err := io.WriteString(conn, raw); err != nil {
			t.Errorf("%s: %v", c.want, err)
		}
		answer, err := io.ReadAll(conn)
		if got := fmt.Sprint(answers(string(answer))); got != c.want || err != nil {
			t.Errorf("told %s, want %s: %v", got, c.want, err)
		}
	}
}

// A sender that closes its half and reads on is answered, and its report taken,
// although it looks gone.
func TestHalfClosed(t *testing.T) {
	let := make(chan struct{})
	r := start(t, Options{Take: func(ctx context.Context, _ Post) ([]string, error) {
		select {
		case <-let:
			return []string{"id"}, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}})
	c := r.dial()
	_, _ = io.WriteString(c, head+"Content-Length: 1\r\n\r\nx")
	if err := c.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	close(let)
	if answer, _ := io.ReadAll(c); !strings.Contains(string(answer), `{"runs":["id"]}`) {
		t.Errorf("told %q", answer)
	}
}

func TestSenderThatLeavesInTheMiddle(t *testing.T) {
	for name, raw := range map[string]string{
		"with a length": head + "Content-Length: 100\r\n\r\nhalf",
		"in chunks":     head + "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
		"from Chef":     "POST /data-collector HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf",
		"in a chunk":    head + "Transfer-Encoding: chunked\r\n\r\n64\r\nhalf",
	} {
		r := start(t, Options{})
		c := r.dial()
		_, _ = io.WriteString(c, raw)
		_ = c.(*net.TCPConn).CloseWrite()
		answer, _ := io.ReadAll(c)
		if got := fmt.Sprint(answers(string(answer))); got != "[400]" {
			t.Errorf("%s: told %s", name, got)
		}
		r.none()
		r.refusals(map[string]int64{"broken": 1})
	}
}

// What arrived whole is taken, whether or not its sender waits for the answer.
func TestSenderThatDoesNotWait(t *testing.T) {
	began, let := make(chan context.Context), make(chan struct{})
	r := start(t, Options{Take: func(ctx context.Context, _ Post) ([]string, error) {
		began <- ctx
		<-let
		return nil, ctx.Err()
	}})
	c := r.dial()
	_, _ = io.WriteString(c, head+"Content-Length: 1\r\n\r\nx")
	within(t, began, "Take")
	_ = c.(*net.TCPConn).SetLinger(0)
	_ = c.Close()
	close(let)
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	if got := r.Stats().Accepted["salt-return"]; got != 1 {
		t.Errorf("%d taken", got)
	}
}

// Nothing of a path that is not fit for a log comes to one, or to Take.
func TestHostilePaths(t *testing.T) {
	r := start(t, Options{})
	hostile := []string{
		"/puppet/v3/report/..", "/puppet/v3/report/../../etc/passwd", "/puppet/v3/report/%2e%2e", "/puppet/v3/report/..%2f..%2fetc%2fpasswd",
		"/puppet/v3/report/a%2fb", "/puppet/v3/report/a%5cb", "/puppet/v3/report/%00", "/puppet/v3/report/web1%0a2026-01-01%20forged", "/puppet/v3/report/%1b[31mred",
		"/puppet/v3/report/%C3%BC", "/puppet/v3/report/%ff", "/puppet/v3/report/%252e%252e", "/puppet/v3/report//a", "//puppet/v3/report/a", "/puppet/v3/report/%7f",
		"/v1/reports/..%2fsalt-return", "/v1/reports/%00", "/data-collector/../secret", "/data-collector/%0d%0aX: y", "/data-collector/" + strings.Repeat("a", 600),
		"/%", "/v1/reports/" + strings.Repeat("b", 400),
	}
	for _, path := range hostile {
		method := "POST"
		if strings.HasPrefix(path, "/puppet") {
			method = "PUT"
		}
		raw := r.say(method + " " + path + " HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx")
		if got := fmt.Sprint(answers(raw)); got != "[400]" && got != "[404]" {
			t.Errorf("%.60q: told %s", path, got)
		}
		for _, told := range []string{"passwd", "forged", "red", "\x00", "\x1b", strings.Repeat("b", 100)} {
			if _, body, _ := strings.Cut(raw, "\r\n\r\n"); strings.Contains(body, told) {
				t.Errorf("%.60q: told %q", path, body)
			}
			if strings.Contains(r.said.String(), told) && told != "red" {
				t.Errorf("%.60q: the log tells %q", path, told)
			}
		}
	}
	r.none()
}

func TestVersionsThatAreNone(t *testing.T) {
	r := start(t, Options{})
	for _, v := range []string{"18.0 <script>", strings.Repeat("1", 41), "-rf", "ü"} {
		r.send("POST", "/data-collector", strings.NewReader("{}"), "X-Chef-Version: "+v).is(t, 201)
		if p := within(t, r.posts, "Take"); p.Version != "" {
			t.Errorf("%q is taken as a version", p.Version)
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	const each, senders = 20, 40
	r := start(t, Options{MaxConnections: 16, MaxRequests: 2, Rate: 1e6, limits: limits{room: time.Minute, wait: time.Minute}})
	body := strings.Repeat("r", 35_000)
	var all sync.WaitGroup
	for i := range senders {
		path, status := "/data-collector", http.StatusCreated
		if i%2 == 0 {
			path, status = "/v1/reports/salt-return", http.StatusAccepted
		}
		all.Go(func() {
			for range each {
				r.send("POST", path, strings.NewReader(body)).is(t, status)
			}
		})
	}
	all.Wait()
	s := r.Stats()
	if s.Accepted[ChefCollector]+s.Accepted["salt-return"] != each*senders || s.Bytes != each*senders*35_000 || len(s.Refused) != 0 {
		t.Errorf("%+v", s)
	}
	if r.memory.free != r.o.MaxMemory {
		t.Errorf("%d bytes are still held", r.o.MaxMemory-r.memory.free)
	}
}

func TestOneConnectionForMany(t *testing.T) {
	r := start(t, Options{})
	c := r.dial()
	from := bufio.NewReader(c)
	for i := range 10 {
		body := strings.Repeat("x", 1+i*20_000)
		_, _ = fmt.Fprintf(c, "%sContent-Length: %d\r\n\r\n%s", head, len(body), body)
		a, err := http.ReadResponse(from, nil)
		if err != nil || a.StatusCode != http.StatusAccepted {
			t.Fatalf("%d: %v %v", i, a, err)
		}
		_, _ = io.Copy(io.Discard, a.Body)
		_ = a.Body.Close()
		if p := within(t, r.posts, "Take"); string(p.Body) != body {
			t.Errorf("%d: took %d bytes", i, len(p.Body))
		}
	}
}

// mute is an answer whose connection is gone.
type mute struct{ http.ResponseWriter }

func (mute) SetReadDeadline(time.Time) error  { return net.ErrClosed }
func (mute) SetWriteDeadline(time.Time) error { return net.ErrClosed }

// To return from a handler without a word is 200, which must never be said of a
// report that was not taken.
func TestNothingIsSaidWithoutAConnection(t *testing.T) {
	r := start(t, Options{})
	for name, say := range map[string]func(w http.ResponseWriter){
		"at the beginning": func(w http.ResponseWriter) {
			r.http.Handler.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/data-collector", strings.NewReader("{}")))
		},
		"at the end": func(w http.ResponseWriter) { r.reply(w, answer{http.StatusCreated, nil}) },
	} {
		var with any
		func() {
			defer func() { with = recover() }()
			say(mute{httptest.NewRecorder()})
		}()
		if err, _ := with.(error); !errors.Is(err, http.ErrAbortHandler) {
			t.Errorf("%s: ended with %v", name, with)
		}
	}
	r.none()
}
