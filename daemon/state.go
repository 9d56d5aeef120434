package daemon

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/converged/converged/daemon/spool"
)

// ErrStateDir is a state directory that is not fit to be used, or is used by
// another daemon.
var ErrStateDir = errors.New("the state directory cannot be used")

// othersWrite are the permissions that nobody but its owner may have in the state
// directory: whoever writes there decides what is sent, and with which report.
const othersWrite fs.FileMode = 0o022

// claimState makes the state directory (0700) or checks the one that is there,
// and keeps every other daemon out of it until the file is closed. The error is
// ErrStateDir if a person has to mend something.
func (c Config) claimState() (*os.File, error) {
	lock, err := claim(c.StateDir, os.Geteuid())
	switch {
	case errors.Is(err, spool.ErrInUse):
		err = fmt.Errorf("%s: state_dir: %w: another daemon works there: %w", cmp.Or(c.file, "the configuration"), ErrStateDir, err)
	case errors.Is(err, ErrStateDir):
		err = fmt.Errorf("%s: state_dir: %w", cmp.Or(c.file, "the configuration"), err)
	case err != nil:
		err = fmt.Errorf("%s: state_dir: %w", cmp.Or(c.file, "the configuration"), unusable{err})
	}
	return lock, err
}

// unusable is an error of the system that keeps the state directory from use.
type unusable struct{ error }

// Is says that it is an ErrStateDir.
func (unusable) Is(target error) bool { return target == ErrStateDir }

func (u unusable) Unwrap() error { return u.error }

func claim(dir string, user int) (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return nil, err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	if _, err := os.ReadDir(dir); err != nil {
		return nil, err
	}
	if err := checkWithin(dir, user, spoolDepth); err != nil {
		return nil, err
	}
	return spool.Lock(filepath.Join(dir, lockName))
}

// spoolDepth is how far below the state directory a spool keeps its entries.
const spoolDepth = 3

// checkWithin checks a directory and those in it, so many levels down. What lies
// in the lowest is not read: it may be a long backlog.
func checkWithin(dir string, user, levels int) error {
	if err := checkOwned(dir, user); err != nil || levels == 0 {
		return err
	}
	entries, _ := os.ReadDir(dir) // what cannot be read, whoever needs it will say
	for _, e := range entries {
		if e.IsDir() {
			if err := checkWithin(filepath.Join(dir, e.Name()), user, levels-1); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkOwned says whether nobody but that user and root can write a directory.
func checkOwned(dir string, user int) error {
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	mode := info.Mode()
	if !mode.IsDir() {
		return fmt.Errorf("%w: %s is not a directory", ErrStateDir, dir)
	}
	if mode.Perm()&othersWrite != 0 {
		return fmt.Errorf("%w: %s can be written by others (mode %04o), who would decide what is sent; run: chmod go-w %s", ErrStateDir, dir, mode.Perm(), dir)
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if ok && stat.Uid != 0 && int(stat.Uid) != user {
		return fmt.Errorf("%w: %s belongs to user %d, and this is user %d: run it as that user, or run: chown -R %d %s", ErrStateDir, dir, stat.Uid, user, user, dir)
	}
	return nil
}

// sayLeftOver names every spool that still holds runs for a reporter which is no
// longer configured: nothing would ever deliver them.
func (c Config) sayLeftOver(outputs []Output, log *slog.Logger) {
	root := filepath.Join(c.StateDir, "spool")
	spools, err := os.ReadDir(root)
	if err != nil {
		return // there is none yet
	}
	for _, s := range spools {
		if slices.ContainsFunc(outputs, func(o Output) bool { return o.Name == s.Name() }) {
			continue
		}
		dir := filepath.Join(root, s.Name())
		if left, err := spool.Look(dir); err == nil && left.Entries > 0 {
			log.Warn("runs wait for a reporter that is not configured; configure one of that name to deliver them, or remove the directory",
				"reporter", s.Name(), "runs", left.Entries, "path", dir)
		}
	}
}
