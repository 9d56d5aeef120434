// Package daemon is the sidecar: it finds finished run reports, makes a batch
// of telemetry of each, and delivers it. Two loops, joined only by a directory:
// a report is let go when its batch is on disk, and no sooner.
package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/converged/converged/daemon/deliver"
	"github.com/converged/converged/daemon/spool"
	"github.com/converged/converged/daemon/watch"
)

// Output is one place that is told of runs. Its name is that of its spool.
type Output struct {
	Name         string
	Reporter     deliver.Reporter // may be a deliver.Group
	Acknowledges bool             // nil from Reporter means "has it"; else "was handed over", at best
	Backoff      deliver.Backoff  // the zero value is for a receiver on this machine
	MaxAge       deliver.Ages     // older items are told in a digest
}

// longestPause is the most that is waited before a reporter is tried again. A
// receiver on this machine costs little to ask, and comes back within seconds.
const longestPause = 10 * time.Second

// grace is how long the loops may take to return once they are told to: a
// delivery has its own 3 s, but a huge report that is just read knows no end.
const grace = 4 * time.Second

// Run is the daemon's life: it opens what it needs, calls ready, and works until
// ctx ends or something fails for good. Then it stops taking reports, flushes
// what it can within the grace that deliver allows, and returns nil if ctx
// ended it. The error is ErrStateDir if state_dir is not fit for it, or another
// daemon works there.
func Run(ctx context.Context, c Config, outputs []Output, log *slog.Logger, ready func()) error {
	lock, err := c.claimState()
	if err != nil {
		return err
	}
	defer func() { _ = lock.Close() }() // nothing was written through it
	d, err := open(c, outputs, log)
	if err != nil {
		return err
	}
	c.sayAbsent(log)
	c.sayLeftOver(outputs, log)
	ready()
	return errors.Join(d.work(ctx), d.close())
}

// daemon is what one Run holds open.
type daemon struct {
	intake *intake
	loops  []*deliver.Loop
	spools []*spool.Spool
	log    *slog.Logger
}

func open(c Config, outputs []Output, log *slog.Logger) (d *daemon, err error) {
	d = &daemon{log: log}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.close())
		}
	}()
	for _, out := range outputs {
		s, err := spool.Open(filepath.Join(c.StateDir, "spool", out.Name), spool.Options{
			MaxEntries: c.Spool.MaxEntries, MaxBytes: c.Spool.MaxBytes, Log: log.With("reporter", out.Name)})
		if err != nil {
			return d, fmt.Errorf("opening the spool of reporter %s: %w", out.Name, err)
		}
		d.spools = append(d.spools, s)
		d.loops = append(d.loops, &deliver.Loop{Name: out.Name, Spool: s, Reporter: out.Reporter, Log: log,
			Backoff: deliver.Backoff{Max: longestPause}})
	}
	w, err := watch.Open(c.watched(), watch.Options{
		StateDir: filepath.Join(c.StateDir, "watch"),
		Poll:     c.Watch.Poll, Quiet: c.Watch.Quiet, EmptyAfter: c.Watch.EmptyAfter, Log: log})
	if err != nil {
		return d, fmt.Errorf("watching the sources: %w", err)
	}
	d.intake = newIntake(c, w, d.spools, log)
	return d, nil
}

// sayAbsent names every source that is not there yet: a path may be mistyped.
func (c Config) sayAbsent(log *slog.Logger) {
	for _, s := range c.Sources {
		if found, err := filepath.Glob(s.Path); err == nil && len(found) == 0 {
			log.Warn("a source is not there yet; it is waited for", "format", s.Format, "path", s.Path)
		}
	}
}

// watched is the sources as the watcher knows them.
func (c Config) watched() []watch.Source {
	sources := make([]watch.Source, 0, len(c.Sources))
	for _, s := range c.Sources {
		f, _ := formatNamed(s.Format) // known: the configuration was checked
		sources = append(sources, watch.Source{
			Name: s.Format, Path: s.Path, Kind: f.kind,
			Match: f.match, Complete: f.complete, Split: f.split, MaxBytes: maxReport,
		})
	}
	return sources
}

// work runs the intake and a delivery per reporter. The first to fail stops all;
// it returns when all have returned, or were given their grace.
func (d *daemon) work(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var all sync.WaitGroup
	errs := make(chan error, len(d.loops)+1)
	start := func(run func(context.Context) error) {
		all.Go(func() {
			err := run(ctx)
			if errors.Is(err, context.Canceled) {
				err = nil // being told to stop is no failure
			}
			errs <- err
			stop(err)
		})
	}
	start(d.intake.run)
	for _, l := range d.loops {
		start(l.Run)
	}
	returned := make(chan struct{})
	go func() { all.Wait(); close(returned) }()
	<-ctx.Done() // stop ends it, too, when a loop fails
	select {
	case <-returned:
	case <-time.After(grace):
		d.log.Warn("stopping without waiting for what is under way; it was not let go and is read again at the next start")
	}
	return joinAll(errs)
}

// joinAll is the errors that are there now.
func joinAll(errs <-chan error) error {
	var joined error
	for {
		select {
		case err := <-errs:
			joined = errors.Join(joined, err)
		default:
			return joined
		}
	}
}

// close mirrors open.
func (d *daemon) close() error {
	var err error
	if d.intake != nil {
		err = d.intake.watcher.Close()
	}
	for _, s := range d.spools {
		err = errors.Join(err, s.Close())
	}
	return err
}
