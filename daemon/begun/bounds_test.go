package begun

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/converged/converged/parsers/report"
)

// forks are runs of a playbook that was killed, on so many hosts.
func forks(n int, playbook string, after time.Duration) []report.Run {
	all := make([]report.Run, n)
	for i := range all {
		all[i] = play(fmt.Sprintf("%s/web-%d", playbook, i), fmt.Sprintf("web-%d.example.com", i), "site.yml", after, false)
	}
	return all
}

func TestTooManyRuns(t *testing.T) {
	r := newRig(t)
	r.hear("", chef("told", "web", 0, false))
	r.hear("told", chef("first", "web", time.Hour, false))
	r.Kept("told")
	r.Hear(forks(maxRuns, "a", 0), "/log")
	if len(r.runs) != maxRuns || len(r.known) != maxRuns || r.runs[0].ID != "a/web-0" || r.runs[maxRuns-1].ID != fmt.Sprint("a/web-", maxRuns-1) {
		t.Errorf("%d runs, from %s", len(r.runs), r.runs[0].ID)
	}
	if r.restart(); len(r.runs) != maxRuns {
		t.Errorf("%d runs after a restart", len(r.runs))
	}
}

// A playbook that was killed on as many hosts as there may be is told of on each,
// although the one after it was killed there, too.
func TestForksThatWereKilled(t *testing.T) {
	r := newRig(t)
	var log bytes.Buffer
	r.o.Log = slog.New(slog.NewTextHandler(&log, nil))
	r.Hear(forks(maxRuns, "a", 0), "/log")
	n := r.Hear(forks(maxRuns, "b", time.Hour), "/log")
	if len(n.Unfinished) != maxRuns {
		t.Errorf("told are %d", len(n.Unfinished))
	}
	for _, u := range n.Unfinished {
		if r.Ended(u.ID) {
			t.Fatalf("%s has not ended", u.ID)
		}
		r.Kept(u.ID)
	}
	if log.Len() > 0 {
		t.Errorf("nothing that counts was forgotten: %s", &log)
	}
	if n = r.Hear(forks(1, "c", 2*time.Hour), "/log"); len(n.Unfinished) != 1 {
		t.Errorf("told are %d", len(n.Unfinished))
	}
	r.Hear(forks(maxRuns, "d", time.Minute), "/log")
	if !strings.Contains(log.String(), "too many runs are under way") {
		t.Errorf("what is forgotten is not said: %s", &log)
	}
}

// An old log of a machine that was killed a hundred times a day.
func TestThousandsOfRunsThatNeverEnded(t *testing.T) {
	r := newRig(t)
	for i := range 1500 {
		id := fmt.Sprint(i)
		n := r.Hear([]report.Run{chef(id, "web", time.Duration(i)*15*time.Minute, false)}, "/log")
		if i > 0 && (len(n.Unfinished) != 1 || n.Unfinished[0].ID != fmt.Sprint(i-1)) {
			t.Fatalf("run %d: told are %+v", i, n.Unfinished)
		}
		r.Kept(fmt.Sprint(i - 1))
	}
	if len(r.runs) > maxTold+2 || len(r.known) != len(r.runs) || r.crowded {
		t.Errorf("%d runs are remembered, crowded %v", len(r.runs), r.crowded)
	}
	r.hear("1498 late", chef("1498", "web", 0, true))
}

func TestWhatNeverEndedIsForgottenAfterAWeek(t *testing.T) {
	r := newRig(t)
	r.hear("", chef("a", "web", 0, false))
	r.hear("a", chef("b", "web", time.Hour, false))
	r.Kept("a")
	r.pass(8 * 24 * time.Hour)
	r.hear("b", chef("c", "web", 8*24*time.Hour, false))
	if r.known["a"] != nil || len(r.runs) != 2 {
		t.Errorf("%+v", r.runs)
	}
}

// Names of any length come over HTTP.
func TestRunsWithLongNames(t *testing.T) {
	r := newRig(t)
	long := strings.Repeat("\x01", maxNames*3/4)
	var many []report.Run
	for i := range 500 {
		many = append(many, chef(fmt.Sprint(i), fmt.Sprint(long, i), 0, false))
	}
	r.Hear(many, "/log")
	r.hear("", chef("endless", strings.Repeat("x", maxNames), 0, false))
	if r.size > maxText || len(r.runs) == 0 || r.known["endless"] != nil || r.known["499"] == nil {
		t.Errorf("%d runs of %d bytes", len(r.runs), r.size)
	}
	size := 0
	for _, run := range r.runs {
		size += run.size()
	}
	held := len(r.runs)
	r.Close()
	info, err := os.Stat(r.path)
	if err != nil || info.Size() > maxFile || size != r.size {
		t.Errorf("%v, %v, %d bytes are counted of %d", info, err, r.size, size)
	}
	if r.restart(); len(r.runs) != held {
		t.Errorf("%d runs after a restart, of %d", len(r.runs), held)
	}
}

func TestTheFileStaysShort(t *testing.T) {
	r := newRig(t)
	for i := range 10_000 { // within the same second
		r.Hear([]report.Run{chef(fmt.Sprint(i), "web", 0, false)}, "/log")
		r.Hear([]report.Run{chef(fmt.Sprint(i), "web", 0, true)}, "/log")
	}
	info, err := os.Stat(filepath.Clean(r.path))
	if err != nil || info.Size() > maxTail+4096 {
		t.Errorf("%d bytes, %v", info.Size(), err)
	}
}
