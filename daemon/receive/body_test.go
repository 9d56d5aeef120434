package receive

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"
)

func gzipped(t *testing.T, plain []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	return closed(t, &b, gzip.NewWriter(&b), plain)
}

func closed(t *testing.T, b *bytes.Buffer, w io.WriteCloser, plain []byte) []byte {
	t.Helper()
	if _, err := w.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zlibbed(t *testing.T, plain []byte) []byte {
	var b bytes.Buffer
	return closed(t, &b, zlib.NewWriter(&b), plain)
}

func deflated(t *testing.T, plain []byte) []byte {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, 9)
	if err != nil {
		t.Fatal(err)
	}
	return closed(t, &b, w, plain)
}

func TestContentEncodings(t *testing.T) {
	r := start(t, Options{})
	plain := []byte(strings.Repeat("a line of a report\n", 5_000))
	for _, c := range []struct {
		encoding string
		body     []byte
	}{
		{"", plain}, {"identity", plain}, {"gzip", gzipped(t, plain)}, {"x-gzip", gzipped(t, plain)}, {" GZip ", gzipped(t, plain)},
		{"gzip", append(gzipped(t, plain[:7]), gzipped(t, plain[7:])...)}, {"deflate", zlibbed(t, plain)}, {"deflate", deflated(t, plain)},
	} {
		r.send("POST", "/v1/reports/salt-return", bytes.NewReader(c.body), "Content-Encoding: "+c.encoding).is(t, 202)
		if p := within(t, r.posts, "Take"); !bytes.Equal(p.Body, plain) {
			t.Errorf("%s: took %d bytes, want %d", c.encoding, len(p.Body), len(plain))
		}
	}
}

func TestContentEncodingsThatAreNotRead(t *testing.T) {
	r := start(t, Options{})
	whole := gzipped(t, []byte("a report"))
	for _, c := range []struct {
		encoding string
		body     []byte
		status   int
	}{
		{"br", whole, 415}, {"gzip, gzip", gzipped(t, whole), 415}, {"zstd", whole, 415}, {"x\tgzip", whole, 415},
		{"gzip", []byte("not gzip at all"), 400}, {"gzip", whole[:len(whole)-3], 400}, {"gzip", whole[:5], 400}, {"gzip", append(bytes.Clone(whole), 'x'), 400},
		{"deflate", []byte("x"), 400}, {"deflate", []byte("not deflate"), 400}, {"deflate", append(zlibbed(t, []byte("a")), make([]byte, 10_000)...), 400},
		{"gzip", nil, 400}, {"", nil, 400},
	} {
		a := r.send("POST", "/v1/reports/salt-return", bytes.NewReader(c.body), "Content-Encoding: "+c.encoding)
		a.is(t, c.status)
		if c.status == 415 && a.header.Get("Accept-Encoding") != "gzip, deflate" {
			t.Errorf("%s: told to send %q", c.encoding, a.header.Get("Accept-Encoding"))
		}
	}
	r.none()
	r.refusals(map[string]int64{"encoding": 12, "empty": 1})
}

// unknown hides how long a body is: it is sent in chunks.
type unknown struct{ io.Reader }

func TestBodiesOverTheLimit(t *testing.T) {
	const limit = 300_000
	r := start(t, Options{MaxBytes: limit})
	send := func(body io.Reader, headers ...string) told {
		t.Helper()
		return r.send("POST", "/v1/reports/salt-return", body, headers...)
	}
	most := bytes.Repeat([]byte("r"), limit)
	for _, fits := range []io.Reader{bytes.NewReader(most), unknown{bytes.NewReader(most)}} {
		send(fits).is(t, 202)
		if p := within(t, r.posts, "Take"); len(p.Body) != limit {
			t.Errorf("took %d bytes", len(p.Body))
		}
	}
	send(bytes.NewReader(gzipped(t, most)), "Content-Encoding: gzip").is(t, 202)
	within(t, r.posts, "Take")

	over := bytes.Repeat([]byte("r"), limit+1)
	send(bytes.NewReader(over)).is(t, 413, "larger than 300000 bytes", "nothing was taken")
	send(unknown{bytes.NewReader(over)}).is(t, 413)
	send(bytes.NewReader(gzipped(t, over)), "Content-Encoding: gzip").is(t, 413)
	send(bytes.NewReader(zlibbed(t, over)), "Content-Encoding: deflate").is(t, 413)
	r.send("POST", "/data-collector", bytes.NewReader(over)).is(t, 413)
	r.none()
	r.refusals(map[string]int64{"too_large": 5})
}

// Zeros that are packed a thousand to one, and a stream of members that hold nothing, are given up
// when the limit is reached.
func TestBombs(t *testing.T) {
	r := start(t, Options{MaxBytes: 64 << 10})
	var bomb bytes.Buffer
	w := gzip.NewWriter(&bomb)
	zeros := make([]byte, 1<<20)
	for range 8 {
		_, _ = w.Write(zeros)
	}
	_ = w.Close()
	r.send("POST", "/v1/reports/salt-return", bytes.NewReader(bomb.Bytes()), "Content-Encoding: gzip").is(t, 413)
	r.send("POST", "/data-collector", bytes.NewReader(bomb.Bytes()), "Content-Encoding: gzip").is(t, 413)
	nothing := bytes.Repeat(gzipped(t, nil), 5_000)
	r.send("POST", "/v1/reports/salt-return", unknown{bytes.NewReader(nothing)}, "Content-Encoding: gzip").is(t, 413)
	r.none()
}

// What a header promises is not what memory is taken for.
func TestMemoryIsTakenAsBytesArrive(t *testing.T) {
	r := start(t, Options{MaxBytes: 1 << 30})
	c := r.dial()
	_, _ = io.WriteString(c, "POST /v1/reports/salt-return HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000000\r\n\r\nx")
	r.send("POST", "/v1/reports/salt-return", strings.NewReader("x")).is(t, 202)
	r.memory.mu.Lock()
	defer r.memory.mu.Unlock()
	if r.memory.free != r.o.MaxMemory {
		t.Errorf("%d bytes are held", r.o.MaxMemory-r.memory.free)
	}
}

func TestNoRoomForMore(t *testing.T) {
	const large = 200_000
	hold, held := make(chan struct{}), make(chan Post, 9)
	r := start(t, Options{
		MaxBytes: 250_000, MaxMemory: 250_000, limits: limits{room: time.Millisecond},
		Take: func(_ context.Context, p Post) ([]string, error) { held <- p; <-hold; return nil, nil },
	})
	body := func() io.Reader { return strings.NewReader(strings.Repeat("r", large)) }
	first := make(chan told, 1)
	go func() { first <- r.send("POST", "/v1/reports/salt-return", body()) }()
	within(t, held, "Take")

	a := r.send("POST", "/v1/reports/salt-return", body())
	a.is(t, 503, "send it again later")
	if a.header.Get("Retry-After") != "5" {
		t.Errorf("to be sent again after %q", a.header.Get("Retry-After"))
	}
	// Chef would try again for half a minute after 503.
	r.send("POST", "/data-collector", body()).is(t, 429)

	// A small one passes, whatever there is room for.
	small := make(chan told, 1)
	go func() { small <- r.send("POST", "/data-collector", strings.NewReader("{}")) }()
	if p := within(t, held, "Take of the small one"); string(p.Body) != "{}" {
		t.Errorf("took %d bytes", len(p.Body))
	}
	close(hold)
	within(t, first, "the first answer").is(t, 202)
	within(t, small, "the small answer").is(t, 201)
	r.send("POST", "/data-collector", body()).is(t, 201)
	r.refusals(map[string]int64{"memory": 2})
}

// However many and slow the others are, there is room for a message of Chef.
func TestOthersLeaveRoomToChef(t *testing.T) {
	const size = 200_000
	r := start(t, Options{MaxBytes: size, MaxMemory: 3 * size, limits: limits{room: time.Millisecond, grace: time.Minute}})
	for range 2 {
		c := r.dial()
		_, _ = fmt.Fprintf(c, "%sContent-Length: %d\r\n\r\n", head, size)
		_, _ = io.WriteString(c, strings.Repeat("r", size-1))
	}
	for full := false; !full; {
		r.memory.mu.Lock()
		full = r.memory.free == size
		r.memory.mu.Unlock()
		runtime.Gosched()
	}
	r.send("POST", "/v1/reports/salt-return", strings.NewReader(strings.Repeat("r", size))).is(t, 503)
	r.send("POST", "/data-collector", strings.NewReader(strings.Repeat("r", size))).is(t, 201)
}

func TestRoomThatIsGivenBackInTime(t *testing.T) {
	m := &memory{free: 100}
	first, second := &hold{m: m}, &hold{m: m}
	if err := first.grow(t.Context(), 60); err != nil {
		t.Fatal(err)
	}
	got := make(chan error, 1)
	go func() { got <- second.grow(t.Context(), 50) }()
	first.release()
	if err := within(t, got, "room"); err != nil || m.free != 50 {
		t.Errorf("%v, %d free", err, m.free)
	}
	ended, cancel := context.WithCancelCause(t.Context())
	cancel(errNoRoom)
	if err := first.grow(ended, 51); !errors.Is(err, errNoRoom) || first.n != 0 {
		t.Errorf("%v with %d", err, first.n)
	}
}
