package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/converged/converged/daemon/spool"
)

// statusRig is a status file at work, and the status it tells.
type statusRig struct {
	*statusFile
	mu    sync.Mutex
	st    Status
	looks atomic.Int64
	said  transcript
	dir   string
}

// transcript is a log that may be read while it is written.
type transcript struct {
	mu   sync.Mutex
	text strings.Builder
}

func (t *transcript) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.Write(p)
}

func (t *transcript) count(words string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.Count(t.text.String(), words)
}

// startStatus must be called in a synctest bubble.
func startStatus(t *testing.T, dir string) *statusRig {
	t.Helper()
	r := &statusRig{dir: dir}
	r.statusFile = newStatusFile(dir, func() Status {
		r.looks.Add(1)
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.st
	}, slog.New(slog.NewTextHandler(&r.said, nil)))
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- r.run(ctx) }()
	t.Cleanup(func() {
		stop()
		<-done
	})
	synctest.Wait()
	return r
}

func (r *statusRig) seen(n int64) {
	r.mu.Lock()
	r.st.Seen = n
	r.mu.Unlock()
	r.poke()
}

func (r *statusRig) mustSay(t *testing.T, seen int64) {
	t.Helper()
	synctest.Wait()
	st, err := ReadStatus(r.dir)
	if err != nil || st.Seen != seen {
		t.Errorf("the file says %d, %v, want %d", st.Seen, err, seen)
	}
}

func TestTheStatusIsWrittenWhenItChangesAndNotMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := startStatus(t, t.TempDir())
		r.mustSay(t, 0)
		r.seen(1)
		r.mustSay(t, 0) // not within a second
		time.Sleep(statusEvery)
		r.mustSay(t, 1)
		for i := range int64(1000) {
			r.seen(i)
		}
		time.Sleep(statusEvery)
		r.mustSay(t, 999)
		looks := r.looks.Load()
		time.Sleep(24 * time.Hour)
		if more := r.looks.Load() - looks; more > 1 {
			t.Errorf("it looked %d times while nothing happened", more)
		}
		before, err := os.Stat(r.path)
		if err != nil {
			t.Fatal(err)
		}
		r.poke() // and nothing changed
		time.Sleep(2 * statusEvery)
		synctest.Wait()
		if after, err := os.Stat(r.path); err != nil || !os.SameFile(before, after) {
			t.Errorf("the same was written again: %v", err)
		}
		if info, err := os.Stat(r.path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("its mode is %v, %v", info.Mode(), err)
		}
		r.end(true)
		if st, err := ReadStatus(r.dir); err != nil || !st.Stopped || st.Updated.IsZero() {
			t.Errorf("got %+v, %v", st, err)
		}
	})
}

func TestTheStatusCannotBeWrittenForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "state")
		r := startStatus(t, dir)
		for i := range int64(5) {
			r.seen(i)
			time.Sleep(2 * statusEvery)
		}
		synctest.Wait()
		if n := r.said.count("the status cannot be written"); n != 1 {
			t.Errorf("said %d times", n)
		}
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		time.Sleep(statusRetry + statusEvery)
		r.mustSay(t, 4) // though nothing happened since
		if n := r.said.count("the status can be written again"); n != 1 {
			t.Errorf("said %d times", n)
		}
	})
}

// A status of before the disk was full must not be taken for what is so now.
func TestAFullDiskLeavesNoOldStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		r := startStatus(t, dir)
		r.seen(41)
		time.Sleep(2 * statusEvery)
		if err := os.MkdirAll(filepath.Join(dir, statusName+".new", "full"), 0o700); err != nil {
			t.Fatal(err)
		}
		r.seen(7)
		time.Sleep(2 * statusEvery)
		synctest.Wait()
		r.mustSay(t, 7) // in the place of the old one, which was longer
		full := filepath.Join(dir, statusName)
		if err := errors.Join(os.Remove(full), os.Symlink("/dev/full", full)); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(full); err != nil {
			t.Skip("this system has no /dev/full")
		}
		r.seen(8)
		time.Sleep(2 * statusEvery)
		synctest.Wait()
		if _, err := os.Lstat(full); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("what could not be written over is still there: %v", err)
		}
		if n := r.said.count("the status cannot be written"); n != 1 {
			t.Errorf("said %d times", n)
		}
	})
}

func TestReadStatusOfDamage(t *testing.T) {
	dir := t.TempDir()
	if _, err := ReadStatus(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	for _, text := range []string{"", "\x00\x00\x00", `{"pid": 1`, "[]", "hello"} {
		if err := os.WriteFile(filepath.Join(dir, statusName), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if st, err := ReadStatus(dir); err == nil || !strings.Contains(err.Error(), statusName) || st.PID != 0 {
			t.Errorf("%q: got %+v, %v", text, st, err)
		}
	}
}

// writeStatus is what a daemon of this process would say.
func writeStatus(t *testing.T, dir string, st Status) {
	t.Helper()
	text, err := json.Marshal(st)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, statusName), text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestHealth(t *testing.T) {
	own := os.Getpid()
	for name, c := range map[string]struct {
		running bool
		status  *Status
		well    bool
		problem string
	}{
		"well":             {true, &Status{PID: own, Reporters: []ReporterStatus{{Name: "dd", State: "working"}}}, true, ""},
		"failing":          {true, &Status{PID: own, Reporters: []ReporterStatus{{Name: "dd", State: "failing", Error: "refused"}}}, false, "reporter dd is failing: refused"},
		"held":             {true, &Status{PID: own, Reporters: []ReporterStatus{{Name: "dd", State: "held", Error: "403"}}}, false, "reporter dd is held: 403"},
		"trouble":          {true, &Status{PID: own, Trouble: []string{"the disk is full"}}, false, "the disk is full"},
		"unread":           {true, &Status{PID: own, Sources: []SourceStatus{{Format: "puppet-report", Path: "/r", Error: "open /r: no"}}}, false, "source puppet-report /r cannot be read: open /r: no"},
		"not yet":          {true, nil, false, "has not said yet"},
		"another's status": {true, &Status{PID: own + 1}, false, "has not said yet"},
		"stopped":          {false, &Status{PID: own, Stopped: true}, false, "no daemon is running"},
		"killed":           {false, &Status{PID: own}, false, "no daemon is running"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			lock, err := spool.Lock(filepath.Join(dir, lockName))
			if err != nil {
				t.Fatal(err)
			}
			defer lock.Close()
			if !c.running {
				lock.Close()
			}
			if c.status != nil {
				writeStatus(t, dir, *c.status)
			}
			h, err := ReadHealth(dir)
			if err != nil || h.Running != c.running || h.Well != c.well || c.running && h.PID != own {
				t.Errorf("got %+v, %v", h, err)
			}
			if got := strings.Join(h.Problems, "\n"); !strings.Contains(got, c.problem) || (c.problem == "") != (got == "") {
				t.Errorf("problems: %s", got)
			}
		})
	}
}

// Whoever asks must not keep a daemon from starting, nor another from asking.
func TestAskingHoldsNobodyUp(t *testing.T) {
	dir := t.TempDir()
	lock, err := spool.Lock(filepath.Join(dir, lockName))
	if err != nil {
		t.Fatal(err)
	}
	lock.Close()
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			for ctx.Err() == nil {
				if _, _, err := Running(dir); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 20 {
		lock, err := spool.Lock(filepath.Join(dir, lockName))
		if err != nil {
			t.Fatal(err)
		}
		lock.Close()
	}
	stop()
	all.Wait()
}

// Where the file of the lock cannot be made, the daemon locks the directory.
func TestADaemonIsFoundWhateverItLocks(t *testing.T) {
	for name, place := range map[string]func(path string) error{
		"a file":      func(string) error { return nil },
		"a directory": func(path string) error { return os.Mkdir(path, 0o700) },
		"a link":      func(path string) error { return os.Symlink("nowhere", path) },
		"a pipe":      func(path string) error { return syscall.Mkfifo(path, 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := place(filepath.Join(dir, lockName)); err != nil {
				t.Fatal(err)
			}
			if running, _, err := Running(dir); running || err != nil {
				t.Errorf("before it starts: %v, %v", running, err)
			}
			lock, err := spool.Lock(filepath.Join(dir, lockName))
			if err != nil {
				t.Fatal(err)
			}
			defer lock.Close()
			if running, _, err := Running(dir); !running || err != nil {
				t.Errorf("while it runs: %v, %v", running, err)
			}
		})
	}
}

func TestAPipeInPlaceOfTheStatusIsNotWaitedFor(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, statusName), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadStatus(dir); err == nil {
		t.Error("a pipe is a status")
	}
}

func TestDeadLettersAreToldNewestFirst(t *testing.T) {
	s := newState(t, "dd")
	for i := range mostLetters + 5 {
		run := string(rune('a' + i))
		s.keep("dd", run)
		s.must(s.take("dd").Discard("status 400"))
	}
	h, err := ReadHealth(s.dir)
	s.must(err)
	v := h.Spools[0]
	if v.Letters != mostLetters+5 || len(v.Newest) != mostLetters || v.Newest[0].Reason != "status 400" || v.Newest[0].At.Before(v.Newest[1].At) {
		t.Errorf("got %+v", v)
	}
}

func TestSourcesCountWhatTheyGave(t *testing.T) {
	dir := t.TempDir()
	c := newSourceCounts(Config{Sources: []SourceConfig{
		{Format: "chef-report", Path: dir}, {Format: "chef-report", Path: "/r/*/reports"}, {Format: "chef-collector", Path: "/c/collector.json"}}})
	now := time.Now()
	for path, format := range map[string]string{
		filepath.Join(dir, "1.json"): "chef-report", "/r/web/reports/1.json": "chef-report",
		"/c/collector.json": "chef-collector", "/c/collector.json.1": "chef-collector", "/elsewhere": "chef-report",
	} {
		c.read(format, path, path != "/c/collector.json.1", now)
	}
	got := c.status()
	for i, want := range []struct {
		seen, bad int64
		present   bool
	}{{1, 0, true}, {1, 0, false}, {2, 1, false}} {
		if s := got[i]; s.Seen != want.seen || s.Unparsable != want.bad || s.Present != want.present || !s.Last.Equal(now) {
			t.Errorf("source %d: %+v, want %+v", i, s, want)
		}
	}
}
