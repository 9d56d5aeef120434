package daemon

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/converged/converged/daemon/fault"
	"github.com/converged/converged/daemon/spool"
	"github.com/converged/converged/daemon/watch"
)

// maxWaiting is how many reports may wait to be let go. They are small by then,
// but a source may be long.
const maxWaiting = 10_000

// mostApart is for how long reports are taken one after the other before the disk
// is asked to take what they say, together.
const mostApart = 100 * time.Millisecond

// pickup is the loop from a finished report in a file to a batch on disk.
type pickup struct {
	*intake
	watcher *watch.Watcher
	sources *sourceCounts

	waiting []*unsettled  // oldest first
	since   time.Time     // the oldest of them was taken
	apart   time.Duration // mostApart
	retryAt time.Time     // when the disk is asked again, while it refuses something
	pause   time.Duration

	forgetful bool // the last position could not be remembered
}

// unsettled is a report that is not let go, and its batches that are in memory only.
type unsettled struct {
	arrival *watch.Arrival
	held    []holding
}

// run takes reports until ctx ends.
func (p *pickup) run(ctx context.Context) error {
	for {
		arrival, err := p.next(ctx)
		if err != nil {
			p.settle()
			return fmt.Errorf("waiting for reports: %w", err)
		}
		if err := p.take(ctx, arrival); err != nil {
			p.settle()
			return err
		}
	}
}

// next waits for a report. If there is none now, the disk takes what was postponed;
// what it refuses it is asked again meanwhile.
func (p *pickup) next(ctx context.Context) (*watch.Arrival, error) {
	if len(p.waiting) > 0 && p.pause == 0 && ctx.Err() == nil {
		if arrival, err := p.watcher.Ready(); arrival != nil || err != nil {
			return arrival, err
		}
		p.settle()
	}
	for len(p.waiting) > 0 {
		if !time.Now().Before(p.retryAt) {
			p.settle()
			continue
		}
		soon, cancel := context.WithDeadline(ctx, p.retryAt)
		var arrival *watch.Arrival
		err := context.DeadlineExceeded
		if len(p.waiting) < maxWaiting {
			arrival, err = p.watcher.Next(soon)
		} else {
			<-soon.Done()
		}
		cancel()
		switch {
		case err == nil:
			return arrival, nil
		case ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded):
			return nil, err
		}
	}
	return p.watcher.Next(ctx)
}

// take spools what a report says, and lets the report go once that is on disk for
// every reporter. The only error is that of ctx.
func (p *pickup) take(ctx context.Context, a *watch.Arrival) error {
	fault.Point(fault.ReportComplete)
	u := &unsettled{arrival: a}
	batches := p.look(a)
	a.Data = nil // it may have to wait for long
	fault.Point(fault.ReportAnalysed)
	put := (*spool.Spool).Postpone
	if p.pause > 0 { // nobody asks the disk soon
		put = (*spool.Spool).Append
	}
	held, err := p.spoolAll(ctx, batches, put)
	if err != nil {
		return err
	}
	u.held = held
	if len(p.waiting) == 0 {
		p.since = time.Now()
	}
	p.waiting = append(p.waiting, u)
	p.letGo()
	if len(p.waiting) > 0 && p.pause == 0 && (anyRefused(held) || time.Since(p.since) >= p.apart) {
		p.settle()
	}
	return nil
}

func anyRefused(held []holding) bool {
	return slices.ContainsFunc(held, func(h holding) bool { return h.refused })
}

// look is what an arrival has to say.
func (p *pickup) look(a *watch.Arrival) []ranked {
	if errors.Is(a.Err, watch.ErrUnreadable) { // no run is known to have happened; the watcher has said it
		return nil
	}
	f, _ := formatNamed(a.Source) // known: it is one of the configuration
	d := document{format: f, origin: a.Path, at: a.Modified, offset: noLine, data: a.Data, err: a.Err}
	if f.kind == watch.Lines {
		d.offset = a.Offset
	}
	batches, understood := p.batches(d)
	p.sources.read(a.Source, a.Path, understood, time.Now())
	return batches
}

// settle asks every disk to take what was postponed or refused, and lets go of what
// it took. If it still refuses something, it is asked again later.
func (p *pickup) settle() {
	p.askDisks()
	for _, u := range p.waiting {
		u.held = p.refusedOf(u.held)
	}
	p.pause = min(max(2*p.pause, firstPause), lastPause)
	p.retryAt = time.Now().Add(p.pause)
	p.letGo()
}

// letGo lets reports go in the order in which they came: a position may say that
// everything before it was let go, too.
func (p *pickup) letGo() {
	for len(p.waiting) > 0 {
		u := p.waiting[0]
		if u.held = p.stillHeld(u.held); len(u.held) > 0 {
			return
		}
		fault.Point(fault.ReportSpooled)
		p.remembered(u.arrival.Path, u.arrival.Commit())
		p.waiting = p.waiting[1:]
	}
	p.waiting, p.pause = nil, 0
}

// remembered says when positions begin to be forgotten, and when they no longer are.
func (p *pickup) remembered(path string, err error) {
	switch {
	case err != nil && !p.forgetful:
		p.log.Warn("a position could not be remembered, and it is tried again; after a restart before that the report is read again, and not sent again", "path", path, "error", err)
	case err == nil && p.forgetful:
		p.log.Info("positions are remembered again")
	}
	p.forgetful = err != nil
}
