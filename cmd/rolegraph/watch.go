package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/converged/converged/cmd/program"
)

// watch draws, and draws again whenever a role file changes, until interrupted.
// A file that cannot be read meanwhile ends nothing: its next change is waited for.
func (r *rendering) watch(ctx context.Context) error {
	ctx, end := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer end()
	in, err := r.once(ctx)
	if in == nil {
		return err
	}
	r.complain(err)
	w, err := r.watcher(in)
	if err != nil {
		return err
	}
	defer func() { _ = w.close() }()
	printLine(r.say, "watching %s; interrupt to end", strings.Join(w.dirs, ", "))
	for {
		if err := w.next(ctx); ctx.Err() != nil {
			return nil
		} else if err != nil {
			return program.Fail(program.Usage, err)
		}
		if _, err := r.once(ctx); ctx.Err() == nil {
			r.complain(err)
		}
	}
}

// watcher watches what was read from disk.
func (r *rendering) watcher(in *input) (*watcher, error) {
	var dirs, ours []string
	for _, dir := range in.dirs {
		if _, isRevision := asRevision(dir); !isRevision {
			dirs = append(dirs, dir)
		}
	}
	dirs = append(dirs, in.more...)
	if len(dirs) == 0 {
		return nil, errors.New("--watch needs a directory on disk: a revision does not change")
	}
	for _, t := range r.targets {
		ours = append(ours, t.path)
	}
	w, err := newWatcher(dirs, ours)
	if err != nil {
		return nil, program.Fail(program.Usage, err)
	}
	return w, nil
}

// complain says why a picture could not be drawn.
func (r *rendering) complain(err error) {
	var o program.Outcome
	if err == nil || errors.As(err, &o) && o.Err == nil {
		return // there is nothing to say, or it is said
	}
	printLine(r.stderr, "rolegraph: %s; waiting for the next change", err.Error())
}

const (
	// settle is how long nothing may change before what changed is read: editors
	// and git write many files in one go.
	settle = 150 * time.Millisecond
	// mostWatched bounds what is asked of the system.
	mostWatched = 20_000
)

// watcher tells when something changes in or below directories.
type watcher struct {
	events *fsnotify.Watcher
	dirs   []string
	ours   []string // files that we write ourselves
}

// newWatcher watches directories, except for files of our own.
func newWatcher(dirs, ours []string) (*watcher, error) {
	events, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watching: %w", err)
	}
	w := &watcher{events: events, dirs: dirs}
	for _, path := range ours {
		if abs, err := filepath.Abs(path); err == nil {
			w.ours = append(w.ours, abs)
		}
	}
	if err := w.watch(); err != nil {
		return nil, errors.Join(err, events.Close())
	}
	return w, nil
}

// watch adds every directory that is there now; those watched already stay so.
func (w *watcher) watch() error {
	n := 0
	for _, dir := range w.dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist) && path != dir:
				return nil // it went meanwhile
			case err != nil && path != dir:
				return fs.SkipDir // unreadable: reading tells it
			case err == nil && path == dir && !d.IsDir():
				return w.events.Add(filepath.Dir(path)) // an editor may put another file in its place
			case err != nil || !d.IsDir():
				return err
			case strings.HasPrefix(d.Name(), ".git"):
				return fs.SkipDir
			}
			if n++; n > mostWatched {
				return fmt.Errorf("watching %s: more than %d directories; name the folders of the roles", dir, mostWatched)
			}
			return w.events.Add(path)
		})
		if err != nil {
			return fmt.Errorf("watching %s: %w", dir, err)
		}
	}
	return nil
}

// next waits until something changed and nothing has for a while.
func (w *watcher) next(ctx context.Context) error {
	var quiet <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-quiet:
			return w.watch()
		case e, ok := <-w.events.Events:
			if !ok {
				return errors.New("watching: the system tells no more")
			}
			if w.matters(e) {
				quiet = time.After(settle)
			}
		case <-w.events.Errors: // events were lost: something changed
			quiet = time.After(settle)
		}
	}
}

// matters says whether an event may change the picture.
func (w *watcher) matters(e fsnotify.Event) bool {
	if e.Op == fsnotify.Chmod || strings.HasPrefix(filepath.Base(e.Name), ".") {
		return false
	}
	abs, err := filepath.Abs(e.Name)
	if err != nil || slices.Contains(w.ours, abs) {
		return false
	}
	if isChefFile(e.Name) || e.Has(fsnotify.Remove) || e.Has(fsnotify.Rename) {
		return true
	}
	info, err := os.Stat(e.Name)
	return err == nil && info.IsDir()
}

func (w *watcher) close() error { return w.events.Close() }
