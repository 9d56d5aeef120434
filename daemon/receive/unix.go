package receive

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	socketMode = 0o660
	// maxSocketPath is what fits into an address of Linux; others have a little less.
	maxSocketPath = 107
)

// listenUnix listens on a socket file that only its owner and its group may use.
func listenUnix(path string) (*listener, error) {
	path = strings.TrimPrefix(path, "//")
	if !filepath.IsAbs(path) {
		return nil, errors.New(`the path of a UNIX socket must be absolute: "unix:///run/converged/receive.sock"`)
	}
	path = filepath.Clean(path)
	if len(path) > maxSocketPath {
		return nil, fmt.Errorf("the path of a UNIX socket may have %d bytes, this one has %d", maxSocketPath, len(path))
	}
	if err := removeStale(path); err != nil {
		return nil, err
	}
	with := net.ListenConfig{Control: narrow}
	over, err := with.Listen(context.Background(), "unix", path)
	if err != nil {
		return nil, err
	}
	own := over.(*net.UnixListener)
	own.SetUnlinkOnClose(false) // it may be another's by then
	mine, err := widen(path)
	if err != nil {
		_ = own.Close()
		return nil, err
	}
	return &listener{Listener: own, path: path, remove: func() error { return removeOwn(path, mine) }}, nil
}

// narrow sets the mode before the file is there: there is no moment when others
// could connect. Where sockets have no mode before, widen is all there is.
func narrow(_, _ string, raw syscall.RawConn) error {
	return raw.Control(func(fd uintptr) { _ = syscall.Fchmod(int(fd), socketMode) })
}

// widen gives the group what the umask took.
func widen(path string) (os.FileInfo, error) {
	if err := os.Chmod(path, socketMode); err != nil {
		return nil, err
	}
	return os.Lstat(path)
}

// removeStale makes way: a socket where nobody answers is what a killed daemon
// left behind. Nothing else is removed.
func removeStale(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode().Type() != os.ModeSocket {
		return errors.New("there is something else than a socket, which is left as it is")
	}
	c, err := net.DialTimeout("unix", path, time.Second)
	switch {
	case err == nil:
		_ = c.Close()
		return errors.New("another process answers there")
	case !errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("whether another process answers there cannot be told: %w", err)
	}
	return os.Remove(path)
}

// removeOwn removes the file if it is still the one that was made.
func removeOwn(path string, mine os.FileInfo) error {
	now, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) || err == nil && !os.SameFile(now, mine) {
		return nil
	}
	if err != nil {
		return err
	}
	return os.Remove(path)
}
