package spool

import (
	"bufio"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// The tests start their own program as a child, in the directory of its spool,
// with this set: before which change of the disk it kills itself, 0 for never.
// "loop" works until it is killed.
const crashAt = "SPOOL_CRASH_AT"

func crashCommand(t *testing.T, dir, at string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), crashAt+"="+at,
		"GORACE=atexit_sleep_ms=0") // a race detector that waits a second at each exit adds up
	return cmd
}

// worker is the child. It says on stdout what it was told by the spool, as soon
// as it was told: "A key rank" appended, "D key rank" handed out, "C key"
// committed, "X key" discarded.
type worker struct{ s *Spool }

func crashChild(at string) error {
	var o Options
	if die, err := strconv.Atoi(at); err == nil && die > 0 {
		o.before = func(string, string) error {
			if die--; die == 0 {
				return syscall.Kill(os.Getpid(), syscall.SIGKILL)
			}
			return nil
		}
	}
	s, err := Open(".", o)
	if err != nil {
		return err
	}
	w := worker{s}
	if at == "loop" {
		return w.loop()
	}
	return w.scenario()
}

func say(words ...any) { fmt.Println(words...) }

func (w worker) add(key string, rank int) error {
	_, err := w.s.Append(key, rank, []byte(strconv.Itoa(rank)))
	if err == nil {
		say("A", key, rank)
	}
	return err
}

func (w worker) take(end func(*Entry) error) error {
	all, _, err := w.s.take(1, 0)
	if len(all) == 0 || err != nil {
		return err
	}
	say("D", all[0].Key, string(all[0].Data))
	return end(all[0])
}

func (w worker) commit(e *Entry) error {
	err := commit(e)
	if err == nil {
		say("C", e.Key)
	}
	return err
}

func (w worker) discard(e *Entry) error {
	err := e.Discard("refused")
	if err == nil {
		say("X", e.Key)
	}
	return err
}

// scenario does everything that a spool can do, and can be started again.
func (w worker) scenario() error {
	richer := func(key string, end func(*Entry) error) func(*Entry) error {
		return func(e *Entry) error {
			if err := w.add(key, 2); err != nil {
				return err
			}
			return end(e)
		}
	}
	release := func(e *Entry) error { e.Release(); return nil }
	discardPoorer := func(e *Entry) error { return e.Discard("refused") } // the richer one goes on
	steps := []func() error{
		func() error { return w.add("a", 0) },
		func() error { return w.add("b", 0) },
		func() error { return w.add("c", 0) },
		func() error { return w.add("b", 1) },
		func() error { return w.take(w.commit) },
		func() error { return w.take(richer("b", w.commit)) },
		func() error { return w.take(richer("c", release)) },
		func() error { return w.take(w.discard) },
		func() error { return w.add("d", 0) },
		func() error { return w.add("e", 0) },
		func() error { return w.take(richer("d", discardPoorer)) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	for w.s.Stats().Entries > 0 {
		if err := w.take(w.commit); err != nil {
			return err
		}
	}
	return nil
}

// loop does it at random, for ever.
func (w worker) loop() error {
	first := os.Getpid()
	for i := 0; ; i++ {
		key := fmt.Sprintf("%d-%d", first, i)
		if err := w.add(key, 0); err != nil {
			return err
		}
		if rand.IntN(3) == 0 {
			if err := w.add(fmt.Sprintf("%d-%d", first, rand.IntN(i+1)), 1); err != nil {
				return err
			}
		}
		end := w.commit
		switch rand.IntN(8) {
		case 0:
			end = w.discard
		case 1:
			end = func(e *Entry) error { e.Release(); return nil }
		case 2:
			end = func(e *Entry) error {
				if err := w.add(e.Key, 2); err != nil {
					return err
				}
				return w.commit(e)
			}
		}
		if err := w.take(end); err != nil {
			return err
		}
	}
}

// ledger is what children said, over all their lives.
type ledger struct {
	rank  map[string]int  // the highest that was appended
	ended map[string]bool // committed or discarded
	taken map[string]bool
}

func newLedger() *ledger {
	return &ledger{rank: map[string]int{}, ended: map[string]bool{}, taken: map[string]bool{}}
}

func (l *ledger) note(t *testing.T, line string) {
	t.Helper()
	f := strings.Fields(line)
	rank := 0
	if len(f) == 3 {
		rank, _ = strconv.Atoi(f[2])
	}
	switch key := f[1]; f[0] {
	case "A":
		l.rank[key] = max(l.rank[key], rank)
	case "D":
		if l.ended[key] {
			t.Errorf("%s was handed out after its end", key)
		}
		if want := l.rank[key]; rank < want {
			t.Errorf("%s was handed out as of rank %d; rank %d had been kept", key, rank, want)
		}
		l.taken[key] = true
	case "C", "X":
		l.ended[key] = true
	}
}

// life runs a child to its end, or kills it after so many lines.
func (l *ledger) life(t *testing.T, cmd *exec.Cmd, lines int) {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var complaint strings.Builder
	cmd.Stderr = &complaint
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for said := bufio.NewScanner(out); said.Scan(); {
		l.note(t, said.Text())
		if lines--; lines == 0 {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); complaint.Len() > 0 {
		t.Fatalf("the child ended with %v: %s", err, complaint.String())
	}
}

// settle empties the spool and finds every key that was ever kept ended, once.
func (l *ledger) settle(t *testing.T, dir string) {
	t.Helper()
	s := open(t, dir, Options{})
	for s.Stats().Entries > 0 {
		all, _, err := s.take(1, 0)
		if err != nil {
			t.Fatal(err)
		}
		e := all[0]
		l.note(t, "D "+e.Key+" "+string(e.Data))
		if err := commit(e); err != nil {
			t.Fatal(err)
		}
		l.note(t, "C "+e.Key)
	}
	for _, key := range slices.Sorted(maps.Keys(l.rank)) {
		if !l.ended[key] && !l.taken[key] {
			t.Errorf("%s was kept and is lost", key)
		}
		if got, err := s.Append(key, 9, nil); err != nil || got != Known {
			t.Errorf("%s is not remembered: %v, %v", key, got, err)
		}
	}
	if st := s.Stats(); len(st.Dropped) > 0 || st.Damaged > 0 {
		t.Errorf("got %+v, want nothing dropped or damaged", st)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// A process dies before each change it makes to the disk, starts again, and
// ends its work.
func TestKill9AtEveryWrite(t *testing.T) {
	for at := 1; ; at++ {
		dir, l := t.TempDir(), newLedger()
		l.life(t, crashCommand(t, dir, strconv.Itoa(at)), 0)
		if l.ended["e"] {
			if at < 50 {
				t.Errorf("it died in only %d places", at-1)
			}
			return
		}
		l.life(t, crashCommand(t, dir, "0"), 0)
		l.settle(t, dir)
		if t.Failed() {
			t.Fatalf("after the kill before change %d", at)
		}
	}
}

// A process is killed anywhere, again and again.
func TestKill9AtRandom(t *testing.T) {
	dir, l := t.TempDir(), newLedger()
	for range 50 {
		l.life(t, crashCommand(t, dir, "loop"), 1+rand.IntN(40))
		if t.Failed() {
			return
		}
	}
	l.settle(t, dir)
	t.Logf("%d keys over 50 kills", len(l.rank))
}
