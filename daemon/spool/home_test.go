package spool

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// must fails on the first error.
func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// Somebody moves the directory away, puts something in its place, and moves it
// back: what came meanwhile is in memory and delivered from there, and nothing is
// lost.
func TestDirectorySwapped(t *testing.T) {
	for name, instead := range map[string]func(path string) error{
		"nothing":   func(string) error { return nil },
		"file":      func(path string) error { return os.WriteFile(path, nil, 0o600) },
		"directory": func(path string) error { return os.Mkdir(path, 0o700) },
		"spool": func(path string) error {
			return errors.Join(os.MkdirAll(filepath.Join(path, pending), 0o700), os.MkdirAll(filepath.Join(path, delivered), 0o700))
		},
	} {
		for _, sub := range []string{"", pending} {
			t.Run(name+" for "+sub, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					log := &said{}
					s := open(t, filepath.Join(t.TempDir(), "spool"), Options{Log: log.log()})
					add(t, s, "a", 0, "1", Added)
					add(t, s, "b", 0, "2", Added)
					inFlight := next(t, s, "a", "1")
					path := filepath.Join(s.dir, sub)
					must(t, os.Rename(path, path+"-away"), instead(path))
					add(t, s, "c", 0, "3", Held)
					if err := commit(inFlight); err == nil {
						t.Error("nobody says that it cannot be written down")
					}
					add(t, s, "a", 1, "again", Known)
					if err := commit(next(t, s, "c", "3")); err == nil { // before b, which cannot be read
						t.Error("nobody says that it cannot be written down")
					}
					if _, err := s.Take(t.Context(), 1, 0); err == nil {
						t.Error("nobody says that there is more to read")
					}
					add(t, s, "d", 0, "4", Held)
					must(t, os.RemoveAll(path), os.Rename(path+"-away", path))
					if held := s.Settle(); held != 0 {
						t.Errorf("%d are held though the directory is back", held)
					}
					s = reopen(t, s, Options{})
					add(t, s, "a", 1, "again", Known)
					add(t, s, "c", 1, "again", Known)
					if got := keys(t, s); !slices.Equal(got, []string{"b", "d"}) {
						t.Errorf("delivered %v", got)
					}
					if n := log.times("gone or another one"); n != 1 || log.times("is back") != 1 {
						t.Errorf("said %s", log.text.String())
					}
				})
			})
		}
	}
}

// The directory does not come back: the spool begins anew with what is there.
func TestDirectoryGoneForGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var lost []string
		s := open(t, filepath.Join(t.TempDir(), "spool"), Options{Dropped: func(key, reason string) { lost = append(lost, key+" "+reason) }})
		for _, key := range []string{"a", "b", "c"} {
			add(t, s, key, 0, "1", Added)
		}
		e := next(t, s, "a", "1")
		must(t, os.RemoveAll(s.dir))
		add(t, s, "d", 0, "2", Held)
		time.Sleep(absence)
		if held := s.Settle(); held != 0 {
			t.Errorf("%d are held", held)
		}
		must(t, commit(e))
		add(t, s, "e", 0, "3", Added)
		if st := s.Stats(); st.Entries != 2 || st.Dropped[DroppedVanished] != 2 || len(lost) != 2 {
			t.Errorf("got %+v, lost %q", st, lost)
		}
		if _, err := Open(s.dir, Options{}); !errors.Is(err, ErrInUse) {
			t.Errorf("the lock went with the old directory: %v", err)
		}
		s = reopen(t, s, Options{})
		add(t, s, "a", 1, "again", Known)
		if got := keys(t, s); !slices.Equal(got, []string{"d", "e"}) {
			t.Errorf("delivered %v", got)
		}
	})
}

// The other directories are made again at once: what is lost with them is what
// was remembered.
func TestOtherDirectoriesVanish(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	for _, key := range []string{"a", "b", "bad"} {
		add(t, s, key, 0, "1", Added)
	}
	for _, sub := range []string{delivered, refused, damaged, notes} {
		must(t, os.RemoveAll(s.path(sub, "")))
	}
	must(t, os.Truncate(s.path(pending, "000000000003.0.bad"), 60))
	must(t, commit(next(t, s, "a", "1")))
	must(t, next(t, s, "b", "1").Discard("no"), s.PutNote("digest", nil))
	must(t, os.RemoveAll(s.path(refused, "")), s.Bury("b", []byte("part"), "no"))
	nothing(t, s)
	if st := s.Stats(); st.Bytes != 0 || st.Damaged != 1 {
		t.Errorf("got %+v", st)
	}
	for _, sub := range []string{delivered, refused, damaged, notes} {
		if got := files(t, s, sub); len(got) != 1 {
			t.Errorf("%s holds %v", sub, got)
		}
	}
}

// A disk that is read-only, full or broken when the daemon starts must not make
// it start for ever.
func TestOpenOnABrokenDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		parent := t.TempDir()
		dir := filepath.Join(parent, "spool")
		disk, log := &failing{ops: []string{"mkdir"}, err: syscall.EROFS}, &said{}
		s := open(t, dir, Options{before: disk.before, Log: log.log()})
		add(t, s, "a", 0, "1", Held)
		if err := commit(next(t, s, "a", "1")); !errors.Is(err, syscall.EROFS) {
			t.Errorf("got %v", err)
		}
		add(t, s, "b", 0, "2", Held)
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("got %v", err)
		}
		disk.err = nil
		time.Sleep(absence)
		if held := s.Settle(); held != 0 {
			t.Errorf("%d are held", held)
		}
		s = reopen(t, s, Options{})
		add(t, s, "a", 1, "again", Known)
		if got := keys(t, s); !slices.Equal(got, []string{"b"}) {
			t.Errorf("delivered %v", got)
		}
	})
}

func TestFilesWhereDirectoriesMustBe(t *testing.T) {
	for _, sub := range []string{pending, delivered, refused, damaged, notes} {
		dir := t.TempDir()
		for range 2 {
			must(t, os.RemoveAll(filepath.Join(dir, sub)), os.WriteFile(filepath.Join(dir, sub), []byte("mine"), 0o600))
			s := open(t, dir, Options{})
			add(t, s, "a", 0, "1", Added)
			must(t, commit(next(t, s, "a", "1")), s.Close(), os.RemoveAll(s.path(delivered, "")))
		}
		for _, aside := range []string{".not-a-directory", ".not-a-directory-2"} {
			if got, err := os.ReadFile(filepath.Join(dir, sub+aside)); err != nil || string(got) != "mine" {
				t.Errorf("%s: it is not kept: %q, %v", sub, got, err)
			}
		}
	}
}

// Rights that somebody gave or took are put right.
func TestRightsArePutRight(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	add(t, s, "a", 0, "1", Added)
	must(t, os.Chmod(s.path(pending, "000000000001.0.a"), 0), os.Chmod(s.path(pending, ""), 0), os.Chmod(s.path(delivered, ""), 0o777))
	s = reopen(t, s, Options{})
	must(t, commit(next(t, s, "a", "1")))
	for _, sub := range []string{pending, delivered} {
		if info, err := os.Stat(s.path(sub, "")); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s is %v, %v", sub, info.Mode(), err)
		}
	}
}

// Nothing comes and nothing goes: the disk is asked again all the same.
func TestSettlesWhileIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		disk := &failing{ops: []string{"rename"}}
		s := open(t, t.TempDir(), Options{before: disk.before})
		add(t, s, "a", 0, "1", Added)
		e := next(t, s, "a", "1")
		disk.err = syscall.EROFS
		if err := commit(e); !errors.Is(err, syscall.EROFS) {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { _, err := s.Take(ctx, 1, 0); done <- err }()
		time.Sleep(3 * absence)
		synctest.Wait()
		if got := files(t, s, delivered); len(got) != 0 {
			t.Errorf("delivered holds %v", got)
		}
		disk.mend()
		time.Sleep(2 * absence)
		synctest.Wait()
		if got := files(t, s, delivered); len(got) != 1 {
			t.Errorf("delivered holds %v", got)
		}
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}
