package spool

import (
	"bufio"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
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

// ledger is what children said, over all their lives.
type ledger struct {
	rank  map[string]int  // the highest that was appended
	ended map[string]bool // committed or discarded
	taken map[string]bool
	parts map[string]bool // a part was buried
	last  int             // note
}

func newLedger() *ledger {
	return &ledger{rank: map[string]int{}, ended: map[string]bool{}, taken: map[string]bool{}, parts: map[string]bool{}}
}

func (l *ledger) write(t *testing.T, line string) {
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
	case "K":
		l.rank[key], _ = strconv.Atoi(restRank)
	case "B":
		l.parts[key] = true
	case "N":
		l.last, _ = strconv.Atoi(key)
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
		l.write(t, said.Text())
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
		l.write(t, "D "+e.Key+" "+string(e.Data))
		if err := commit(e); err != nil {
			t.Fatal(err)
		}
		l.write(t, "C "+e.Key)
	}
	for _, key := range slices.Sorted(maps.Keys(l.rank)) {
		if !l.ended[key] && !l.taken[key] {
			t.Errorf("%s was kept and is lost", key)
		}
		if got, err := s.Append(key, 9, nil); err != nil || got != Known {
			t.Errorf("%s is not remembered: %v, %v", key, got, err)
		}
	}
	for key := range l.parts {
		if _, err := os.Stat(s.path(refused, partFile(key, []byte("part")))); err != nil {
			t.Errorf("the buried part of %s is lost: %v", key, err)
		}
	}
	if text, err := s.Note("digest"); l.last > 0 && (err != nil || string(text) != "1" && string(text) != "2") {
		t.Errorf("the note is %q, %v", text, err)
	}
	if st := s.Stats(); len(st.Dropped) > 0 || st.Damaged > 0 || st.Bytes != 0 {
		t.Errorf("got %+v, want nothing dropped or damaged", st)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// A process dies before each change it makes to the disk, starts again, and
// ends its work.
func TestKill9AtEveryWrite(t *testing.T) {
	t.Parallel()
	step := 1
	if testing.Short() {
		step = 5
	}
	for at := 1; ; at += step {
		dir, l := t.TempDir(), newLedger()
		l.life(t, crashCommand(t, dir, strconv.Itoa(at)), 0)
		if l.ended["z"] {
			if at < 150 {
				t.Errorf("it can die in only %d places", at-1)
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
	t.Parallel()
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
