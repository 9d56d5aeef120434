package spool

import (
	"errors"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// failing is a disk on which some operations fail, as long as err is set.
type failing struct {
	err error
	ops []string
}

func (f *failing) before(op, _ string) error {
	if f.err != nil && slices.Contains(f.ops, op) {
		return f.err
	}
	return nil
}

var faults = map[string]error{
	"full": syscall.ENOSPC, "readonly": syscall.EROFS, "eio": syscall.EIO, "quota": syscall.EDQUOT, "files": syscall.EMFILE,
}

func TestDiskFailsOnAppend(t *testing.T) {
	for _, op := range []string{"create", "write", "sync", "rename", "syncdir"} {
		for name, fault := range faults {
			t.Run(op+"_"+name, func(t *testing.T) {
				disk, log := &failing{err: fault, ops: []string{op}}, &said{}
				s := open(t, t.TempDir(), Options{MaxHeld: 200, before: disk.before, Log: log.log()})
				add(t, s, "a", 0, "1", Held)
				add(t, s, "a", 0, "1", Known)
				add(t, s, "b", 0, "2", Held)
				if !s.Holds("a") || s.Holds("c") || s.Settle() != 2 || s.Stats().Held != 2 {
					t.Error("it is not said that the entries are only in memory")
				}
				_, err := s.Append("c", 0, make([]byte, 200))
				if !errors.Is(err, fault) || !strings.Contains(err.Error(), "not kept") || !strings.Contains(err.Error(), `"c"`) {
					t.Fatalf("got %v, want the fault, the key and what happens now", err)
				}
				if got := files(t, s, pending); len(got) != 0 {
					t.Errorf("left behind: %v", got)
				}
				if n := log.times("the disk does not take"); n != 1 {
					t.Errorf("said %d times", n)
				}
				disk.err = nil
				if n := s.Settle(); n != 0 || s.Holds("a") || s.Stats().Held != 0 || len(files(t, s, pending)) != 2 {
					t.Errorf("%d are held though the disk is back", n)
				}
				if n := log.times("takes everything again"); n != 1 {
					t.Errorf("said %d times that it is back", n)
				}
				s = reopen(t, s, Options{})
				if got := keys(t, s); !slices.Equal(got, []string{"a", "b"}) {
					t.Errorf("delivered %v", got)
				}
			})
		}
	}
}

func TestDiskFailsOnReplace(t *testing.T) {
	disk := &failing{ops: []string{"sync"}}
	s := open(t, t.TempDir(), Options{before: disk.before})
	add(t, s, "a", 0, "poor", Added)
	disk.err = syscall.ENOSPC
	add(t, s, "a", 1, "rich", Held)
	if !s.Holds("a") {
		t.Error("the richer one is only in memory")
	}
	if err := commit(next(t, s, "a", "rich")); err != nil {
		t.Fatal(err)
	}
	disk.err = nil
	s = reopen(t, s, Options{})
	nothing(t, s)
	add(t, s, "a", 2, "", Known)
}

// What was delivered is not delivered again, though the disk does not take it
// down; and when the disk is back it is, without a restart.
func TestDiskFailsOnCommit(t *testing.T) {
	for _, op := range []string{"rename", "syncdir"} {
		for _, refuse := range []bool{false, true} {
			disk := &failing{ops: []string{op}}
			s := open(t, t.TempDir(), Options{before: disk.before})
			add(t, s, "a", 0, "1", Added)
			add(t, s, "b", 0, "2", Added)
			e := next(t, s, "a", "1")
			disk.err = syscall.EROFS
			end, where := func() error { return commit(e) }, delivered
			if refuse {
				end, where = func() error { return e.Discard("no") }, refused
			}
			if err := end(); !errors.Is(err, syscall.EROFS) || !strings.Contains(err.Error(), "tried again") {
				t.Fatalf("%s: got %v", op, err)
			}
			if got, err := s.Append("a", 5, nil); err != nil || got != Known {
				t.Errorf("%s: got %v, %v, want Known", op, got, err)
			}
			e = next(t, s, "b", "2")
			disk.err = nil
			if err := commit(e); err != nil {
				t.Fatal(err)
			}
			nothing(t, s)
			if _, err := os.Stat(s.path(where, "a")); err != nil {
				t.Errorf("%s: it is not written down: %v", op, err)
			}
			s = reopen(t, s, Options{})
			nothing(t, s)
		}
	}
}

func TestDiskFailsOnRemove(t *testing.T) {
	disk, log := &failing{err: syscall.EIO, ops: []string{"remove", "truncate", "append"}}, &said{}
	s := open(t, t.TempDir(), Options{before: disk.before, Log: log.log(), MaxEntries: 2})
	add(t, s, "a", 0, "poor", Added)
	add(t, s, "a", 1, "rich", Replaced)
	add(t, s, "b", 0, "2", Added)
	if err := commit(next(t, s, "a", "rich")); err != nil {
		t.Fatal(err)
	}
	if err := next(t, s, "b", "2").Discard("no"); err != nil {
		t.Fatal(err)
	}
	if log.times("could not be removed") != 1 || log.times("take their space") != 1 || log.times("reason of a dead letter") != 1 {
		t.Errorf("said %s", log.text.String())
	}
	s = reopen(t, s, Options{}) // the poor one is still there, and no longer counts
	nothing(t, s)
	if got := files(t, s, pending); len(got) != 0 {
		t.Errorf("pending holds %v", got)
	}
}

// An entry that can neither be read nor moved is skipped, not tried for ever.
func TestDamagedOnABrokenDisk(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, pending, "000000000001.0.bad", make([]byte, 100))
	put(t, dir, pending, "000000000002.0.good", encodeRecord("good", []byte("2")))
	disk := &failing{ops: []string{"rename"}}
	s := open(t, dir, Options{before: disk.before})
	disk.err = syscall.EROFS
	next(t, s, "good", "2").Release()
	disk.err = nil
	if got := keys(t, s); !slices.Equal(got, []string{"good"}) {
		t.Errorf("delivered %v", got)
	}
	s = reopen(t, s, Options{})
	nothing(t, s)
	if st := s.Stats(); st.Damaged != 1 {
		t.Errorf("got %+v, want it moved aside at the next start", st)
	}
}

func TestAFileThatVanishedInFlight(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	add(t, s, "a", 0, "1", Added)
	e := next(t, s, "a", "1")
	if err := os.Remove(s.pendingPath(e.flown.it)); err != nil {
		t.Fatal(err)
	}
	if err := commit(e); err != nil {
		t.Fatal(err)
	}
	s = reopen(t, s, Options{})
	add(t, s, "a", 1, "again", Known)
}

func TestOpenFails(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "", "file", nil)
	if _, err := Open(dir+"/file", Options{}); err == nil || !strings.Contains(err.Error(), dir+"/file") {
		t.Errorf("got %v, want an error naming the directory", err)
	}
}
