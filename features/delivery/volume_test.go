//go:build linux

package delivery

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// volume is a small file system of its own. It is mounted where only one process
// sees it, a shell that waits for commands; others reach it through /proc.
type volume struct {
	t      *testing.T
	dir    string // where everybody sees it
	inside string // where the shell does
	shell  *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
}

// newVolume mounts a file system of so many KiB; ok is false where this machine
// does not let a user do that.
func newVolume(t *testing.T, kib int) (v *volume, ok bool) {
	t.Helper()
	v = &volume{t: t, inside: t.TempDir(), shell: exec.Command("/bin/sh")}
	v.shell.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	var err error
	v.in, err = v.shell.StdinPipe()
	do(t, err)
	out, err := v.shell.StdoutPipe()
	do(t, err)
	v.out = bufio.NewReader(out)
	v.shell.Stderr = t.Output()
	if err := v.shell.Start(); err != nil {
		t.Logf("no namespace of our own: %v", err)
		return nil, false
	}
	t.Cleanup(func() {
		_ = v.in.Close()
		_ = v.shell.Wait()
	})
	if err := v.run("mount -t tmpfs -o mode=0700,size=%dk tmpfs %s", kib, v.inside); err != nil {
		t.Logf("no file system of our own: %v", err)
		return nil, false
	}
	v.dir = fmt.Sprintf("/proc/%d/root%s", v.shell.Process.Pid, v.inside)
	return v, true
}

// run has the shell run a command.
func (v *volume) run(format string, args ...any) error {
	command := fmt.Sprintf(format, args...)
	if _, err := fmt.Fprintf(v.in, "%s >/dev/null; echo $?\n", command); err != nil {
		return err
	}
	code, err := v.out.ReadString('\n')
	if err == nil && strings.TrimSpace(code) != "0" {
		err = fmt.Errorf("%q fails with %s", command, strings.TrimSpace(code))
	}
	return err
}

// fill takes all room that is left, and returns how to give it back.
func (v *volume) fill() (free func()) {
	v.t.Helper()
	name := filepath.Join(v.dir, "filler")
	f, err := os.Create(name)
	do(v.t, err)
	defer f.Close()
	for chunk := make([]byte, 4096); err == nil; {
		_, err = f.Write(chunk)
	}
	return func() { do(v.t, os.Remove(name)) }
}
