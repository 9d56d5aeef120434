package delivery

import (
	"errors"
	"fmt"
	"net"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/converged/converged/features/rig"
)

// An Agent stops reading in the middle of a run. What it took stays told, also
// when converged is killed then: after both are back every item has come once.
func TestPartOfARunIsNotToldTwice(t *testing.T) {
	var reading heard
	s := newSite(t, programs.plain)
	agent, err := rig.StartAgent(s.node.Path("reading.socket"), reading.datagram)
	do(t, err)
	s.agent, s.receiver = agent, agent
	stuck, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: s.node.Path("stuck.socket"), Net: "unixgram"})
	do(t, err)
	defer func() { _ = stuck.Close() }()
	for i := range 30 {
		s.node.Config.Tags = append(s.node.Config.Tags, fmt.Sprintf("padding-%02d:%s", i, strings.Repeat("x", 80))) // a few items fill a datagram
	}
	s.node.Config.Reporters = []rig.Reporter{
		{Type: "dogstatsd", Name: "stuck", Address: "unix://" + s.node.Path("stuck.socket")},
		{Type: "dogstatsd", Name: "reading", Address: agent.Address},
	}
	s.start()
	var runs []rig.Run
	for i := range 20 {
		runs = append(runs, s.chef.Next(i%3 == 0))
		do(t, rig.WriteReport(s.node.Reports(), runs[i], s.chef.Report(runs[i])))
	}
	do(t, agent.Await(t.Context(), "all runs", func() bool {
		return !slices.ContainsFunc(runs, func(r rig.Run) bool { return agent.Told(r.Host).Checks == 0 })
	}))
	untilLog(t, s.node, "items done", 1)
	s.kill()
	s.start() // and the socket is as full as before
	untilLog(t, s.node, "does not read", 2)
	s.kill()
	s.start()
	taken := readUntil(t, stuck, func() bool { kept, err := s.node.Kept("stuck"); return err == nil && len(kept) == 0 })
	s.stop()
	meant := reading.lines()
	for line, n := range taken {
		if n != 1 || meant[line] == 0 {
			t.Errorf("%d times, and meant %d times: %.200s", n, meant[line], line)
		}
	}
	for line := range meant {
		if taken[line] == 0 {
			t.Errorf("never came: %.200s", line)
		}
	}
}

// untilLog waits until converged has said something so many times.
func untilLog(t *testing.T, node *rig.Node, text string, times int) {
	t.Helper()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for deadline := time.After(rig.Patience); strings.Count(node.Log(), text) < times; {
		select {
		case <-look.C:
		case <-deadline:
			t.Fatalf("converged did not say %q %d times", text, times)
		}
	}
}

// readUntil reads a socket until nothing more comes and done holds.
func readUntil(t *testing.T, conn *net.UnixConn, done func() bool) map[string]int {
	t.Helper()
	var all heard
	buffer := make([]byte, 64<<10)
	for deadline := time.Now().Add(rig.Patience); ; {
		do(t, conn.SetReadDeadline(time.Now().Add(200*time.Millisecond)))
		n, err := conn.Read(buffer)
		switch {
		case err == nil:
			all.datagram(buffer[:n])
		case !errors.Is(err, os.ErrDeadlineExceeded):
			t.Fatal(err)
		case done():
			return all.lines()
		case time.Now().After(deadline):
			t.Fatal("not everything came")
		}
	}
}

// stamp is what a metric has once it is late.
var stamp = regexp.MustCompile(`\|T\d+$`)

// heard counts lines, stamps aside.
type heard struct {
	mu sync.Mutex
	n  map[string]int
}

func (h *heard) datagram(d []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.n == nil {
		h.n = map[string]int{}
	}
	for line := range strings.SplitSeq(string(d), "\n") {
		h.n[stamp.ReplaceAllString(line, "")]++
	}
}

func (h *heard) lines() map[string]int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.n
}
