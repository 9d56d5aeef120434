//go:build linux

package delivery

import (
	"errors"
	"fmt"
	"testing"

	"github.com/converged/converged/daemon/fault"
	"github.com/converged/converged/features/rig"
)

// crashAtEveryPoint dies at each step, the first, second and third time that it
// is reached, and then starts as usual.
func crashAtEveryPoint(t *testing.T) {
	for _, point := range fault.Points {
		for nth := 1; nth <= 3; nth++ {
			t.Run(fmt.Sprintf("%s/%d", point, nth), func(t *testing.T) {
				t.Parallel()
				crashAt(t, point, nth)
			})
		}
	}
}

func crashAt(t *testing.T, point string, nth int) {
	s := newUsualWith(t, programs.faulted)
	s.node.Env = []string{fmt.Sprintf("CONVERGED_FAULT=%s:%d", point, nth)}
	if err := s.node.Start(); err != nil && !errors.Is(err, rig.ErrDied) {
		t.Fatal(err)
	}
	s.writeUntilDeath()
	state, err := s.node.Wait()
	do(t, err)
	if !rig.Killed(state) {
		t.Fatalf("at %s converged did not die of kill -9, but ended with %s", point, state)
	}
	s.node.Env = nil
	s.start()
	doubtful := 0
	if point == fault.EntryReported {
		doubtful = 1 // received, and nothing written down
	}
	s.settled(doubtful)
}

// writeUntilDeath writes one run after the other, each when the one before has
// arrived, until converged has died; by the tenth every point was passed often
// enough.
func (s *site) writeUntilDeath() {
	for i := range 10 {
		if i%2 == 0 {
			s.report()
		} else {
			s.line()
		}
		s.eventuallyOrDeath("the run has arrived", func() bool { return s.wholly(s.all()) })
		if !s.node.Running() {
			return
		}
	}
	s.t.Fatalf("after 10 runs it has not died: the point %s was not reached", s.node.Env)
}
