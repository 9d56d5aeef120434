package spool

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// A process that was killed a moment ago may still hold the lock: it is waited
// for this long.
const lockPatience = time.Second

// Lock keeps every other process that asks for the same path out until the file
// is closed or this process ends. The error is ErrInUse, with the holder's
// process id, if it is held for longer than a second.
func Lock(path string) (*os.File, error) { return takeLock(path, lockPatience) }

// takeLock holds path until the file is closed or the process ends, however it
// ends. The holder's process id is in the file, for the error of the next.
func takeLock(path string, patience time.Duration) (*os.File, error) {
	f, err := openLock(path)
	if err != nil {
		return nil, err
	}
	for begun := time.Now(); ; time.Sleep(lockPatience / 50) {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EWOULDBLOCK) || time.Since(begun) >= patience {
			break
		}
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		holder, _ := io.ReadAll(io.LimitReader(f, 32)) // only for the message
		return nil, errors.Join(fmt.Errorf("%w: %s is held by process %s", ErrInUse, path, strings.TrimSpace(string(holder))), f.Close())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), f.Close())
	}
	// A disk that is full must not stop the daemon: the lock holds without the id.
	if f.Truncate(0) == nil {
		_, _ = fmt.Fprintf(f, "%d\n", os.Getpid())
	}
	return f, nil
}

// openLock opens the file of the lock; where nothing can be written the one that
// is there, or the directory itself, will do.
func openLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600)
	if err == nil || errors.Is(err, fs.ErrPermission) {
		return f, err
	}
	if f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW, 0); err == nil {
		return f, nil
	}
	return os.Open(filepath.Dir(path))
}
