package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// serving is a page's address, until the test ends.
func serving(t *testing.T, p *page) string {
	t.Helper()
	l, err := listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(t.Context())
	over := make(chan error, 1)
	go func() { over <- p.serve(ctx, l) }()
	t.Cleanup(func() {
		end()
		if err := <-over; err != nil {
			t.Error(err)
		}
	})
	return "http://" + l.Addr().String()
}

// get answers with the body, which is closed when the test ends.
func get(t *testing.T, address, host string) (status int, body io.Reader) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = host
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	return res.StatusCode, res.Body
}

func TestServedPageReloads(t *testing.T) {
	p := newPage("")
	address := serving(t, p)
	_, body := get(t, address+reloadPath, "")
	stream := bufio.NewReader(body)
	if line, err := stream.ReadString('\n'); err != nil || line != ": listening\n" {
		t.Fatalf("the stream begins with %q, %v", line, err)
	}
	for _, content := range []string{"second", "third"} {
		p.show(content, []byte(content))
		for line := ""; line != "data: newer\n"; {
			var err error
			if line, err = stream.ReadString('\n'); err != nil {
				t.Fatal(err)
			}
		}
		_, body := get(t, address, "")
		if html, err := io.ReadAll(body); err != nil || string(html) != content {
			t.Errorf("the page is %q, %v", html, err)
		}
	}
}

// A page may change before the browser that loads it begins to listen, or while it
// does not: it sleeps, or the program is started again.
func TestServedPageLosesNoChange(t *testing.T) {
	p := newPage("")
	address := serving(t, p)
	p.show("first", []byte("x"))
	p.show("second", []byte("y"))
	for asked, want := range map[string]string{"first": "data: newer\n", "of another run": "data: newer\n", "second": ": listening\n", "": ": listening\n"} {
		_, body := get(t, address+reloadPath+"?shown="+url.QueryEscape(asked), "")
		if line, err := bufio.NewReader(body).ReadString('\n'); err != nil || line != want {
			t.Errorf("who shows %q hears %q, %v, want %q", asked, line, err, want)
		}
	}
}

// A page of another site may have its name lead to this machine.
func TestServedPageIsForThisMachine(t *testing.T) {
	p := newPage("")
	address := serving(t, p)
	if got, body := get(t, address, ""); got != http.StatusServiceUnavailable {
		t.Errorf("before anything is drawn it answers %d: %v", got, body)
	}
	p.show("first", []byte("x"))
	port := must(url.Parse(address)).Port()
	for host, want := range map[string]int{
		"localhost:" + port: 200, "127.0.0.1:" + port: 200, "[::1]:" + port: 200,
		"evil.example:" + port: 403, "evil.example": 403, "10.0.0.1:" + port: 403,
	} {
		if got, _ := get(t, address, host); got != want {
			t.Errorf("asked for %s it answers %d, want %d", host, got, want)
		}
	}
	if got, _ := get(t, address+"/etc/passwd", ""); got != 404 {
		t.Errorf("another path answers %d", got)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestListenRefuses(t *testing.T) {
	for address, says := range map[string]string{
		"0.0.0.0:0": "loopback", ":8080": "loopback", "example.org:80": "loopback", "8080": "HOST:PORT", "127.0.0.1:99999": "--listen 127.0.0.1:99999",
	} {
		if l, err := listen(t.Context(), address); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, %v", address, l, err)
		}
	}
}
