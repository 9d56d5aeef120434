package spool

import (
	"errors"
	"fmt"
	"io"
	"os"
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
func Lock(path string) (*os.File, error) { return takeLock(path) }

// takeLock holds path until the file is closed or the process ends, however it
// ends. The holder's process id is in the file, for the error of the next.
func takeLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for begun := time.Now(); ; time.Sleep(lockPatience / 50) {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EWOULDBLOCK) || time.Since(begun) > lockPatience {
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
