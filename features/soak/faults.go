package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/converged/converged/features/rig"
)

// misbehaviours are what a server does, and for how long at most.
var misbehaviours = []struct {
	name   string
	answer rig.Answer
	most   time.Duration
}{
	{"408", rig.Status(408), 10 * time.Second},
	{"429 with a reset", rig.Status(429, "X-RateLimit-Reset", "3", "X-RateLimit-Limit", "1"), 15 * time.Second},
	{"429", rig.Status(429), 10 * time.Second},
	{"500", rig.Status(500), 20 * time.Second},
	{"502", rig.Status(502), 20 * time.Second},
	{"503 with Retry-After", rig.Status(503, "Retry-After", "2"), 20 * time.Second},
	{"504", rig.Status(504), 20 * time.Second},
	{"401", rig.Status(401), 20 * time.Second},
	{"403", rig.Status(403), 20 * time.Second},
	{"404", rig.Status(404), 10 * time.Second},
	{"302", rig.Redirect(302, "http://127.0.0.1:9"), 10 * time.Second},
	{"400", rig.Status(400), 2 * time.Second},
	{"413", rig.Status(413), 2 * time.Second},
	{"hanging", rig.Hang, 20 * time.Second},
	{"slow", rig.Late(requestTimeout/4, rig.Well), 20 * time.Second},
	{"dripping", rig.Drip(2 * time.Millisecond), 20 * time.Second},
	{"closing before it takes", rig.CloseBefore, 20 * time.Second},
	{"closing after it took", rig.CloseAfter, 8 * time.Second},
	{"resetting before it takes", rig.ResetBefore, 20 * time.Second},
	{"resetting after it took", rig.ResetAfter, 8 * time.Second},
	{"resetting in mid-answer", rig.ResetWithin, 8 * time.Second},
}

// suffer lets one thing after the other go wrong until ctx ends.
func (m *machine) suffer(ctx context.Context, r *rand.Rand) {
	for wait(ctx, between(r, 0, 4*time.Second)) {
		var err error
		switch n := r.IntN(10); {
		case n < 7:
			m.misbehave(ctx, r)
		case n < 9:
			err = m.withoutAgent(ctx, r)
		default:
			err = m.withoutDisk(ctx, r)
		}
		if err != nil {
			m.wrong(err)
		}
	}
}

// misbehave has one account or both answer badly, on all paths or on one.
func (m *machine) misbehave(ctx context.Context, r *rand.Rand) {
	what := misbehaviours[r.IntN(len(misbehaviours))]
	answer := what.answer
	if r.IntN(4) == 0 {
		answer = rig.Flap(between(r, time.Second, 4*time.Second), answer)
	}
	path := []string{"/", "/", rig.SeriesPath, rig.EventsPath, rig.ChecksPath}[r.IntN(5)]
	names := [][]string{{firstAccount}, {secondAccount}, {firstAccount, secondAccount}}[r.IntN(3)]
	m.did(what.name)
	for _, name := range names {
		m.intakes[name].Behave(path, answer)
	}
	wait(ctx, between(r, what.most/4, what.most))
	for _, name := range names {
		m.intakes[name].Behave(path, nil)
	}
}

// outage takes the second account away for longer than its service checks may be old.
func (m *machine) outage(ctx context.Context) {
	m.did("an outage that outlasts service checks")
	m.intakes[secondAccount].Behave("/api", rig.Status(503))
	wait(ctx, 90*time.Second)
	m.intakes[secondAccount].Behave("/api", nil)
}

func (m *machine) withoutAgent(ctx context.Context, r *rand.Rand) error {
	m.did("no agent")
	if err := m.leave(); err != nil {
		return err
	}
	if r.IntN(2) == 0 { // else its file stays, and nobody listens there
		if err := os.Remove(m.socket()); err != nil {
			return err
		}
	}
	wait(ctx, between(r, 0, 15*time.Second))
	return m.listen()
}

// withoutDisk fills the disk of the state directory, or takes the right to write.
func (m *machine) withoutDisk(ctx context.Context, r *rand.Rand) error {
	m.unwritten(true)
	defer m.unwritten(false)
	if !m.mounted {
		return m.withoutRights(ctx, r)
	}
	m.did("disk full")
	ballast := m.node.Path("state", "ballast")
	if err := fillWith(ballast); err != nil {
		return err
	}
	wait(ctx, between(r, time.Second, 15*time.Second))
	if err := os.Remove(ballast); err != nil {
		return err
	}
	wait(ctx, 5*time.Second) // until what is owed is written down
	return nil
}

func (m *machine) withoutRights(ctx context.Context, r *rand.Rand) error {
	m.did("disk not writable")
	dirs, err := filepath.Glob(m.node.Path("state", "spool", "*", "*"))
	if err != nil {
		return err
	}
	for _, mode := range []os.FileMode{0o500, 0o700} {
		for _, dir := range dirs {
			if info, err := os.Stat(dir); err != nil || !info.IsDir() {
				continue
			}
			if err := os.Chmod(dir, mode); err != nil {
				return err
			}
		}
		wait(ctx, between(r, time.Second, 15*time.Second))
	}
	return nil
}

// fillWith writes until nothing fits any more.
func fillWith(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	for block := make([]byte, 64<<10); err == nil; {
		_, err = f.Write(block)
	}
	return f.Close()
}

// restarts kills or stops the process now and then, until ctx ends.
func (m *machine) restarts(ctx context.Context, r *rand.Rand) {
	for wait(ctx, between(r, 2*time.Second, 30*time.Second)) {
		end, what := m.kill, "kill -9"
		if r.IntN(3) == 0 {
			end, what = m.stop, "SIGTERM"
		}
		m.did(what)
		err := end()
		wait(context.WithoutCancel(ctx), between(r, 0, 4*time.Second))
		if err == nil {
			err = m.start()
		}
		if err != nil {
			m.wrong(fmt.Errorf("%s, restart after %s: %w", m.name, what, err))
		}
	}
}
