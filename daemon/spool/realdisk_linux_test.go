package spool

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// The disks of these tests are real: a small file system, one that is mounted
// read-only, a limit of file size. A child has them to itself, in a name space of
// its own.

func diskChild(at string) (func() error, bool) {
	do, ok := map[string]func() error{"disk_full": onFullDisk, "disk_readonly": onReadonlyDisk, "file_too_large": underFileLimit}[at]
	return do, ok
}

func runDiskChild(t *testing.T, at string, own bool) {
	t.Helper()
	cmd := crashCommand(t, t.TempDir(), at)
	if own {
		cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
		if id := os.Geteuid(); id != 0 {
			cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
			cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: id, Size: 1}}
			cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}}
		}
	}
	out, err := cmd.CombinedOutput()
	if _, ran := errors.AsType[*exec.ExitError](err); err != nil && !ran || strings.Contains(string(out), errNoMount.Error()) {
		t.Skipf("no file system may be mounted here: %v %s", err, out)
	}
	if err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

func TestDiskFull(t *testing.T) { runDiskChild(t, "disk_full", true) }

func TestDiskReadonly(t *testing.T) { runDiskChild(t, "disk_readonly", true) }

func TestFileTooLarge(t *testing.T) { runDiskChild(t, "file_too_large", false) }

var errNoMount = errors.New("cannot mount")

// mounted is a new file system in the directory the child works in.
func mounted() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	if err := syscall.Mount("", "/", "", syscall.MS_PRIVATE|syscall.MS_REC, ""); err != nil {
		return "", fmt.Errorf("%w: %w", errNoMount, err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=512k"); err != nil {
		return "", fmt.Errorf("%w: %w", errNoMount, err)
	}
	return filepath.Join(dir, "spool"), os.Chdir(dir)
}

// script is a row of steps on a spool, up to the first that goes wrong.
type script struct {
	s   *Spool
	err error
}

func (c *script) expect(ok bool, what string, args ...any) {
	if c.err == nil && !ok {
		c.err = fmt.Errorf(what, args...)
	}
}

func (c *script) open(dir string) {
	if c.err == nil {
		c.s, c.err = Open(dir, Options{})
	}
}

func (c *script) add(key string, size int, want Outcome) {
	if c.err != nil {
		return
	}
	got, err := c.s.Append(key, 0, make([]byte, size))
	c.expect(err == nil && got == want, "appending %s: %v, %v, want %v", key, got, err, want)
}

// take takes one and ends it; whether that can be written down is to be as told.
func (c *script) take(key string, end func(*Entry) error, written bool) {
	if c.err != nil {
		return
	}
	all, _, err := c.s.take(1, 0)
	c.expect(err == nil && len(all) == 1 && all[0].Key == key, "took %v, %v, want %s", all, err, key)
	if c.err == nil {
		err = end(all[0])
		c.expect((err == nil) == written, "ending %s: %v, want it written: %v", key, err, written)
	}
}

// end finds everything written down, closes, opens again and finds these.
func (c *script) end(dir string, want ...string) error {
	if c.err != nil {
		return c.err
	}
	held := c.s.Settle()
	c.expect(held == 0, "%d are still held", held)
	err := c.s.Close()
	c.expect(err == nil, "closing: %v", err)
	c.open(dir)
	var got []string
	for c.err == nil && c.s.Stats().Entries > 0 {
		all, _, err := c.s.take(10, 0)
		c.expect(err == nil && len(all) > 0, "emptying: %v", err)
		for _, e := range all {
			got = append(got, e.Key)
		}
		c.expect(c.err != nil || c.s.Commit(all) == nil, "committing what was left")
	}
	c.expect(slices.Equal(got, want), "afterwards there were %v, want %v", got, want)
	return c.err
}

func onFullDisk() error {
	dir, err := mounted()
	if err != nil {
		return err
	}
	var c script
	c.open(dir)
	for _, key := range []string{"a", "b", "c"} {
		c.add(key, 1000, Added)
	}
	f, err := os.Create("ballast")
	if err != nil {
		return err
	}
	_, err = io.Copy(f, zeros{})
	c.expect(errors.Is(err, syscall.ENOSPC), "the disk is not full: %v", err)
	c.add("d", 5000, Held)
	c.add("e", 5000, Held)
	c.take("a", commit, true) // a rename needs no space
	c.take("b", func(e *Entry) error { return e.Discard("no") }, true)
	c.take("c", func(e *Entry) error { return e.Keep(make([]byte, 9000)) }, false)
	c.take("c", commit, true)
	if err := errors.Join(f.Close(), os.Remove("ballast")); err != nil {
		return err
	}
	return c.end(dir, "d", "e")
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func onReadonlyDisk() error {
	dir, err := mounted()
	if err != nil {
		return err
	}
	var c script
	c.open(dir)
	for _, key := range []string{"a", "b", "c"} {
		c.add(key, 1000, Added)
	}
	c.expect(c.err != nil || c.s.Close() == nil, "closing")
	remount := func(flags uintptr) {
		err := syscall.Mount("", filepath.Dir(dir), "", syscall.MS_REMOUNT|flags, "")
		c.expect(err == nil, "remounting: %v", err)
	}
	remount(syscall.MS_RDONLY)
	c.open(dir)
	c.add("d", 1000, Held)
	c.add("a", 1000, Known)
	c.take("a", commit, false)
	c.add("a", 1000, Known)
	c.take("b", func(e *Entry) error { return e.Keep([]byte("rest")) }, false)
	c.take("b", func(e *Entry) error { return e.Discard("no") }, false)
	c.take("c", func(e *Entry) error { e.Release(); return nil }, true)
	remount(0)
	return c.end(dir, "c", "d")
}

func underFileLimit() error {
	signal.Ignore(syscall.SIGXFSZ)
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		return err
	}
	var c script
	c.open("spool")
	small := syscall.Rlimit{Cur: 4096, Max: was.Max}
	c.expect(syscall.Setrlimit(syscall.RLIMIT_FSIZE, &small) == nil, "setting the limit")
	c.add("large", 10_000, Held)
	c.add("small", 1000, Added)
	c.take("large", func(e *Entry) error { e.Release(); return nil }, true)
	c.expect(syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was) == nil, "lifting the limit")
	return c.end("spool", "large", "small")
}
