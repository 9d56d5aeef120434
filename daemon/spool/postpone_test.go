package spool

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
)

func postpone(t *testing.T, s *Spool, key string, rank int, data string, want Outcome) {
	t.Helper()
	got, err := s.Postpone(key, rank, []byte(data))
	if err != nil || got != want {
		t.Fatalf("Postpone(%q, %d) = %v, %v, want %v", key, rank, got, err, want)
	}
}

// What is postponed costs no change of the disk, and then each file is begun
// before the first is waited for, none is renamed before it is durable, and the
// directory is waited for once.
func TestPostponedAreWrittenTogether(t *testing.T) {
	var ops []string
	dir := t.TempDir()
	s := open(t, dir, Options{before: func(op, _ string) error { ops = append(ops, op); return nil }})
	ops = nil
	for _, key := range []string{"a", "b", "c"} {
		postpone(t, s, key, 0, key, Added)
		postpone(t, s, key, 0, key, Known)
		if !s.Holds(key) || len(ops) > 0 {
			t.Errorf("%s is held: %v; the disk had to %v", key, s.Holds(key), ops)
		}
	}
	if st := s.Stats(); st.Entries != 3 || st.Held != 0 {
		t.Errorf("got %+v, want three entries that nothing refused", st)
	}
	if held := s.Settle(); held != 0 || s.Holds("a") {
		t.Errorf("%d are held", held)
	}
	one, move := []string{"create", "write"}, []string{"rename"}
	want := slices.Concat(slices.Repeat(one, 3), slices.Repeat([]string{"sync"}, 3), slices.Repeat(move, 3), []string{"syncdir"})
	if !slices.Equal(ops, want) {
		t.Errorf("the disk had to %v, want %v", ops, want)
	}
	s = reopen(t, s, Options{})
	if got := keys(t, s); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("it kept %v", got)
	}
}

// Nothing is handed out, and nothing more kept, before what is postponed is on disk.
func TestPostponedAreWrittenFirst(t *testing.T) {
	for name, then := range map[string]func(s *Spool){
		"append": func(s *Spool) { add(t, s, "b", 0, "2", Added) },
		"take":   func(s *Spool) { next(t, s, "a", "1").Release() },
		"close":  func(s *Spool) { _ = s.Close() },
	} {
		s := open(t, t.TempDir(), Options{})
		postpone(t, s, "a", 0, "1", Added)
		then(s)
		if got := files(t, s, pending); len(got) == 0 || got[0] != "000000000001.0.a" {
			t.Errorf("after %s there is %v", name, got)
		}
	}
}

// Who dies before has kept nothing: no file, not even a part of one.
func TestPostponedAreInMemoryOnly(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	for i := range mostPostponed {
		postpone(t, s, fmt.Sprint(i), 0, "data", Added)
	}
	if got := files(t, s, pending); len(got) > 0 {
		t.Errorf("there is %v", got)
	}
	postpone(t, s, "one more", 0, "data", Added)
	if got := files(t, s, pending); len(got) != mostPostponed+1 || s.Holds("0") || s.Holds("one more") {
		t.Errorf("there is %v", got)
	}
	long := strings.Repeat("x", largestPostponed+1)
	postpone(t, s, "long", 0, long, Added)
	postpone(t, s, long, 0, "data", Added)
	if s.Holds("long") || s.Holds(long) {
		t.Error("a long one is in memory")
	}
}

func TestPostponedIsReplaced(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	postpone(t, s, "a", 0, "poor", Added)
	postpone(t, s, "b", 0, "2", Added)
	postpone(t, s, "a", 1, "rich", Replaced)
	s.Settle()
	postpone(t, s, "b", 1, "rich", Replaced)
	if got, want := files(t, s, pending), []string{"000000000001.1.a", "000000000002.0.b"}; !slices.Equal(got, want) {
		t.Errorf("there is %v, want %v", got, want)
	}
	e := next(t, s, "a", "rich")
	postpone(t, s, "a", 2, "richest", Replaced)
	if err := e.Discard("no"); err == nil {
		t.Error("want the richest to go on")
	}
	if err := commit(next(t, s, "a", "richest")); err != nil {
		t.Fatal(err)
	}
	postpone(t, s, "c", 0, "3", Added)
	if !s.Withdraw("c") || s.Holds("c") {
		t.Error("c is still there")
	}
	if got := keys(t, s); !slices.Equal(got, []string{"b"}) {
		t.Errorf("it kept %v", got)
	}
	if st := s.Stats(); st.Bytes != 0 || st.Entries != 0 || s.heldBytes != 0 {
		t.Errorf("got %+v, %d bytes held", st, s.heldBytes)
	}
}

// The disk takes nothing of it: it is said, all of it is delivered from memory,
// nothing half stays behind, and nothing more is postponed until the disk is well.
func TestDiskFailsOnWhatIsPostponed(t *testing.T) {
	for _, op := range []string{"create", "write", "sync", "rename", "syncdir"} {
		t.Run(op, func(t *testing.T) {
			disk, log := &failing{ops: []string{op}}, &said{}
			s := open(t, t.TempDir(), Options{before: disk.before, Log: log.log()})
			for _, key := range []string{"a", "b", "c"} {
				postpone(t, s, key, 0, key, Added)
			}
			disk.err = syscall.ENOSPC
			if held, st := s.Settle(), s.Stats(); held != 3 || st.Held != 3 || st.Bytes != 0 {
				t.Errorf("%d are held, %+v", held, st)
			}
			if got := files(t, s, pending); len(got) > 0 {
				t.Errorf("there is %v", got)
			}
			postpone(t, s, "d", 0, "d", Held)
			if n := log.times("the disk does not take"); n != 1 {
				t.Errorf("it was said %d times", n)
			}
			for _, e := range takeAll(t, s, 2, 0, "a", "b") {
				e.Release()
			}
			disk.err = nil
			if held := s.Settle(); held != 0 || log.times("takes everything again") != 1 {
				t.Errorf("%d are held", held)
			}
			postpone(t, s, "e", 0, "e", Added)
			s = reopen(t, s, Options{})
			if got := keys(t, s); !slices.Equal(got, []string{"a", "b", "c", "d", "e"}) {
				t.Errorf("it kept %v", got)
			}
		})
	}
}

// One that the disk refuses does not keep those in memory that came with it.
func TestDiskRefusesOneOfThePostponed(t *testing.T) {
	log := &said{}
	s := open(t, t.TempDir(), Options{Log: log.log()})
	stone := s.path(pending, asidePrefix+"000000000002.0.b")
	if err := os.MkdirAll(stone+"/full", 0o700); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"a", "b", "c"} {
		postpone(t, s, key, 0, key, Added)
	}
	s.Settle()
	if got := []bool{s.Holds("a"), s.Holds("b"), s.Holds("c")}; !slices.Equal(got, []bool{false, true, false}) {
		t.Errorf("in memory only: %v", got)
	}
	if st := s.Stats(); st.Held != 1 || st.Entries != 3 || log.times("the disk does not take") != 1 {
		t.Errorf("got %+v", st)
	}
	if err := os.RemoveAll(stone); err != nil {
		t.Fatal(err)
	}
	if held := s.Settle(); held != 0 {
		t.Errorf("%d are held", held)
	}
	if got := keys(t, s); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("it kept %v", got)
	}
}

// The directory is gone for a moment: what was postponed is held, and said so.
func TestPostponedWhileTheDirectoryIsAway(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	postpone(t, s, "a", 0, "1", Added)
	if err := os.Rename(s.dir, s.dir+".away"); err != nil {
		t.Fatal(err)
	}
	if held := s.Settle(); held != 1 || s.Stats().Held != 1 {
		t.Errorf("%d are held, %+v", held, s.Stats())
	}
	postpone(t, s, "b", 0, "2", Held)
	if err := os.Rename(s.dir+".away", s.dir); err != nil {
		t.Fatal(err)
	}
	if held := s.Settle(); held != 0 {
		t.Errorf("%d are held", held)
	}
	if got := keys(t, s); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("it kept %v", got)
	}
}

// They are written within the limits, too: the oldest go as if they had come one
// by one.
func TestPostponedAreBounded(t *testing.T) {
	var lost []string
	s := open(t, t.TempDir(), Options{MaxBytes: 4 << 10, Dropped: func(key, reason string) { lost = append(lost, key+" "+reason) }})
	for _, key := range []string{"a", "b", "c"} {
		postpone(t, s, key, 0, strings.Repeat("x", 2<<10), Added)
	}
	s.Settle()
	if st := s.Stats(); st.Bytes > 4<<10 || st.Entries != 1 {
		t.Errorf("there are %+v", st)
	}
	if want := []string{"a max_bytes", "b max_bytes"}; !slices.Equal(lost, want) {
		t.Errorf("dropped are %v, want %v", lost, want)
	}
}

// Whoever dies in the midst of a group leaves the oldest of it: what is read again
// comes behind them.
func TestPostponedComeIntoTheLineOldestFirst(t *testing.T) {
	var moved []string
	s := open(t, t.TempDir(), Options{before: func(op, path string) error {
		if op == "rename" {
			moved = append(moved, path[strings.LastIndex(path, ".")+1:])
		}
		return nil
	}})
	var want []string
	for i := range mostPostponed {
		want = append(want, fmt.Sprint(i))
		postpone(t, s, want[i], 0, "data", Added)
	}
	s.Settle()
	if !slices.Equal(moved, want) {
		t.Errorf("came in the order of %v", moved)
	}
}

// While the disk refuses all, one of those in memory is tried each time, not all
// of them over and over.
func TestDiskThatRefusesIsAskedForOne(t *testing.T) {
	disk, asked := &failing{ops: []string{"sync"}, err: syscall.EIO}, 0
	s := open(t, t.TempDir(), Options{before: func(op, path string) error {
		if op == "create" {
			asked++
		}
		return disk.before(op, path)
	}})
	for i := range mostPostponed {
		postpone(t, s, fmt.Sprint(i), 0, "data", Added)
	}
	s.Settle()
	if most := mostPostponed + patience; asked > most {
		t.Errorf("the disk was asked for %d files, want at most %d", asked, most)
	}
	asked = 0
	if held := s.Settle(); held != mostPostponed || asked != 1 {
		t.Errorf("the disk was asked for %d files, %d are held", asked, held)
	}
	disk.err, asked = nil, 0
	if held := s.Settle(); held != 0 || asked != mostPostponed {
		t.Errorf("the disk was asked for %d files, %d are held", asked, held)
	}
}
