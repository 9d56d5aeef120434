package daemon

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// lockName is the file that the daemon of a state directory holds a lock on.
const lockName = "lock"

// Running says whether a daemon runs on a state directory, and as which process;
// 0 if that is not known. It only reads. It asks by taking the lock for a moment,
// shared: others may ask at the same time, and a daemon that starts just then
// tries for longer than that.
func Running(stateDir string) (running bool, pid int, err error) {
	if _, err := os.ReadDir(stateDir); err != nil {
		return false, 0, fmt.Errorf("look whether a daemon runs: %w", err)
	}
	f, err := os.Open(filepath.Join(stateDir, lockName))
	if errors.Is(err, fs.ErrNotExist) {
		return false, 0, nil
	}
	if err != nil {
		return false, 0, fmt.Errorf("look whether a daemon runs: %w", err)
	}
	defer func() { _ = f.Close() }() // which lets the lock go
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		holder, _ := io.ReadAll(io.LimitReader(f, 32)) // the lock holds without it
		pid, _ := strconv.Atoi(strings.TrimSpace(string(holder)))
		return true, pid, nil
	}
	if err != nil {
		return false, 0, fmt.Errorf("look whether a daemon runs: lock %s: %w", f.Name(), err)
	}
	return false, 0, nil
}
