//go:build linux

package delivery

import "github.com/converged/converged/features/rig"

// ran notes a run that was written.
func (s *site) ran(r rig.Run) rig.Run {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.runs = append(s.runs, r)
	return r
}

// next is a new run; every third fails.
func (s *site) next() rig.Run {
	r := s.chef.Next(false)
	r.Failed = r.Number%3 == 0
	return r
}

// report has Chef leave the report of a new run.
func (s *site) report() rig.Run { s.t.Helper(); return s.reportOf(s.next()) }

// line has Chef's data collector write of a new run.
func (s *site) line() rig.Run { s.t.Helper(); return s.lineOf(s.next()) }

func (s *site) reportOf(r rig.Run) rig.Run {
	s.t.Helper()
	do(s.t, rig.WriteReport(s.node.Reports(), r, s.chef.Report(r)))
	return s.ran(r)
}

func (s *site) lineOf(r rig.Run) rig.Run {
	s.t.Helper()
	do(s.t, rig.AppendLine(s.node.Collector(), s.chef.Line(r)))
	return s.ran(r)
}

// several is n times one of the two.
func several(n int, write func() rig.Run) {
	for range n {
		write()
	}
}

// all is every run so far.
func (s *site) all() []rig.Run {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.runs[:len(s.runs):len(s.runs)]
}

func (s *site) told(host string) rig.Told {
	if s.agent != nil {
		return s.agent.Told(host)
	}
	t := s.intake.Host(host)
	return rig.Told{Runs: int(t.Runs), Checks: int(t.Checks), Events: int(t.Events)}
}
