package spool

import (
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
)

// swap has another directory in the place of the one of what waits, with all that
// was in it. The spool takes it for gone.
func swap(t *testing.T, s *Spool) {
	t.Helper()
	path := s.path(pending, "")
	must(t, os.Rename(path, path+"-was"), os.Mkdir(path, 0o700))
	for _, name := range files(t, s, pending+"-was") {
		must(t, os.Rename(filepath.Join(path+"-was", name), filepath.Join(path, name)))
	}
	must(t, os.Remove(path+"-was"))
	s.Settle()
}

// anew has the spool begin anew, as it does in the end, and write everything down.
func anew(t *testing.T, s *Spool) {
	t.Helper()
	s.awaySince = s.awaySince.Add(-absence)
	if held := s.Settle(); held != 0 || s.away != nil {
		t.Fatalf("%d are held, away: %v", held, s.away)
	}
}

// What does not count any more, and could not be removed, does not come back.
func TestBeginsAnewWithoutWhatWasWithdrawn(t *testing.T) {
	disk := &failing{ops: []string{"remove"}}
	s := open(t, t.TempDir(), Options{before: disk.before})
	add(t, s, "a", 0, "1", Added)
	add(t, s, "b", 0, "2", Added)
	disk.err = syscall.EROFS
	if !s.Withdraw("a") {
		t.Error("a did not wait")
	}
	swap(t, s)
	disk.err = nil
	anew(t, s)
	if got := files(t, s, pending); !slices.Equal(got, []string{"000000000002.0.b"}) || s.Stats().Entries != 1 {
		t.Errorf("there is %v, %+v", got, s.Stats())
	}
}

// Nor does what was withdrawn while the directory was away.
func TestWithdrawnWhileTheDirectoryIsAway(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	add(t, s, "a", 0, "1", Added)
	path := s.path(pending, "")
	must(t, os.Rename(path, path+"-was"))
	if !s.Withdraw("a") {
		t.Error("a did not wait")
	}
	must(t, os.Rename(path+"-was", path))
	s.Settle()
	s = reopen(t, s, Options{})
	nothing(t, s)
}

// The file of what was delivered in part goes with it, though that is in flight.
func TestBeginsAnewWhileARestIsInFlight(t *testing.T) {
	disk := &failing{ops: []string{"create"}}
	s := open(t, t.TempDir(), Options{before: disk.before})
	add(t, s, "a", 0, "1", Added)
	disk.err = syscall.ENOSPC
	if err := next(t, s, "a", "1").Keep([]byte("rest")); err == nil {
		t.Error("nobody says that it is not written down")
	}
	e := next(t, s, "a", "rest")
	swap(t, s)
	disk.err = nil
	anew(t, s)
	must(t, commit(e))
	if st := s.Stats(); st.Bytes != 0 || len(files(t, s, pending)) > 0 {
		t.Errorf("got %+v, and there is %v", st, files(t, s, pending))
	}
}

// A dead letter is one, though it was not durable yet when the spool began anew.
func TestBeginsAnewWithALetterOwed(t *testing.T) {
	disk := &failing{ops: []string{"syncdir"}}
	s := open(t, t.TempDir(), Options{before: disk.before})
	add(t, s, "a", 0, "1", Added)
	e := next(t, s, "a", "1")
	disk.err = syscall.EIO
	if err := e.Discard("no"); err == nil {
		t.Error("nobody says that it is not written down")
	}
	swap(t, s)
	disk.err = nil
	anew(t, s)
	if st := s.Stats(); st.DeadLetters != 1 {
		t.Errorf("got %+v", st)
	}
}

// What comes back from flight finds its place among those that are older.
func TestBeginsAnewInOrder(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	for _, key := range []string{"a", "b", "c"} {
		add(t, s, key, 0, key, Added)
	}
	flying := takeAll(t, s, 2, 0, "a", "b")
	flying[0].Release()
	swap(t, s)
	anew(t, s)
	flying[1].Release()
	if got := keys(t, s); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("delivered %v", got)
	}
}
