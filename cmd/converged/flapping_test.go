package main

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/converged/converged/daemon/deliver"
	"github.com/converged/converged/daemon/spool"
	"github.com/converged/converged/reporters/datadog"
	"github.com/converged/converged/reporters/telemetry"
)

// within is a network of one process, for a time that is not real.
type within struct {
	conns chan net.Conn
	once  sync.Once
	ended chan struct{}
}

func (n *within) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case n.conns <- there:
		return here, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (n *within) Accept() (net.Conn, error) {
	select {
	case conn := <-n.conns:
		return conn, nil
	case <-n.ended:
		return nil, net.ErrClosed
	}
}

func (n *within) Close() error   { n.once.Do(func() { close(n.ended) }); return nil }
func (n *within) Addr() net.Addr { return &net.UnixAddr{Name: "within", Net: "within"} }

// flapping is a server that is down for the first half of every minute, in
// another way each time.
type flapping struct {
	began time.Time
	mu    sync.Mutex
	told  map[string]int // by the name of a metric
	doubt map[string]int // how often it was taken and the sender was not told so
	asked int
}

// cutAfter is the way in which a server takes a request and does not say so.
const cutAfter = 4

var metricName = regexp.MustCompile(`"run\.[0-9]+"`)

func (f *flapping) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	names := metricNames(r)
	f.mu.Lock()
	f.asked++
	minute, down := int(time.Since(f.began)/time.Minute), time.Since(f.began)%time.Minute < 30*time.Second
	for _, name := range names {
		if !down || minute%6 == cutAfter {
			f.told[name]++
		}
		if down && minute%6 == cutAfter {
			f.doubt[name]++
		}
	}
	f.mu.Unlock()
	if !down {
		w.WriteHeader(http.StatusAccepted)
		return
	}
	switch minute % 6 {
	case 0:
		w.WriteHeader(http.StatusServiceUnavailable)
	case 1:
		<-r.Context().Done()
	case 2:
		w.Header().Set("X-RateLimit-Reset", "20")
		w.WriteHeader(http.StatusTooManyRequests)
	case 3:
		w.WriteHeader(http.StatusForbidden)
	default: // before and after it took
		panic(http.ErrAbortHandler)
	}
}

func metricNames(r *http.Request) []string {
	packed, err := gzip.NewReader(r.Body)
	if err != nil {
		return nil
	}
	text, err := io.ReadAll(packed)
	if err != nil {
		return nil
	}
	return metricName.FindAllString(string(text), -1)
}

// TestAFlappingEndpointForMinutes has a run every two seconds for twelve minutes,
// against a server that is down for half of them.
func TestAFlappingEndpointForMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := &within{conns: make(chan net.Conn), ended: make(chan struct{})}
		receiver := &flapping{began: time.Now(), told: map[string]int{}, doubt: map[string]int{}}
		server := &http.Server{Handler: receiver, ReadHeaderTimeout: time.Minute}
		var working sync.WaitGroup
		working.Go(func() { _ = server.Serve(network) })
		client, err := datadog.New(datadog.Options{URL: "http://127.0.0.1", Dial: network.dial,
			Keys: func() (datadog.Keys, error) { return datadog.Keys{API: "key"}, nil }})
		if err != nil {
			t.Fatal(err)
		}
		queue, err := spool.Open(t.TempDir(), spool.Options{})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		loop := deliver.Loop{Name: "datadog", Spool: queue, Reporter: client, Acknowledges: true, Backoff: deliver.Backoff{Max: 64 * time.Second}}
		working.Go(func() {
			if err := loop.Run(ctx); err != nil {
				t.Error(err)
			}
		})
		const runs = 360
		for i := range runs {
			keep(t, queue, i)
			time.Sleep(2 * time.Second)
		}
		time.Sleep(time.Minute - time.Second) // what came while it was down
		synctest.Wait()
		stop()
		receiver.check(t, runs)
		if err := client.Close(); err != nil {
			t.Error(err)
		}
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		working.Wait()
		if err := queue.Close(); err != nil {
			t.Error(err)
		}
	})
}

func keep(t *testing.T, queue *spool.Spool, i int) {
	t.Helper()
	data, err := telemetry.Encode(telemetry.Batch{RunID: strconv.Itoa(i), Host: "web-01", Timestamp: time.Now(),
		Metrics: []telemetry.Metric{{Name: fmt.Sprintf("run.%d", i), Kind: telemetry.Count, Value: 1}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := queue.Append(strconv.Itoa(i), 0, data); err != nil {
		t.Fatal(err)
	}
}

func (f *flapping) check(t *testing.T, runs int) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	twice := 0
	for i := range runs {
		name := fmt.Sprintf(`"run.%d"`, i)
		if told := f.told[name]; told == 0 || told > 1+f.doubt[name] {
			t.Errorf("%s was told %d times, %d of them in doubt", name, told, f.doubt[name])
		} else if told > 1 {
			twice++
		}
	}
	if twice == 0 {
		t.Error("nothing was told twice: no answer was lost")
	}
	if most := runs + 12*10; f.asked > most {
		t.Errorf("it was asked %d times, more than %d: the pauses are too short", f.asked, most)
	}
}
