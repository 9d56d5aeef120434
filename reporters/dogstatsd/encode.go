package dogstatsd

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/DataDog/datadog-go/v5/statsd"
)

// encoder has the client library write items into memory, one at a time. The
// library's own sending is not used: it says neither what was not sent nor why.
type encoder struct {
	client *statsd.Client
	out    *lines
	global string // the tags the library adds to each item from DD_ENV and its like
}

func newEncoder() (*encoder, error) {
	out := &lines{}
	client, err := statsd.NewWithWriter(out,
		statsd.WithErrorHandler(out.fail),
		statsd.WithoutTelemetry(),
		statsd.WithoutClientSideAggregation(),
		statsd.WithoutOriginDetection(), // |c: is refused by receivers other than the Agent
		statsd.WithCardinality(statsd.CardinalityNotSet),
		statsd.WithMaxMessagesPerPayload(1),
		statsd.WithMaxBytesPerPayload(maxEncoded),
		statsd.WithBufferFlushInterval(24*time.Hour), // only when asked
		statsd.WithWorkersCount(1),
		statsd.WithBufferPoolSize(1),
		statsd.WithSenderQueueSize(2),
	)
	if err != nil {
		return nil, err
	}
	e := &encoder{client: client, out: out}
	probe, err := e.line(func(c *statsd.Client) error { return c.Gauge("probe", 0, nil, 1) })
	if err != nil {
		return nil, errors.Join(err, client.Close())
	}
	_, e.global, _ = strings.Cut(string(probe), "|#")
	return e, nil
}

// maxEncoded bounds a line before it is measured and cut; in bytes.
const maxEncoded = 64 << 10

// line is what write makes the client send, without the newline at its end. Flush
// returns when the library's goroutine has written all it was given.
func (e *encoder) line(write func(*statsd.Client) error) ([]byte, error) {
	if err := write(e.client); err != nil {
		return nil, err
	}
	if err := e.client.Flush(); err != nil {
		return nil, err
	}
	line, err := e.out.take()
	return e.withoutGlobal(line), err
}

// withoutGlobal takes out the library's tags: they are not cleaned, receivers that
// keep one env: would keep another than the run's, and it has no option to leave
// them out. They come first, and nothing after a line's tags has a "|#".
func (e *encoder) withoutGlobal(line []byte) []byte {
	mark := []byte("|#" + e.global)
	at := bytes.LastIndex(line, mark)
	if e.global == "" || at < 0 {
		return line
	}
	rest := line[at+len(mark):]
	if bytes.HasPrefix(rest, []byte(",")) {
		return slices.Concat(line[:at], []byte("|#"), rest[1:])
	}
	return slices.Concat(line[:at], rest)
}

func (e *encoder) close() error { return e.client.Close() }

// lines collects what the client library writes and complains of.
type lines struct {
	mu   sync.Mutex
	text []byte
	err  error
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, p...)
	return len(p), nil
}

func (l *lines) Close() error { return nil }

func (l *lines) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = errors.Join(l.err, err)
}

func (l *lines) take() ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	text, err := bytes.TrimSuffix(l.text, []byte("\n")), l.err
	l.text, l.err = nil, nil
	if err == nil && (len(text) == 0 || bytes.IndexByte(text, '\n') >= 0) {
		err = fmt.Errorf("the client library wrote %d lines instead of one", bytes.Count(text, []byte("\n"))+min(len(text), 1))
	}
	return text, err
}
