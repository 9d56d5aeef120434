//go:build linux

package delivery

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/converged/converged/features/rig"
)

// A new file may get the inode of the one that was read, whose offset is beyond
// its end: it is read from its beginning.
func inodeReused(t *testing.T) {
	s := newUsual(t)
	several(5, s.line)
	s.start()
	s.arrived()
	s.stop()
	old := inode(t, s.node.Collector())
	do(t, os.Remove(s.node.Collector()))
	s.line()
	for tries := 0; inode(t, s.node.Collector()) != old && tries < 1000; tries++ {
		// Another file takes this one's inode; the next may get the old one.
		do(t, os.Rename(s.node.Collector(), s.node.Path(fmt.Sprintf("other-%d", tries))))
		do(t, os.WriteFile(s.node.Collector(), s.lastLine(), 0o644))
	}
	if inode(t, s.node.Collector()) != old {
		t.Log("this file system gives no inode again: the old file is emptied and written anew instead")
		do(t, os.WriteFile(s.node.Collector(), nil, 0o644))
		several(2, s.line)
		s.runs = append(s.runs[:5], s.runs[6:]...) // the one that is gone
	}
	s.start()
	s.settled(0)
}

// lastLine is what the data collector wrote of the last run.
func (s *site) lastLine() []byte {
	all := s.all()
	return append(s.chef.Line(all[len(all)-1]), '\n')
}

func inode(t *testing.T, path string) uint64 {
	t.Helper()
	info, err := os.Stat(path)
	do(t, err)
	return info.Sys().(*syscall.Stat_t).Ino
}

// A file is copied, emptied and soon longer than what was read of it, once
// while converged looks and once while it does not.
func truncateAndRegrow(t *testing.T) {
	for _, running := range []bool{true, false} {
		t.Run(map[bool]string{true: "running", false: "stopped"}[running], func(t *testing.T) {
			s := newUsual(t)
			several(4, s.line)
			s.start()
			s.arrived()
			if !running {
				s.stop()
			}
			for rotation := range 3 {
				several(2, s.line) // perhaps read before the file is emptied, and else in the copy
				do(t, rig.CopyTruncate(s.node.Collector(), s.node.Collector()+fmt.Sprintf(".%d", 3-rotation)))
				several(8, s.line)
			}
			if !running {
				s.start()
			}
			s.settled(0)
		})
	}
}

// What is rotated away while nothing runs is read at the next start: after one
// rotation, and after several.
func rotatedWhileStopped(t *testing.T) {
	for _, rotations := range []int{1, 3} {
		t.Run(fmt.Sprint(rotations), func(t *testing.T) {
			s := newUsual(t)
			several(3, s.line)
			s.start()
			s.arrived()
			s.stop()
			for range rotations {
				several(3, s.line)
				do(t, rotate(s.node.Collector()))
			}
			several(2, s.line)
			s.start()
			s.settled(0)
		})
	}
}

// rotate renames a file as logrotate does: .1 is the newest.
func rotate(path string) error {
	if err := shift(path); err != nil {
		return err
	}
	if err := os.Rename(path, path+".1"); err != nil && !os.IsNotExist(err) {
		return err
	}
	return nil
}

// shift makes room for a new .1. It lets none go: what is deleted unread is lost.
func shift(path string) error {
	last := 1
	for ; ; last++ {
		_, err := os.Lstat(fmt.Sprintf("%s.%d", path, last))
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			return err
		}
	}
	for n := last - 1; n > 0; n-- {
		if err := os.Rename(fmt.Sprintf("%s.%d", path, n), fmt.Sprintf("%s.%d", path, n+1)); err != nil {
			return err
		}
	}
	return nil
}

// Rotations while nobody takes what was read: nothing is lost, also over a kill.
func rotatedWhileDestinationDown(t *testing.T) {
	s := newUsual(t)
	s.down()
	s.start()
	for range 4 {
		several(3, s.line)
		do(t, rotate(s.node.Collector()))
	}
	several(2, s.line)
	s.eventually("all runs wait", func() bool { return s.waits() == 14 })
	s.kill()
	s.up()
	s.start()
	s.settled(0)
}

// A line without its end is waited for, however slowly it comes, and over a restart.
func linePartial(t *testing.T) {
	s := newUsual(t)
	s.line()
	s.start()
	s.arrived()
	r := s.ran(s.chef.Next(true))
	line := append(s.chef.Line(r), '\n')
	third := len(line) / 3
	s.write(line[:third])
	following := s.report() // it is read after what stands there already
	s.await("the report that follows", func() bool { return s.told(following.Host).Checks == 1 })
	s.stop()
	s.write(line[third : 2*third])
	s.start()
	following = s.report()
	s.await("the report that follows", func() bool { return s.told(following.Host).Checks == 1 })
	if told := s.told(r.Host); told != (rig.Told{}) {
		t.Errorf("a part of a line was told of: %+v", told)
	}
	s.write(line[2*third:])
	s.settled(0)
}

// write adds bytes to the collector's file.
func (s *site) write(text []byte) {
	s.t.Helper()
	f, err := os.OpenFile(s.node.Collector(), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	do(s.t, err)
	_, err = f.Write(text)
	do(s.t, err)
	do(s.t, f.Close())
}

// A line of 5 MB is read like any other. One beyond all reports is skipped and
// told of, and the lines after it are read.
func lineHuge(t *testing.T) {
	s := newUsual(t)
	s.line()
	large := s.ran(s.chef.Next(false))
	s.write(padded(s.chef.Line(large), 5<<20))
	s.line()
	skipped := s.chef.Next(false)
	s.write(padded(s.chef.Line(skipped), 65<<20))
	s.line()
	s.start()
	s.settled(0)
	if told := s.told(skipped.Host); told != (rig.Told{}) {
		t.Errorf("the line of 65 MB was told of as a run: %+v", told)
	}
	if log := s.node.Log(); !strings.Contains(log, "could not be read; it is counted and let go") {
		t.Error("nothing is said of the line that was skipped")
	}
}

// padded is a line made that long by an attribute of its node.
func padded(line []byte, size int) []byte {
	stuff := `"normal":{"stuff":"` + strings.Repeat("x", size-len(line)) + `"},`
	at := bytes.Index(line, []byte(`"run_id"`))
	return append([]byte(string(line[:at])+stuff+string(line[at:])), '\n')
}

// A message that was torn by the death of its writer is joined by the next one
// on the same line, which is found.
func lineGlued(t *testing.T) {
	s := newUsual(t)
	s.line()
	torn := s.chef.Line(s.chef.Next(false))
	s.write(torn[:len(torn)/2])
	s.line()
	s.line()
	s.start()
	s.settled(0)
}
