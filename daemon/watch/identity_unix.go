//go:build unix

package watch

import (
	"errors"
	"io/fs"
	"syscall"
)

// Without waiting: a pipe under a report's name must not stop the watcher.
const readOnly = syscall.O_RDONLY | syscall.O_NONBLOCK

func idOf(fi fs.FileInfo) fileID {
	st, ok := fi.Sys().(*syscall.Stat_t)
	if !ok {
		return fileID{}
	}
	return fileID{Dev: uint64(st.Dev), Ino: uint64(st.Ino)} //nolint:unconvert // their width differs between systems
}

// exhausted says that the machine, not the file, is why it could not be opened.
func exhausted(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) || errors.Is(err, syscall.ENOMEM)
}
