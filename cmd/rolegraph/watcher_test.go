package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// changed waits for the watcher, as long as a slow machine may need.
func changed(t *testing.T, w *watcher) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	return w.next(ctx)
}

func TestWatcherTellsChanges(t *testing.T) {
	roles, _ := sample(t)
	w, err := newWatcher([]string{roles}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.close() }()
	below := filepath.Join(roles, "teams", "a")
	for _, step := range []struct {
		what string
		do   func() error
	}{
		{"a file is written", func() error { return os.WriteFile(filepath.Join(roles, "web.rb"), []byte("x"), 0o644) }},
		{"a file is replaced", func() error {
			put(t, filepath.Join(roles, ".web.rb.tmp"), "y", 0o644)
			return os.Rename(filepath.Join(roles, ".web.rb.tmp"), filepath.Join(roles, "web.rb"))
		}},
		{"folders come", func() error { return os.MkdirAll(below, 0o755) }},
		{"a file in a new folder", func() error { return os.WriteFile(filepath.Join(below, "b.json"), []byte("{}"), 0o644) }},
		{"a folder goes", func() error { return os.RemoveAll(filepath.Join(roles, "teams")) }},
	} {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		if err := changed(t, w); err != nil {
			t.Fatalf("%s: %v", step.what, err)
		}
	}
}

// What the program writes itself must not make it write again.
func TestWatcherOverlooksItsOwnFiles(t *testing.T) {
	roles, _ := sample(t)
	ours := filepath.Join(roles, "roles.json")
	w, err := newWatcher([]string{roles}, []string{ours})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.close() }()
	for _, path := range []string{ours, filepath.Join(roles, ".rolegraph-X"), filepath.Join(roles, "notes.txt")} {
		put(t, path, "{}", 0o644)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*settle)
	defer cancel()
	if err := w.next(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it told a change: %v", err)
	}
}
