//go:build linux

package delivery

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/converged/converged/features/rig"
)

// site is a node, the receiver that it tells of its runs, and all that is known
// of both. It ends with a search for every planted secret.
type site struct {
	t     *testing.T
	node  *rig.Node
	chef  *rig.Chef
	leaks *rig.Leaks
	receiver
	*witness

	agent  *rig.Agent // one of these two is the receiver
	intake *rig.Intake

	writing sync.Mutex
	runs    []rig.Run // all that were written
}

// receiver is what a node tells of its runs.
type receiver interface {
	// Await waits until holds, which is asked again whenever something came in.
	Await(ctx context.Context, what string, holds func() bool) error
	Close() error
}

// newSite is a node that is not started. It has no receiver yet.
func newSite(t *testing.T, build func() (string, error)) *site {
	t.Helper()
	program, err := build()
	do(t, err)
	node, err := rig.NewNode(program, rig.Config{Watch: rig.Watch{Poll: time.Second}})
	do(t, err)
	chef, err := rig.NewChef(filepath.Join(root, "testdata", "chef"), 1)
	do(t, err)
	s := &site{t: t, node: node, chef: chef, leaks: &rig.Leaks{}, witness: newWitness()}
	t.Cleanup(s.end)
	return s
}

// withAgent is a node that tells a Datadog Agent, without acknowledgement.
func withAgent(t *testing.T, build func() (string, error)) *site {
	t.Helper()
	s := newSite(t, build)
	agent, err := rig.StartAgent(s.node.Path("dsd.socket"), func(d []byte) {
		s.leaks.Search("a datagram", d)
		s.datagram(d)
	})
	do(t, err)
	s.agent, s.receiver = agent, agent
	s.node.Config.Reporters = []rig.Reporter{{Type: "dogstatsd", Name: "dogstatsd", Address: agent.Address}}
	return s
}

// withIntake is a node that tells Datadog's API, and may tag hosts there.
func withIntake(t *testing.T, build func() (string, error)) *site {
	t.Helper()
	s := newSite(t, build)
	intake, err := rig.StartIntake(rig.IntakeOptions{APIKey: rig.PlantedKey, ApplicationKey: rig.PlantedApplication,
		Saw: func(r *http.Request, body []byte) {
			s.leaks.SearchRequest(r, body)
			s.request(r, body)
		}})
	do(t, err)
	s.intake, s.receiver = intake, intake
	do(t, os.WriteFile(s.node.Path("api.key"), []byte(rig.PlantedKey+"\n"), 0o600))
	do(t, os.WriteFile(s.node.Path("application.key"), []byte(rig.PlantedApplication+"\n"), 0o600))
	s.node.Config.Reporters = []rig.Reporter{{Type: "datadog", Name: "datadog", URL: intake.URL, Timeout: 5 * time.Second,
		APIKeyFile: s.node.Path("api.key"), ApplicationKeyFile: s.node.Path("application.key")}}
	return s
}

// end stops everything and wants no secret to have left its place.
func (s *site) end() {
	if err := s.node.Kill(); err != nil {
		s.t.Error(err)
	}
	if s.receiver != nil {
		if err := s.Close(); err != nil {
			s.t.Error(err)
		}
	}
	if err := s.leaks.SearchNode(s.node); err != nil {
		s.t.Error(err)
	}
	found, searched := s.leaks.Found()
	for _, leak := range found {
		s.t.Error(leak)
	}
	if searched == 0 {
		s.t.Error("nothing was searched for secrets")
	}
	if s.t.Failed() {
		s.t.Logf("converged said:\n%s", tail(s.node.Log(), 8<<10))
	}
	if err := s.node.Remove(); err != nil {
		s.t.Error(err)
	}
}

func tail(text string, n int) string { return text[max(0, len(text)-n):] }

func (s *site) start() { s.t.Helper(); do(s.t, s.node.Start()) }
func (s *site) stop()  { s.t.Helper(); do(s.t, s.node.Stop()) }
func (s *site) kill()  { s.t.Helper(); do(s.t, s.node.Kill()) }

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

// newUsual is the node of most tests.
func newUsual(t *testing.T) *site {
	t.Helper()
	return newUsualWith(t, programs.plain)
}

func newUsualWith(t *testing.T, build func() (string, error)) *site {
	t.Helper()
	return withIntake(t, build)
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

// down makes the receiver go away, up brings it back.
func (s *site) down() {
	s.t.Helper()
	if s.intake != nil {
		s.intake.Behave("/", rig.ResetBefore)
		return
	}
	do(s.t, os.Rename(s.node.Path("dsd.socket"), s.node.Path("gone.socket")))
}

func (s *site) up() {
	s.t.Helper()
	if s.intake != nil {
		s.intake.Behave("/", nil)
		return
	}
	do(s.t, os.Rename(s.node.Path("gone.socket"), s.node.Path("dsd.socket")))
}
