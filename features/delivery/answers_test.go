//go:build linux

package delivery

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/converged/converged/daemon/fault"
	"github.com/converged/converged/features/rig"
)

// One run among others is refused for good: it becomes a dead letter, is counted
// and said, and the others go on.
func refusedForGood(t *testing.T) {
	s := newUsual(t)
	s.down()
	s.start()
	several(4, s.report)
	bad := s.report()
	several(4, s.report)
	s.eventually("all runs wait", func() bool { return s.waits() == 9 })
	s.intake.Behave("/", nil)
	s.intake.Behave(rig.SeriesPath, func(x *rig.Exchange) {
		if bytes.Contains(x.Body(), []byte(bad.Host)) {
			rig.Status(http.StatusBadRequest)(x)
			return
		}
		rig.Well(x)
	})
	s.eventually("no run waits", func() bool { return s.waits() == 0 })
	s.line()
	s.await("the run after them", func() bool { return s.told(s.all()[9].Host).Checks == 1 })
	v := s.account()
	if len(v.Once) != 9 || v.Kept[rig.Refused] != 1 {
		t.Errorf("the account is not nine delivered and one refused: %s", v)
	}
	s.says("refused")
	s.eventually("converged runs --undelivered tells of that run alone", func() bool {
		out, _, _, err := s.node.Command("runs", "--undelivered")
		return err == nil && strings.Contains(out, bad.ID) && strings.Count(out, "-0000-4000-8000-") == 1
	})
	s.eventually("converged status tells of a dead letter", func() bool {
		out, _, _, err := s.node.Command("status")
		return err == nil && strings.Contains(out, "1 dead letter")
	})
	s.kill()
	s.intake.Behave(rig.SeriesPath, nil)
	s.start() // a dead letter does not come back
	s.report()
	s.arrivedSince(10)
	s.stop()
	if told := s.told(bad.Host); told.Runs != 0 {
		t.Errorf("the dead letter came back: %+v", told)
	}
}

// A key that is not accepted holds everything and is told; when it is replaced
// all is delivered, without a restart.
func keyRejected(t *testing.T) {
	s := newUsual(t)
	do(t, os.WriteFile(s.node.Path("api.key"), []byte(strings.Repeat("0", 32)), 0o600))
	s.start()
	several(3, s.report)
	several(2, s.line)
	s.says("403")
	s.eventually("all runs wait", func() bool { return s.waits() == 5 })
	s.eventually("converged status alarms", func() bool {
		out, _, exit, err := s.node.Command("status")
		return err == nil && exit != 0 && strings.Contains(out, "held") && strings.Contains(out, "5 runs waiting")
	})
	do(t, os.WriteFile(s.node.Path("api.key"), []byte(rig.PlantedKey), 0o600))
	s.settled(0)
}

// An entry leaves the disk only after an answer that says that it was taken: it
// is there while the request goes on, when the answer is lost, and when
// converged dies before it has written down what it was told.
func deleteAfter2xxOnly(t *testing.T) {
	t.Run("while_it_is_asked", func(t *testing.T) {
		t.Parallel()
		s := newUsual(t)
		var waiting []int
		s.intake.Behave(rig.SeriesPath, func(x *rig.Exchange) {
			waiting = append(waiting, s.waits()) // one request at a time
			rig.Well(x)
		})
		s.report()
		s.start()
		s.settled(0)
		if fmt.Sprint(waiting) != "[1]" {
			t.Errorf("while the intake was asked these many entries were on disk: %v", waiting)
		}
	})
	t.Run("answer_lost", func(t *testing.T) {
		t.Parallel()
		s := newUsual(t)
		s.intake.Behave(rig.SeriesPath, rig.Once(1, rig.ResetAfter))
		r := s.report()
		s.start()
		s.says("could not be delivered")
		if s.waits() != 1 || s.told(r.Host).Runs != 1 {
			t.Errorf("%d entries are on disk after an answer was lost, and the intake has %+v", s.waits(), s.told(r.Host))
		}
		s.settled(1)
	})
	t.Run("killed_after_the_answer", func(t *testing.T) {
		t.Parallel()
		s := newUsualWith(t, programs.faulted)
		s.node.Env = []string{"CONVERGED_FAULT=" + fault.EntryReported}
		s.report()
		do(t, s.node.Launch())
		state, err := s.node.Wait()
		do(t, err)
		if !rig.Killed(state) || s.waits() != 1 {
			t.Errorf("it ended with %s, and %d entries are on disk", state, s.waits())
		}
		s.node.Env = nil
		s.start()
		s.settled(1)
	})
}
