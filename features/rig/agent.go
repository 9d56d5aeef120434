package rig

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
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
	recent  [2]string     // the hosts told of last, the last one first
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
			return // it was closed, or leaves
		}
		a.take(buffer[:n])
	}
}

// take counts what is told in a datagram.
func (a *Agent) take(datagram []byte) {
	if a.saw != nil {
		a.saw(bytes.Clone(datagram))
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for line := range strings.Lines(string(datagram)) {
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
		if host != a.recent[0] {
			a.recent = [2]string{host, a.recent[0]}
		}
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

// Recent are the hosts that the agent was told of last. A sender that dies, or an
// agent that leaves, may have been in the middle of them.
func (a *Agent) Recent() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(a.recent[:]), func(host string) bool { return host == "" })
}

// Leave takes nothing more, so that a sender notices, reads what was taken and
// ends. Nothing that a sender was not refused is lost by it.
func (a *Agent) Leave() error {
	err := errors.Join(a.conn.CloseRead(), a.conn.SetReadDeadline(time.Now())) // the former wakes nobody
	<-a.ended
	raw, failed := a.conn.SyscallConn()
	if err := errors.Join(err, failed, a.conn.SetReadDeadline(time.Time{})); err != nil {
		return errors.Join(err, a.conn.Close())
	}
	failed = raw.Read(func(fd uintptr) bool {
		for buffer := make([]byte, 64<<10); ; {
			n, err := syscall.Read(int(fd), buffer)
			if n <= 0 || err != nil {
				return true
			}
			a.take(buffer[:n])
		}
	})
	return errors.Join(failed, a.conn.Close())
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
