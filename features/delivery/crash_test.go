//go:build linux

package delivery

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"github.com/converged/converged/features/rig"
)

var seed = flag.Uint64("seed", 0, "of the points at which TestCrash kills; 0 is another one each time")

// TestCrash kills converged with kill -9: wherever it happens to be, and at each
// named step on a report's way. No run is ever lost, and none is told of again
// unless converged died in the midst of its delivery.
func TestCrash(t *testing.T) {
	t.Run("points", crashAtEveryPoint)
	t.Run("backlog", crashInABacklog)
	t.Run("random", func(t *testing.T) {
		s := newUsual(t)
		s.crashAtRandom(crashes{kills: 300, change: func(*rand.Rand) {}, spare: true, excuse: func(r rig.Run) error { return s.excuse(r.Host) }})
	})
	t.Run("endpoint_failing", func(t *testing.T) {
		s := newUsual(t)
		s.crashAtRandom(crashes{kills: 100, change: s.failAtRandom, excuse: func(r rig.Run) error {
			if told, taken := s.told(r.Host), s.intake.Host(r.Host); max(told.Runs, told.Checks, told.Events) > 1+int(taken.Unsure) {
				return fmt.Errorf("%s was told of more often than an answer was lost: %+v", r.Host, taken)
			}
			return nil
		}})
	})
	t.Run("dogstatsd", func(t *testing.T) {
		s := withAgent(t, programs.plain)
		s.crashAtRandom(crashes{kills: 50, change: func(*rand.Rand) {}, spare: true, excuse: func(r rig.Run) error { return s.excuse(r.Host) }})
	})
}

// crashes is how a test kills.
type crashes struct {
	kills  int                     // in a short test a tenth
	change func(*rand.Rand)        // is called before each life, with nil before the last
	spare  bool                    // no delivery is killed twice
	excuse func(run rig.Run) error // says whether a run may have been told of more than once
}

// failAtRandom makes the intake behave, or not.
func (s *site) failAtRandom(random *rand.Rand) {
	s.intake.Doubt() // what was in the hands of the process that died
	if random == nil || random.IntN(2) == 0 {
		s.intake.Behave("/", nil)
		return
	}
	answers := []rig.Answer{rig.ResetBefore, rig.ResetAfter, rig.ResetWithin, rig.CloseAfter, rig.Hang,
		rig.Status(http.StatusInternalServerError), rig.Status(http.StatusTooManyRequests, "X-RateLimit-Reset", "1"),
		rig.Late(20*time.Millisecond, rig.Well), rig.Once(2, rig.ResetAfter)}
	s.intake.Behave("/", answers[random.IntN(len(answers))])
}

// crashAtRandom kills while reports keep coming, and then lets converged come to
// rest.
func (s *site) crashAtRandom(c crashes) {
	t := s.t
	if testing.Short() {
		c.kills /= 10
	}
	if *seed == 0 {
		*seed = uint64(time.Now().UnixNano())
	}
	t.Logf("-seed %d", *seed)
	s.receives()
	s.line() // what was rotated away before the first start is none of its business
	s.start()
	s.eventually("the first run is delivered", s.rested)
	s.stop()
	random := rand.New(rand.NewPCG(*seed, 0))
	written := make(chan error, 1)
	stop := make(chan struct{})
	go func() { written <- s.writeUntil(stop, rand.New(rand.NewPCG(*seed, 1))) }()
	for range c.kills {
		c.change(random)
		s.live(random, c.spare)
	}
	close(stop)
	c.change(nil)
	s.nextLife()
	s.start()
	do(t, <-written) // what it posts last is answered now
	s.arrived()
	s.stop()
	v := s.account()
	t.Logf("killed %d times: %s", c.kills, v)
	if len(v.Kept)+len(v.Lost)+len(v.Half) > 0 || c.spare && len(v.Often) > 0 {
		t.Error("the account is wrong")
	}
	for _, r := range append(v.Twice, v.Often...) {
		if err := c.excuse(r); err != nil {
			t.Error(err)
		}
	}
}

// live is one life of converged, ended by kill -9. With spare it first finishes
// what was under way at the end of the life before.
func (s *site) live(random *rand.Rand, spare bool) {
	s.t.Helper()
	doubtful := s.nextLife()
	do(s.t, s.node.Launch())
	if spare && len(doubtful) > 0 {
		s.eventually("what was under way is written down", func() bool { return !s.anyWaits(doubtful) })
	}
	s.liveAWhile(random)
	s.kill()
	if state, err := s.node.Wait(); err != nil || !rig.Killed(state) {
		s.t.Fatalf("it was not killed, but ended by itself: %v, %v", state, err)
	}
}

// liveAWhile lets converged live for a random time, or until a random one of its
// deliveries.
func (s *site) liveAWhile(random *rand.Rand) {
	late := time.After(time.Duration(random.Int64N(int64(100 * time.Millisecond))))
	if random.IntN(2) == 0 {
		<-late
		return
	}
	heard, more := s.heardOf()
	for enough := heard + 1 + random.IntN(6); heard < enough; heard, more = s.heardOf() {
		select {
		case <-more:
		case <-late:
			return
		}
	}
}

// writeUntil writes reports and lines, and rotates, until stop is closed.
func (s *site) writeUntil(stop <-chan struct{}, random *rand.Rand) error {
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-stop:
			return nil
		case <-pause.C:
			pause.Reset(time.Duration(random.Int64N(int64(20 * time.Millisecond))))
		}
		if err := s.writeOne(random); err != nil {
			return err
		}
	}
}

func (s *site) writeOne(random *rand.Rand) error {
	switch random.IntN(50) {
	case 0:
		return rotate(s.node.Collector())
	case 1:
		if err := shift(s.node.Collector()); err != nil {
			return err
		}
		return rig.CopyTruncate(s.node.Collector(), s.node.Collector()+".1")
	}
	r := s.chef.Next(random.IntN(3) == 0)
	defer s.ran(r)
	switch random.IntN(3) {
	case 0:
		return rig.WriteReport(s.node.Reports(), r, s.chef.Report(r))
	case 1:
		return rig.AppendLine(s.node.Collector(), s.chef.Line(r))
	}
	return s.postUntil(nil, r)
}
