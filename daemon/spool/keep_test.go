package spool

import (
	"errors"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// takeAll takes up to n entries and fails if it is not these keys.
func takeAll(t *testing.T, s *Spool, n int, bytes int64, keys ...string) []*Entry {
	t.Helper()
	all, err := s.Take(t.Context(), n, bytes)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range all {
		got = append(got, e.Key)
	}
	if !slices.Equal(got, keys) {
		t.Fatalf("took %v, want %v", got, keys)
	}
	return all
}

func TestTakeSeveral(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	for _, key := range []string{"a", "b", "c", "d", "e"} {
		add(t, s, key, 0, strings.Repeat(key, 100), Added)
	}
	all := takeAll(t, s, 3, 0, "a", "b", "c")
	nothing(t, s) // one Take at a time
	all[2].Release()
	nothing(t, s)
	all[0].Release()
	if err := s.Commit(all); err != nil { // those that ended already are left alone
		t.Fatal(err)
	}
	all = takeAll(t, s, 10, 250, "a", "c") // back in their places, and within the bytes
	if err := s.Commit(all); err != nil {
		t.Fatal(err)
	}
	takeAll(t, s, 10, 1, "d")[0].Release() // one is always had
	if got := keys(t, s); !slices.Equal(got, []string{"d", "e"}) {
		t.Errorf("delivered %v", got)
	}
	if st := s.Stats(); st.Bytes != 0 || st.Delivered != 5 {
		t.Errorf("got %+v", st)
	}
}

// A group costs one wait for the disk, whatever its length.
func TestCommitOfAGroupSyncsOnce(t *testing.T) {
	ops := map[string]int{}
	s := open(t, t.TempDir(), Options{before: func(op, _ string) error { ops[op]++; return nil }})
	for _, key := range []string{"a", "b", "c"} {
		add(t, s, key, 0, "1", Added)
	}
	all := takeAll(t, s, 3, 0, "a", "b", "c")
	clear(ops)
	if err := s.Commit(all); err != nil {
		t.Fatal(err)
	}
	if ops["rename"] != 3 || ops["syncdir"] != 1 || ops["sync"] != 0 {
		t.Errorf("it took %v", ops)
	}
}

func TestKeepReplacesForGood(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	add(t, s, "a", 0, "metrics and events", Added)
	add(t, s, "b", 0, "2", Added)
	e := next(t, s, "a", "metrics and events")
	add(t, s, "a", 1, "richer metrics and events", Replaced)
	if err := e.Keep([]byte("events")); err != nil {
		t.Fatal(err)
	}
	add(t, s, "a", 2, "still richer", Known)
	if got := files(t, s, pending); !slices.Equal(got, []string{"000000000001.2147483647.a", "000000000002.0.b"}) {
		t.Errorf("pending holds %v", got)
	}
	if err := next(t, s, "a", "events").Keep([]byte("an event")); err != nil {
		t.Fatal(err)
	}
	s = reopen(t, s, Options{})
	add(t, s, "a", 2, "still richer", Known)
	bytes := s.Stats().Bytes
	e = next(t, s, "a", "an event") // still at the head
	add(t, s, "a", 3, "the richest", Known)
	if err := commit(e); err != nil {
		t.Fatal(err)
	}
	if now := s.Stats().Bytes; bytes-now != int64(len(encodeRecord("a", []byte("an event")))) {
		t.Errorf("%d bytes became %d", bytes, now)
	}
	if got := keys(t, s); !slices.Equal(got, []string{"b"}) {
		t.Errorf("delivered %v", got)
	}
	if st := s.Stats(); st.Bytes != 0 || st.Entries != 0 {
		t.Errorf("got %+v", st)
	}
}

// The disk does not take what is left: this process knows it all the same, and
// writes it down when it can.
func TestDiskFailsOnKeep(t *testing.T) {
	for _, op := range []string{"create", "write", "sync", "rename", "syncdir"} {
		disk := &failing{ops: []string{op}}
		dir := t.TempDir()
		s := open(t, dir, Options{before: disk.before})
		add(t, s, "a", 0, "whole", Added)
		add(t, s, "b", 0, "2", Added)
		e := next(t, s, "a", "whole")
		add(t, s, "a", 1, "richer", Replaced)
		disk.err = syscall.ENOSPC
		if err := e.Keep([]byte("rest")); !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "tried again") {
			t.Fatalf("%s: got %v", op, err)
		}
		add(t, s, "a", 2, "richest", Known)
		if s.Holds("a") {
			t.Errorf("%s: its whole is on disk, the report may go", op)
		}
		e = next(t, s, "a", "rest")
		if err := e.Keep([]byte("res")); err == nil {
			t.Errorf("%s: want an error", op)
		}
		next(t, s, "a", "res").Release()
		disk.err = nil
		if n := s.Settle(); n != 0 {
			t.Errorf("%s: %d are held", op, n)
		}
		s = reopen(t, s, Options{})
		if err := commit(next(t, s, "a", "res")); err != nil {
			t.Fatal(err)
		}
		if got := keys(t, s); !slices.Equal(got, []string{"b"}) {
			t.Errorf("%s: delivered %v", op, got)
		}
		if st := s.Stats(); st.Bytes != 0 {
			t.Errorf("%s: got %+v", op, st)
		}
	}
}

func TestKeepOfWhatWasNeverOnDisk(t *testing.T) {
	disk := &failing{ops: []string{"create"}, err: syscall.EROFS}
	s := open(t, t.TempDir(), Options{before: disk.before})
	add(t, s, "a", 0, "whole", Held)
	if err := next(t, s, "a", "whole").Keep([]byte("rest")); err == nil {
		t.Error("want an error")
	}
	if !s.Holds("a") {
		t.Error("nothing of it is on disk")
	}
	e := next(t, s, "a", "rest")
	if err := e.Discard("no"); !errors.Is(err, syscall.EROFS) {
		t.Errorf("got %v", err)
	}
	if s.Holds("a") {
		t.Error("it is finished")
	}
	add(t, s, "a", 1, "again", Known)
	disk.err = nil
	s.Settle()
	if letter, err := os.ReadFile(s.path(refused, "a")); err != nil || !strings.HasSuffix(string(letter), "\na\nrest\nrefused: no\n") {
		t.Errorf("the dead letter is %q, %v", letter, err)
	}
	if s.heldBytes+s.letterBytes != 0 {
		t.Errorf("%d bytes are still counted as held", s.heldBytes)
	}
}

func TestKeepUnfit(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	add(t, s, "a", 0, "1", Added)
	e := next(t, s, "a", "1")
	if err := e.Keep(make([]byte, maxEntry)); !errors.Is(err, ErrUnfit) {
		t.Errorf("got %v", err)
	}
	if err := commit(e); err != nil { // it is still in flight
		t.Fatal(err)
	}
	if err := e.Keep([]byte("late")); err != nil {
		t.Fatal(err)
	}
	nothing(t, s)
}

func TestHeldIsDeliveredInItsPlace(t *testing.T) {
	disk := &failing{ops: []string{"create"}}
	s := open(t, t.TempDir(), Options{before: disk.before})
	add(t, s, "a", 0, "1", Added)
	disk.err = syscall.EIO
	add(t, s, "b", 0, "2", Held)
	add(t, s, "b", 1, "rich", Held)
	add(t, s, "c", 0, "3", Held)
	all := takeAll(t, s, 5, 0, "a", "b", "c")
	add(t, s, "c", 1, "rich", Held)
	all[1].Release()
	if err := s.Commit(all); err == nil { // of c there is no file to rename
		t.Error("want an error")
	}
	add(t, s, "c", 5, "", Known)
	add(t, s, "a", 5, "", Known)
	disk.err = nil
	add(t, s, "d", 0, "4", Added)
	s = reopen(t, s, Options{})
	add(t, s, "c", 5, "", Known)
	if got := keys(t, s); !slices.Equal(got, []string{"b", "d"}) {
		t.Errorf("delivered %v", got)
	}
	if s.heldBytes+s.letterBytes != 0 || len(s.owed) != 0 {
		t.Errorf("%d bytes held, %d owed", s.heldBytes, len(s.owed))
	}
}

func TestBury(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	add(t, s, "a", 0, "whole", Added)
	e := next(t, s, "a", "whole")
	for range 2 { // the second time after a crash: it is the same letter
		if err := s.Bury("a", []byte("event"), "400 Bad\nRequest"); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Bury("a", []byte("another"), "no"); err != nil {
		t.Fatal(err)
	}
	e.Release()
	next(t, s, "a", "whole").Release() // its key is not finished
	s = reopen(t, s, Options{})
	if st := s.Stats(); st.DeadLetters != 2 {
		t.Errorf("got %+v", st)
	}
	next(t, s, "a", "whole").Release()
	v, err := Look(dir)
	if err != nil || len(v.DeadLetters) != 2 {
		t.Fatalf("got %+v, %v", v, err)
	}
	for _, l := range v.DeadLetters {
		if l.Key != "a" || !l.Part || l.At.IsZero() || l.Reason != "400 Bad Request" && l.Reason != "no" {
			t.Errorf("got %+v", l)
		}
	}
}

func TestDiskFailsOnBury(t *testing.T) {
	for _, op := range []string{"create", "write", "sync", "rename", "syncdir"} {
		disk := &failing{ops: []string{op}, err: syscall.ENOSPC}
		s := open(t, t.TempDir(), Options{before: disk.before})
		if err := s.Bury("a", []byte("event"), "no"); !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("%s: got %v", op, err)
		}
		disk.err = nil
		s.Settle()
		if v, err := Look(s.dir); err != nil || v.Letters != 1 || v.DeadLetters[0].Reason != "no" || s.heldBytes+s.letterBytes != 0 {
			t.Errorf("%s: got %+v, %v", op, v, err)
		}
	}
}

// refuses the new one: a process that is killed then has nothing else.
func TestARestStaysOnDiskUntilTheNextIs(t *testing.T) {
	for _, op := range []string{"create", "write", "sync", "rename", "syncdir"} {
		disk := &failing{ops: []string{op}}
		s := open(t, t.TempDir(), Options{before: disk.before})
		add(t, s, "a", 0, "whole", Added)
		if err := next(t, s, "a", "whole").Keep([]byte("rest")); err != nil {
			t.Fatal(err)
		}
		disk.err = syscall.EIO
		if err := next(t, s, "a", "rest").Keep([]byte("res")); !errors.Is(err, syscall.EIO) {
			t.Fatalf("%s: got %v", op, err)
		}
		if got := files(t, s, pending); len(got) == 0 || !slices.Contains(got, "000000000001.2147483647.a") {
			t.Errorf("%s: killed now, the next process finds %q", op, got)
		}
		disk.err = nil
	}
}

// The same letter is written again after a crash, and is one.
func TestALetterThatIsWrittenAgainIsCountedOnce(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	for range 2 {
		if err := s.Bury("a", []byte("event"), "no"); err != nil {
			t.Fatal(err)
		}
	}
	if st := s.Stats(); st.DeadLetters != 1 {
		t.Errorf("%d letters are counted, there is one", st.DeadLetters)
	}
}

// A letter that finds no room in memory is not said to be tried again.
func TestALetterWithoutRoomIsSaidToBeLost(t *testing.T) {
	disk := &failing{ops: []string{"create"}, err: syscall.ENOSPC}
	s := open(t, t.TempDir(), Options{MaxHeld: 4 * 100, before: disk.before})
	for part, want := range map[string]string{"event": "tried again", strings.Repeat("e", 100): "lost"} {
		if err := s.Bury("a", []byte(part), "no"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	disk.err = nil
	if s.Settle(); s.Stats().DeadLetters != 1 {
		t.Errorf("got %+v", s.Stats())
	}
}
