package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// The directories of a spool.
const (
	pending   = "pending"
	delivered = "delivered"
	refused   = "refused"
	damaged   = "damaged"
	notes     = "notes"
)

// absence is how long a directory that is gone, or another in its place, is
// taken for a mistake that somebody mends. Until then nothing is written there;
// after it the spool begins anew with what is there.
const absence = 5 * time.Second

// enter takes possession of the directory as it is now. What cannot be read or
// made just now leaves the spool away from home: it works in memory, and tries again.
func (s *Spool) enter(patience time.Duration) error {
	s.awaySince = time.Now()
	s.home = nil
	if s.away = s.makeDirs(); s.away != nil {
		return s.away
	}
	if s.away = s.relock(patience); s.away != nil {
		return s.away
	}
	if s.away = s.salvage(); s.away != nil {
		return s.away
	}
	s.home, s.away = os.Stat(s.path(pending, ""))
	return s.away
}

// relock holds the lock of the directory that is there now.
func (s *Spool) relock(patience time.Duration) error {
	path := filepath.Join(s.dir, "lock")
	if s.lock != nil {
		ours, err := s.lock.Stat()
		there, err2 := os.Stat(path)
		if err == nil && err2 == nil && os.SameFile(ours, there) {
			return nil
		}
	}
	lock, err := takeLock(path, patience)
	if err != nil {
		return err
	}
	if s.lock != nil {
		_ = s.lock.Close() // of a directory that is gone
	}
	s.lock = lock
	return nil
}

// look finds out whether the directory is still the one that was entered.
func (s *Spool) look() {
	now, err := os.Stat(s.path(pending, ""))
	if err == nil && s.home != nil && os.SameFile(now, s.home) {
		if s.away != nil {
			s.away = nil
			s.fine("away", "the spool's directory is back", "spool", s.dir)
		}
		return
	}
	if s.away == nil {
		s.awaySince = time.Now()
		s.away = errAway
		if err != nil {
			s.away = fmt.Errorf("%w: %w", errAway, err)
		}
		s.warnOnce("away", "the spool's directory is gone or another one took its place; entries are kept in memory",
			"spool", s.dir, "begin_anew_after", absence, "error", s.away)
	}
	if since := time.Since(s.awaySince); since >= 0 && since < absence {
		return
	}
	before := s.line.len() - len(s.held) + len(s.flight)
	if s.enter(0) != nil {
		return
	}
	if n := before - s.line.len() + len(s.held) - len(s.flight); n > 0 {
		for range n {
			s.drop(loss{"", DroppedVanished})
		}
		s.options.Log.Warn("the entries that waited in the spool's directory are lost with it", "spool", s.dir, "entries", n)
	}
	s.fine("away", "the spool began anew in the directory that is there now", "spool", s.dir, "entries", s.entries())
}

// errAway is a directory that is not the spool's.
var errAway = errors.New("the spool's directory is not there")

// hopeless says whether a directory cannot become a spool until somebody changes
// the configuration. Everything else may pass.
func hopeless(err error) bool {
	for _, known := range []error{ErrInUse, fs.ErrPermission, syscall.ENOTDIR, syscall.ELOOP, syscall.ENAMETOOLONG} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}

// makeDirs makes the directories that are missing, for our eyes only.
func (s *Spool) makeDirs() error {
	if err := s.disk.try("mkdir", s.dir); err != nil {
		return err
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	for _, d := range []string{pending, delivered, refused, damaged, notes} {
		path := filepath.Join(s.dir, d)
		info, err := os.Stat(path)
		switch {
		case err == nil && info.IsDir() && info.Mode().Perm() != 0o700:
			_ = os.Chmod(path, 0o700) // if it is not ours, what we cannot do shows elsewhere
		case err == nil && !info.IsDir() && s.home == nil:
			err = s.clearWay(path)
		}
		if err == nil || errors.Is(err, fs.ErrNotExist) {
			err = os.MkdirAll(path, 0o700)
		}
		if err != nil {
			return err
		}
	}
	// A power loss must not take the directories along with what was fsynced in them.
	return errors.Join(syncDir(s.dir), syncDir(filepath.Dir(s.dir)))
}

// clearWay moves a file aside that is where a directory must be.
func (s *Spool) clearWay(path string) error {
	aside := path + ".not-a-directory"
	for n := 2; ; n++ {
		if _, err := os.Lstat(aside); errors.Is(err, fs.ErrNotExist) {
			break
		}
		aside = fmt.Sprintf("%s.not-a-directory-%d", path, n)
	}
	s.options.Log.Warn("a file is where a directory of the spool must be; it is moved aside", "file", path, "to", aside)
	return os.Rename(path, aside)
}
