package delivery

import (
	"flag"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/converged/converged/features/rig"
)

var seed = flag.Uint64("seed", 0, "of the points at which TestCrash kills; 0 is another one each time")

// TestCrash kills converged with kill -9: wherever it happens to be, and at each
// named step on a report's way. No run is ever lost, and none is told of again
// unless converged died in the midst of its delivery.
func TestCrash(t *testing.T) {
	t.Run("random", func(t *testing.T) { crashAtRandom(t, newUsual(t), func() {}) })
}

// rounds is how often a test kills.
func rounds() int {
	if testing.Short() {
		return 30
	}
	return 300
}

// crashAtRandom kills while reports keep coming. Before each life change is
// called, which may make life hard.
func crashAtRandom(t *testing.T, s *site, change func()) {
	if *seed == 0 {
		*seed = uint64(time.Now().UnixNano())
	}
	t.Logf("-seed %d", *seed)
	random := rand.New(rand.NewPCG(*seed, 0))
	written := make(chan error, 1)
	stop := make(chan struct{})
	go func() { written <- s.writeUntil(stop, rand.New(rand.NewPCG(*seed, 1))) }()
	for range rounds() {
		change()
		s.witness.nextLife()
		do(t, s.node.Launch())
		s.liveAWhile(random)
		s.kill()
	}
	close(stop)
	do(t, <-written)
	s.witness.nextLife()
	s.start()
	s.arrived()
	s.stop()
	v := s.account()
	t.Logf("killed %d times: %s", rounds(), v)
	if len(v.Lost)+len(v.Half)+len(v.Kept) > 0 {
		t.Error("not every run has arrived")
	}
	for _, r := range append(v.Twice, v.Often...) { // again and again, if it died as often in that delivery
		if err := s.witness.excuse(r.Host); err != nil {
			t.Error(err)
		}
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
	heard, more := s.witness.heardOf()
	for enough := heard + 1 + random.IntN(12); heard < enough; heard, more = s.witness.heardOf() {
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
	if random.IntN(2) == 0 {
		return rig.WriteReport(s.node.Reports(), r, s.chef.Report(r))
	}
	return rig.AppendLine(s.node.Collector(), s.chef.Line(r))
}
