package watch_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/converged/converged/daemon/watch"
)

func TestLinePartial(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data-collector.json")
	appendTo(t, path, record(0, 50)+"\n"+record(1, 50))
	w := open(t, short(t.TempDir()), lines(path))
	if got := whole(t, w); got != record(0, 50) {
		t.Errorf("got %q", got)
	}
	silent(t, w, 500*time.Millisecond) // longer than EmptyAfter: the writer may come back
	appendTo(t, path, "\n")
	if a := next(t, w); string(a.Data) != record(1, 50) || a.Offset != int64(len(record(0, 50))+1) {
		t.Errorf("at %d: %q", a.Offset, a.Data)
	}
}

func TestLinesInThreePieces(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data-collector.json")
	w := open(t, short(t.TempDir()), lines(path))
	const n = 300
	go func() {
		for i := range n {
			text := record(i, 3000)
			appendTo(t, path, text[:1000], text[1000:2000], text[2000:], "\n")
		}
	}()
	follow(t, w, n).account(t, n, 0)
}

func TestLineHuge(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data-collector.json")
	w := open(t, short(t.TempDir()), lines(path))
	silent(t, w, 10*time.Millisecond)
	sizes := []int{100, 3 << 20, 100, 5 << 20, 64 << 10, 128 << 10, 35 << 10, 1 << 20, 100}
	go func() {
		for i, size := range sizes {
			text := record(i, size)
			for len(text) > 1<<20 { // a long line comes in pieces
				appendTo(t, path, text[:1<<20])
				text = text[1<<20:]
			}
			appendTo(t, path, text, "\n")
		}
	}()
	follow(t, w, len(sizes)).account(t, len(sizes), 0)
}

func TestLineOverTheLimit(t *testing.T) {
	t.Parallel()
	path, state := filepath.Join(t.TempDir(), "data-collector.json"), t.TempDir()
	s := lines(path)
	s.MaxBytes = 1 << 20
	w := open(t, short(state), s)
	first, last := record(0, 1<<20), record(2, 100)
	appendTo(t, path, first+"\n")
	go func() {
		appendTo(t, path, "{")
		for range 8 {
			appendTo(t, path, strings.Repeat("x", 1<<20))
		}
		appendTo(t, path, "}\n"+last+"\n")
	}()
	if got := whole(t, w); got != first {
		t.Errorf("%d bytes, want %d", len(got), len(first))
	}
	a := failed(t, w, watch.ErrTooLarge)
	if a.Offset != int64(len(first)+1) || a.Data != nil {
		t.Errorf("at %d, %d bytes", a.Offset, len(a.Data))
	}
	if got := whole(t, w); got != last {
		t.Errorf("after it: %.80q", got)
	}
	closed(t, w)
	silent(t, open(t, short(state), s), 300*time.Millisecond)
}

func TestBlankLinesCarriageReturnsAndZeros(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "events")
	appendTo(t, path, "\n\r\n  \na\r\n\n\x00\x00\x00b\n")
	w := open(t, short(t.TempDir()), lines(path))
	if a, b := whole(t, w), whole(t, w); a != "a" || b != "b" {
		t.Errorf("%q, %q", a, b)
	}
	silent(t, w, 50*time.Millisecond)
}

// A run of many lines that ends with a line of its own.
func untilEnd(data []byte, _ bool) (int, []byte, error) {
	i := bytes.Index(data, []byte("end\n"))
	if i < 0 {
		return 0, nil, nil
	}
	return i + 4, data[:i+4], nil
}

func TestSplit(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "play.jsonl")
	s := lines(path)
	s.Split = untilEnd
	w := open(t, short(t.TempDir()), s)
	go func() {
		for run := range 3 {
			for range 50 {
				appendTo(t, path, fmt.Sprintf("task of %d %s\n", run, strings.Repeat("x", 10_000)))
			}
			appendTo(t, path, "end\n")
		}
	}()
	for run := range 3 {
		got := whole(t, w)
		if n := strings.Count(got, fmt.Sprintf("task of %d ", run)); n != 50 || !strings.HasSuffix(got, "\nend\n") {
			t.Errorf("run %d: %d tasks in %d bytes", run, n, len(got))
		}
	}
}

func TestLastLineWithoutNewline(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data-collector.json")
	s := lines(path)
	s.Complete = func(b []byte) bool { return bytes.HasSuffix(b, []byte(`"}`)) }
	w := open(t, short(t.TempDir()), s)
	silent(t, w, 10*time.Millisecond)
	begun := time.Now()
	appendTo(t, path, record(0, 40)) // its writer was killed before the newline
	if got := whole(t, w); got != record(0, 40) || time.Since(begun) < 250*time.Millisecond {
		t.Errorf("after %v: %q", time.Since(begun), got)
	}
	appendTo(t, path, "\n"+record(1, 40)+"\n"+record(2, 40)[:20])
	if got := whole(t, w); got != record(1, 40) {
		t.Errorf("got %q", got)
	}
	silent(t, w, 500*time.Millisecond) // half a record is not handed out
	appendTo(t, path, record(2, 40)[20:]+"\n")
	if got := whole(t, w); got != record(2, 40) {
		t.Errorf("got %q", got)
	}
}

// rotate renames path to path.1 and so on, and lets keep of them live.
func rotate(t *testing.T, path string, keep int) {
	t.Helper()
	for n := keep; n > 0; n-- {
		from := fmt.Sprintf("%s.%d", path, n-1)
		if n == 1 {
			from = path
		}
		if err := os.Rename(from, fmt.Sprintf("%s.%d", path, n)); err != nil && !os.IsNotExist(err) {
			t.Error(err)
		}
	}
}

// writeAndRotate writes n records of 200 bytes, each in two writes as Chef does.
// At each rotation it keeps the old file open and goes on in it for a while
// before it opens the new one, as programs do that are told late.
func writeAndRotate(t *testing.T, path string, n, perFile, late int, pause time.Duration) {
	old, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		t.Error(err)
		return
	}
	f := old
	tick := time.NewTicker(max(pause/time.Duration(perFile), time.Microsecond))
	defer tick.Stop()
	for i := range n {
		if i > 0 && i%perFile == 0 {
			rotate(t, path, 100)
			if f, err = os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644); err != nil {
				t.Error(err)
				return
			}
		}
		to := f
		if i%perFile < late {
			to = old
		} else if old != f {
			old.Close()
			old = f
		}
		for _, piece := range []string{record(i, 200), "\n"} {
			if _, err := to.WriteString(piece); err != nil {
				t.Error(err)
			}
		}
		<-tick.C
	}
	old.Close()
	if f != old {
		f.Close()
	}
}

func TestRenameRotationWithLateWrites(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		n, perFile, late int
		pause            time.Duration
	}{
		"every 0.5 s":                 {4000, 1000, 100, 500 * time.Millisecond},
		"every 25 ms":                 {8000, 400, 100, 25 * time.Millisecond},
		"as fast as can be":           {20_000, 1000, 300, 0},
		"the new file stays empty":    {2000, 500, 499, 20 * time.Millisecond},
		"nothing in the renamed file": {2000, 500, 0, 20 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "data-collector.json")
			o := short(t.TempDir())
			o.EmptyAfter = time.Minute // a writer that stalls between a record and its newline comes back
			w := open(t, o, lines(path))
			silent(t, w, 10*time.Millisecond)
			done := make(chan struct{})
			go func() {
				defer close(done)
				writeAndRotate(t, path, c.n, c.perFile, c.late, c.pause)
			}()
			follow(t, w, c.n).account(t, c.n, 0)
			<-done
		})
	}
}

func TestRotatedAndRemoved(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data-collector.json")
	w := open(t, short(t.TempDir()), lines(path))
	appendTo(t, path, records(0, 5, 100))
	c := follow(t, w, 5)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	do(t, err)
	defer f.Close()
	do(t, os.Remove(path))
	_, err = f.WriteString(records(5, 10, 100)) // it has no name any more
	do(t, err)
	appendTo(t, path, records(10, 15, 100))
	for len(c.seen) < 15 {
		a := next(t, w)
		c.add(a.Data)
		commit(t, a)
	}
	c.account(t, 15, 0)
}

func TestCopyTruncate(t *testing.T) {
	t.Parallel()
	for _, grace := range []time.Duration{0, 20 * time.Millisecond} {
		t.Run(grace.String(), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "data-collector.json")
			w := open(t, short(t.TempDir()), lines(path))
			silent(t, w, 10*time.Millisecond)
			const n, perFile = 5000, 250
			go func() {
				for i := 0; i < n; i += perFile {
					if i > 0 {
						rotate(t, path+".0", 100)
						copyTruncate(t, path, path+".0")
					}
					time.Sleep(grace)
					for j := range perFile {
						appendTo(t, path, record(i+j, 100), "\n")
					}
				}
			}()
			follow(t, w, n).account(t, n, 0)
		})
	}
}

// The watcher does not look while the file is copied, cut and grows past where
// it was: nothing but the bytes tells.
func TestTruncateAndRegrow(t *testing.T) {
	t.Parallel()
	for name, keptCopy := range map[string]bool{"a copy is left": true, "no copy is left": false} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "data-collector.json")
			w := open(t, short(t.TempDir()), lines(path))
			appendTo(t, path, records(0, 20, 100))
			c := follow(t, w, 20)
			n := 20
			for round := range 5 {
				appendTo(t, path, records(n, n+10, 100)) // not read yet
				if copyTruncate(t, path, path+".1"); !keptCopy {
					do(t, os.Remove(path+".1"))
					n -= 10 // gone
				}
				appendTo(t, path, records(n+10, n+110*(round+2), 100))
				n += 110 * (round + 2)
				for len(c.seen) < n {
					a := next(t, w)
					c.add(a.Data)
					commit(t, a)
				}
			}
			silent(t, w, 50*time.Millisecond)
			c.account(t, n, 0)
		})
	}
}

func TestSameSizeOtherContent(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data-collector.json")
	w := open(t, short(t.TempDir()), lines(path))
	write(t, path, records(10, 20, 100))
	for i := range 10 {
		if got := whole(t, w); got != record(10+i, 100) {
			t.Fatalf("%q", got)
		}
	}
	write(t, path, records(20, 30, 100))
	for i := range 10 {
		if got := whole(t, w); got != record(20+i, 100) {
			t.Fatalf("%q", got)
		}
	}
	silent(t, w, 50*time.Millisecond)
}

func TestEditorReplacesTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data-collector.json")
	w := open(t, short(t.TempDir()), lines(path))
	appendTo(t, path, records(0, 10, 100))
	c := follow(t, w, 10)
	rename(t, path, path+".orig")
	write(t, path, records(0, 15, 100)) // all that was there, and more
	for len(c.seen) < 15 {
		a := next(t, w)
		c.add(a.Data)
		commit(t, a)
	}
	c.account(t, 15, 0)
}

func TestRotatedWhileStalled(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data-collector.json")
	w := open(t, short(t.TempDir()), lines(path))
	appendTo(t, path, records(0, 100, 100))
	a := next(t, w) // the receiver takes its time from here
	for n := 1; n < 5; n++ {
		appendTo(t, path, records(100*n, 100*n+50, 100))
		rotate(t, path, 10)
		appendTo(t, path, records(100*n+50, 100*n+100, 100))
	}
	commit(t, a)
	c := &tally{}
	c.add(a.Data)
	for len(c.seen) < 500 {
		a := next(t, w)
		c.add(a.Data)
		commit(t, a)
	}
	silent(t, w, 50*time.Millisecond)
	c.account(t, 500, 0)
}

func TestLastPieceOfARotatedFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data-collector.json")
	w := open(t, short(t.TempDir()), lines(path))
	appendTo(t, path, record(0, 100)+"\n"+`{"id":1,"cut`)
	if got := whole(t, w); got != record(0, 100) {
		t.Fatalf("%q", got)
	}
	rotate(t, path, 3)
	appendTo(t, path, record(2, 100)+"\n")
	if got := whole(t, w); got != record(2, 100) {
		t.Fatalf("%q", got)
	}
	a := failed(t, w, watch.ErrIncomplete)
	if string(a.Data) != `{"id":1,"cut` || a.Path != path+".1" {
		t.Errorf("%s: %q", a.Path, a.Data)
	}
	appendTo(t, path+".1", " here\n"+record(3, 100)+"\n") // long after; still not lost
	if a, b := whole(t, w), whole(t, w); a != " here" || b != record(3, 100) {
		t.Errorf("%q, %q", a, b)
	}
}
