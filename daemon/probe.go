package daemon

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/converged/converged/daemon/deliver"
	"github.com/converged/converged/reporters/telemetry"
)

// A probe that was told no asks again so soon, and less and less often.
const (
	soonestProbe = 5 * time.Second
	latestProbe  = 5 * time.Minute
)

// probe asks a receiver whether it would take a run, before there is one: a node
// whose key is wrong is not well, and should not have to fail first to say so.
type probe struct {
	ask     func(context.Context) error
	tried   func() bool // a run was, which says more
	changed func()

	mu          sync.Mutex
	err         error // why it takes nothing
	since, next time.Time
}

// run ends with ctx, or once the receiver does not say no or a run was tried.
func (p *probe) run(ctx context.Context) {
	for pause := soonestProbe; !p.tried(); pause = min(2*pause, latestProbe) {
		err := p.ask(ctx)
		if !errors.Is(err, telemetry.ErrHeld) {
			break
		}
		p.learn(err, pause)
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
	p.learn(nil, 0)
}

func (p *probe) learn(err error, pause time.Duration) {
	p.mu.Lock()
	if p.err == nil {
		p.since = time.Now()
	}
	p.err, p.next = err, time.Now().Add(pause)
	p.mu.Unlock()
	p.changed()
}

// tell puts into a reporter's status what no run has shown yet.
func (p *probe) tell(r *ReporterStatus) {
	if p == nil || p.tried() {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil {
		r.State, r.Since, r.Error, r.NextTry = string(deliver.Held), p.since.UTC(), p.err.Error(), p.next.UTC()
	}
}

// probeOf is the probe of an output, nil if its receiver cannot be asked.
func (d *daemon) probeOf(out Output, l *deliver.Loop) *probe {
	if out.Ask == nil {
		return nil
	}
	return &probe{ask: out.Ask, changed: d.status.poke, tried: func() bool {
		st := l.State()
		return st.Delivered+st.Retried > 0
	}}
}
