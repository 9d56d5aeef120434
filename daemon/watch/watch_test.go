package watch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

func opened(t *testing.T, sources ...Source) *Watcher {
	t.Helper()
	w, err := Open(sources, Options{StateDir: t.TempDir(), Poll: time.Hour, EmptyAfter: 10 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func TestCloseAndTheEndOfContextWakeNext(t *testing.T) {
	w := opened(t, Source{Name: "report", Path: t.TempDir()})
	ctx, cancel := context.WithCancel(t.Context())
	errs := make(chan error)
	go func() {
		for _, c := range []context.Context{ctx, t.Context()} {
			_, err := w.Next(c)
			errs <- err
		}
	}()
	cancel()
	if err := <-errs; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if err := <-errs; !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
}

// Records of several sources, taken by one goroutine and committed by others,
// out of order.
func TestCommitFromElsewhere(t *testing.T) {
	dir, state := t.TempDir(), t.TempDir()
	const n = 2000
	var sources []Source
	for s := range 3 {
		path := filepath.Join(dir, fmt.Sprintf("%d.log", s))
		var text []byte
		for i := range n {
			text = fmt.Appendf(text, "%d of %d\n", i, s)
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		sources = append(sources, Source{Name: "events", Path: path, Kind: Lines})
	}
	w, err := Open(sources, Options{StateDir: state})
	if err != nil {
		t.Fatal(err)
	}
	var all []*Arrival
	var wait sync.WaitGroup
	for i := range 3 * n {
		a, err := w.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if all = append(all, a); i == 3*n-10 {
			continue // this one and what follows it in its file is seen again
		}
		wait.Go(func() {
			if err := a.Commit(); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	missed := all[3*n-10]
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := missed.Commit(); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	if w, err = Open(sources, Options{StateDir: state}); err != nil {
		t.Fatal(err)
	}
	if a, err := w.Next(t.Context()); err != nil || a.Path != missed.Path || a.Offset != missed.Offset {
		t.Errorf("%v, %+v; want %+v", err, a, missed)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// No event comes; the queue is said to have run over.
func TestLostEvents(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "events")
	reports := filepath.Join(dir, "reports")
	if err := os.Mkdir(reports, 0o700); err != nil {
		t.Fatal(err)
	}
	w := opened(t, Source{Name: "events", Path: path, Kind: Lines}, Source{Name: "report", Path: reports, Complete: func([]byte) bool { return true }})
	w.notify.want(nil) // deaf from here
	for _, name := range []string{path, filepath.Join(reports, "1.json")} {
		for range 2 {
			if a, _, err := w.step(time.Now()); a != nil || err != nil {
				t.Fatalf("heard of %v, %v", a, err)
			}
			if err := os.WriteFile(name, []byte("text\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		w.notify.miss(fsnotify.ErrEventOverflow)
		if a, err := w.Next(t.Context()); err != nil || a.Path != name {
			t.Errorf("%v, %v", a, err)
		}
		w.notify.want(nil)
	}
}

func TestManyNamesAtOnceAreAllLookedAt(t *testing.T) {
	n := &notifier{heard: map[string]fsnotify.Op{}, asked: map[string][]string{"/x": {"/x"}}, active: map[string]fileID{}}
	for i := range maxHeard {
		n.hear(fsnotify.Event{Name: fmt.Sprintf("/x/%d", i), Op: fsnotify.Write})
	}
	if events, lost := n.take(); len(events) != maxHeard || lost {
		t.Errorf("%d events, lost %v", len(events), lost)
	}
	for i := range maxHeard + 1 {
		n.hear(fsnotify.Event{Name: fmt.Sprintf("/x/%d", i), Op: fsnotify.Write})
	}
	if events, lost := n.take(); len(events) > 1 || !lost {
		t.Errorf("%d events, lost %v", len(events), lost)
	}
	if events, lost := n.take(); len(events) > 0 || lost {
		t.Errorf("%d events, lost %v", len(events), lost)
	}
}

// Without events of the file system everything is still found, at every poll.
func TestPollAlone(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "events")
	w, err := Open([]Source{{Name: "events", Path: path, Kind: Lines}}, Options{StateDir: t.TempDir(), Poll: 10 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.notify.close(); err != nil {
		t.Fatal(err)
	}
	w.notify.fs = nil
	for i := range 5 {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Fprintln(f, i); err != nil || f.Close() != nil {
			t.Fatal(err)
		}
		if a, err := w.Next(t.Context()); err != nil || string(a.Data) != fmt.Sprint(i) {
			t.Fatal(a, err)
		}
		if i%2 == 0 {
			if err := os.Rename(path, fmt.Sprintf("%s.%d", path, 9-i)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}

func TestWhatIsGoneIsForgotten(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "events")
	state := t.TempDir()
	sources := []Source{
		{Name: "events", Path: path, Kind: Lines},
		{Name: "report", Path: filepath.Join(dir, "*.json"), Complete: func([]byte) bool { return true }},
	}
	w, err := Open(sources, Options{StateDir: state, Poll: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"events", "1.json", "2.json"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if a, err := w.Next(t.Context()); err != nil || a.Commit() != nil {
			t.Fatal(a, err)
		}
	}
	before := w.store.size()
	for _, name := range []string{path, filepath.Join(dir, "1.json")} {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	// Read to its end and succeeded, the removed file is let go after a minute.
	for _, later := range []time.Duration{0, 2 * time.Minute, 4 * time.Minute, 13 * time.Minute, 15 * time.Minute, 26 * time.Minute} {
		w.sources[1].folders[0].deep = true
		w.sources[1].lost = true
		w.pollAt = time.Time{}
		if a, _, err := w.step(time.Now().Add(later)); a != nil || err != nil {
			t.Fatal(a, err)
		}
		if later == 4*time.Minute && w.store.size() != before {
			t.Errorf("after four minutes %d of %d are left", w.store.size(), before)
		}
	}
	if got := w.store.size(); got != before-2 {
		t.Errorf("%d are left of %d", got, before)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err := openStore(state, w.o.Log); err != nil || s.size() != before-2 {
		t.Errorf("on disk: %d, %v", s.size(), err)
	} else {
		s.drop()
	}
}
