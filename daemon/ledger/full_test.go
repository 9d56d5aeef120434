package ledger

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"
)

// A line that a full disk takes in part is taken back, and written whole later.
func TestALineThatIsWrittenInPart(t *testing.T) {
	// In a process of its own: the go tool has this one write a log of its files,
	// which must not be limited.
	const inside = "TEST_ELSEWHERE"
	if os.Getenv(inside) == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), inside+"=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v:\n%s", err, out)
		}
		return
	}
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	var usual syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &usual); err != nil {
		t.Skip("the size of files cannot be limited here")
	}
	dir := t.TempDir()
	l := open(t, dir, Options{})
	limit := syscall.Rlimit{Cur: 3000, Max: usual.Max}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Skip("the size of files cannot be limited here")
	}
	for i := range 100 {
		note(l, fmt.Sprintf("r%02d", i), Acknowledged)
	}
	st := l.Stats()
	some, damage, err := Read(dir, Query{})
	if restored := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &usual); restored != nil {
		t.Fatal(restored)
	}
	if st.Err == nil || st.Held == 0 || st.Held+len(some) != 100 || damage.Lines != 0 || err != nil {
		t.Fatalf("%d runs are on disk, %+v, %+v, %v", len(some), st, damage, err)
	}
	closed(t, l) // which writes what is held
	all := read(t, dir, Query{}, 0)
	if len(all) != 100 || all[99].Run != "r99" {
		t.Errorf("%d runs, the last is %s", len(all), all[len(all)-1].Run)
	}
}
