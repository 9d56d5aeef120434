package spool

import (
	"os"

	"golang.org/x/sys/unix"
)

// hasten has a file's data on their way to the disk while others are written.
// Whether they arrive is asked later.
func hasten(f *os.File) { _ = unix.SyncFileRange(int(f.Fd()), 0, 0, unix.SYNC_FILE_RANGE_WRITE) }
