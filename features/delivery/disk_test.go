//go:build linux

package delivery

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/converged/converged/features/rig"
)

// A disk that is full, read-only or broken stops nothing: converged runs on, lets
// no report go that is on no disk and was not delivered, and goes on by itself
// when the disk is well again.

// diskFull fills the state directory's file system.
func diskFull(t *testing.T) {
	v, ok := newVolume(t, 2048)
	if !ok {
		diskLimited(t)
		return
	}
	onVolume(t, v).survives(v.fill, inMemory)
	t.Run("killed", func(t *testing.T) {
		for _, full := range []bool{false, true} {
			if v, ok = newVolume(t, 2048); ok {
				onVolume(t, v).diesWith(v.fill, full)
			}
		}
	})
}

// diesWith kills converged while the disk is broken and nobody takes what it
// holds in memory: no report was let go. The next start finds the disk mended,
// or not yet.
func (s *site) diesWith(broken func() (mend func()), still bool) {
	s.t.Helper()
	several(2, s.line)
	s.start()
	s.eventually("the first runs are delivered", s.rested)
	s.down()
	mend := broken()
	several(3, s.report)
	several(3, s.line)
	s.says(inMemory)
	s.kill()
	if !still {
		mend()
	}
	s.up()
	s.start()
	s.arrived()
	if still {
		mend()
	}
	s.line()
	s.settled(0)
}

// onVolume is a node whose state is on that file system.
func onVolume(t *testing.T, v *volume) *site {
	t.Helper()
	s := newUsual(t)
	s.node.Config.StateDir = filepath.Join(v.dir, "state")
	return s
}

// inMemory is what is said of a disk that refuses.
const inMemory = "it is in memory, delivered from there"

// survives breaks the disk, while the receiver is there and while it is not,
// mends it, and wants all runs delivered once, by the same process, which says
// so much of it.
func (s *site) survives(broken func() (mend func()), saying string) {
	s.t.Helper()
	several(2, s.report)
	s.start()
	pid := s.node.PID()
	s.arrived()

	mend := broken()
	several(3, s.report)
	several(3, s.line)
	s.says(saying)
	s.arrived() // from memory
	mend()
	several(2, s.report)
	s.arrived()

	s.down()
	several(2, s.report)
	s.eventually("two runs wait", func() bool { return s.waits() == 2 })
	mend = broken()
	before := len(s.all())
	several(3, s.report)
	several(3, s.line)
	s.up()
	s.arrivedSince(before) // from memory, while what waits on the disk may be out of reach
	mend()
	several(2, s.report)
	s.arrived()
	if s.node.PID() != pid || !s.node.Running() {
		s.t.Error("converged was not the same process all the time")
	}
	s.settled(0)
}

// says waits until converged has said something.
func (s *site) says(text string) {
	s.t.Helper()
	s.eventually("it says "+text, func() bool { return strings.Contains(s.node.Log(), text) })
}

// diskReadOnly makes the state directory's file system read-only.
func diskReadOnly(t *testing.T) {
	v, ok := newVolume(t, 8192)
	if !ok {
		diskForbidden(t)
		return
	}
	s := onVolume(t, v)
	state := filepath.Join(v.inside, "state")
	s.survives(func() func() {
		// What is open for writing cannot become read-only; another view of it can.
		do(t, v.run("mount --bind %[1]s %[1]s && mount -o remount,bind,ro %[1]s", state))
		return func() { do(t, v.run("umount %s", state)) }
	}, inMemory)
}

// diskForbidden is diskReadOnly where nobody may mount: the directories of the
// spool forbid to write, or to those who may overlook that no file may grow.
func diskForbidden(t *testing.T) {
	forbidden := filepath.Join(t.TempDir(), "forbidden")
	do(t, os.Mkdir(forbidden, 0o500))
	if os.Mkdir(filepath.Join(forbidden, "all the same"), 0o500) == nil {
		diskLimited(t)
		return
	}
	s := newUsual(t)
	allow := func(mode os.FileMode) {
		spool := filepath.Join(s.node.State(), "spool", s.reporter())
		for _, dir := range []string{"pending", "delivered", "refused", "damaged", "."} {
			do(t, os.Chmod(filepath.Join(spool, dir), mode))
		}
	}
	s.survives(func() func() {
		allow(0o500)
		return func() { allow(0o700) }
	}, inMemory)
}

// diskEIO puts something else in the place of the spool's directories, which
// fails in the ways of a broken or a vanished disk.
func diskEIO(t *testing.T) {
	for _, c := range []struct {
		name string
		put  func(path string) error
	}{
		{"file", func(path string) error { return os.WriteFile(path, nil, 0o600) }},
		{"dangling", func(path string) error { return os.Symlink("nowhere", path) }},
		{"loop", func(path string) error { return os.Symlink(filepath.Base(path), path) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newUsual(t)
			s.survives(func() func() {
				spool := filepath.Join(s.node.State(), "spool", s.reporter())
				do(t, os.Rename(spool, spool+".away"))
				do(t, c.put(spool))
				return func() {
					do(t, os.RemoveAll(spool))
					do(t, os.Rename(spool+".away", spool))
				}
			}, inMemory)
		})
	}
	t.Run("removed", func(t *testing.T) { t.Parallel(); diskRemoved(t) })
}

// diskRemoved takes the spool away for good: what waited in it is lost, and counted
// as that, and the spool begins anew.
func diskRemoved(t *testing.T) {
	s := newUsual(t)
	s.down()
	s.start()
	lost := []rig.Run{s.report(), s.report()}
	s.eventually("two runs wait", func() bool { return s.waits() == 2 })
	do(t, os.RemoveAll(filepath.Join(s.node.State(), "spool", s.reporter())))
	several(3, s.report)
	s.says("the entries that waited in the spool's directory are lost with it") // none of them is on its way any more
	s.up()
	s.arrivedSince(len(lost))
	several(2, s.line)
	s.arrivedSince(len(lost))
	s.stop()
	if v := s.account(); len(v.Lost) != 2 || len(v.Once) != 5 {
		t.Errorf("the account is not five delivered and two lost: %s", v)
	}
}

// limit bounds how long a file may grow that converged writes (setrlimit(2)).
func (s *site) limit(bytes string) error {
	out, err := exec.Command("prlimit", "--pid", strconv.Itoa(s.node.PID()), "--fsize="+bytes+":unlimited").CombinedOutput()
	if err != nil {
		return fmt.Errorf("prlimit: %w: %s", err, out)
	}
	return nil
}

// diskLimited is diskFull where nobody may mount: no file may be longer than
// nothing, so that each write fails.
func diskLimited(t *testing.T) {
	if _, err := exec.LookPath("prlimit"); err != nil {
		unable(t, "this machine lets nobody mount a file system, and has no prlimit: %v", err)
	}
	s := newUsual(t)
	s.survives(func() func() {
		do(t, s.limit("0"))
		return func() { do(t, s.limit("unlimited")) }
	}, "") // the log is a file that may not grow, too
}
