package rig

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
)

// Told is how often a receiver was told of one run, by kind of item.
type Told struct {
	Runs   int // points of configrun.runs
	Checks int // of configrun.status
	Events int
}

// Agent is a Datadog Agent as far as DogStatsD can tell: a UNIX socket that is
// read. It may be used from several goroutines.
type Agent struct {
	Address string // as converged's configuration wants it

	saw     func(datagram []byte)
	conn    *net.UnixConn
	ended   chan struct{}
	mu      sync.Mutex
	told    map[string]Told
	changed chan struct{} // closed and replaced when a datagram has come
}

// StartAgent listens at path until Close. Saw, if given, is told of every datagram.
func StartAgent(path string, saw func(datagram []byte)) (*Agent, error) {
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		return nil, fmt.Errorf("starting an agent: %w", err)
	}
	a := &Agent{Address: "unix://" + path, saw: saw, conn: conn, told: map[string]Told{},
		ended: make(chan struct{}), changed: make(chan struct{})}
	go a.read()
	return a, nil
}

func (a *Agent) read() {
	defer close(a.ended)
	for buffer := make([]byte, 64<<10); ; {
		n, err := a.conn.Read(buffer)
		if err != nil {
			return // it was closed
		}
		if a.saw != nil {
			a.saw(bytes.Clone(buffer[:n]))
		}
		a.take(string(buffer[:n]))
	}
}

// take counts what is told in a datagram.
func (a *Agent) take(datagram string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for line := range strings.Lines(datagram) {
		host := hostOf(line)
		t := a.told[host]
		switch {
		case strings.HasPrefix(line, "configrun.runs:"):
			t.Runs++
		case strings.HasPrefix(line, "_sc|configrun.status|"):
			t.Checks++
		case strings.HasPrefix(line, "_e{"):
			t.Events++
		default:
			continue
		}
		a.told[host] = t
	}
	close(a.changed)
	a.changed = make(chan struct{})
}

// hostOf is the host that a line names, as a field or as a tag.
func hostOf(line string) string {
	for _, before := range []string{"|h:", "host:"} {
		if _, rest, ok := strings.Cut(line, before); ok {
			return rest[:strings.IndexAny(rest+"|", "|,\n")]
		}
	}
	return ""
}

// Told is what the agent was told of each host.
func (a *Agent) Told(host string) Told {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.told[host]
}

// Await waits until holds, which is asked again after every datagram.
func (a *Agent) Await(ctx context.Context, what string, holds func() bool) error {
	for {
		a.mu.Lock()
		changed := a.changed
		a.mu.Unlock()
		if holds() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w", what, ctx.Err())
		}
	}
}

// Close ends the reading; the socket's file goes with it.
func (a *Agent) Close() error {
	err := a.conn.Close()
	<-a.ended
	return err
}
