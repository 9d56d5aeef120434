//go:build linux

package delivery

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"unsafe"
)

// The tracer is this test's program in another role: it starts converged, stops it
// at each of its system calls (ptrace(2)) and kills it after a given one of those
// that write to its state directory.
const (
	traceAfter  = "DELIVERY_KILL_AFTER" // how manieth write; 0 for none
	traceState  = "DELIVERY_STATE"      // the state directory
	traceCount  = "DELIVERY_COUNT"      // a file for the number of writes
	untraceable = 99                    // the tracer's exit code where tracing is not allowed
)

// What the system package does not name; see ptrace(2) and wait(2).
const (
	getSyscallInfo = 0x420e
	optionExitKill = 0x100000
	onlyMyChildren = 0x20000000 // __WNOTHREAD
	syscallStop    = syscall.SIGTRAP | 0x80
	infoEntry      = 1
	infoExit       = 2
)

// tracer is one process under trace.
type tracer struct {
	pid     int
	state   string
	after   int
	written int
	writing map[int]bool // the threads that are in a call that writes
}

// trace runs a command to its end and exits as it did.
func trace(words []string) {
	runtime.LockOSThread() // ptrace knows threads
	after, err := strconv.Atoi(os.Getenv(traceAfter))
	if err != nil {
		fail(err)
	}
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		fail(err)
	}
	t := &tracer{pid: cmd.Process.Pid, state: os.Getenv(traceState), after: after, writing: map[int]bool{}}
	terms := make(chan os.Signal, 1)
	signal.Notify(terms, syscall.SIGTERM)
	go func() {
		for range terms {
			_ = syscall.Kill(t.pid, syscall.SIGTERM)
		}
	}()
	status, err := t.run()
	if err != nil {
		fail(err)
	}
	_ = os.WriteFile(os.Getenv(traceCount), []byte(strconv.Itoa(t.written)), 0o600)
	if status.Signaled() {
		_ = syscall.Kill(os.Getpid(), status.Signal())
		select {} // the signal is on its way
	}
	os.Exit(status.ExitStatus())
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "tracing:", err)
	os.Exit(untraceable)
}

// run lets the process go from system call to system call until it ends.
func (t *tracer) run() (syscall.WaitStatus, error) {
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(t.pid, &status, 0, nil); err != nil {
		return 0, err
	}
	options := syscall.PTRACE_O_TRACECLONE | syscall.PTRACE_O_TRACESYSGOOD | optionExitKill
	if err := syscall.PtraceSetOptions(t.pid, options); err != nil {
		return 0, err
	}
	for thread := t.pid; ; {
		if err := syscall.PtraceSyscall(thread, t.passOn(thread, status)); err != nil && !errors.Is(err, syscall.ESRCH) {
			return 0, err
		}
		for {
			next, err := syscall.Wait4(-1, &status, syscall.WALL|onlyMyChildren, nil)
			if errors.Is(err, syscall.EINTR) {
				continue
			}
			if err != nil {
				return 0, err
			}
			if status.Stopped() {
				thread = next
				break
			}
			if next == t.pid {
				return status, nil
			}
		}
	}
}

// passOn looks at why a thread stopped and returns the signal that it is to get.
func (t *tracer) passOn(thread int, status syscall.WaitStatus) int {
	switch signal := status.StopSignal(); signal {
	case syscallStop:
		t.call(thread)
		return 0
	case syscall.SIGTRAP, syscall.SIGSTOP:
		return 0 // of the trace itself: exec, clone, a new thread
	default:
		return int(signal)
	}
}

// call is the entry to or the exit from a system call.
func (t *tracer) call(thread int) {
	var info struct {
		op      uint8
		_       [3]uint8
		_       uint32
		_, _    uint64
		numbers [7]uint64 // at the entry: the call and its arguments
	}
	if _, _, errno := syscall.Syscall6(syscall.SYS_PTRACE, getSyscallInfo, uintptr(thread),
		unsafe.Sizeof(info), uintptr(unsafe.Pointer(&info)), 0, 0); errno == syscall.ESRCH {
		return // the thread has ended since, with the process
	} else if errno != 0 {
		fail(errno)
	}
	switch {
	case info.op == infoEntry && t.writes(info.numbers[0], info.numbers[1:]):
		t.writing[thread] = true
	case info.op == infoExit && t.writing[thread]:
		delete(t.writing, thread)
		t.written++
		if t.written == t.after {
			_ = syscall.Kill(t.pid, syscall.SIGKILL)
		}
	}
}

// writes says whether a system call changes something on disk.
func (t *tracer) writes(call uint64, args []uint64) bool {
	switch call {
	case syscall.SYS_WRITE, syscall.SYS_PWRITE64, syscall.SYS_FSYNC, syscall.SYS_FDATASYNC, syscall.SYS_FTRUNCATE:
		path, err := os.Readlink(filepath.Join("/proc", strconv.Itoa(t.pid), "fd", strconv.FormatUint(args[0], 10)))
		return err == nil && strings.HasPrefix(path, t.state)
	case syscall.SYS_OPENAT:
		return args[2]&(syscall.O_CREAT|syscall.O_TRUNC) != 0
	case syscall.SYS_RENAMEAT, syscall.SYS_UNLINKAT, syscall.SYS_MKDIRAT, syscall.SYS_TRUNCATE, syscall.SYS_LINKAT:
		return true
	}
	return false
}
