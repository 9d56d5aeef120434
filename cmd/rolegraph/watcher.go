package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// settle is how long nothing may change before what changed is read: editors
	// and git write many files in one go.
	settle = 150 * time.Millisecond
	// mostWatched bounds what is asked of the system.
	mostWatched = 20_000
)

var errOver = errors.New("watching: the system tells no more")

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
		if isFile(dir) {
			dir = filepath.Dir(dir)
			if err := w.events.Add(dir); err != nil {
				return fmt.Errorf("watching %s: %w", dir, err)
			}
			continue
		}
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
				return errOver
			}
			if w.matters(e) {
				quiet = time.After(settle)
			}
		case _, ok := <-w.events.Errors: // events were lost: something changed
			if !ok {
				return errOver
			}
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
