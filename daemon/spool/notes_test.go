package spool

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"
)

func note(t *testing.T, s *Spool, name, want string) {
	t.Helper()
	if got, err := s.Note(name); err != nil || string(got) != want {
		t.Errorf("the note %q is %q, %v, want %q", name, got, err, want)
	}
}

func noNote(t *testing.T, s *Spool, name string) {
	t.Helper()
	if got, err := s.Note(name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the note %q is %q, %v, want none", name, got, err)
	}
}

func TestNotes(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	noNote(t, s, "digest")
	for _, text := range []string{"17 runs", "", "18 runs"} {
		if err := s.PutNote("digest", []byte(text)); err != nil {
			t.Fatal(err)
		}
		s = reopen(t, s, Options{})
		note(t, s, "digest", text)
	}
	if err := errors.Join(s.PutNote("../x/y", []byte("inside")), s.RemoveNote("digest"), s.RemoveNote("digest")); err != nil {
		t.Fatal(err)
	}
	noNote(t, s, "digest")
	note(t, s, "../x/y", "inside")
	if err := s.PutNote("", nil); !errors.Is(err, ErrUnfit) {
		t.Errorf("got %v", err)
	}
	if st := s.Stats(); st.Entries != 0 {
		t.Errorf("got %+v", st)
	}
}

// An old note is better than none.
func TestDiskFailsOnPutNote(t *testing.T) {
	for _, op := range []string{"create", "write", "sync", "rename"} {
		disk := &failing{ops: []string{op}}
		s := open(t, t.TempDir(), Options{before: disk.before})
		if err := s.PutNote("digest", []byte("old")); err != nil {
			t.Fatal(err)
		}
		disk.err = syscall.ENOSPC
		if err := s.PutNote("digest", []byte("new")); !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "digest") {
			t.Errorf("%s: got %v", op, err)
		}
		note(t, s, "digest", "old")
		disk.err = nil
		if err := s.PutNote("digest", []byte("new")); err != nil {
			t.Fatal(err)
		}
		note(t, s, "digest", "new")
		if got := files(t, s, notes); len(got) != 1 {
			t.Errorf("%s: left behind: %v", op, got)
		}
	}
}

func TestNoteDamaged(t *testing.T) {
	whole := encodeRecord("digest", []byte("17 runs"))
	for name, damage := range map[string][]byte{
		"empty": {}, "NUL-filled": make([]byte, 500), "torn": whole[:len(whole)-2], "of another name": encodeRecord("other", nil),
	} {
		log := &said{}
		s := open(t, t.TempDir(), Options{Log: log.log()})
		put(t, s.dir, notes, "digest", damage)
		noNote(t, s, "digest")
		noNote(t, s, "digest")
		if st := s.Stats(); st.Damaged != 1 || log.times("moved aside") != 1 {
			t.Errorf("%s: got %+v and %s", name, st, log.text.String())
		}
		if kept := files(t, s, damaged); len(kept) != 1 {
			t.Errorf("%s: moved aside are %v", name, kept)
		} else if got, err := os.ReadFile(s.path(damaged, kept[0])); err != nil || !bytes.Equal(got, damage) {
			t.Errorf("%s: it is not kept as it was: %v", name, err)
		}
		if err := s.PutNote("digest", []byte("new")); err != nil {
			t.Fatal(err)
		}
		note(t, s, "digest", "new")
	}
}
