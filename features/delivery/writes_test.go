//go:build linux

package delivery

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/converged/converged/features/rig"
)

// converged is killed after each of the system calls by which it writes to its
// state directory, from its first start to the end of three runs.
func kill9AtEveryWrite(t *testing.T) {
	total := writesOf(t)
	if total < 20 {
		t.Fatalf("only %d system calls write: the tracer misses some", total)
	}
	step := 1
	if testing.Short() {
		step = 5
	}
	var lives, deaths atomic.Int64
	t.Cleanup(func() {
		if deaths.Load() < lives.Load()*9/10 {
			t.Errorf("of %d lives only %d ended by kill -9", lives.Load(), deaths.Load())
		}
	})
	for n := 1; n <= total; n += step {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			t.Parallel()
			s := traced(t, n)
			state := s.threeRuns()
			lives.Add(1)
			if state.Success() {
				return // this time it took fewer writes: two may have become one
			}
			if !rig.Killed(state) {
				t.Fatalf("after write %d it ended with %s", n, state)
			}
			deaths.Add(1)
			s.node.Wrap, s.node.Env = nil, nil
			doubtful := s.nextLife()
			slices.Sort(doubtful)
			s.start()
			s.settled(len(slices.Compact(doubtful)))
			for _, r := range s.all() {
				if err := s.excuse(r.Host); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// writesOf counts the writes of a life without a kill.
func writesOf(t *testing.T) int {
	s := traced(t, 0)
	state := s.threeRuns()
	if state.ExitCode() == untraceable {
		unable(t, "this machine does not let a process trace its child: %s", s.node.Log())
	}
	if !state.Success() {
		t.Fatalf("under trace it ended with %s", state)
	}
	text, err := os.ReadFile(s.node.Path("count"))
	do(t, err)
	total, err := strconv.Atoi(strings.TrimSpace(string(text)))
	do(t, err)
	t.Logf("%d system calls write", total)
	return total
}

// traced is a node whose converged is killed after a write.
func traced(t *testing.T, after int) *site {
	t.Helper()
	s := newUsual(t)
	self, err := os.Executable()
	do(t, err)
	s.node.Wrap = []string{self}
	s.node.Env = []string{fmt.Sprintf("%s=%d", traceAfter, after), traceState + "=" + s.node.State(), traceCount + "=" + s.node.Path("count")}
	return s
}

// threeRuns has three runs written, waits until they have arrived, stops
// converged, and tells how it ended, as it may do at any time.
func (s *site) threeRuns() *os.ProcessState {
	s.t.Helper()
	s.report()
	if err := s.node.Start(); err != nil && !errors.Is(err, rig.ErrDied) {
		s.t.Fatal(err)
	}
	s.line()
	s.report()
	s.eventuallyOrDeath("the runs have arrived", func() bool { return len(rig.Explain(s.all(), s.told, nil).Once) == 3 })
	if s.node.Running() {
		_ = s.node.Stop() // it may be killed on its way
	}
	state, err := s.node.Wait()
	do(s.t, err)
	return state
}
