package spool

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
)

// failing is a disk on which some operations fail, as long as err is set.
type failing struct {
	err    error
	ops    []string
	mended atomic.Bool
}

// mend ends the failing, also while another goroutine uses the disk.
func (f *failing) mend() { f.mended.Store(true) }

func (f *failing) before(op, _ string) error {
	if !f.mended.Load() && f.err != nil && slices.Contains(f.ops, op) {
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

// While nothing can be read nothing is blamed for it: all of it is delivered when
// the disk is back. What is in memory is delivered meanwhile.
func TestDiskEIO(t *testing.T) {
	for _, waiting := range []int{2, patience + 5, window + patience + 5} {
		dir := t.TempDir()
		records(t, dir, waiting, 10)
		disk := &failing{err: syscall.EIO}
		s := open(t, dir, Options{before: disk.before, MaxEntries: 2 * window})
		if waiting > window { // the names of the last are read from the disk
			for range window / 64 {
				all, err := s.Take(t.Context(), 64, 0)
				must(t, err, s.Commit(all))
			}
			waiting -= window
		}
		disk.ops = []string{"read", "list", "create"}
		for range 3 {
			if all, err := s.Take(t.Context(), 64, 0); !errors.Is(err, syscall.EIO) {
				t.Fatalf("took %v, %v", all, err)
			}
		}
		add(t, s, "in memory", 0, "x", Held)
		must(t, commitFails(s, takeAll(t, s, 64, 0, "in memory"), syscall.EIO))
		if st := s.Stats(); len(st.Dropped) > 0 || st.Entries != waiting {
			t.Errorf("got %+v", st)
		}
		disk.err = nil
		if got := keys(t, s); len(got) != waiting || !slices.IsSorted(got) {
			t.Errorf("delivered %d of %d: %v", len(got), waiting, got)
		}
		add(t, s, "in memory", 1, "x", Known)
	}
}

// commitFails lets entries go, which is to fail so.
func commitFails(s *Spool, all []*Entry, want error) error {
	if err := s.Commit(all); !errors.Is(err, want) {
		return fmt.Errorf("committed with %w, want %w", err, want)
	}
	return nil
}

// One file on a bad spot of the disk does not stop the others.
func TestOneFileEIO(t *testing.T) {
	bad := ""
	s := open(t, t.TempDir(), Options{before: func(op, path string) error {
		if op == "read" && strings.HasSuffix(path, bad) {
			return syscall.EIO
		}
		return nil
	}})
	for _, key := range []string{"a", "b", "c"} {
		add(t, s, key, 0, "1", Added)
	}
	bad = ".b"
	if got := keys(t, s); !slices.Equal(got, []string{"a", "c"}) {
		t.Errorf("delivered %v", got)
	}
	if st := s.Stats(); st.Damaged != 1 || st.Dropped[DroppedDamaged] != 1 {
		t.Errorf("got %+v", st)
	}
	bad = ".d"
	add(t, s, "d", 0, "1", Added)
	if _, err := s.Take(t.Context(), 1, 0); !errors.Is(err, syscall.EIO) { // it may be the disk
		t.Errorf("got %v", err)
	}
	bad = "nothing"
	must(t, commit(next(t, s, "d", "1")))
}

// Without means the spool waits, and blames neither the disk nor an entry.
func TestOutOfFiles(t *testing.T) {
	disk := &failing{ops: []string{"read"}}
	s := open(t, t.TempDir(), Options{before: disk.before})
	add(t, s, "a", 0, "1", Added)
	disk.err = syscall.EMFILE
	if _, err := s.Take(t.Context(), 1, 0); !errors.Is(err, syscall.EMFILE) {
		t.Errorf("got %v", err)
	}
	disk.err = nil
	must(t, commit(next(t, s, "a", "1")))
}

// What is known in memory only is bounded, too.
func TestOwedIsBounded(t *testing.T) {
	disk := &failing{ops: []string{"create"}, err: syscall.EROFS}
	s := open(t, t.TempDir(), Options{before: disk.before, MaxEntries: 2, Remember: 3, MaxHeld: 500})
	for i := range 20 {
		key := fmt.Sprint(i)
		add(t, s, key, 0, strings.Repeat("x", 100), Held)
		e := next(t, s, key, strings.Repeat("x", 100))
		end := func() error { return commit(e) }
		if i%2 == 0 {
			end = func() error { return e.Discard("no") }
		}
		if err := end(); !errors.Is(err, syscall.EROFS) {
			t.Fatal(err)
		}
	}
	if len(s.owed) > 5 || s.heldBytes > 500 {
		t.Errorf("%d are owed, %d bytes held", len(s.owed), s.heldBytes)
	}
	disk.err = nil
	if s.Settle(); len(s.owed) != 0 || s.heldBytes+s.letterBytes != 0 {
		t.Errorf("%d are owed, %d bytes held", len(s.owed), s.heldBytes)
	}
}

// What is left of a rest that is being kept anew must stay on disk while the disk

// A poorer record that came in while the disk worked goes with the richer one

// that came in while it did not.
func TestWhatWasSupersededInFlightGoesWithIt(t *testing.T) {
	disk := &failing{ops: []string{"create"}}
	s := open(t, t.TempDir(), Options{before: disk.before})
	add(t, s, "a", 0, "poor", Added)
	e := next(t, s, "a", "poor")
	add(t, s, "a", 1, "rich", Replaced)
	disk.err = syscall.ENOSPC
	add(t, s, "a", 2, "richest", Held)
	if err := commit(e); err != nil {
		t.Fatal(err)
	}
	if got, st := files(t, s, pending), s.Stats(); len(got) > 0 || st.Bytes != 0 {
		t.Errorf("delivered, and still waiting: %q, %d bytes", got, st.Bytes)
	}
	disk.err = nil
}

// A key of a long backlog is known while its directory is away.
func TestABacklogIsKnownWhileItsDirectoryIsAway(t *testing.T) {
	dir := t.TempDir()
	backlog(t, dir, window+1, 100)
	s := open(t, dir, Options{})
	must(t, os.Rename(s.path(pending, ""), s.path("elsewhere", "")))
	add(t, s, fmt.Sprintf("run-%032d", window), 0, "1", Known)
	must(t, os.Rename(s.path("elsewhere", ""), s.path(pending, "")))
}

// What the disk never took is said when the process ends, deliveries, too.
func TestCloseSaysWhatItForgets(t *testing.T) {
	disk := &failing{ops: []string{"create", "rename"}}
	l := &said{}
	s := open(t, t.TempDir(), Options{before: disk.before, Log: l.log()})
	add(t, s, "a", 0, "1", Added)
	e := next(t, s, "a", "1")
	disk.err = syscall.EIO
	if err := commit(e); err == nil {
		t.Fatal("want an error")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if l.times("level=ERROR") != 1 {
		t.Errorf("said: %s", l.text.String())
	}
}

// A file that the disk neither made durable nor removed goes once its entry is
// delivered from memory, and stays if it was written after all.
func TestWhatADiskLeavesBehind(t *testing.T) {
	for _, delivered := range []bool{true, false} {
		disk := &failing{ops: []string{"syncdir", "remove"}}
		s := open(t, t.TempDir(), Options{before: disk.before})
		disk.err = syscall.EIO
		add(t, s, "a", 0, "1", Held)
		want := 1
		if delivered {
			_ = commit(next(t, s, "a", "1")) // the disk does not take that either
			want = 0
		}
		disk.err = nil
		s.Settle()
		if got, st := files(t, s, pending), s.Stats(); len(got) != want || st.Entries != want || st.Held != 0 || (st.Bytes > 0) == delivered {
			t.Errorf("delivered %v: on disk is %q, %+v", delivered, got, st)
		}
	}
}
