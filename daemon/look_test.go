package daemon

import (
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"github.com/converged/converged/daemon/deliver"
	"github.com/converged/converged/daemon/ledger"
	"github.com/converged/converged/daemon/spool"
)

// Whoever hears that the daemon is ready can ask how it fares, and what it did is
// written down when it stops.
func TestTheDaemonSaysHowItFares(t *testing.T) {
	h := newHome(t)
	h.config = h.config.WithVersion("v1.2.3")
	here, away := newRecorder(false), newRecorder(true)
	stop := h.start(quiet(), Output{Name: "here", Type: "stdout", Reporter: here, Acknowledges: true}, Output{Name: "away", Type: "dogstatsd", Reporter: away})
	health, err := ReadHealth(h.config.StateDir)
	if err != nil || !health.Running || !health.Well || health.Status.Version != "v1.2.3" || len(health.Status.Sources) != 2 || health.Status.Reporters[1].State != "working" {
		t.Errorf("got %+v, %v", health, err)
	}
	h.leave(sample(t, "18-updated/report.json"))
	h.leave([]byte("no report\n"))
	run := here.next(t).RunID
	here.next(t) // what could not be understood
	<-away.asked
	<-away.asked // its state is known by now
	stop()
	st, err := ReadStatus(h.config.StateDir)
	if err != nil || !st.Stopped || st.Seen != 2 || st.Unparsable != 1 || st.Sources[0].Seen != 2 || st.Sources[1].Seen != 0 || len(st.Trouble) != 0 {
		t.Errorf("got %+v, %v", st, err)
	}
	if r := st.Reporters[0]; r.Name != "here" || r.Type != "stdout" || r.State != "working" || r.Delivered != 2 || r.Pending != 0 {
		t.Errorf("got %+v", r)
	}
	if r := st.Reporters[1]; r.State != "failing" || !strings.Contains(r.Error, "away") || r.Retried == 0 || r.Pending != 2 || r.Bytes == 0 || r.Since.IsZero() || r.NextTry.IsZero() {
		t.Errorf("got %+v", r)
	}
	account, _, err := FindRun(h.config.StateDir, run)
	if err != nil || len(account.Reporters) != 2 || account.Reporters[0].Outcome != Waiting || account.Reporters[1].Outcome != Acknowledged || account.Tool != "chef" || account.Updated == nil {
		t.Errorf("got %+v, %v", account, err)
	}
}

func TestWhatADiskDoesNotTakeIsTrouble(t *testing.T) {
	if elsewhere(t) {
		return
	}
	s := newState(t, "dd")
	d := &daemon{sources: newSourceCounts(Config{}), ledger: s.ledger, places: []place{{"dd", s.spools["dd"]}}, loops: []*deliver.Loop{{Name: "dd"}}, probes: []*probe{nil}}
	look := d.look(Config{}, []Output{{Name: "dd"}})
	if st := look(); len(st.Trouble) != 0 {
		t.Errorf("got %v", st.Trouble)
	}
	var usual syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &usual); err != nil {
		t.Skip("the size of files cannot be limited here")
	}
	limitFiles(t, 100, usual)
	s.ledger.Note(ledger.Record{Run: "r1", Step: ledger.Seen})
	s.ledger.Note(ledger.Record{Run: "r2", Step: ledger.Seen})
	outcome, err := s.spools["dd"].Append("r1", 0, make([]byte, 1000))
	st := look()
	limitFiles(t, usual.Cur, usual)
	if err != nil || outcome != spool.Held {
		t.Fatalf("the spool has %v, %v", outcome, err)
	}
	told := strings.Join(st.Trouble, "\n")
	if !strings.Contains(told, "the disk takes nothing for dd: 1 in memory only") || !strings.Contains(told, "the ledger cannot be written") || st.Reporters[0].Held != 1 {
		t.Errorf("got %s", told)
	}
}

// elsewhere runs the test in a process of its own, where it says false: the go
// tool has this one write a log of its files, which must not be limited.
func elsewhere(t *testing.T) bool {
	t.Helper()
	const inside = "TEST_ELSEWHERE"
	if os.Getenv(inside) != "" {
		return false
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), inside+"=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v:\n%s", err, out)
	}
	return true
}

// limitFiles makes every file larger than so many bytes fail to grow.
func limitFiles(t *testing.T, bytes uint64, usual syscall.Rlimit) {
	t.Helper()
	signal.Ignore(syscall.SIGXFSZ)
	t.Cleanup(func() { signal.Reset(syscall.SIGXFSZ) })
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: bytes, Max: usual.Max}); err != nil {
		t.Skip("the size of files cannot be limited here")
	}
}
