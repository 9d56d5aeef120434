//go:build linux

package delivery

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
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
	killed  int       // runs of the node of that name that were begun
}

// receiver is what a node tells of its runs.
type receiver interface {
	// Await waits until holds, which is asked again whenever something came in.
	Await(ctx context.Context, what string, holds func() bool) error
	Close() error
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
	s.node.Config.Reporters = []rig.Reporter{{Type: "datadog", Name: "datadog", URL: intake.URL, Timeout: time.Minute, // a machine that stalls makes no run come twice
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
