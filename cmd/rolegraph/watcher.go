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
	ours   []string        // files that we write ourselves
	own    map[string]bool // the same, as events name them
	inside map[string]bool // directories of which every file matters
	places map[string]bool // what matters in other directories
}

// newWatcher watches directories, except for files of our own.
func newWatcher(dirs, ours []string) (*watcher, error) {
	events, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watching: %w", err)
	}
	w := &watcher{events: events, dirs: dirs, ours: ours}
	if err := w.watch(); err != nil {
		return nil, errors.Join(err, events.Close())
	}
	return w, nil
}

// realPlace is a path with the links on the way to it followed: as events name it.
func realPlace(path string) string {
	path = absolute(path)
	if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		return filepath.Join(dir, filepath.Base(path))
	}
	return path
}

// watch adds every directory that is there now; those watched already stay so.
func (w *watcher) watch() error {
	w.own, w.inside, w.places = map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, path := range w.ours {
		w.own[realPlace(path)] = true
	}
	for _, dir := range w.dirs {
		if err := w.below(dir); err != nil {
			return fmt.Errorf("watching %s: %w", dir, err)
		}
	}
	return nil
}

// below adds a directory, all below it, and what links there lead to; also where it
// lies itself, as another may take its place.
func (w *watcher) below(root string) error {
	if err := w.lookFor(realPlace(root)); err != nil {
		return err
	}
	for todo := []string{root}; len(todo) > 0; {
		path := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		real, err := filepath.EvalSymlinks(absolute(path))
		if err != nil || w.inside[real] {
			continue // what is not there any more may come again
		}
		if isFile(real) {
			if err := w.lookFor(real); err != nil {
				return err
			}
			continue
		}
		if len(w.inside) == mostWatched {
			return fmt.Errorf("more than %d directories; name the folders of the roles", mostWatched)
		}
		switch err := w.events.Add(real); {
		case errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission):
			continue // reading tells it
		case err != nil:
			return err
		}
		w.inside[real] = true
		entries, _ := os.ReadDir(real) // what came before it was watched is among them
		todo = append(todo, further(real, entries)...)
	}
	return nil
}

// lookFor watches a single place, or the first above it that is missing.
func (w *watcher) lookFor(place string) error {
	for {
		dir := filepath.Dir(place)
		err := w.events.Add(dir)
		if !errors.Is(err, fs.ErrNotExist) || dir == place {
			w.places[place] = true
			return err
		}
		place = dir
	}
}

// further is what of a directory is watched besides: directories and links.
func further(dir string, entries []fs.DirEntry) (paths []string) {
	for _, e := range entries {
		if slices.Contains([]string{".git", ".hg", ".svn"}, e.Name()) {
			continue // never read
		}
		if e.IsDir() || e.Type()&fs.ModeSymlink != 0 {
			paths = append(paths, filepath.Join(dir, e.Name()))
		}
	}
	return paths
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
	switch {
	case e.Op == fsnotify.Chmod || w.own[e.Name]:
		return false
	case w.places[e.Name]:
		return true
	case !w.inside[filepath.Dir(e.Name)] || strings.HasPrefix(filepath.Base(e.Name), "."):
		return false
	}
	if isChefFile(e.Name) || e.Has(fsnotify.Remove) || e.Has(fsnotify.Rename) {
		return true
	}
	info, err := os.Stat(e.Name)
	return err == nil && info.IsDir()
}

func (w *watcher) close() error { return w.events.Close() }
