package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func TestLook(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	for _, key := range []string{"a", "b/x", "c", "d"} {
		add(t, s, key, 0, "data of "+key, Added)
	}
	add(t, s, "b/x", 3, "richer", Replaced)
	old := time.Now().Add(-time.Hour).Truncate(time.Second)
	if err := os.Chtimes(s.path(pending, "000000000003.0.c"), old, old); err != nil {
		t.Fatal(err)
	}
	if err := commit(next(t, s, "a", "data of a")); err != nil {
		t.Fatal(err)
	}
	if err := next(t, s, "b/x", "richer").Discard("400 too\nold"); err != nil {
		t.Fatal(err)
	}
	put(t, dir, damaged, "000000000009.0.z", []byte("?"))
	v, err := Look(dir) // while the spool is open
	if err != nil {
		t.Fatal(err)
	}
	if v.Entries != 2 || v.Delivered != 1 || v.Letters != 1 || v.Damaged != 1 || !v.Oldest.Equal(old) || v.Bytes != s.Stats().Bytes {
		t.Errorf("got %+v", v)
	}
	if len(v.Pending) != 2 || v.Pending[0].Key != "c" || !v.Pending[0].At.Equal(old) || v.Pending[0].Size == 0 || v.Pending[1].Key != "d" {
		t.Errorf("pending are %+v", v.Pending)
	}
	if l := v.DeadLetters[0]; l.Key != "b/x" || l.Reason != "400 too old" || l.Part || time.Since(l.At) > time.Hour {
		t.Errorf("the dead letter is %+v", l)
	}
}

func TestLookListsTheOldest(t *testing.T) {
	dir := t.TempDir()
	backlog(t, dir, 3*listed, 100)
	v, err := Look(dir)
	if err != nil || v.Entries != 3*listed || v.Bytes != 300*listed || len(v.Pending) != listed {
		t.Fatalf("%d entries, %d bytes, %d listed, %v", v.Entries, v.Bytes, len(v.Pending), err)
	}
	for i, w := range v.Pending {
		if want := fmt.Sprintf("run-%032d", i); w.Key != want {
			t.Fatalf("number %d is %s, want %s", i, w.Key, want)
		}
	}
}

func TestLookAtNothing(t *testing.T) {
	if _, err := Look(t.TempDir()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	dir := t.TempDir()
	put(t, dir, pending, "not ours", nil)
	if v, err := Look(dir); err != nil || v.Entries != 0 || v.Letters != 0 {
		t.Errorf("got %+v, %v", v, err)
	}
}

// Whoever asks must not hang on what somebody put in a directory's place.
func TestLookAtAPipe(t *testing.T) {
	for _, name := range []string{pending, refused, delivered, damaged} {
		dir := t.TempDir()
		put(t, dir, pending, "not ours", nil)
		path := filepath.Join(dir, name)
		if err := errors.Join(os.RemoveAll(path), syscall.Mkfifo(path, 0o600)); err != nil {
			t.Fatal(err)
		}
		if _, err := Look(dir); !errors.Is(err, syscall.ENOTDIR) {
			t.Errorf("a pipe in place of %s: %v", name, err)
		}
	}
}
