package watch_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/converged/converged/daemon/watch"
)

func TestRotatedWhileStopped(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		times int
		how   func(t *testing.T, path string, n int)
	}{
		{"once, renamed", 1, func(t *testing.T, path string, _ int) { rotate(t, path, 20) }},
		{"three times, renamed", 3, func(t *testing.T, path string, _ int) { rotate(t, path, 20) }},
		{"twelve times, renamed", 12, func(t *testing.T, path string, _ int) { rotate(t, path, 20) }},
		{"three times, dated", 3, func(t *testing.T, path string, n int) { rename(t, path, fmt.Sprintf("%s-202611%02d", path, 10+n)) }},
		{"three times, dated before the ending", 3, func(t *testing.T, path string, n int) {
			rename(t, path, fmt.Sprintf("%s-202611%02d.json", strings.TrimSuffix(path, ".json"), 10+n))
		}},
		{"three times, renamed and packed", 3, func(t *testing.T, path string, _ int) {
			for n := 20; n > 0; n-- {
				_ = os.Rename(fmt.Sprintf("%s.%d.gz", path, n), fmt.Sprintf("%s.%d.gz", path, n+1))
			}
			rename(t, path, path+".1")
			pack(t, path+".1")
		}},
		{"three times, all but the last packed", 3, func(t *testing.T, path string, n int) {
			rename(t, path, fmt.Sprintf("%s.%d", path, 9-n))
			if n < 2 {
				pack(t, fmt.Sprintf("%s.%d", path, 9-n))
			}
		}},
		{"three times, copied and truncated", 3, func(t *testing.T, path string, _ int) {
			rotate(t, path+".0", 20)
			copyTruncate(t, path, path+".0")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			path, state := filepath.Join(t.TempDir(), "data-collector.json"), t.TempDir()
			w := open(t, short(state), lines(path))
			appendTo(t, path, records(0, 30, 200))
			tally := follow(t, w, 30)
			closed(t, w)
			n := 30
			for i := range c.times {
				appendTo(t, path, records(n, n+20, 200))
				n += 20
				c.how(t, path, i)
			}
			appendTo(t, path, records(n, n+20, 200))
			n += 20
			w = open(t, short(state), lines(path))
			last := -1
			for len(tally.seen) < n {
				a := next(t, w)
				var id int
				if _, err := fmt.Sscanf(string(a.Data), `{"id":%d`, &id); err != nil || id < last {
					t.Errorf("%d after %d: %v", id, last, err)
				}
				last = id
				tally.add(a.Data)
				commit(t, a)
			}
			silent(t, w, 50*time.Millisecond)
			tally.account(t, n, 0)
			closed(t, w)
			silent(t, open(t, short(state), lines(path)), 300*time.Millisecond)
		})
	}
}

// pack does as gzip does: beside it, with its times, then away with it.
func pack(t *testing.T, path string) {
	t.Helper()
	fi, err := os.Stat(path)
	do(t, err)
	text, err := os.ReadFile(path)
	do(t, err)
	out, err := os.Create(path + ".gz")
	do(t, err)
	z := gzip.NewWriter(out)
	_, err = z.Write(text)
	do(t, errors.Join(err, z.Close(), out.Close(), os.Chtimes(path+".gz", fi.ModTime(), fi.ModTime()), os.Remove(path)))
}

func TestPackedWhileRunning(t *testing.T) {
	t.Parallel()
	path, state := filepath.Join(t.TempDir(), "data-collector.json"), t.TempDir()
	o := short(state)
	w := open(t, o, lines(path))
	c, n := &tally{}, 0
	for round := range 4 {
		appendTo(t, path, records(n, n+20, 200))
		n += 20
		for len(c.seen) < n-10*(round%2) { // packed before it was read to its end, every other time
			a := next(t, w)
			c.add(a.Data)
			commit(t, a)
		}
		rename(t, path, fmt.Sprintf("%s-2026112%d", path, round))
		pack(t, fmt.Sprintf("%s-2026112%d", path, round))
	}
	c.until(t, w, n)
	silent(t, w, 200*time.Millisecond)
	c.account(t, n, 0)
	closed(t, w)
	w = open(t, o, lines(path))
	silent(t, w, 300*time.Millisecond)
	if left := entries(t, state); len(left) != 1 {
		t.Errorf("left in the directory of positions: %v", left)
	}
}

func TestPackedOtherwiseIsSaidOnce(t *testing.T) {
	t.Parallel()
	path, state := filepath.Join(t.TempDir(), "data-collector.json"), t.TempDir()
	appendTo(t, path+".3.xz", "there before us")
	w := open(t, short(state), lines(path))
	appendTo(t, path, record(0, 100)+"\n")
	whole(t, w)
	do(t, os.Remove(path)) // read to its end: whatever it became is no loss
	appendTo(t, path+".1.xz", "not to be understood")
	appendTo(t, path, record(1, 100)+"\n")
	whole(t, w)
	silent(t, w, time.Second)
	for name, text := range map[string]string{".2.xz": "nor this", ".4.gz": "\x1f\x8b\x08 cut short"} {
		appendTo(t, path+name, text)
		if a := failed(t, w, watch.ErrUnreadable); a.Path != path+name {
			t.Errorf("%s: %v", a.Path, a.Err)
		}
		silent(t, w, 500*time.Millisecond)
	}
	closed(t, w)
	silent(t, open(t, short(state), lines(path)), time.Second)
}

func TestRotatedBeforeTheFirstStartIsNotNews(t *testing.T) {
	t.Parallel()
	path, state := filepath.Join(t.TempDir(), "data-collector.json"), t.TempDir()
	appendTo(t, path+".1", records(100, 120, 100))
	appendTo(t, path, records(0, 10, 100))
	w := open(t, short(state), lines(path))
	follow(t, w, 10).account(t, 10, 0)
	appendTo(t, path+".1", record(200, 100)+"\n") // but what is added to it is
	if got := whole(t, w); got != record(200, 100) {
		t.Errorf("%q", got)
	}
	closed(t, w)
	silent(t, open(t, short(state), lines(path)), 300*time.Millisecond)
}

func TestCopyBesideAtTheFirstStart(t *testing.T) {
	t.Parallel()
	path, state := filepath.Join(t.TempDir(), "data-collector.json"), t.TempDir()
	appendTo(t, path+".bak", records(0, 10, 100))
	appendTo(t, path, records(0, 10, 100))
	w := open(t, short(state), lines(path))
	follow(t, w, 10).account(t, 10, 0)
	rename(t, path, path+".1")
	appendTo(t, path, records(10, 20, 100))
	c := follow(t, w, 10)
	silent(t, w, 200*time.Millisecond)
	if len(c.seen) != 10 || c.seen[10] != 1 {
		t.Errorf("%v", c.seen)
	}
}

func TestBegunBeforeTheFileExists(t *testing.T) {
	t.Parallel()
	path, state := filepath.Join(t.TempDir(), "chef", "data-collector.json"), t.TempDir()
	w := open(t, short(state), lines(path))
	silent(t, w, 10*time.Millisecond)
	closed(t, w)
	mkdir(t, filepath.Dir(path))
	appendTo(t, path, records(0, 10, 100))
	rotate(t, path, 3)
	appendTo(t, path, records(10, 20, 100))
	follow(t, open(t, short(state), lines(path)), 20).account(t, 20, 0)
}

// A file system gives a number away again as soon as its file is gone.
func TestInodeReused(t *testing.T) {
	t.Parallel()
	dir, state := t.TempDir(), t.TempDir()
	path := filepath.Join(dir, "data-collector.json")
	w := open(t, short(state), lines(path))
	appendTo(t, path, records(0, 20, 100))
	follow(t, w, 20).account(t, 20, 0)
	closed(t, w)
	was, err := os.Stat(path)
	do(t, err)
	do(t, os.Remove(path))
	reused := false
	for range 100 {
		appendTo(t, path, records(100, 130, 100)) // longer than where we were
		is, err := os.Stat(path)
		do(t, err)
		if reused = os.SameFile(was, is); reused {
			break
		}
		rename(t, path, filepath.Join(dir, fmt.Sprintf("elsewhere-%d", is.ModTime().UnixNano())))
	}
	if !reused {
		t.Skip("this file system does not give the number again")
	}
	w = open(t, short(state), lines(path))
	for n := range 30 {
		if got := whole(t, w); got != record(100+n, 100) {
			t.Fatalf("record %d: %q", n, got)
		}
	}
	silent(t, w, 50*time.Millisecond)
}

func TestStateDamaged(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		damage func(b []byte) []byte
		again  int // records that may be seen again, of 40
	}{
		"missing":              {func([]byte) []byte { return nil }, 40},
		"empty":                {func([]byte) []byte { return []byte{} }, 40},
		"filled with NUL":      {func(b []byte) []byte { return make([]byte, len(b)) }, 40},
		"NUL after its end":    {func(b []byte) []byte { return append(b, make([]byte, 5000)...) }, 0},
		"NUL at its head":      {func(b []byte) []byte { return append(make([]byte, 4096), b...) }, 0},
		"torn":                 {func(b []byte) []byte { return b[:len(b)-10] }, 20},
		"torn to the head":     {func(b []byte) []byte { return b[:20] }, 40},
		"a bit turned":         {func(b []byte) []byte { b[len(b)-30] ^= 1; return b }, 20},
		"of something else":    {func([]byte) []byte { return []byte("{\"offset\":1}\n") }, 40},
		"a line of a megabyte": {func(b []byte) []byte { return append(b, bytes.Repeat([]byte("x"), 1<<20)...) }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			dir, state := t.TempDir(), t.TempDir()
			first, second := filepath.Join(dir, "a.json"), filepath.Join(dir, "b.json")
			appendTo(t, first, records(0, 20, 100))
			appendTo(t, second, records(20, 40, 100))
			w := open(t, short(state), lines(first), lines(second))
			c0 := follow(t, w, 40)
			closed(t, w)
			positions := entries(t, state)[0]
			b, err := os.ReadFile(positions)
			do(t, err)
			if fi, err := os.Stat(positions); err != nil || fi.Mode().Perm() != 0o600 {
				t.Errorf("mode %v, error %v", fi.Mode(), err)
			}
			if b := c.damage(bytes.Clone(b)); b != nil {
				do(t, os.WriteFile(positions, b, 0o600))
			} else {
				do(t, os.Remove(positions))
			}
			for i := range 2 { // the second start finds it well again
				appendTo(t, first, record(40+i, 100)+"\n")
				w = open(t, short(state), lines(first), lines(second))
				c0.until(t, w, 41+i)
				drain(t, w, c0, 200*time.Millisecond)
				closed(t, w)
			}
			c0.account(t, 42, c.again)
		})
	}
}

// To start without positions reads what is there again; to not start for them
// would never end.
func TestPositionsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	path, state := filepath.Join(t.TempDir(), "data-collector.json"), t.TempDir()
	mkdir(t, filepath.Join(state, "positions"))
	appendTo(t, path, records(0, 5, 100))
	w := open(t, short(state), lines(path))
	follow(t, w, 5)
	closed(t, w)
	silent(t, open(t, short(state), lines(path)), 300*time.Millisecond)
	if _, err := os.Stat(filepath.Join(state, "positions.damaged")); err != nil {
		t.Errorf("what was there is not kept: %v", err)
	}
	if w, err := watch.Open(nil, watch.Options{StateDir: filepath.Join(path, "state")}); err == nil {
		closed(t, w)
		t.Error("started with a file for a directory")
	}
}

func TestPositionsThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	path, state := filepath.Join(t.TempDir(), "data-collector.json"), filepath.Join(t.TempDir(), "state")
	w := open(t, short(state), lines(path))
	appendTo(t, path, records(0, 5, 100))
	follow(t, w, 5)
	do(t, os.RemoveAll(state))
	write(t, state, "a file is in the way")
	appendTo(t, path, records(5, 10, 100))
	for range 5 {
		_ = next(t, w).Commit() // written to a file without a name
	}
	silent(t, w, 1200*time.Millisecond) // within a second that is found out
	appendTo(t, path, record(10, 100)+"\n")
	if err := next(t, w).Commit(); err == nil {
		t.Error("nobody says that positions cannot be written")
	}
	do(t, os.Remove(state)) // the way is free again
	closed(t, w)
	silent(t, open(t, short(state), lines(path)), 300*time.Millisecond)
}
