package watch_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/converged/converged/daemon/watch"
	"go.uber.org/goleak"
)

// The test binary started again is a watcher that can be killed.
func TestMain(m *testing.M) {
	if os.Getenv("WATCH_PATH") != "" {
		followUntilKilled()
		return
	}
	goleak.VerifyTestMain(m)
}

// Short times; what is about the times themselves says so where it is tested.
func short(stateDir string) watch.Options {
	return watch.Options{StateDir: stateDir, Poll: 200 * time.Millisecond, Quiet: 50 * time.Millisecond, EmptyAfter: 300 * time.Millisecond}
}

func open(t *testing.T, o watch.Options, sources ...watch.Source) *watch.Watcher {
	t.Helper()
	if testing.Verbose() && o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	}
	w, err := watch.Open(sources, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closed(t, w) })
	return w
}

func closed(t *testing.T, w *watch.Watcher) {
	t.Helper()
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}

func next(t *testing.T, w *watch.Watcher) *watch.Arrival {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	a, err := w.Next(ctx)
	if err != nil {
		t.Fatalf("Next: %v", err)
	}
	return a
}

// whole is the next arrival, committed, which must be without error.
func whole(t *testing.T, w *watch.Watcher) string {
	t.Helper()
	a := next(t, w)
	if a.Err != nil {
		t.Fatalf("arrival of %s: %v", a.Path, a.Err)
	}
	commit(t, a)
	return string(a.Data)
}

// failed is the next arrival, committed, which must have this error.
func failed(t *testing.T, w *watch.Watcher, class error) *watch.Arrival {
	t.Helper()
	a := next(t, w)
	if !errors.Is(a.Err, class) {
		t.Fatalf("arrival of %s: error %v, want %v; data %.80q", a.Path, a.Err, class, a.Data)
	}
	commit(t, a)
	return a
}

func commit(t *testing.T, a *watch.Arrival) {
	t.Helper()
	if err := a.Commit(); err != nil {
		t.Fatal(err)
	}
}

// silent is nothing arriving for so long.
func silent(t *testing.T, w *watch.Watcher, d time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	if a, err := w.Next(ctx); err == nil {
		t.Fatalf("unexpected arrival: %s at %d, error %v, data %.200q", a.Path, a.Offset, a.Err, a.Data)
	} else if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func do(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// appendTo appends pieces, each with a write of its own.
func appendTo(t *testing.T, path string, pieces ...string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	do(t, err)
	defer f.Close()
	for _, piece := range pieces {
		_, err := f.WriteString(piece)
		do(t, err)
	}
}

func mkdir(t *testing.T, path string) string {
	t.Helper()
	do(t, os.MkdirAll(path, 0o755))
	return path
}

// rename and its like, checked.
func rename(t *testing.T, from, to string) {
	t.Helper()
	do(t, os.Rename(from, to))
}

// copyTruncate is what logrotate does under that name.
func copyTruncate(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	do(t, err)
	defer in.Close()
	out, err := os.Create(to)
	do(t, err)
	_, err = io.Copy(out, in)
	do(t, errors.Join(err, out.Close()))
	do(t, os.Truncate(from, 0))
}

// record is the n-th line of a test, of about this size.
func record(n, size int) string {
	return fmt.Sprintf(`{"id":%d,"pad":"%s"}`, n, strings.Repeat("x", max(0, size-20)))
}

func records(from, to, size int) string {
	var b strings.Builder
	for n := from; n < to; n++ {
		b.WriteString(record(n, size))
		b.WriteByte('\n')
	}
	return b.String()
}

// tally counts records by id.
type tally struct {
	seen map[int]int
	torn []string
}

func (c *tally) add(data []byte) {
	var r struct {
		ID  *int
		Pad string
	}
	if err := json.Unmarshal(data, &r); err != nil || r.ID == nil || strings.Trim(r.Pad, "x") != "" {
		c.torn = append(c.torn, fmt.Sprintf("%.60q", data))
		return
	}
	if c.seen == nil {
		c.seen = map[int]int{}
	}
	c.seen[*r.ID]++
}

// account fails unless each of n records was seen, none is torn, and at most
// so many were seen again.
func (c *tally) account(t *testing.T, n, repeats int) {
	t.Helper()
	lost, again := 0, 0
	for id := range n {
		if c.seen[id] == 0 {
			lost++
			if lost < 5 {
				t.Errorf("record %d is lost", id)
			}
		}
		again += max(0, c.seen[id]-1)
	}
	if lost > 0 || len(c.torn) > 0 || again > repeats || len(c.seen) > n {
		t.Errorf("of %d records: %d lost, %d torn %v, %d again (at most %d), %d foreign",
			n, lost, len(c.torn), c.torn[:min(5, len(c.torn))], again, repeats, max(0, len(c.seen)-n))
	}
}

// follow takes and commits records until all n have been seen, then checks
// that nothing else comes.
func follow(t *testing.T, w *watch.Watcher, n int) *tally {
	t.Helper()
	c := &tally{}
	c.until(t, w, n)
	if !t.Failed() {
		silent(t, w, 50*time.Millisecond)
	}
	return c
}

// until takes and commits records until n have been seen; the longest wait for
// one of them is a minute.
func (c *tally) until(t *testing.T, w *watch.Watcher, n int) {
	t.Helper()
	for len(c.seen) < n {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		a, err := w.Next(ctx)
		cancel()
		if err != nil {
			t.Errorf("after %d of %d records: %v", len(c.seen), n, err)
			return
		}
		if a.Err != nil {
			t.Errorf("arrival of %s: %v", a.Path, a.Err)
		}
		c.add(a.Data)
		commit(t, a)
	}
}

// drain takes and commits records until none comes for so long: what may come,
// for on a machine that stalls it does not wait for what must.
func drain(t *testing.T, w *watch.Watcher, c *tally, d time.Duration) {
	t.Helper()
	for {
		ctx, cancel := context.WithTimeout(t.Context(), d)
		a, err := w.Next(ctx)
		cancel()
		if err != nil {
			return
		}
		c.add(a.Data)
		commit(t, a)
	}
}

func lines(path string) watch.Source {
	return watch.Source{Name: "collector", Path: path, Kind: watch.Lines}
}

func documents(path string) watch.Source {
	return watch.Source{Name: "report", Path: path, Kind: watch.Dir, Complete: json.Valid}
}

func entries(t *testing.T, dir string) []string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(dir, "*"))
	do(t, err)
	return list
}
