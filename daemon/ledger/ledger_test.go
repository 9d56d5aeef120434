package ledger

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, dir string, o Options) *Ledger {
	t.Helper()
	l, err := Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() }) // a test that asks closes it itself
	return l
}

func closed(t *testing.T, l *Ledger) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

// read is the accounts of a ledger in which so many lines are damaged.
func read(t *testing.T, dir string, q Query, damaged int) []Account {
	t.Helper()
	all, d, err := Read(dir, q)
	if err != nil || d.Files != 0 || d.Lines != damaged {
		t.Fatalf("got damage %+v, %v, want %d lines", d, err, damaged)
	}
	return all
}

// runs is the ids, in order.
func runs(all []Account) string {
	var ids []string
	for _, a := range all {
		ids = append(ids, a.Run)
	}
	return strings.Join(ids, " ")
}

func mustHold(t *testing.T, dir, want string, damaged int) {
	t.Helper()
	if got := runs(read(t, dir, Query{}, damaged)); got != want {
		t.Errorf("the ledger holds %q, want %q", got, want)
	}
}

func note(l *Ledger, run string, step Step) {
	l.Note(Record{Run: run, Step: step, Reporter: "datadog"})
}

func TestWhatWasNotedIsReadWhileItIsWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state", "ledger")
	at := time.Date(2026, 11, 21, 9, 0, 0, 5, time.UTC)
	l := open(t, dir, Options{Now: func() time.Time { return at }})
	duration, updated := 12.5, 3
	s := &Summary{Tool: "chef", Host: "web1", Status: "failure", End: at.Add(-time.Second), Duration: &duration, Updated: &updated, Report: "/r/1.json"}
	l.Note(Record{Run: "r1", Step: Seen, Summary: s})
	l.Note(Record{Run: "r1", Step: Refused, Reporter: "datadog", Detail: "status 400"})
	all := read(t, dir, Query{}, 0)
	if len(all) != 1 || all[0].Run != "r1" || !all[0].First.Equal(at) {
		t.Fatalf("got %+v", all)
	}
	got := all[0].Summary
	if got == nil || got.Host != "web1" || *got.Duration != 12.5 || *got.Updated != 3 || got.Total != nil || !got.End.Equal(s.End) {
		t.Errorf("got %+v", got)
	}
	if e := all[0].Last()["datadog"]; e.Step != Refused || e.Detail != "status 400" || !e.At.Equal(at) {
		t.Errorf("got %+v", e)
	}
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, "00000001.log"): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v, want %v", path, info.Mode(), err, want)
		}
	}
	closed(t, l)
	again := open(t, dir, Options{})
	note(again, "r2", Spooled)
	mustHold(t, dir, "r1 r2", 0)
}

func TestNoLedger(t *testing.T) {
	var l *Ledger
	note(l, "r1", Seen)
	if err := l.Close(); err != nil || l.Stats() != (Stats{}) {
		t.Error(err)
	}
	if _, err := Open("", Options{}); err == nil {
		t.Error("a ledger without a directory was opened")
	}
	if all, d, err := Read(filepath.Join(t.TempDir(), "none"), Query{}); len(all) != 0 || d != (Damage{}) || err != nil {
		t.Errorf("got %v, %v, %v", all, d, err)
	}
}

func TestTheOldestGo(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, Options{MaxBytes: 40 << 10})
	for i := range 2000 {
		note(l, fmt.Sprintf("run-%04d", i), Acknowledged)
	}
	closed(t, l)
	var total int64
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != segments {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil {
			t.Fatal(err)
		}
		total += info.Size()
	}
	if total > 40<<10 || total < 30<<10 {
		t.Errorf("%d bytes are kept", total)
	}
	all := read(t, dir, Query{}, 0)
	if n := len(all); n < 200 || all[n-1].Run != "run-1999" || all[0].Run != fmt.Sprintf("run-%04d", 2000-n) {
		t.Errorf("%d runs are kept, from %s to %s", n, all[0].Run, all[n-1].Run)
	}
	l = open(t, dir, Options{MaxBytes: 12 << 10}) // a tighter bound holds for what is there, too
	for i := range 200 {
		note(l, fmt.Sprintf("more-%04d", i), Acknowledged)
	}
	closed(t, l)
	if left := read(t, dir, Query{}, 0); left[0].Run < "more" || len(left) > 200 {
		t.Errorf("%d runs are kept, from %s", len(left), left[0].Run)
	}
}

func TestManyNoteAtOnce(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, Options{})
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for i := range 200 {
				note(l, fmt.Sprintf("%d-%d", g, i), Sent)
				if i%50 == 0 {
					if _, d, err := Read(dir, Query{}); err != nil || d.Lines != 0 {
						t.Errorf("read beside the writers: %v, %v", d, err)
					}
				}
			}
		})
	}
	all.Wait()
	if n := len(read(t, dir, Query{}, 0)); n != 1600 {
		t.Errorf("%d runs, want 1600", n)
	}
}

// failing is a disk that can be broken.
type failing struct {
	mu  sync.Mutex
	err error
}

func (f *failing) before(string, string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

func (f *failing) set(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = err
}

// said is a log that remembers.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *said) log() *slog.Logger { return slog.New(slog.NewTextHandler(s, nil)) }

func (s *said) must(t *testing.T, times int, words string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := strings.Count(s.text.String(), words); n != times {
		t.Errorf("said %q %d times, want %d:\n%s", words, n, times, s.text.String())
	}
}

func TestTheDiskIsFullForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, disk, heard := t.TempDir(), &failing{}, &said{}
		l := open(t, dir, Options{before: disk.before, Log: heard.log()})
		note(l, "r0", Seen)
		disk.set(syscall.ENOSPC)
		for i := range maxHeld + 7 {
			note(l, fmt.Sprintf("h%d", i), Seen)
		}
		time.Sleep(10 * time.Minute)
		synctest.Wait() // what is read below was written before
		if st := l.Stats(); st.Held != maxHeld || st.Lost != 7 || st.Err == nil {
			t.Errorf("got %+v", st)
		}
		heard.must(t, 1, "cannot be written")
		disk.set(nil)
		time.Sleep(lastPause + time.Millisecond) // without another note
		synctest.Wait()
		if st := l.Stats(); st.Held != 0 || st.Lost != 7 || st.Err != nil {
			t.Errorf("got %+v", st)
		}
		heard.must(t, 1, "can be written again")
		heard.must(t, 1, "records_lost_since_start=7")
		all := read(t, dir, Query{}, 0)
		if len(all) != maxHeld+1 || all[0].Run != "r0" || all[1].Run != "h7" {
			t.Errorf("%d runs, the second is %s", len(all), all[1].Run)
		}
		closed(t, l)
	})
}

func TestSomethingStandsInItsPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, heard := filepath.Join(t.TempDir(), "ledger"), &said{}
		if err := os.WriteFile(dir, []byte("a file"), 0o600); err != nil {
			t.Fatal(err)
		}
		l := open(t, dir, Options{Log: heard.log()})
		note(l, "r1", Seen)
		if st := l.Stats(); st.Held != 1 || st.Err == nil {
			t.Errorf("got %+v", st)
		}
		heard.must(t, 1, "cannot be written")
		if _, _, err := Read(dir, Query{}); err == nil {
			t.Error("a file was read as a ledger")
		}
		if err := os.Remove(dir); err != nil {
			t.Fatal(err)
		}
		time.Sleep(lastPause)
		synctest.Wait()
		mustHold(t, dir, "r1", 0)
		closed(t, l)
	})
}

func TestCloseWhileTheDiskFails(t *testing.T) {
	disk := &failing{err: syscall.EIO}
	l := open(t, t.TempDir(), Options{before: disk.before})
	note(l, "r1", Seen)
	if err := l.Close(); err == nil || !strings.Contains(err.Error(), "1 records could not be written") {
		t.Errorf("got %v", err)
	}
	note(l, "r2", Seen)
	if st := l.Stats(); st.Lost != 2 {
		t.Errorf("got %+v", st)
	}
}

func TestItWasRemovedMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "ledger")
		l := open(t, dir, Options{})
		note(l, "r1", Seen)
		time.Sleep(syncAfter)
		synctest.Wait()
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		note(l, "r2", Seen)
		mustHold(t, dir, "r2", 0)
		closed(t, l)
	})
}

// A ledger that nobody writes to must not wake the machine.
func TestItSleepsWhenIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := open(t, t.TempDir(), Options{})
		note(l, "r1", Seen)
		time.Sleep(syncAfter)
		synctest.Wait()
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.syncing != nil || l.retry != nil {
			t.Error("a timer runs")
		}
	})
}

func TestALateNoteOfSpoolingHidesNothing(t *testing.T) {
	step := func(steps ...Step) (a Account) {
		for _, s := range steps {
			a.Steps = append(a.Steps, Event{Step: s, Reporter: "datadog"})
		}
		a.Steps = append(a.Steps, Event{Step: Seen})
		return a
	}
	for _, c := range []struct {
		account Account
		want    Step
	}{
		{step(Spooled, Acknowledged), Acknowledged},
		{step(Acknowledged, Spooled), Acknowledged},
		{step(Refused, Held, Spooled), Refused},
		{step(Held, Spooled), Spooled},
		{step(Spooled, Failed), Failed},
	} {
		last := c.account.Last()
		if len(last) != 1 || last["datadog"].Step != c.want {
			t.Errorf("after %v the last is %v, want %s", c.account.Steps, last, c.want)
		}
	}
}

// Whoever reads while files come and go sees whole lines, in order.
func TestReadWhileItTurns(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir, Options{MaxBytes: 16 << 10})
	written := make(chan struct{})
	go func() {
		defer close(written)
		for i := range 5000 {
			note(l, fmt.Sprintf("run-%04d", i), Acknowledged)
		}
	}()
	for reading := true; reading; {
		select {
		case <-written:
			reading = false
		default:
		}
		all := read(t, dir, Query{}, 0)
		if !slices.IsSortedFunc(all, func(a, b Account) int { return strings.Compare(a.Run, b.Run) }) {
			t.Fatalf("not in order: %s", runs(all))
		}
	}
	if all := read(t, dir, Query{}, 0); len(all) < 50 || all[len(all)-1].Run != "run-4999" {
		t.Errorf("%d runs are left", len(all))
	}
}

func BenchmarkNote(b *testing.B) {
	l, err := Open(b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	for b.Loop() {
		note(l, "0c5e2c1e-1f8e-4d5e-9c39-8a9d1b0a1201", Acknowledged)
	}
}

func BenchmarkRead(b *testing.B) {
	dir := b.TempDir()
	l, err := Open(dir, Options{})
	if err != nil {
		b.Fatal(err)
	}
	for i := range 20_000 {
		run := fmt.Sprintf("0c5e2c1e-1f8e-4d5e-9c39-%012d", i)
		l.Note(Record{Run: run, Step: Seen, Summary: &Summary{Tool: "chef", Host: "web1.example", Status: "success", Report: "/var/chef/reports/chef-run-report-20261121090000.json"}})
		note(l, run, Spooled)
		note(l, run, Acknowledged)
	}
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		all, _, err := Read(dir, Query{})
		if err != nil || len(all) < 1000 {
			b.Fatal(len(all), err)
		}
	}
}
