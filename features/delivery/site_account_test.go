//go:build linux

package delivery

import (
	"context"
	"slices"
	"time"

	"github.com/converged/converged/features/rig"
)

// account is what has become of every run so far.
func (s *site) account() rig.Verdict {
	s.t.Helper()
	kept, err := s.node.Kept(s.reporter())
	do(s.t, err)
	return rig.Explain(s.all(), s.told, kept)
}

func (s *site) reporter() string { return s.node.Config.Reporters[0].Name }

// arrived waits until every run so far was told of wholly.
func (s *site) arrived() { s.t.Helper(); s.arrivedSince(0) }

// arrivedSince is arrived but for the first so many runs.
func (s *site) arrivedSince(first int) {
	s.t.Helper()
	s.await("the runs", func() bool { return s.wholly(s.all()[first:]) })
}

// wholly says whether these runs were told of wholly.
func (s *site) wholly(runs []rig.Run) bool {
	v := rig.Explain(runs, s.told, nil)
	return len(v.Lost)+len(v.Half) == 0
}

// rested says whether every run so far was told of and that is written down.
func (s *site) rested() bool { return s.wholly(s.all()) && s.waits() == 0 }

// settled wants every run so far delivered, n of them perhaps twice, and
// nothing left to deliver. It stops the node.
func (s *site) settled(doubtful int) {
	s.t.Helper()
	s.arrived()
	s.stop()
	v := s.account()
	if err := v.Err(doubtful); err != nil {
		s.t.Error(err)
	}
	if len(v.Kept) > 0 {
		s.t.Errorf("not everything was delivered: %s", v)
	}
}

// waits is the number of runs that wait in the spool.
func (s *site) waits() int {
	s.t.Helper()
	kept, err := s.node.Kept(s.reporter())
	do(s.t, err)
	return kept.Count(rig.Pending)
}

// anyWaits says whether one of these hosts' runs waits in the spool.
func (s *site) anyWaits(hosts []string) bool {
	s.t.Helper()
	kept, err := s.node.Kept(s.reporter())
	do(s.t, err)
	return slices.ContainsFunc(s.all(), func(r rig.Run) bool {
		return slices.Contains(hosts, r.Host) && slices.Contains(kept[r.ID], rig.Pending)
	})
}

// eventually looks again and again: nothing tells a bystander what another
// process does with its files.
func (s *site) eventually(what string, holds func() bool) {
	s.t.Helper()
	s.eventuallyOrDeath(what, holds)
	if !s.node.Running() {
		s.t.Fatalf("converged ended while waiting until %s", what)
	}
}

// eventuallyOrDeath is eventually, but the end of converged will do, too.
func (s *site) eventuallyOrDeath(what string, holds func() bool) {
	s.t.Helper()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for late := time.After(2 * rig.Patience); !holds(); {
		select {
		case <-look.C:
		case <-s.node.Exited():
			return
		case <-late:
			s.t.Fatalf("not within %v: %s; %s", 2*rig.Patience, what, rig.Explain(s.all(), s.told, nil))
		}
	}
}

// await waits until holds, which is asked again whenever something came in.
func (s *site) await(what string, holds func() bool) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 2*rig.Patience)
	defer cancel()
	if err := s.Await(ctx, what, holds); err != nil {
		s.t.Fatalf("%v\n%s", err, rig.Explain(s.all(), s.told, nil))
	}
}
