package watch_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/converged/converged/daemon/watch"
)

// writeLikeChef opens with O_TRUNC, leaves the file empty while the JSON is
// made, writes it whole, and the newline 8 ms later. It says when the last byte
// of the document was written.
func writeLikeChef(t *testing.T, path, text string) time.Time {
	t.Helper()
	f, err := os.Create(path)
	do(t, err)
	defer f.Close()
	time.Sleep(100 * time.Millisecond) // what the writer does is what is tested
	_, err = f.WriteString(text)
	do(t, err)
	at := time.Now()
	time.Sleep(8 * time.Millisecond)
	_, err = f.WriteString("\n")
	do(t, err)
	return at
}

func chefReport(run int) string {
	return fmt.Sprintf(`{"run_id":"%d","all_resources":[%s1]}`, run, strings.Repeat(`{"name":"x"},`, 100_000))
}

func TestChefWritesInPlace(t *testing.T) {
	dir := t.TempDir()
	w := open(t, watch.Options{StateDir: t.TempDir()}, documents(dir)) // times as they ship
	silent(t, w, 10*time.Millisecond)
	for run := range 5 {
		text := chefReport(run)
		written := make(chan time.Time, 1)
		go func() {
			written <- writeLikeChef(t, filepath.Join(dir, fmt.Sprintf("chef-run-report-%d.json", run)), text)
		}()
		a := next(t, w)
		if got := strings.TrimSuffix(string(a.Data), "\n"); got != text || a.Err != nil {
			t.Fatalf("run %d: %d bytes, error %v; want %d bytes", run, len(a.Data), a.Err, len(text))
		}
		commit(t, a)
		<-written
	}
	silent(t, w, 100*time.Millisecond) // the late newlines are no arrivals
}

func TestLateNewline(t *testing.T) {
	t.Parallel()
	for _, when := range []string{"before the commit", "after the commit", "after a restart"} {
		t.Run(when, func(t *testing.T) {
			dir, state := t.TempDir(), t.TempDir()
			path := filepath.Join(dir, "report.json")
			w := open(t, short(state), documents(dir))
			write(t, path, `{"run":1}`)
			a := next(t, w)
			if when == "before the commit" {
				appendTo(t, path, "\n")
				silent(t, w, 50*time.Millisecond)
			}
			commit(t, a)
			if when == "after a restart" {
				closed(t, w)
				appendTo(t, path, "\n")
				w = open(t, short(state), documents(dir))
			} else {
				appendTo(t, path, "\n")
			}
			silent(t, w, 400*time.Millisecond)
			write(t, path, `{"run":2}`)
			if got := whole(t, w); got != `{"run":2}` {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestSameNameRewrittenWithinASecond(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := open(t, watch.Options{StateDir: t.TempDir()}, documents(dir))
	silent(t, w, 10*time.Millisecond)
	path := filepath.Join(dir, "chef-run-report-20261120000000.json")
	for run := range 20 { // of one length, as fast as they are taken
		want := fmt.Sprintf(`{"run":%d}`, 10+run)
		write(t, path, want+"\n")
		if got := whole(t, w); strings.TrimSpace(got) != strings.TrimSpace(want) && got != "" {
			// A document may be seen without its newline; never half of it.
			t.Fatalf("run %d: %q", run, got)
		}
	}
}

func TestPermanentlyEmpty(t *testing.T) {
	t.Parallel()
	dir, state := t.TempDir(), t.TempDir()
	w := open(t, short(state), documents(dir))
	path := filepath.Join(dir, "badenc_ok.json")
	begun := time.Now()
	write(t, path, "")
	a := failed(t, w, watch.ErrEmpty)
	if a.Path != path || a.Data != nil || time.Since(begun) < 250*time.Millisecond {
		t.Errorf("%s after %v", a.Path, time.Since(begun))
	}
	closed(t, w)
	w = open(t, short(state), documents(dir))
	silent(t, w, 500*time.Millisecond)
	write(t, path, `{"late":true}`)
	if got := whole(t, w); got != `{"late":true}` {
		t.Errorf("got %q", got)
	}
}

func TestTruncatedForEver(t *testing.T) {
	t.Parallel()
	dir, state := t.TempDir(), t.TempDir()
	cut := filepath.Join(dir, "cut.json")
	write(t, cut, `{"run":1,"node":{"na`)
	write(t, filepath.Join(dir, "whole.json"), `{"run":2}`)
	o := short(state)
	o.EmptyAfter = time.Hour
	w := open(t, o, documents(dir))
	if got := whole(t, w); got != `{"run":2}` {
		t.Errorf("the broken one stops the other: %q", got)
	}
	old := time.Now().Add(-2 * o.EmptyAfter)
	do(t, os.Chtimes(cut, old, old))
	a := failed(t, w, watch.ErrIncomplete)
	if string(a.Data) != `{"run":1,"node":{"na` || filepath.Base(a.Path) != "cut.json" {
		t.Errorf("%s: %q", a.Path, a.Data)
	}
	closed(t, w)
	silent(t, open(t, short(state), documents(dir)), 500*time.Millisecond)
}

func TestOldLeftoversAreJudgedAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old := time.Now().Add(-time.Hour)
	for name, text := range map[string]string{"1.json": "", "2.json": `{"cut`} {
		write(t, filepath.Join(dir, name), text)
		do(t, os.Chtimes(filepath.Join(dir, name), old, old))
	}
	w := open(t, watch.Options{StateDir: t.TempDir()}, documents(dir))
	failed(t, w, watch.ErrEmpty)
	failed(t, w, watch.ErrIncomplete)
}

func TestRenameIntoPlace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := open(t, short(t.TempDir()), documents(dir))
	silent(t, w, 10*time.Millisecond)
	path := filepath.Join(dir, "report.json")
	for run := range 5 {
		for range 2 { // Puppet's apply renames the same content into place twice
			beside := path + "20261120-4711-1x2y3z"
			write(t, beside, fmt.Sprintf(`{"run":%d}`, run))
			rename(t, beside, path)
		}
		if got, want := whole(t, w), fmt.Sprintf(`{"run":%d}`, run); got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
		silent(t, w, 30*time.Millisecond)
	}
}

func TestTemporaryNamesAreNotReports(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{".hidden.json", "a.json.tmp", "b.json~", "#c.json#", "d.json20261120-12-abc.lock", "e.json.swp", "f.part"} {
		write(t, filepath.Join(dir, name), `{"temporary":true}`)
	}
	do(t, os.Mkdir(filepath.Join(dir, "g.json"), 0o755))
	do(t, os.Symlink(filepath.Join(dir, "loop.json"), filepath.Join(dir, "loop2.json")))
	do(t, os.Symlink(filepath.Join(dir, "nowhere"), filepath.Join(dir, "dangling.json")))
	w := open(t, short(t.TempDir()), documents(dir))
	write(t, filepath.Join(dir, "h.json"), `{"h":1}`)
	if got := whole(t, w); got != `{"h":1}` {
		t.Errorf("got %q", got)
	}
	silent(t, w, 300*time.Millisecond)
}

func TestMatch(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.yaml"), "1")
	write(t, filepath.Join(dir, "b.json"), "2")
	s := documents(dir)
	s.Match = func(name string) bool { return filepath.Ext(name) == ".json" }
	w := open(t, short(t.TempDir()), s)
	if got := whole(t, w); got != "2" {
		t.Errorf("got %q", got)
	}
	silent(t, w, 300*time.Millisecond)
}

// A writer that a busy machine stops for the time that counts as quiet says nothing:
// there is another, and more time.
func TestQuietTimeDecidesWithoutComplete(t *testing.T) {
	t.Parallel()
	for quiet := time.Second; quiet < time.Minute; quiet *= 2 {
		got, steady := writtenInPieces(t, quiet)
		if got == "one two three" {
			return
		}
		if steady {
			t.Fatalf("%q is taken for whole before it is quiet for %v", got, quiet)
		}
	}
	t.Error("no writer was let write in time")
}

// writtenInPieces is the first arrival of a document that is written in pieces,
// and whether that came although no pause between them was as long as quiet.
func writtenInPieces(t *testing.T, quiet time.Duration) (got string, steady bool) {
	t.Helper()
	dir := t.TempDir()
	s := documents(dir)
	s.Complete = nil
	o := short(t.TempDir())
	o.Quiet = quiet
	w := open(t, o, s)
	silent(t, w, 10*time.Millisecond)
	path := filepath.Join(dir, "salt.json")
	longest := make(chan time.Duration)
	go func() {
		var pause time.Duration
		begun := time.Now()
		for _, piece := range []string{"one ", "two ", "three"} {
			appendTo(t, path, piece)
			pause = max(pause, time.Since(begun))
			begun = time.Now()
			time.Sleep(50 * time.Millisecond) // the writer's pace is what is tested
		}
		longest <- pause
	}()
	got = whole(t, w)
	return got, <-longest < quiet
}

func TestTooLarge(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := documents(dir)
	s.MaxBytes = 1000
	w := open(t, short(t.TempDir()), s)
	path := filepath.Join(dir, "huge.json")
	write(t, path, "["+strings.Repeat("1,", 600)+"1]")
	a := failed(t, w, watch.ErrTooLarge)
	if a.Data != nil {
		t.Errorf("%d bytes", len(a.Data))
	}
	appendTo(t, path, "\n")
	silent(t, w, 300*time.Millisecond)
	write(t, path, `{"small":1}`)
	if got := whole(t, w); got != `{"small":1}` {
		t.Errorf("got %q", got)
	}
}

func TestUncommittedIsSeenAgainCommittedIsNot(t *testing.T) {
	t.Parallel()
	dir, state := t.TempDir(), t.TempDir()
	for n := range 4 {
		path := filepath.Join(dir, fmt.Sprintf("%d.json", n))
		write(t, path, fmt.Sprintf("%d", n))
		at := time.Now().Add(time.Duration(n-10) * time.Minute)
		do(t, os.Chtimes(path, at, at))
	}
	w := open(t, short(state), documents(dir))
	for n := range 4 {
		a := next(t, w)
		if string(a.Data) != fmt.Sprint(n) {
			t.Fatalf("oldest first: %q is number %d", a.Data, n)
		}
		if n%2 == 0 {
			commit(t, a)
		}
	}
	closed(t, w)
	w = open(t, short(state), documents(dir))
	if a, b := whole(t, w), whole(t, w); a != "1" || b != "3" {
		t.Errorf("again: %q, %q", a, b)
	}
	silent(t, w, 300*time.Millisecond)
}

// tenThousand is that many, in a short test a tenth of it.
func tenThousand() int {
	if testing.Short() {
		return 1_000
	}
	return 10_000
}

func TestTenThousandFiles(t *testing.T) {
	const size = 4 << 10
	n := tenThousand()
	dir, state := t.TempDir(), t.TempDir()
	pad := strings.Repeat("x", size)
	for i := range n {
		write(t, filepath.Join(dir, fmt.Sprintf("chef-run-report-%05d.json", i)), fmt.Sprintf(`{"id":%d,"pad":"%s"}`, i, pad))
	}
	w := open(t, watch.Options{StateDir: state}, documents(dir))
	c := &tally{}
	var before, most, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	begun := time.Now()
	for i := range n {
		a := next(t, w)
		c.add(a.Data)
		commit(t, a)
		if i%(n/10) == n/10-1 {
			runtime.GC()
			runtime.ReadMemStats(&now)
			if now.HeapAlloc > most.HeapAlloc {
				most = now
			}
		}
	}
	t.Logf("%d files in %v, heap at most %d KB over the start", n, time.Since(begun), (int64(most.HeapAlloc)-int64(before.HeapAlloc))>>10)
	c.account(t, n, 0)
	if most.HeapAlloc > before.HeapAlloc+12<<20 {
		t.Errorf("heap grew from %d to %d bytes", before.HeapAlloc, most.HeapAlloc)
	}
	closed(t, w)
	w = open(t, watch.Options{StateDir: state}, documents(dir))
	one := fmt.Sprintf(`{"id":%d}`, n)
	write(t, filepath.Join(dir, "one-more.json"), one)
	if got := whole(t, w); got != one {
		t.Errorf("after a restart: %q", got)
	}
}
