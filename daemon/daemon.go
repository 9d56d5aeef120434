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
	"slices"
	"sync"
	"time"

	"github.com/converged/converged/daemon/deliver"
	"github.com/converged/converged/daemon/ledger"
	"github.com/converged/converged/daemon/spool"
	"github.com/converged/converged/daemon/watch"
)

// Output is one place that is told of runs. Its name is that of its spool.
type Output struct {
	Name         string
	Type         string           // of the configuration, for people
	Reporter     deliver.Reporter // may be a deliver.Group
	Acknowledges bool             // nil from Reporter means "has it"; else "was handed over", at best
	Backoff      deliver.Backoff  // the zero value is for a receiver on this machine
	MaxAge       deliver.Ages     // older items are told in a digest

	// Ask says whether the receiver would take a run: an error of
	// telemetry.ErrHeld if a person has to mend something. Nil is not asked.
	Ask func(context.Context) error
}

// longestPause is the most that is waited before a reporter is tried again. A
// receiver on this machine costs little to ask, and comes back within seconds.
const longestPause = 10 * time.Second

// groupTimeout bounds a request for each kind of what several batches hold, and
// what a receiver that refuses one of them makes necessary.
const groupTimeout = time.Minute

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
	d.status.begin()
	ready()
	err = d.work(ctx)
	d.status.end(err == nil)
	return errors.Join(err, d.close())
}

// daemon is what one Run holds open.
type daemon struct {
	intake  *intake
	pickup  *pickup
	posts   *posts // nil if nothing is received
	loops   []*deliver.Loop
	places  []place
	probes  []*probe // nil where a receiver cannot be asked
	ledger  *ledger.Ledger
	sources *sourceCounts
	status  *statusFile
	log     *slog.Logger
}

func open(c Config, outputs []Output, log *slog.Logger) (d *daemon, err error) {
	d = &daemon{log: log, sources: newSourceCounts(c)}
	d.status = newStatusFile(c.StateDir, d.look(c, outputs), log)
	d.sources.changed = d.status.poke
	defer func() {
		if err != nil {
			err = errors.Join(err, d.close())
		}
	}()
	d.ledger, err = ledger.Open(filepath.Join(c.StateDir, ledgerName), ledger.Options{Log: log, Changed: d.status.poke})
	if err != nil {
		log.Error("there is no ledger; what becomes of each run is not noted", "error", err)
	}
	for _, out := range outputs {
		if err := d.openOutput(c, out); err != nil {
			return d, err
		}
	}
	w, err := watch.Open(c.watched(), watch.Options{
		StateDir: filepath.Join(c.StateDir, "watch"),
		Poll:     c.Watch.Poll, Quiet: c.Watch.Quiet, EmptyAfter: c.Watch.EmptyAfter, Log: log, Trouble: d.sources.trouble})
	if err != nil {
		return d, fmt.Errorf("watching the sources: %w", err)
	}
	d.intake = newIntake(c, d)
	d.pickup = &pickup{intake: d.intake, watcher: w, sources: d.sources, apart: mostApart}
	d.posts, err = d.openPosts(c)
	return d, err
}

// openOutput makes the spool of a reporter and the loop that empties it.
func (d *daemon) openOutput(c Config, out Output) error {
	log := d.log.With("reporter", out.Name)
	s, err := spool.Open(filepath.Join(c.StateDir, "spool", out.Name), spool.Options{
		MaxEntries: c.Spool.MaxEntries, MaxBytes: c.Spool.MaxBytes, Log: log,
		Dropped: func(key, reason string) {
			d.note(ledger.Record{Run: key, Step: ledger.Dropped, Reporter: out.Name, Detail: reason})
		}})
	if err != nil {
		return fmt.Errorf("opening the spool of reporter %s: %w", out.Name, err)
	}
	d.places = append(d.places, place{out.Name, s})
	l := &deliver.Loop{Name: out.Name, Spool: s, Reporter: out.Reporter, Acknowledges: out.Acknowledges,
		Backoff: out.Backoff, MaxAge: out.MaxAge, Note: d.note, Changed: d.status.poke, Again: d.status.poke, Log: d.log}
	if l.Backoff.Max == 0 {
		l.Backoff.Max = longestPause
	}
	if _, several := out.Reporter.(deliver.Group); several {
		l.Timeout = groupTimeout
	}
	d.loops = append(d.loops, l)
	d.probes = append(d.probes, d.probeOf(out, l))
	return nil
}

// note writes a step of a run into the ledger, and has the status looked at.
func (d *daemon) note(r ledger.Record) {
	d.ledger.Note(r)
	d.status.poke()
}

// sayAbsent names every source that is not there yet: a path may be mistyped.
func (c Config) sayAbsent(log *slog.Logger) {
	for _, s := range c.readSources() {
		if found, err := filepath.Glob(s.Path); err == nil && len(found) == 0 {
			log.Warn("a source is not there yet; it is waited for", "format", s.Format, "path", s.Path)
		}
	}
}

// watched is the sources as the watcher knows them.
func (c Config) watched() []watch.Source {
	sources := make([]watch.Source, 0, len(c.Sources))
	for _, s := range c.readSources() {
		f, _ := formatNamed(s.Format) // known: the configuration was checked
		sources = append(sources, watch.Source{
			Name: s.Format, Path: s.Path, Kind: f.kind,
			Match: f.match, Complete: f.whole, Split: f.split, MaxBytes: maxReport,
		})
	}
	return sources
}

// readSources are the sources but for those that another format makes needless.
func (c Config) readSources() []SourceConfig {
	return slices.DeleteFunc(slices.Clone(c.Sources), func(s SourceConfig) bool {
		f, _ := formatNamed(s.Format)
		return c.has(f.standsIn)
	})
}

// has says whether a source is of that format.
func (c Config) has(format string) bool {
	return slices.ContainsFunc(c.Sources, func(s SourceConfig) bool { return s.Format == format })
}

// work runs the intake and a delivery per reporter. The first to fail stops all;
// it returns when all have returned, or were given their grace.
func (d *daemon) work(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var all sync.WaitGroup
	errs := make(chan error, len(d.loops)+5)
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
	start(d.status.run)
	start(d.pickup.run)
	if d.posts != nil {
		start(d.posts.run)
	}
	if d.posts != nil && d.posts.server != nil {
		start(d.posts.server.Run)
	}
	start(d.intake.mind)
	for _, l := range d.loops {
		start(l.Run)
	}
	for _, p := range d.probes {
		if p != nil {
			all.Go(func() { p.run(ctx) })
		}
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
	if d.posts != nil {
		err = d.posts.close()
	}
	if d.pickup != nil {
		err = errors.Join(err, d.pickup.watcher.Close())
		d.intake.bad.end()
		d.intake.begun.Close()
	}
	for _, p := range d.places {
		err = errors.Join(err, p.Close())
	}
	if fault := d.ledger.Close(); fault != nil {
		d.log.Warn("the end of the ledger is lost", "error", fault)
	}
	return err
}
