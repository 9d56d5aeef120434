//go:build linux

package delivery

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

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
	s.receives()
	s.node.Env = []string{fmt.Sprintf("CONVERGED_FAULT=%s:%d", point, nth)}
	if err := s.node.Start(); err != nil && !errors.Is(err, rig.ErrDied) {
		t.Fatal(err)
	}
	posted := strings.HasPrefix(point, "post-")
	s.writeUntilDeath(posted)
	state, err := s.node.Wait()
	do(t, err)
	if !rig.Killed(state) {
		t.Fatalf("at %s converged did not die of kill -9, but ended with %s", point, state)
	}
	s.node.Env = nil
	s.start()
	if all := s.all(); posted {
		do(t, s.postOf(all[len(all)-1])) // as Chef does that heard no answer
	}
	doubtful := 0
	if slices.Contains(ambiguous, point) {
		doubtful = 1
	}
	s.settled(doubtful)
	if t := s.told(killed); s.killed > 0 && (t.Events < s.killed-1 || t.Events > s.killed-1+doubtful) {
		s.t.Errorf("of the %d runs of a node that began, of which the last may be under way, told are %+v", s.killed, t)
	}
}

// crashInABacklog dies at each step between a report and the spool while many
// reports lie there already, and the receiver takes nothing: the others of a group
// are on their way, too. Then all are told once.
func crashInABacklog(t *testing.T) {
	for _, point := range []string{
		fault.ReportAnalysed, fault.SpoolCreated, fault.SpoolSynced, fault.SpoolRenamed, fault.SpoolAppended,
		fault.ReportSpooled, fault.PositionWritten,
	} {
		for _, nth := range []int{4, 19} {
			t.Run(fmt.Sprintf("%s/%d", point, nth), func(t *testing.T) {
				t.Parallel()
				s := newUsualWith(t, programs.faulted)
				s.intake.Behave("/", rig.Status(http.StatusServiceUnavailable))
				several(40, s.line)
				s.node.Env = []string{fmt.Sprintf("CONVERGED_FAULT=%s:%d", point, nth)}
				if err := s.node.Start(); err != nil && !errors.Is(err, rig.ErrDied) {
					t.Fatal(err)
				}
				state, err := s.node.Wait()
				do(t, err)
				if !rig.Killed(state) {
					t.Fatalf("at %s converged did not die of kill -9, but ended with %s", point, state)
				}
				s.node.Env = nil
				s.intake.Behave("/", nil)
				s.start()
				s.settled(0)
			})
		}
	}
}

// ambiguous are the steps at which the receiver may have a run that is not
// written down as delivered: the one after its answer, and those at which the
// delivery goes on beside the intake that dies.
var ambiguous = []string{
	fault.EntryReported, fault.BegunWritten, fault.SpoolAppended, fault.ReportSpooled, fault.PostSpooled, fault.PositionWritten, fault.PositionSynced,
}

// writeUntilDeath writes one run after the other, each when the one before is
// delivered and written down, until converged has died. What is done once in a
// second has then been done three times, too.
func (s *site) writeUntilDeath(posted bool) {
	for began := time.Now(); time.Since(began) < rig.Patience; {
		switch {
		case posted:
			s.post()
		case strings.HasPrefix(s.node.Env[0], "CONVERGED_FAULT="+fault.BegunWritten):
			s.begins()
			s.line()
		case len(s.all())%2 == 0:
			s.report()
		default:
			s.line()
		}
		s.eventuallyOrDeath("the run is delivered", s.rested)
		if !s.node.Running() {
			return
		}
	}
	s.t.Fatalf("%d runs later it has not died: the point %s was not reached", len(s.all()), s.node.Env)
}
