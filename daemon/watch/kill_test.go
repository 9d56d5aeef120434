package watch_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/converged/converged/daemon/watch"
)

// followUntilKilled is the other process: it prints every record, then commits it.
func followUntilKilled() {
	s := lines(os.Getenv("WATCH_PATH"))
	if os.Getenv("WATCH_KIND") == "dir" {
		s = documents(os.Getenv("WATCH_PATH"))
	}
	w, err := watch.Open([]watch.Source{s}, short(os.Getenv("WATCH_STATE")))
	for err == nil {
		var a *watch.Arrival
		if a, err = w.Next(context.Background()); err == nil && a.Err == nil {
			fmt.Printf("%s\n", a.Data)
			err = a.Commit()
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// victim is such a process and what it prints.
type victim struct {
	cmd *exec.Cmd
	out *bufio.Scanner
}

func start(t *testing.T, kind, path, state string) *victim {
	t.Helper()
	self, err := os.Executable()
	do(t, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "WATCH_KIND="+kind, "WATCH_PATH="+path, "WATCH_STATE="+state)
	cmd.Stderr = t.Output()
	out, err := cmd.StdoutPipe()
	do(t, err)
	do(t, cmd.Start())
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 16<<20)
	return &victim{cmd, lines}
}

// take is the next n records it prints; fewer once it is dead.
func (v *victim) take(c *tally, n int) {
	for ; n > 0 && v.out.Scan(); n-- {
		c.add(v.out.Bytes())
	}
}

// kill ends it without warning and counts what it had printed.
func (v *victim) kill(t *testing.T, c *tally) {
	t.Helper()
	do(t, v.cmd.Process.Signal(syscall.SIGKILL))
	v.take(c, 1<<30)
	_ = v.cmd.Wait() // it was killed
}

func TestKill9FiveTimesWhileAWriterGoesOn(t *testing.T) {
	t.Parallel()
	for _, style := range []string{"one file", "renamed every 400", "copied and truncated every 400"} {
		t.Run(style, func(t *testing.T) {
			t.Parallel()
			const n = 4000
			path, state := filepath.Join(t.TempDir(), "data-collector.json"), t.TempDir()
			written := make(chan struct{})
			go func() {
				defer close(written)
				tick := time.NewTicker(200 * time.Microsecond)
				defer tick.Stop()
				for i := range n {
					if i%400 == 399 && style != "one file" {
						rotate(t, path+".0", 50)
						if style == "renamed every 400" {
							rename(t, path, path+".0")
						} else {
							copyTruncate(t, path, path+".0")
						}
					}
					appendTo(t, path, record(i, 100), "\n")
					<-tick.C
				}
			}()
			c := &tally{}
			for range 5 {
				v := start(t, "lines", path, state)
				v.take(c, 500)
				v.kill(t, c)
				appendTo(t, path+".untouched", "") // the writer goes on meanwhile
			}
			<-written
			w := open(t, short(state), lines(path))
			for len(c.seen) < n {
				a := next(t, w)
				c.add(a.Data)
				commit(t, a)
			}
			silent(t, w, 50*time.Millisecond)
			c.account(t, n, 5) // one a kill: printed, not yet committed
			repeats := 0
			for _, times := range c.seen {
				repeats += times - 1
			}
			t.Logf("%d records, 5 kills, %d seen again", n, repeats)
			closed(t, w)
			silent(t, open(t, short(state), lines(path)), 100*time.Millisecond)
		})
	}
}

func TestKill9OverADirectory(t *testing.T) {
	t.Parallel()
	const n = 3000
	dir, state := t.TempDir(), t.TempDir()
	for i := range n {
		write(t, filepath.Join(dir, fmt.Sprintf("%d.json", i)), record(i, 500))
	}
	c := &tally{}
	for range 3 {
		v := start(t, "dir", dir, state)
		v.take(c, 500)
		v.kill(t, c)
	}
	w := open(t, short(state), documents(dir))
	for len(c.seen) < n {
		a := next(t, w)
		c.add(a.Data)
		commit(t, a)
	}
	silent(t, w, 50*time.Millisecond)
	c.account(t, n, 3)
}
