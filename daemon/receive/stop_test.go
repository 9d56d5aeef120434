package receive

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

func TestStopLetsRequestsFinish(t *testing.T) {
	began, let := make(chan struct{}, 2), make(chan struct{})
	r := start(t, Options{limits: limits{finish: time.Minute}, Take: func(ctx context.Context, _ Post) ([]string, error) {
		began <- struct{}{}
		<-let
		return []string{"late"}, ctx.Err()
	}})
	answer := make(chan told, 2)
	go func() { answer <- r.send("POST", "/v1/reports/salt-return", strings.NewReader("x")) }()
	within(t, began, "Take")
	ended := make(chan error, 1)
	go func() { ended <- r.end() }()
	for { // until the address is let go of
		c, err := net.Dial("tcp", strings.TrimPrefix(r.Addresses()[0], "http://"))
		if err != nil {
			break
		}
		_ = c.Close()
	}
	select {
	case err := <-ended:
		t.Fatalf("Run was done before a request under way: %v", err)
	default:
	}
	close(let)
	within(t, answer, "the answer").is(t, 202, "late")
	if err := within(t, ended, "the end of Run"); err != nil {
		t.Error(err)
	}
}

// What takes longer than that sees its ctx end, and Run waits for it.
func TestStopEndsWhatTakesTooLong(t *testing.T) {
	for _, path := range []string{"/v1/reports/salt-return", "/data-collector"} {
		began := make(chan struct{})
		running := true
		r := start(t, Options{limits: limits{finish: time.Millisecond, chef: time.Millisecond}, Take: func(ctx context.Context, _ Post) ([]string, error) {
			close(began)
			<-ctx.Done()
			running = false
			return nil, ctx.Err()
		}})
		c := r.dial()
		_, _ = io.WriteString(c, "POST "+path+" HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx")
		within(t, began, "Take")
		if err := r.end(); err != nil {
			t.Error(err)
		}
		if running {
			t.Errorf("%s: Take is running after Run", path)
		}
		if s := r.Stats(); s.Refused["stopping"]+s.Lost != 1 {
			t.Errorf("%s: %+v", path, s)
		}
	}
}

func TestStopDoesNotWaitForBodiesThatDoNotCome(t *testing.T) {
	r := start(t, Options{limits: limits{finish: time.Millisecond, grace: time.Hour}})
	c := r.dial()
	_, _ = io.WriteString(c, head+"Content-Length: 5\r\nExpect: 100-continue\r\n\r\n")
	if _, err := io.ReadFull(c, make([]byte, len("HTTP/1.1 100 Continue\r\n\r\n"))); err != nil {
		t.Fatal(err)
	}
	if err := r.end(); err != nil {
		t.Error(err)
	}
	if _, err := io.ReadAll(c); errors.Is(err, context.DeadlineExceeded) {
		t.Error("the connection is still open")
	}
	r.none()
}

func TestCloseStopsAtOnce(t *testing.T) {
	began := make(chan struct{})
	r := start(t, Options{limits: limits{finish: time.Hour}, Take: func(ctx context.Context, _ Post) ([]string, error) {
		close(began)
		<-ctx.Done()
		return nil, ctx.Err()
	}})
	c := r.dial()
	_, _ = io.WriteString(c, head+"Content-Length: 1\r\n\r\nx")
	within(t, began, "Take")
	for range 2 {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := r.end(); err != nil {
		t.Error(err)
	}
}

func TestRunIsCalledOnce(t *testing.T) {
	r := start(t, Options{})
	r.send("GET", "/healthz", nil).is(t, 200)
	if err := r.Run(t.Context()); err == nil {
		t.Error("runs twice")
	}
}

func TestRunThatIsOverAtOnce(t *testing.T) {
	s, err := Open(Options{Listen: []string{"127.0.0.1:0"}, Formats: known, Take: nobody})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Run(ctx); err != nil {
		t.Error(err)
	}
}

// broken is a listener that fails at once.
type broken struct{ net.Listener }

func (broken) Accept() (net.Conn, error) { return nil, errors.New("the device is gone") }

func TestRunTellsOfAnAddressThatFails(t *testing.T) {
	s, err := Open(Options{Listen: []string{"127.0.0.1:0", "127.0.0.1:0"}, Formats: known, Take: nobody})
	if err != nil {
		t.Fatal(err)
	}
	s.listeners[1].Listener = broken{s.listeners[1].Listener}
	err = s.Run(t.Context())
	if err == nil || !strings.Contains(err.Error(), "the device is gone") || !strings.Contains(err.Error(), s.Addresses()[1]) {
		t.Errorf("%v", err)
	}
}

// Who waits for a turn or for room when the server stops is told so or hung up on,
// and Run does not wait for the end of that wait.
func TestStopWhileOthersWait(t *testing.T) {
	for name, o := range map[string]Options{
		"for a turn": {MaxRequests: 1},
		"for room":   {MaxBytes: 250_000, MaxMemory: 250_000},
	} {
		began := make(chan struct{}, 2)
		o.limits = limits{room: time.Hour, finish: time.Millisecond}
		o.Take = func(ctx context.Context, _ Post) ([]string, error) {
			began <- struct{}{}
			<-ctx.Done()
			return nil, ctx.Err()
		}
		r := start(t, o)
		body := head + "Content-Length: 200000\r\n\r\n" + strings.Repeat("r", 200_000)
		_, _ = io.WriteString(r.dial(), body)
		within(t, began, "Take")
		_, _ = io.WriteString(r.dial(), body)
		for r.gate.underWay() < 2 {
			time.Sleep(time.Millisecond)
		}
		if err := r.end(); err != nil {
			t.Error(err)
		}
		if len(began) != 0 {
			t.Errorf("%s: Take was called for both", name)
		}
		s := r.Stats().Refused
		if s["stopping"]+s["broken"] != 2 {
			t.Errorf("%s: %v", name, s)
		}
	}
}

func (g *gate) underWay() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.n
}
