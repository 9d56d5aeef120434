package watch

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func sampleEntries() []entry {
	return []entry{
		{Source: "chef-report", Under: "/var/chef/reports", Name: "a.json", mark: mark{fileID: fileID{Ino: 7}, Size: 3, Modified: 4, Sum: 1<<64 - 1}},
		{Source: "collector", Under: "/var/log/*.json", Name: "3", mark: mark{Path: "/var/log/a.json", Offset: 9, Head: print{N: 9, Sum: 1}, Tail: print{N: 9, Sum: 2}}},
		{Source: "collector", Under: "/var/log/*.json", Name: "3", Gone: true},
		{Source: "odd", Under: "/not utf-8 \xff", Name: "\"quoted\" \u2028 \n\x00 \xc3\x28", mark: mark{Path: "\xfe"}},
	}
}

func TestEntriesSurviveTheJournal(t *testing.T) {
	text := []byte(journalHead)
	for _, e := range sampleEntries() {
		line, err := e.encode()
		if err != nil || bytes.Count(line, []byte("\n")) != 1 {
			t.Fatalf("%q, %v", line, err)
		}
		text = append(text, line...)
	}
	var got []entry
	s, err := readJournal(bytes.NewReader(text), func(e entry) { got = append(got, e) })
	if err != nil || !s.Clean || !slices.Equal(got, sampleEntries()) {
		t.Errorf("%+v, %v: %+v", s, err, got)
	}
}

// Whatever bytes a crash leaves: no entry that was not written, every line
// that is whole, and an end.
func FuzzJournal(f *testing.F) {
	var text []byte
	for _, e := range sampleEntries() {
		line, _ := e.encode()
		text = append(text, line...)
	}
	f.Add([]byte(journalHead))
	f.Add(append([]byte(journalHead), text...))
	f.Add(make([]byte, 5000))
	f.Add(text[:len(text)-9])
	f.Fuzz(func(t *testing.T, damage []byte) {
		whole, err := entry{Source: "s", Under: "u", Name: "n", mark: mark{Offset: 5}}.encode()
		if err != nil {
			t.Fatal(err)
		}
		in := append(append(append([]byte{}, damage...), '\n'), whole...)
		var last entry
		n := 0
		s, err := readJournal(bytes.NewReader(in), func(e entry) { last = e; n++ })
		if err != nil || n != s.Lines || n == 0 || last.Name != "n" || last.Offset != 5 {
			t.Fatalf("%+v, %v: %+v", s, err, last)
		}
		st := &store{marks: map[group]map[string]mark{}}
		if _, err := readJournal(bytes.NewReader(damage), st.apply); err != nil {
			t.Fatal(err)
		}
	})
}

func reopened(t *testing.T, dir string) *store {
	t.Helper()
	s, err := openStore(dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStoreAppendsThenWritesAnew(t *testing.T) {
	dir, g := t.TempDir(), group{"collector", "/x"}
	s := reopened(t, dir)
	var longest int64
	for i := range 3 * outdated {
		s.put(g, fmt.Sprint(i%3), mark{Offset: int64(i)})
		if err := s.committed(time.Now()); err != nil {
			t.Fatal(err)
		}
		if fi, err := os.Stat(s.path); err != nil || fi.Mode().Perm() != 0o600 {
			t.Fatal(fi, err)
		} else if longest = max(longest, fi.Size()); i == 5 && fi.Size() == 0 {
			t.Error("a commit is not in the file")
		}
	}
	if longest > outdated*110 {
		t.Errorf("the journal grew to %d bytes for three entries", longest)
	}
	s.forget(g, "1")
	again := reopened(t, dir)
	if len(again.marks[g]) != 3 {
		t.Errorf("before it is forgotten on disk: %v", again.marks)
	}
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	again = reopened(t, dir)
	if again.damaged != 0 || !maps.Equal(again.marks[g], s.marks[g]) || len(again.marks[g]) != 2 {
		t.Errorf("%v, want %v", again.marks, s.marks)
	}
	again.drop()
}

func TestDiskFull(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full here")
	}
	dir, g := t.TempDir(), group{"collector", "/x"}
	s := reopened(t, dir)
	now := time.Now()
	s.put(g, "1", mark{Offset: 1})
	if err := s.committed(now); err != nil {
		t.Fatal(err)
	}
	s.drop()
	var err error
	if s.f, err = os.OpenFile("/dev/full", os.O_WRONLY, 0); err != nil {
		t.Fatal(err)
	}
	inTheWay := s.path + ".new"
	if err := os.Mkdir(inTheWay, 0o700); err != nil {
		t.Fatal(err)
	}
	s.put(g, "1", mark{Offset: 2})
	for range 3 {
		if err := s.committed(now); err == nil {
			t.Fatal("a full disk is not said")
		}
	}
	if again := reopened(t, dir); again.marks[g]["1"].Offset != 1 {
		t.Errorf("what was on disk is %v", again.marks)
	}
	var waits []time.Duration
	for range 8 {
		waits = append(waits, s.flushAt.Sub(now))
		now = s.flushAt
		s.flushDue(now)
	}
	if waits[0] != time.Second || waits[7] != 30*time.Second || !slices.IsSorted(waits) {
		t.Errorf("tried again after %v", waits)
	}
	if err := os.Remove(inTheWay); err != nil {
		t.Fatal(err)
	}
	s.flushDue(s.flushAt)
	if err := s.committed(now); err != nil {
		t.Errorf("there is room again: %v", err)
	}
	again := reopened(t, dir)
	if again.marks[g]["1"].Offset != 2 || again.damaged != 0 {
		t.Errorf("%+v", again.marks)
	}
	again.drop()
	if err := s.close(); err != nil {
		t.Error(err)
	}
}

func TestCommitsAreSyncedOnceASecond(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := reopened(t, dir)
		g := group{"collector", "/x"}
		s.put(g, "1", mark{Offset: 1})
		if err := s.committed(time.Now()); err != nil || s.loose {
			t.Errorf("the first is on disk at once: %v", err)
		}
		s.put(g, "1", mark{Offset: 2})
		if err := s.committed(time.Now()); err != nil || !s.loose {
			t.Errorf("the second need not wait for the disk: %v", err)
		}
		time.Sleep(time.Until(s.flushAt))
		if s.flushDue(time.Now()); s.loose || !s.flushAt.IsZero() {
			t.Error("it is on disk a second later")
		}
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
}

func TestTwoStarts(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "positions"), []byte(strings.Repeat("\x00", 9000)), 0o600); err != nil {
		t.Fatal(err)
	}
	s := reopened(t, dir)
	if s.damaged == 0 {
		t.Error("zeros are no positions")
	}
	s.flushDue(time.Now())
	if err := s.close(); err != nil {
		t.Error(err)
	}
	if s = reopened(t, dir); s.damaged != 0 {
		t.Error("damage is said at every start")
	}
	s.drop()
}

// Whatever is where the positions should be: the watcher starts, keeps it for a
// person to look at, and remembers from then on.
func TestStateDamaged(t *testing.T) {
	whole := []byte(journalHead)
	for i := range 3 {
		line, err := entry{Source: "collector", Under: "/x", Name: fmt.Sprint(i), mark: mark{Offset: 7}}.encode()
		if err != nil {
			t.Fatal(err)
		}
		whole = append(whole, line...)
	}
	file := func(data []byte) func(string) error {
		return func(path string) error { return os.WriteFile(path, data, 0o600) }
	}
	for name, c := range map[string]struct {
		leave func(path string) error
		valid int
	}{
		"empty":         {file(nil), 0},
		"NUL-filled":    {file(make([]byte, 4096)), 0},
		"torn":          {file(whole[:len(whole)-5]), 2},
		"torn and NULs": {file(append(bytes.Clone(whole[:len(whole)-5]), make([]byte, 5)...)), 2},
		"foreign":       {file([]byte("{\"not\": \"ours\"}\n")), 0},
		"directory":     {func(path string) error { return os.MkdirAll(filepath.Join(path, "deep"), 0o700) }, 0},
		"dangling link": {func(path string) error { return os.Symlink("/nowhere/at/all", path) }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			dir, g := t.TempDir(), group{"collector", "/x"}
			path := filepath.Join(dir, "positions")
			for round := range spoilers + 1 {
				if err := errors.Join(os.RemoveAll(path), c.leave(path)); err != nil {
					t.Fatal(err)
				}
				s := reopened(t, dir)
				if s.size() != c.valid || s.damaged == 0 {
					t.Fatalf("%d are valid and %d damaged, want %d valid", s.size(), s.damaged, c.valid)
				}
				s.put(g, "new", mark{Offset: int64(round)})
				if err := errors.Join(s.committed(time.Now()), s.close()); err != nil {
					t.Fatal(err)
				}
				if s = reopened(t, dir); s.size() != c.valid+1 || s.damaged != 0 {
					t.Fatalf("after it %d are remembered, %d damaged", s.size(), s.damaged)
				}
				s.drop()
				if name == "directory" && round == spoilers-1 {
					break // none of them is removed: the next would wait for a person
				}
			}
			kept, err := filepath.Glob(path + ".damaged*")
			if err != nil || len(kept) != spoilers {
				t.Errorf("kept are %v, %v", kept, err)
			}
		})
	}
}

// The journal is replaced by something else while it is in use.
func TestPositionsTakenAway(t *testing.T) {
	dir, g := t.TempDir(), group{"collector", "/x"}
	s := reopened(t, dir)
	now := time.Now()
	for i, take := range []func() error{
		func() error { return os.Remove(s.path) },
		func() error { return errors.Join(os.Remove(s.path), os.Mkdir(s.path, 0o700)) },
		func() error { return os.RemoveAll(dir) },
	} {
		now = now.Add(time.Minute)
		s.put(g, "1", mark{Offset: int64(2 * i)})
		if err := s.committed(now); err != nil {
			t.Fatal(err)
		}
		if err := take(); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Minute)
		s.put(g, "1", mark{Offset: int64(2*i + 1)})
		if err := s.committed(now); err != nil {
			t.Fatalf("%d: %v", i, err)
		}
		again := reopened(t, dir)
		if again.marks[g]["1"].Offset != int64(2*i+1) || again.damaged != 0 {
			t.Errorf("%d: %+v", i, again.marks)
		}
		again.drop()
	}
	if err := s.close(); err != nil {
		t.Error(err)
	}
}
