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
	// A pipe in its place would be waited for.
	f, err := os.OpenFile(filepath.Join(stateDir, lockName), os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil && !errors.Is(err, fs.ErrPermission) {
		f, err = os.Open(stateDir) // what a daemon locks that cannot make the file
	}
	if err != nil {
		return false, 0, fmt.Errorf("look whether a daemon runs: %w", err)
	}
	defer func() { _ = f.Close() }() // which lets the lock go
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		var holder []byte // the lock holds without it
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			holder, _ = io.ReadAll(io.LimitReader(f, 32))
		}
		pid, _ := strconv.Atoi(strings.TrimSpace(string(holder)))
		return true, pid, nil
	}
	if err != nil {
		return false, 0, fmt.Errorf("look whether a daemon runs: lock %s: %w", f.Name(), err)
	}
	return false, 0, nil
}
