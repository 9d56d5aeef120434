package watch_test

import (
	"os"
	"runtime"
	"syscall"
	"testing"
)

// lower gives up the rights of root over files, for this goroutine's system
// calls, so that a test sees what another user would.
func lower(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	runtime.LockOSThread()
	t.Cleanup(func() { raise(t) })
	do(t, syscall.Setfsuid(65534))
}

func raise(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	do(t, syscall.Setfsuid(0))
	runtime.UnlockOSThread()
}

func pipe(t *testing.T, path string) {
	t.Helper()
	do(t, syscall.Mkfifo(path, 0o644))
}
