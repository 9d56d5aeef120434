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
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
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

// Roles often lie behind links: a release that is current, files that are shared.
func TestWatcherFollowsLinks(t *testing.T) {
	dir := t.TempDir()
	at := func(parts ...string) string { return filepath.Join(append([]string{dir}, parts...)...) }
	for _, folder := range []string{at("one"), at("two"), at("shared"), at("team")} {
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	put(t, at("shared", "base.rb"), "x", 0o644)
	link := func(target, name string) {
		t.Helper()
		if err := os.Symlink(target, name); err != nil {
			t.Skip(err)
		}
	}
	link("one", at("current"))
	link("../shared/base.rb", at("one", "base.rb"))
	link("../team", at("one", "team"))
	link("..", at("one", "loop"))
	ours := at("current", "roles.json")
	w, err := newWatcher([]string{at("current")}, []string{ours})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.close() }()
	for _, step := range []struct {
		what string
		do   func() error
	}{
		{"a file of the folder that is linked", func() error { return os.WriteFile(at("one", "web.rb"), []byte("x"), 0o644) }},
		{"what a link to a file leads to", func() error { return os.WriteFile(at("shared", "base.rb"), []byte("y"), 0o644) }},
		{"a file in what a link to a folder leads to", func() error { return os.WriteFile(at("team", "a.rb"), []byte("x"), 0o644) }},
		{"the link leads elsewhere", func() error {
			link("two", at("next"))
			return os.Rename(at("next"), at("current"))
		}},
		{"a file of that folder", func() error { return os.WriteFile(at("two", "web.rb"), []byte("x"), 0o644) }},
	} {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		if err := changed(t, w); err != nil {
			t.Fatalf("%s: %v", step.what, err)
		}
	}
	for err = nil; err == nil; { // a machine that stalls tells of one change in two
		ctx, cancel := context.WithTimeout(t.Context(), 5*settle)
		err = w.next(ctx)
		cancel()
	}
	put(t, at("two", "roles.json"), "{}", 0o644) // our own, by the name it has behind the link
	put(t, at("other.json"), "{}", 0o644)        // beside the link
	put(t, at("shared", "other.rb"), "", 0o644)  // beside what is linked
	ctx, cancel := context.WithTimeout(t.Context(), 5*settle)
	defer cancel()
	if err := w.next(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it told a change: %v", err)
	}
}

// A checkout may take a folder away for a while.
func TestWatcherOutlivesItsFolder(t *testing.T) {
	roles := filepath.Join(t.TempDir(), "chef", "roles")
	if err := os.MkdirAll(roles, 0o755); err != nil {
		t.Fatal(err)
	}
	w, err := newWatcher([]string{roles}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.close() }()
	for _, step := range []struct {
		what string
		do   func() error
	}{
		{"the folder and the one around it go", func() error { return os.RemoveAll(filepath.Dir(roles)) }},
		{"they come again", func() error { return os.MkdirAll(roles, 0o755) }},
		{"a file in it", func() error { return os.WriteFile(filepath.Join(roles, "web.rb"), []byte("x"), 0o644) }},
	} {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		if err := changed(t, w); err != nil {
			t.Fatalf("%s: %v", step.what, err)
		}
	}
}
