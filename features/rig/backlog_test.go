package rig

import (
	"context"
	"path/filepath"
	"testing"
)

// A backlog is what converged itself would have left: it delivers each run of it.
func TestABacklogIsDelivered(t *testing.T) {
	program, err := Build(filepath.Join("..", ".."), t.TempDir())
	do(t, err)
	node, err := NewNode(program, Config{})
	do(t, err)
	defer node.Remove()
	agent, err := StartAgent(node.Path("dsd.socket"), nil)
	do(t, err)
	defer agent.Close()
	node.Config.Reporters = []Reporter{{Type: "dogstatsd", Address: agent.Address}}
	runs, err := node.Backlog(chefFor(t), 200, 10, "dogstatsd")
	do(t, err)
	kept, err := node.Kept("dogstatsd")
	do(t, err)
	if kept.Count(Pending) != 200 {
		t.Errorf("%d runs are pending, expected 200", kept.Count(Pending))
	}
	do(t, node.Start())
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	do(t, agent.Await(ctx, "200 runs", func() bool { return len(Explain(runs, agent.Told, nil).Once) == 200 }))
	do(t, node.Stop())
	failed := 0
	for _, r := range runs {
		failed += agent.Told(r.Host).Events
	}
	if failed != 20 {
		t.Errorf("%d events came of 20 failures", failed)
	}
}
