package watch

import (
	"cmp"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Names heard of and not yet taken; beyond it everything is looked at instead.
const maxHeard = 4096

// event is what happened to one name of a watched directory. If whole, it
// happened to the directory itself.
type event struct {
	dir, name string
	op        fsnotify.Op
	whole     bool
}

// notifier gathers the file system's events by name while nobody listens, so
// that neither the kernel's queue nor ours grows with a busy file.
type notifier struct {
	fs   *fsnotify.Watcher // nil: none to be had, the poll alone serves
	log  *slog.Logger
	wake chan struct{}
	done chan struct{}

	mu    sync.Mutex
	heard map[string]fsnotify.Op
	lost  bool

	// Directories as asked for, by their real path: two names of one directory
	// have one watch.
	asked  map[string][]string
	seen   map[string]dirState // as asked for, missing ones too
	active map[string]fileID   // real paths with a watch
	failed map[string]string   // real path -> why it has none, said once
}

type dirState struct {
	id       fileID
	modified time.Time
}

func newNotifier(log *slog.Logger) *notifier {
	n := &notifier{
		log: log, wake: make(chan struct{}, 1), done: make(chan struct{}),
		heard: map[string]fsnotify.Op{}, active: map[string]fileID{}, failed: map[string]string{},
	}
	w, err := fsnotify.NewWatcher()
	if err != nil {
		log.Warn("no file events are to be had; looking at every poll instead", "error", err)
		close(n.done)
		return n
	}
	n.fs = w
	go n.gather()
	return n
}

// gather runs until the watcher is closed. It also keeps fsnotify from waiting
// with its lock held for somebody to hear of an error.
func (n *notifier) gather() {
	defer close(n.done)
	for {
		select {
		case ev, ok := <-n.fs.Events:
			if !ok {
				return
			}
			n.hear(ev)
		case err, ok := <-n.fs.Errors:
			if !ok {
				return
			}
			n.miss(err)
		}
		select {
		case n.wake <- struct{}{}:
		default:
		}
	}
}

func (n *notifier) hear(ev fsnotify.Event) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.heard) >= maxHeard {
		clear(n.heard)
		n.lost = true
	}
	n.heard[ev.Name] |= ev.Op
}

func (n *notifier) miss(err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lost = true
	n.log.Warn("file events were lost; looking at everything instead", "error", err)
}

// take is what happened since the last time, names in order, and whether some
// of it is not known.
func (n *notifier) take() ([]event, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.heard) == 0 && !n.lost {
		return nil, false
	}
	lost := n.lost
	var events []event
	for name, op := range n.heard {
		for _, dir := range n.asked[filepath.Dir(name)] {
			events = append(events, event{dir: dir, name: filepath.Base(name), op: op})
		}
		if op.Has(fsnotify.Remove) || op.Has(fsnotify.Rename) {
			for _, dir := range n.asked[name] {
				events = append(events, event{dir: dir, whole: true})
				delete(n.active, name)
			}
		}
	}
	clear(n.heard)
	n.lost = false
	slices.SortFunc(events, func(a, b event) int {
		return cmp.Or(strings.Compare(a.dir, b.dir), strings.Compare(a.name, b.name))
	})
	return events, lost
}

// want has exactly these directories watched, and says whether one of them has
// not been until now: what happened in it before was not heard.
func (n *notifier) want(dirs []string) (fresh bool) {
	asked, seen, real := map[string][]string{}, map[string]dirState{}, map[string]fileID{}
	for _, dir := range dirs {
		if _, twice := seen[dir]; twice {
			continue
		}
		seen[dir] = stateOf(dir)
		path, err := filepath.EvalSymlinks(dir)
		if err != nil {
			continue
		}
		asked[path] = append(asked[path], dir)
		real[path] = seen[dir].id
	}
	n.mu.Lock()
	n.asked, n.seen = asked, seen
	n.mu.Unlock()
	if n.fs == nil {
		return false
	}
	for path, id := range n.active {
		if now, ok := real[path]; !ok || now != id {
			_ = n.fs.Remove(path) // it may be gone already
			delete(n.active, path)
		}
	}
	for path, id := range real {
		if _, ok := n.active[path]; !ok && n.add(path) {
			n.active[path] = id
			fresh = true
		}
	}
	return fresh
}

func (n *notifier) add(path string) bool {
	if err := n.fs.Add(path); err != nil {
		if n.failed[path] != err.Error() {
			n.failed[path] = err.Error()
			n.log.Warn("no file events from this directory; looking at every poll instead", "path", path, "error", err)
		}
		return false
	}
	delete(n.failed, path)
	return true
}

// changed says whether a directory that matters is another, or holds other
// names, than when last looked at.
func (n *notifier) changed() bool {
	for dir, was := range n.seen {
		if stateOf(dir) != was {
			return true
		}
	}
	return n.seen == nil
}

func stateOf(dir string) dirState {
	fi, err := os.Stat(dir)
	if err != nil {
		return dirState{}
	}
	return dirState{id: idOf(fi), modified: fi.ModTime()}
}

func (n *notifier) close() error {
	if n.fs == nil {
		return nil
	}
	err := n.fs.Close()
	<-n.done
	return err
}
