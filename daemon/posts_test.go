package daemon

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/converged/converged/daemon/receive"
	"github.com/converged/converged/daemon/spool"
	"github.com/converged/converged/reporters/telemetry"
)

// postRig is the posts of a node with these reporters' spools, without a server.
type postRig struct {
	*posts
	t    *testing.T
	dir  string
	stop func()
}

func newPostRig(t *testing.T, dir string, reporters ...string) *postRig {
	t.Helper()
	c := Defaults()
	c.StateDir = dir
	d := &daemon{log: quiet(), status: newStatusFile(dir, func() Status { return Status{} }, quiet())}
	for _, name := range reporters {
		s, err := spool.Open(filepath.Join(dir, "spool", name), spool.Options{MaxHeld: 1 << 20})
		if err != nil {
			t.Fatal(err)
		}
		d.places = append(d.places, place{name, s})
	}
	if err := os.MkdirAll(filepath.Join(dir, receivedName), 0o700); err != nil {
		t.Fatal(err)
	}
	d.intake = newIntake(c, d)
	p, err := d.openPosts(c)
	if err != nil {
		t.Fatal(err)
	}
	r := &postRig{posts: p, t: t, dir: dir}
	t.Cleanup(func() {
		if r.stop != nil {
			r.stop()
		}
		errs := []error{p.close()}
		for _, place := range d.places {
			errs = append(errs, place.Close())
		}
		if err := errors.Join(errs...); err != nil {
			t.Error(err)
		}
	})
	return r
}

// start reads what was kept, until the test ends.
func (r *postRig) start() {
	ctx, cancel := context.WithCancel(r.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.run(ctx) }()
	r.stop = func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			r.t.Errorf("it ended with %v", err)
		}
	}
}

// batchesIn takes what waits for a reporter.
func (r *postRig) batchesIn(place int, n int) []telemetry.Batch {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), time.Minute)
	defer cancel()
	var all []telemetry.Batch
	for len(all) < n {
		entries, err := r.places[place].Take(ctx, n-len(all), 0)
		if err != nil {
			r.t.Fatalf("after %d batches: %v", len(all), err)
		}
		for _, e := range entries {
			b, err := telemetry.Decode(e.Data)
			if err != nil {
				r.t.Fatal(err)
			}
			all = append(all, b)
		}
		if err := r.places[place].Commit(entries); err != nil {
			r.t.Fatal(err)
		}
	}
	return all
}

func collected(body []byte) receive.Post {
	return receive.Post{Format: receive.ChefCollector, Body: body, Origin: "http://127.0.0.1/data-collector", Arrived: time.Now()}
}

func TestAMessageIsAnsweredBeforeItIsRead(t *testing.T) {
	r := newPostRig(t, t.TempDir(), "a", "b")
	body := sample(t, "18-updated/collector.json")
	for range 5 { // as Chef does when it hears nothing
		if runs, err := r.take(t.Context(), collected(body)); err != nil || runs != nil {
			t.Fatalf("it was told of %v, %v", runs, err)
		}
	}
	if st := r.raw.Stats(); st.Entries != 1 || r.places[0].Stats().Entries != 0 {
		t.Fatalf("it has %+v and spooled %+v", st, r.places[0].Stats())
	}
	r.start()
	for place := range r.places {
		if b := r.batchesIn(place, 1)[0]; b.RunID != updated || len(b.Events) != 0 {
			t.Errorf("the batch is %+v", b)
		}
	}
	if runs, err := r.take(t.Context(), collected(body)); err != nil || runs != nil {
		t.Errorf("told again, it says %v, %v", runs, err)
	}
}

// A run that ends between the answer and the batch is read by the next daemon.
func TestWhatWasAnsweredIsReadAfterARestart(t *testing.T) {
	dir := t.TempDir()
	t.Run("answered", func(t *testing.T) {
		r := newPostRig(t, dir, "a")
		if _, err := r.take(t.Context(), collected(sample(t, "18-updated/collector.json"))); err != nil {
			t.Fatal(err)
		}
	})
	r := newPostRig(t, dir, "a")
	r.start()
	if b := r.batchesIn(0, 1)[0]; b.RunID != updated {
		t.Errorf("the batch is %+v", b)
	}
}

func TestAnUnreadableMessageIsToldLikeAFile(t *testing.T) {
	r := newPostRig(t, t.TempDir(), "a")
	if _, err := r.take(t.Context(), collected([]byte(`{"message_type":"run_converge", oops`))); err != nil {
		t.Fatal(err)
	}
	r.start()
	b := r.batchesIn(0, 1)[0]
	if !strings.HasPrefix(b.RunID, "unparsable-") || !strings.Contains(b.Events[0].Text, "http://127.0.0.1/data-collector") ||
		strings.Contains(b.Events[0].Text, "converged inspect") {
		t.Errorf("the batch is %+v", b)
	}
}

func TestASenderIsToldWhatIsWrong(t *testing.T) {
	r := newPostRig(t, t.TempDir(), "a")
	chef := sample(t, "18-updated/report.json")
	for name, c := range map[string]struct {
		format, body string
		runs         []string
		unfit        bool
	}{
		"good":      {"chef-report", string(chef), []string{updated}, false},
		"cut":       {"chef-report", string(chef[:len(chef)/2]), nil, true},
		"no report": {"puppet-report", "hello", nil, true},
		"secret":    {"chef-report", `{"password": "hunter2hunter2"`, nil, true},
	} {
		runs, err := r.take(t.Context(), receive.Post{Format: c.format, Body: []byte(c.body), Origin: "unix:/v1/reports/x", Arrived: time.Now()})
		if !slices.Equal(runs, c.runs) || errors.Is(err, receive.ErrUnfit) != c.unfit || errors.Is(err, receive.ErrBusy) {
			t.Errorf("%s: %v, %v", name, runs, err)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: it tells %v", name, err)
		}
	}
	if st := r.places[0].Stats(); st.Entries != 1 {
		t.Errorf("%d batches were spooled", st.Entries)
	}
	if r.counts.unfit.Load() != 3 || r.counts.seen.Load() != 4 {
		t.Errorf("%d of %d are counted as unfit", r.counts.unfit.Load(), r.counts.seen.Load())
	}
}

// Of what can be read in part, the rest is told as that of a file is.
func TestAPostThatCanBeReadInPart(t *testing.T) {
	r := newPostRig(t, t.TempDir(), "a")
	text, err := os.ReadFile(filepath.Join("..", "testdata", "salt", "events", "events.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := bytes.Cut(text, []byte("\n"))
	post := receive.Post{Format: "salt-events", Body: slices.Concat(first, []byte("\n{oops\n")), Origin: "unix:/v1/reports/salt-events", Arrived: time.Now()}
	runs, err := r.take(t.Context(), post)
	if err != nil || len(runs) != 1 {
		t.Fatalf("it says %v, %v", runs, err)
	}
	got := r.batchesIn(0, 2)
	if got[0].RunID != runs[0] || !strings.HasPrefix(got[1].RunID, "unparsable-") {
		t.Errorf("it was told of %+v", got)
	}
}

// Where the disk takes none of Chef's messages, memory does as long as it may, and
// the daemon says so.
func TestADiskThatTakesNoMessage(t *testing.T) {
	dir := t.TempDir()
	r := newPostRig(t, dir, "a")
	body := sample(t, "18-updated/collector.json")
	h := &home{t: t}
	h.config.StateDir = dir
	if err := os.MkdirAll(filepath.Join(dir, "spool"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join("..", receivedName), filepath.Join(dir, "spool", "raw")); err != nil {
		t.Fatal(err)
	}
	mend := h.breakDisk("raw", keyOf(body))
	if _, err := r.take(t.Context(), collected(body)); err != nil {
		t.Fatal(err)
	}
	if st := r.raw.Stats(); st.Held != 1 || st.Entries != 1 {
		t.Errorf("it has %+v", st)
	}
	mend()
	r.start()
	if b := r.batchesIn(0, 1)[0]; b.RunID != updated {
		t.Errorf("the batch is %+v", b)
	}
}

// A disk that takes nothing makes a sender come again; Chef's message is held in
// memory, and is read all the same.
func TestADiskThatTakesNothingIsNoAnswer(t *testing.T) {
	dir := t.TempDir()
	r := newPostRig(t, dir, "a")
	h := &home{t: t}
	h.config.StateDir = dir
	mend := h.breakDisk("a", "8cc95bc5-da7a-45b1-aaca-05f8adc6d863")
	report := receive.Post{Format: "chef-report", Body: sample(t, "16-updated/report.json"), Arrived: time.Now()}
	if runs, err := r.take(t.Context(), report); !errors.Is(err, receive.ErrBusy) || runs != nil {
		t.Errorf("it says %v, %v", runs, err)
	}
	if _, err := r.take(t.Context(), collected(sample(t, "18-updated/collector.json"))); err != nil {
		t.Errorf("to Chef it says %v", err)
	}
	mend()
	if runs, err := r.take(t.Context(), report); err != nil || len(runs) != 1 {
		t.Errorf("when the disk is back it says %v, %v", runs, err)
	}
	r.start()
	if got := r.batchesIn(0, 2); got[1].RunID != updated {
		t.Errorf("it was told of %+v", got)
	}
}

func TestTheToolsVersionIsTheBodysFirst(t *testing.T) {
	for body, want := range map[string]string{
		"18-converge-fail/collector.json":      "of chef 18.10.107.",
		"18-server-unreachable/collector.json": "of chef 99.0.0.",
	} {
		r := newPostRig(t, t.TempDir(), "a")
		post := collected(sample(t, body))
		post.Version = "99.0.0"
		if _, err := r.take(t.Context(), post); err != nil {
			t.Fatal(err)
		}
		r.start()
		if text := r.batchesIn(0, 1)[0].Events[0].Text; !strings.Contains(text, want) {
			t.Errorf("%s: %q is missing in %s", body, want, text)
		}
	}
}

// A message that is too long to be kept as it came is read at once.
func TestAMessageTooLongToBeKept(t *testing.T) {
	r := newPostRig(t, t.TempDir(), "a")
	body := bytes.TrimSpace(sample(t, "18-updated/collector.json"))
	body = slices.Concat(body, bytes.Repeat([]byte(" "), 17<<20))
	if runs, err := r.take(t.Context(), collected(body)); err != nil || !slices.Equal(runs, []string{updated}) {
		t.Errorf("it says %v, %v", runs, err)
	}
}

// Posts and files are taken from many goroutines at once.
func TestPostsAtTheSameTime(t *testing.T) {
	r := newPostRig(t, t.TempDir(), "a", "b")
	r.start()
	report, line := sample(t, "18-updated/report.json"), sample(t, "18-updated/collector.json")
	var all sync.WaitGroup
	for n := range 40 {
		id := fmt.Sprintf("00000000-0000-4000-8000-%012d", n)
		all.Go(func() {
			if _, err := r.take(t.Context(), collected(bytes.ReplaceAll(line, []byte(updated), []byte(id)))); err != nil {
				t.Error(err)
			}
			post := receive.Post{Format: "chef-report", Body: bytes.ReplaceAll(report, []byte(updated), []byte(id)), Arrived: time.Now()}
			if _, err := r.take(t.Context(), post); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	seen := map[string]int{}
	for _, b := range r.batchesIn(1, 40) {
		seen[b.RunID]++
	}
	if len(seen) != 40 {
		t.Errorf("%d runs were told of", len(seen))
	}
}

func TestARecordOfAPost(t *testing.T) {
	at := time.Date(2026, 11, 21, 12, 0, 0, 5, time.UTC)
	post := receive.Post{Format: receive.ChefCollector, Body: []byte("{\n\n}"), Origin: "http://[::1]/\ndata\"", Version: "18", Arrived: at}
	if got, err := decodePost(encodePost(post)); err != nil || fmt.Sprint(got) != fmt.Sprint(post) {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, bad := range []string{"", "{}", "{}\nx", "oops\nx", `{"format":"chef"}` + "\nx"} {
		if got, err := decodePost([]byte(bad)); err == nil {
			t.Errorf("%q is %+v", bad, got)
		}
	}
}

// What another version left is kept aside, and what came after it is read.
func TestAMessageThatNobodyKnows(t *testing.T) {
	r := newPostRig(t, t.TempDir(), "a")
	if _, err := r.raw.Append("x", 0, []byte("{}\nx")); err != nil {
		t.Fatal(err)
	}
	if _, err := r.take(t.Context(), collected(sample(t, "18-updated/collector.json"))); err != nil {
		t.Fatal(err)
	}
	r.start()
	if b := r.batchesIn(0, 1)[0]; b.RunID != updated {
		t.Errorf("the batch is %+v", b)
	}
	if st := r.raw.Stats(); st.DeadLetters != 1 {
		t.Errorf("%+v", st)
	}
}

// Messages are let go when the disk of every reporter has what they say.
func TestAMessageIsLetGoWhenItIsOnDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		r := newPostRig(t, dir, "a", "b")
		h := &home{t: t}
		h.config.StateDir = dir
		mend := h.breakDisk("a", updated)
		if _, err := r.take(t.Context(), collected(sample(t, "18-updated/collector.json"))); err != nil {
			t.Fatal(err)
		}
		r.start()
		time.Sleep(time.Hour)
		synctest.Wait()
		if raw, b := r.raw.Stats(), r.places[1].Stats(); raw.Entries != 1 || b.Entries != 1 || !r.places[0].Holds(updated) {
			t.Errorf("after an hour %+v, %+v", raw, b)
		}
		mend()
		time.Sleep(lastPause)
		synctest.Wait()
		if raw := r.raw.Stats(); raw.Entries != 0 || r.places[0].Holds(updated) {
			t.Errorf("with the disk back %+v", raw)
		}
	})
}
