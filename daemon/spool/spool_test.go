package spool

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestOldestFirstOneInFlight(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	add(t, s, "a", 0, "1", Added)
	add(t, s, "b", 0, "2", Added)
	e := next(t, s, "a", "1")
	nothing(t, s) // b waits for a
	e.Release()
	e = next(t, s, "a", "1")
	if err := commit(e); err != nil {
		t.Fatal(err)
	}
	e = next(t, s, "b", "2")
	if err := commit(e); err != nil {
		t.Fatal(err)
	}
	nothing(t, s)
	if st := s.Stats(); st.Entries != 0 || st.Bytes != 0 || st.Delivered != 2 {
		t.Errorf("got %+v", st)
	}
}

func TestDeliveredIsKnown(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	add(t, s, "a", 0, "1", Added)
	add(t, s, "a", 0, "again", Known)
	if err := commit(next(t, s, "a", "1")); err != nil {
		t.Fatal(err)
	}
	add(t, s, "a", 9, "richer, too late", Known)
	s = reopen(t, s, Options{})
	add(t, s, "a", 9, "after a restart", Known)
	nothing(t, s)
}

func TestDeliveredTakesNoSpace(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	add(t, s, "a", 0, strings.Repeat("x", 10_000), Added)
	if got := keys(t, s); len(got) != 1 {
		t.Fatal(got)
	}
	info, err := os.Stat(s.path(delivered, "a"))
	if err != nil || info.Size() != 0 {
		t.Errorf("got %v, %v, want an empty file", info, err)
	}
}

func TestRicherReplacesInPlace(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	add(t, s, "a", 0, "poor", Added)
	add(t, s, "b", 0, "2", Added)
	add(t, s, "a", 1, "rich", Replaced)
	add(t, s, "a", 0, "poor", Known)
	add(t, s, "a", 1, "rich", Known)
	if got := files(t, s, pending); len(got) != 2 {
		t.Errorf("pending holds %v", got)
	}
	s = reopen(t, s, Options{})
	e := next(t, s, "a", "rich") // still before b
	if err := commit(e); err != nil {
		t.Fatal(err)
	}
	if got := keys(t, s); !slices.Equal(got, []string{"b"}) {
		t.Errorf("got %v, want b", got)
	}
}

func TestRicherWhileInFlight(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(*Entry) error
		err  error
		want []string // data still to be delivered
	}{
		{"delivered", commit, nil, nil},
		{"refused", func(e *Entry) error { return e.Discard("no") }, ErrReplaced, []string{"richest"}},
		{"to be tried again", func(e *Entry) error { e.Release(); return nil }, nil, []string{"richest"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t, t.TempDir(), Options{})
			add(t, s, "a", 0, "poor", Added)
			e := next(t, s, "a", "poor")
			add(t, s, "a", 0, "poor", Known)
			add(t, s, "a", 1, "rich", Replaced)
			add(t, s, "a", 2, "richest", Replaced)
			if st := s.Stats(); st.Entries != 1 {
				t.Errorf("%d entries, want 1", st.Entries)
			}
			if err := c.end(e); !errors.Is(err, c.err) {
				t.Fatalf("got %v, want %v", err, c.err)
			}
			if got := files(t, s, pending); len(got) != len(c.want) {
				t.Errorf("pending holds %v", got)
			}
			for _, data := range c.want {
				if err := commit(next(t, s, "a", data)); err != nil {
					t.Fatal(err)
				}
			}
			add(t, s, "a", 3, "too late", Known)
			nothing(t, s)
		})
	}
}

func TestDiscardKeepsADeadLetter(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	add(t, s, "a", 0, "data", Added)
	if err := next(t, s, "a", "data").Discard("400 Bad\nRequest"); err != nil {
		t.Fatal(err)
	}
	letter, err := os.ReadFile(s.path(refused, "a"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(string(letter), "\na\ndata\nrefused: 400 Bad Request\n") {
		t.Errorf("the dead letter is %q", letter)
	}
	add(t, s, "a", 5, "again", Known)
	s = reopen(t, s, Options{})
	add(t, s, "a", 5, "again", Known)
	if st := s.Stats(); st.DeadLetters != 1 || st.Entries != 0 {
		t.Errorf("got %+v", st)
	}
}

func TestAnEntryEndsOnce(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	add(t, s, "a", 0, "1", Added)
	add(t, s, "b", 0, "2", Added)
	a := next(t, s, "a", "1")
	if err := commit(a); err != nil {
		t.Fatal(err)
	}
	b := next(t, s, "b", "2")
	a.Release()
	if err := errors.Join(commit(a), a.Discard("late")); err != nil {
		t.Fatal(err)
	}
	nothing(t, s) // b is still in flight
	b.Release()
	if got := keys(t, s); !slices.Equal(got, []string{"b"}) {
		t.Errorf("got %v, want b", got)
	}
}

func TestAppendUnfit(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	for name, err := range map[string]error{
		"no key":   second(s.Append("", 0, nil)),
		"rank":     second(s.Append("a", -1, nil)),
		"too long": second(s.Append("a", 0, make([]byte, maxEntry))),
	} {
		if !errors.Is(err, ErrUnfit) {
			t.Errorf("%s: got %v, want ErrUnfit", name, err)
		}
	}
	add(t, s, "empty data", 0, "", Added)
	if err := commit(next(t, s, "empty data", "")); err != nil {
		t.Fatal(err)
	}
}

func second(_ Outcome, err error) error { return err }

func TestHostileKeysStayInside(t *testing.T) {
	top := t.TempDir()
	s := open(t, filepath.Join(top, "spool"), Options{})
	hostile := []string{".", "..", "../../etc/passwd", "/", "a/b", "a\x00b", "a\nb", "%", "%%", "%41", "A", "a", "ä", "\xff",
		"C:\\x", strings.Repeat("k", 201), strings.Repeat("k", 5000), strings.Repeat("/", 70), asidePrefix, "-rf", " "}
	for _, key := range hostile {
		add(t, s, key, 0, "data of "+key, Added)
	}
	s = reopen(t, s, Options{})
	for _, key := range hostile {
		if err := commit(next(t, s, key, "data of "+key)); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range hostile {
		add(t, s, key, 0, "again", Known)
	}
	if found, err := os.ReadDir(top); err != nil || len(found) != 1 {
		t.Errorf("outside the spool: %v, %v", found, err)
	}
}

func TestPermissions(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "deep", "spool"), Options{})
	add(t, s, "a", 0, "1", Added)
	add(t, s, "b", 0, "2", Added)
	if err := next(t, s, "a", "1").Discard("no"); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is %s: others can look at it", path, info.Mode())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTakeWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, t.TempDir(), Options{})
		got := make(chan string)
		go func() {
			for range 2 {
				all, err := s.Take(t.Context(), 1, 0)
				if err != nil {
					t.Error(err)
					return
				}
				e := all[0]
				got <- e.Key
				if err := commit(e); err != nil {
					t.Error(err)
				}
			}
		}()
		synctest.Wait() // Take is waiting
		add(t, s, "a", 0, "1", Added)
		if key := <-got; key != "a" {
			t.Errorf("got %q", key)
		}
		synctest.Wait()
		add(t, s, "b", 0, "2", Added)
		if key := <-got; key != "b" {
			t.Errorf("got %q", key)
		}
		synctest.Wait()
	})
}

func TestTakeEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, t.TempDir(), Options{})
		ctx, cancel := context.WithCancel(t.Context())
		errs := make(chan error)
		wait := func(ctx context.Context) { _, err := s.Take(ctx, 1, 0); errs <- err }
		go wait(ctx)
		synctest.Wait()
		cancel()
		if err := <-errs; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want the context's error", err)
		}
		go wait(t.Context())
		synctest.Wait()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if err := <-errs; !errors.Is(err, ErrClosed) {
			t.Errorf("got %v, want ErrClosed", err)
		}
	})
}

func TestClosed(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	add(t, s, "a", 0, "1", Added)
	e := next(t, s, "a", "1")
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Fatal(err)
	}
	if err := commit(e); !errors.Is(err, ErrClosed) {
		t.Errorf("Commit: got %v, want ErrClosed", err)
	}
	if _, err := s.Append("b", 0, nil); !errors.Is(err, ErrClosed) {
		t.Errorf("Append: got %v, want ErrClosed", err)
	}
	s = open(t, s.dir, Options{})
	next(t, s, "a", "1").Release()
}

func TestSecondProcess(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	_, err := Open(dir, Options{})
	if !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), dir) {
		t.Fatalf("got %v, want ErrInUse naming the directory", err)
	}
	out, err := crashCommand(t, dir, "0").CombinedOutput()
	if err == nil || !strings.Contains(string(out), ErrInUse.Error()) {
		t.Errorf("a second process got %v: %s", err, out)
	}
	reopen(t, s, Options{})
}

// The last process was killed, and is not quite gone when the next one starts.
func TestLastProcessIsEnding(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, t.TempDir(), Options{})
		go func() {
			time.Sleep(lockPatience / 2)
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}()
		open(t, s.dir, Options{})
	})
}

func TestManyGoroutines(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	var all sync.WaitGroup
	for g := range 4 {
		all.Go(func() {
			for i := range 20 {
				key := string(rune('a'+g%2)) + string(rune('a'+i)) // each key twice
				put := s.Append
				if i%3 > 0 {
					put = s.Postpone
				}
				if _, err := put(key, g, []byte(key)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	seen := map[string]int{}
	for range 40 {
		all, err := s.Take(t.Context(), 1, 0)
		if err != nil {
			t.Fatal(err)
		}
		e := all[0]
		seen[e.Key]++
		if err := commit(e); err != nil {
			t.Fatal(err)
		}
	}
	all.Wait()
	nothing(t, s)
	for key, n := range seen {
		if n != 1 {
			t.Errorf("%s was delivered %d times", key, n)
		}
	}
}

func TestOutcomeString(t *testing.T) {
	got := []string{Added.String(), Replaced.String(), Known.String(), Outcome(0).String()}
	if !slices.Equal(got, []string{"added", "replaced", "known", "outcome 0"}) {
		t.Errorf("got %v", got)
	}
}

func TestTakeOfAnEndedContext(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	add(t, s, "a", 0, "1", Added)
	if e, err := s.Take(ended(), 1, 0); e != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, %v, want nothing", e, err)
	}
	next(t, s, "a", "1").Release()
}
