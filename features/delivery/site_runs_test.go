//go:build linux

package delivery

import (
	"fmt"
	"time"

	"github.com/converged/converged/features/rig"
)

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

// killed is the name of a node whose runs never end.
const killed = "killed"

// begins has Chef's data collector write that the next run of that node begins.
func (s *site) begins() {
	s.t.Helper()
	s.killed++
	at := time.Now().Add(time.Duration(s.killed) * time.Second).UTC().Format(time.RFC3339)
	do(s.t, rig.AppendLine(s.node.Collector(), fmt.Appendf(nil,
		`{"message_type":"run_start","message_version":"1.0.0","node_name":%q,"run_id":"killed-%d","start_time":%q}`, killed, s.killed, at)))
}

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

// receives has the node take messages over HTTP, too, from its next start on.
func (s *site) receives() {
	s.node.Config.Receive = rig.Receive{Listen: []string{s.listens()}}
}

func (s *site) listens() string { return "unix://" + s.node.Path("receive.sock") }

// post has Chef's client tell of a new run over HTTP. Converged may die of it.
func (s *site) post() rig.Run {
	s.t.Helper()
	r := s.ran(s.next())
	do(s.t, s.postUntil(s.node.Exited(), r))
	return r
}

// postOf tells of a run once. Without an error converged has answered for it.
func (s *site) postOf(r rig.Run) error {
	status, answer, err := rig.FromChef("", r.ID, s.chef.Line(r)).Send(s.listens())
	if err == nil && status != 201 {
		err = fmt.Errorf("it answers %d %s", status, answer)
	}
	return err
}

// postUntil tells of a run again and again until it is answered, or died is closed.
func (s *site) postUntil(died <-chan struct{}, r rig.Run) error {
	deadline := time.After(rig.Patience)
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for {
		err := s.postOf(r)
		if err == nil {
			return nil
		}
		select {
		case <-again.C:
		case <-died:
			return nil
		case <-deadline:
			return err
		}
	}
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
