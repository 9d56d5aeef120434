package daemon

import (
	"context"
	"path/filepath"
	"slices"
	"time"

	"github.com/converged/converged/daemon/analyse"
	"github.com/converged/converged/daemon/begun"
	"github.com/converged/converged/daemon/ledger"
	"github.com/converged/converged/daemon/spool"
	"github.com/converged/converged/parsers/report"
)

// begunName is the file in a state directory that holds the runs under way.
const begunName = "begun.json"

// statusUnfinished is how a list of runs calls one that never told its end.
const statusUnfinished = "unfinished"

// How old a run that did not finish may be to be said in our own log, and how many
// of those of a report have a line each.
const (
	longAgo   = 24 * time.Hour
	mostNamed = 10
)

// heard takes note of the runs that a document told of: which began, which ended.
// It is what there is to say of those that can no longer end, as another run has
// begun. Where one that was said not to finish did, what still waits to say so is
// taken back.
func (in *intake) heard(runs []report.Run, origin string) []ranked {
	news := in.begun.Hear(runs, origin)
	for _, r := range news.Late {
		in.log.Info("a run that was said not to finish did, late", "run_id", r.ID)
	}
	for _, r := range runs {
		if r.Phase == report.Finished {
			in.takeBack(r.ID)
		}
	}
	return in.unfinished(news.Unfinished)
}

// takeBack withdraws that a run did not finish, also if it was said by a process
// that died before it could. The run's own end has another identity, and is spooled
// whatever becomes of this.
func (in *intake) takeBack(run string) {
	in.spooling.Lock() // what is just being spooled is there by then, or will not be
	defer in.spooling.Unlock()
	id := analyse.UnfinishedID(run)
	for _, p := range in.places {
		if p.Withdraw(id) {
			in.withdrawn(id, p)
		}
	}
}

func (in *intake) withdrawn(id string, p place) {
	in.tell(id, p.name, ledger.Withdrawn, "the run did finish, and that is told")
}

// unfinished is what is said of runs that did not finish.
func (in *intake) unfinished(over []begun.Unfinished) []ranked {
	var all []ranked
	var said []begun.Unfinished
	for _, u := range over {
		if in.toldOf(u.ID) {
			in.begun.Kept(u.ID)
			continue
		}
		options := in.options
		if filepath.IsAbs(u.Source) { // and not the address it was posted to
			options.Origin = u.Source
		}
		run := report.Run{ID: u.ID, Tool: u.Tool, Phase: report.Started, Host: u.Host, Playbook: u.Playbook, Start: report.At(u.Start)}
		b := analyse.Unfinished(run, u.At, u.Next, options)
		about := &ledger.Summary{Tool: string(u.Tool), Host: b.Host, Status: statusUnfinished, Report: u.Source}
		all = append(all, ranked{batch: b, summary: about, of: u.ID})
		said = append(said, u)
	}
	in.sayUnfinished(said)
	return all
}

// sayUnfinished has our own log name runs that did not finish, and count those of
// which there are many: a playbook may have thousands of hosts.
func (in *intake) sayUnfinished(over []begun.Unfinished) {
	over = slices.DeleteFunc(over, func(u begun.Unfinished) bool { return time.Since(u.At) > longAgo }) // of an old log
	for _, u := range over[:min(len(over), mostNamed)] {
		in.log.Warn("a run did not finish; what became of it is not known", "run_id", u.ID, "tool", u.Tool, "host", u.Host, "start", u.Start)
	}
	if more := len(over) - mostNamed; more > 0 {
		in.log.Warn("more runs did not finish", "runs", more)
	}
}

// toldOf says whether the end of a run was told: its start was read again, without
// its end.
func (in *intake) toldOf(run string) bool {
	for _, p := range in.places {
		if p.Knows(run) {
			return true
		}
	}
	return false
}

// mind tells of the runs that are without an end for too long, until ctx ends.
// While no run is under way it sleeps.
func (in *intake) mind(ctx context.Context) error {
	for {
		due := in.begun.Due()
		timer := time.NewTimer(time.Until(due))
		if due.IsZero() {
			timer.Stop()
		}
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-in.begun.Changed():
			timer.Stop()
		case <-timer.C:
			if err := in.tellOverdue(ctx); err != nil {
				return err
			}
		}
	}
}

// tellOverdue spools what is due, and has the disk know what is told.
func (in *intake) tellOverdue(ctx context.Context) error {
	_, err := in.spoolAll(ctx, in.unfinished(in.begun.Overdue()), (*spool.Spool).Append)
	if err == nil {
		in.begun.Sync()
	}
	return err
}
