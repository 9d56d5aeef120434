package watch_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/converged/converged/daemon/watch"
)

func TestDirectoryAppearsLate(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	dir := filepath.Join(base, "var", "chef", "reports")
	log := filepath.Join(base, "var", "log", "chef", "data-collector.json")
	o := short(t.TempDir())
	o.Poll = time.Hour // events alone
	w := open(t, o, documents(dir), lines(log))
	silent(t, w, 10*time.Millisecond)
	mkdir(t, dir)
	write(t, filepath.Join(dir, "1.json"), "1")
	if got := whole(t, w); got != "1" {
		t.Errorf("%q", got)
	}
	mkdir(t, filepath.Dir(log))
	appendTo(t, log, "2\n")
	if got := whole(t, w); got != "2" {
		t.Errorf("%q", got)
	}
}

func TestDirectoryReplaced(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	for how, replace := range map[string]func(dir string) error{
		"renamed away": func(dir string) error { return os.Rename(dir, dir+".old") },
		"removed":      os.RemoveAll,
		"its parent renamed away": func(dir string) error {
			return os.Rename(filepath.Dir(dir), filepath.Dir(dir)+".old")
		},
	} {
		t.Run(how, func(t *testing.T) {
			dir := mkdir(t, filepath.Join(base, how, "chef", "reports"))
			log := filepath.Join(dir, "data-collector.json")
			reports := documents(dir)
			reports.Match = func(name string) bool { return name != "data-collector.json" }
			w := open(t, short(t.TempDir()), reports, lines(log))
			for round := range 3 {
				write(t, filepath.Join(dir, "r.json"), fmt.Sprintf(`{"report":%d}`, round))
				appendTo(t, log, fmt.Sprintf("{\"line\":%d}\n", round))
				a, b := whole(t, w), whole(t, w)
				if got := max(a, b) + min(a, b); got != fmt.Sprintf(`{"report":%d}{"line":%d}`, round, round) {
					t.Errorf("round %d: %s", round, got)
				}
				do(t, replace(dir))
				if round%2 == 0 {
					silent(t, w, 50*time.Millisecond) // it is noticed as missing, and once it is not
				}
				do(t, os.RemoveAll(dir+".old"))
				do(t, os.RemoveAll(filepath.Dir(dir)+".old"))
				mkdir(t, dir)
			}
		})
	}
}

func TestGlobOfDirectories(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	mkdir(t, filepath.Join(base, "reports", "web1"))
	write(t, filepath.Join(base, "reports", "web1", "1.json"), "1")
	do(t, os.Symlink(base, filepath.Join(base, "reports", "round"))) // a circle is not followed
	o := short(t.TempDir())
	o.Poll = time.Hour
	w := open(t, o, documents(filepath.Join(base, "reports", "*")))
	if got := whole(t, w); got != "1" {
		t.Errorf("%q", got)
	}
	mkdir(t, filepath.Join(base, "reports", "web2"))
	write(t, filepath.Join(base, "reports", "web2", "1.json"), "2")
	if got := whole(t, w); got != "2" {
		t.Errorf("%q", got)
	}
	silent(t, w, 50*time.Millisecond)
}

func TestGlobOfFiles(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	w := open(t, short(t.TempDir()), documents(filepath.Join(base, "*", "last_run_report.*")), lines(filepath.Join(base, "*", "*.log")))
	write(t, filepath.Join(mkdir(t, filepath.Join(base, "a")), "last_run_report.yaml"), "1")
	if got := whole(t, w); got != "1" {
		t.Errorf("%q", got)
	}
	write(t, filepath.Join(base, "a", "other.yaml"), "2")
	appendTo(t, filepath.Join(mkdir(t, filepath.Join(base, "b")), "x.log"), "3\n")
	if got := whole(t, w); got != "3" {
		t.Errorf("%q", got)
	}
	rename(t, filepath.Join(base, "b", "x.log"), filepath.Join(base, "b", "x.log.1"))
	appendTo(t, filepath.Join(base, "b", "x.log.1"), "4\n")
	appendTo(t, filepath.Join(base, "b", "x.log"), "5\n")
	if a, b := whole(t, w), whole(t, w); a+b != "45" {
		t.Errorf("%q", a+b)
	}
}

func TestOneFileReplaced(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "failed-run-data.json")
	w := open(t, short(t.TempDir()), documents(path))
	write(t, path+".other", "0")
	for run := range 3 {
		write(t, path, fmt.Sprintf("[%d]", run))
		if got := whole(t, w); got != fmt.Sprintf("[%d]", run) {
			t.Errorf("%q", got)
		}
	}
}

func TestLinkedFileAndDirectory(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	real := mkdir(t, filepath.Join(base, "data"))
	do(t, os.Symlink(real, filepath.Join(base, "reports")))
	do(t, os.Symlink(filepath.Join(real, "real.log"), filepath.Join(base, "linked.log")))
	appendTo(t, filepath.Join(real, "real.log"), "0\n")
	o := short(t.TempDir())
	o.Poll = time.Hour
	s := documents(filepath.Join(base, "reports"))
	s.Match = func(name string) bool { return filepath.Ext(name) == ".json" }
	w := open(t, o, s, documents(filepath.Join(real, "one.yaml")), lines(filepath.Join(base, "linked.log")))
	if got := whole(t, w); got != "0" {
		t.Errorf("%q", got)
	}
	for path, text := range map[string]string{"one.yaml": "1", "two.json": "2"} {
		write(t, filepath.Join(real, path), text)
		if got := whole(t, w); got != text {
			t.Errorf("%q, want %q", got, text)
		}
	}
	appendTo(t, filepath.Join(real, "real.log"), "3\n")
	if got := whole(t, w); got != "3" {
		t.Errorf("%q", got)
	}
}

func TestUnreadable(t *testing.T) {
	t.Parallel()
	dir, state := t.TempDir(), t.TempDir()
	for _, path := range []string{filepath.Dir(dir), dir, state} {
		do(t, os.Chmod(path, 0o777))
	}
	report, log := filepath.Join(dir, "1.json"), filepath.Join(dir, "events")
	closedDir := mkdir(t, filepath.Join(dir, "closed"))
	write(t, report, "1")
	appendTo(t, log, "2\n")
	write(t, filepath.Join(closedDir, "3.json"), "3")
	write(t, filepath.Join(dir, "4.json"), "4")
	above := mkdir(t, filepath.Join(dir, "above"))
	beneath := mkdir(t, filepath.Join(above, "reports"))
	write(t, filepath.Join(beneath, "5.json"), "5")
	modes := map[string]fs.FileMode{report: 0, log: 0, closedDir: 0, above: 0}
	for path, mode := range modes {
		do(t, os.Chmod(path, mode))
	}
	json := documents(filepath.Join(dir, "*.json"))
	sources := []watch.Source{json, lines(log), documents(closedDir), documents(beneath)}
	lower(t)
	w := open(t, short(state), sources...)
	heard := map[string]bool{}
	for range 5 { // each is said once, and the good one comes
		a := next(t, w)
		commit(t, a)
		heard[fmt.Sprintf("%s %s %v", filepath.Base(a.Path), a.Data, a.Err != nil)] = true
	}
	for _, want := range []string{"1.json  true", "events  true", "closed  true", "above  true", "4.json 4 false"} {
		if !heard[want] {
			t.Errorf("not heard: %q; heard %v", want, heard)
		}
	}
	silent(t, w, 500*time.Millisecond)
	closed(t, w)
	w = open(t, short(state), sources...)
	silent(t, w, 500*time.Millisecond) // nor again after a restart
	raise(t)
	for path := range modes {
		do(t, os.Chmod(path, 0o755))
	}
	lower(t)
	got := map[string]bool{whole(t, w): true, whole(t, w): true, whole(t, w): true, whole(t, w): true}
	if !got["1"] || !got["2"] || !got["3"] || !got["5"] {
		t.Errorf("once readable: %v", got)
	}
}

// No event tells that a directory above may be entered now.
func TestADirectoryBelowOneThatWasClosed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	do(t, os.Chmod(filepath.Dir(dir), 0o777))
	above := mkdir(t, filepath.Join(dir, "above"))
	reports := mkdir(t, filepath.Join(above, "reports"))
	write(t, filepath.Join(reports, "1.json"), "1")
	state := t.TempDir()
	for path, mode := range map[string]fs.FileMode{dir: 0o777, state: 0o777, above: 0} {
		do(t, os.Chmod(path, mode))
	}
	lower(t)
	w := open(t, short(state), documents(reports))
	failed(t, w, watch.ErrUnreadable)
	silent(t, w, 300*time.Millisecond)
	raise(t)
	do(t, os.Chmod(above, 0o755))
	lower(t)
	if got := whole(t, w); got != "1" {
		t.Errorf("%q", got)
	}
}

func TestPipesAndDevicesAreNotWaitedFor(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pipe(t, filepath.Join(dir, "pipe.json"))
	pipe(t, filepath.Join(dir, "events"))
	write(t, filepath.Join(dir, "1.json"), "1")
	w := open(t, short(t.TempDir()), documents(filepath.Join(dir, "*.json")), lines(filepath.Join(dir, "events")))
	if got := whole(t, w); got != "1" {
		t.Errorf("%q", got)
	}
	silent(t, w, 300*time.Millisecond)
}

func TestTenThousandLineFiles(t *testing.T) {
	t.Parallel()
	n := tenThousand()
	dir := t.TempDir()
	for i := range n {
		write(t, filepath.Join(dir, fmt.Sprintf("%d.log", i)), record(i, 100)+"\n")
	}
	w := open(t, watch.Options{StateDir: t.TempDir()}, lines(filepath.Join(dir, "*.log")))
	begun := time.Now()
	follow(t, w, n).account(t, n, 0)
	t.Logf("%d files in %v", n, time.Since(begun))
	appendTo(t, filepath.Join(dir, "5.log"), "late\n")
	if got := whole(t, w); got != "late" {
		t.Errorf("%q", got)
	}
}

func TestSourcesThatMakeNoSense(t *testing.T) {
	t.Parallel()
	for _, list := range [][]watch.Source{
		{{Name: "", Path: "/x"}}, {{Name: "x", Path: ""}}, {{Name: "x", Path: "/"}}, {{Name: "x", Path: "/a[b"}},
		{lines("/x/y"), lines("/x/../x/y")},
	} {
		if w, err := watch.Open(list, short(t.TempDir())); err == nil {
			closed(t, w)
			t.Errorf("%v is accepted", list)
		}
	}
}
