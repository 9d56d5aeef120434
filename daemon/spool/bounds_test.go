package spool

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// While one entry is delivered for each that comes, the spool is full all the time.
func TestASpoolThatStaysFullSaysSoOnce(t *testing.T) {
	log := &said{}
	s := open(t, t.TempDir(), Options{MaxEntries: 16, Log: log.log()})
	for i := range 100 {
		add(t, s, fmt.Sprint(i), 0, "x", Added)
		if i > 20 && i%4 == 0 {
			if err := s.Commit([]*Entry{taken(t, s)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if full, again := log.times("spool is full"), log.times("has room again"); full != 1 || again != 0 {
		t.Errorf("said %d times that it is full, %d that it is not", full, again)
	}
	for range 3 {
		if err := s.Commit([]*Entry{taken(t, s)}); err != nil {
			t.Fatal(err)
		}
	}
	add(t, s, "last", 0, "x", Added)
	if full, again := log.times("spool is full"), log.times("has room again"); full != 1 || again != 1 {
		t.Errorf("said %d times that it is full, %d that it is not", full, again)
	}
}

func TestMaxEntries(t *testing.T) {
	log := &said{}
	s := open(t, t.TempDir(), Options{MaxEntries: 3, Log: log.log()})
	for i := range 10 {
		add(t, s, fmt.Sprint(i), 0, "x", Added)
	}
	if st := s.Stats(); st.Entries != 3 || st.Dropped[DroppedMaxEntries] != 7 {
		t.Errorf("got %+v", st)
	}
	if got := files(t, s, pending); len(got) != 3 {
		t.Errorf("pending holds %v", got)
	}
	if n := log.times("spool is full"); n != 1 {
		t.Errorf("said %d times that it is full", n)
	}
	if got := keys(t, s); !slices.Equal(got, []string{"7", "8", "9"}) {
		t.Errorf("delivered %v, want the newest", got)
	}
	add(t, s, "10", 0, "x", Added)
	add(t, s, "11", 0, "x", Added)
	if n := log.times("has room again"); n != 1 {
		t.Errorf("said %d times that there is room", n)
	}
}

func TestMaxBytes(t *testing.T) {
	s := open(t, t.TempDir(), Options{MaxBytes: 2500})
	for i := range 5 {
		add(t, s, fmt.Sprint(i), 0, strings.Repeat("x", 1000), Added)
	}
	if st := s.Stats(); st.Entries != 2 || st.Bytes > 2500 || st.Dropped[DroppedMaxBytes] != 3 {
		t.Errorf("got %+v", st)
	}
	add(t, s, "4", 1, strings.Repeat("x", 2000), Replaced) // grows in place
	if st := s.Stats(); st.Entries != 1 || st.Dropped[DroppedMaxBytes] != 4 {
		t.Errorf("got %+v", st)
	}
	add(t, s, "huge", 0, strings.Repeat("x", 5000), Added) // one is always kept
	if got := keys(t, s); !slices.Equal(got, []string{"huge"}) {
		t.Errorf("delivered %v", got)
	}
}

func TestTheEntryInFlightIsNotDropped(t *testing.T) {
	s := open(t, t.TempDir(), Options{MaxEntries: 2})
	add(t, s, "a", 0, "1", Added)
	e := next(t, s, "a", "1")
	for _, key := range []string{"b", "c", "d"} {
		add(t, s, key, 0, "x", Added)
	}
	add(t, s, "a", 1, "richer", Replaced)
	e.Release()
	e = next(t, s, "a", "richer")
	if err := commit(e); err != nil {
		t.Fatal(err)
	}
	if got := keys(t, s); !slices.Equal(got, []string{"d"}) {
		t.Errorf("delivered %v", got)
	}
}

func TestBoundsAtOpen(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	for i := range 5 {
		add(t, s, fmt.Sprint(i), 0, "x", Added)
	}
	s = reopen(t, s, Options{MaxEntries: 2})
	if got := keys(t, s); !slices.Equal(got, []string{"3", "4"}) {
		t.Errorf("delivered %v", got)
	}
}

// age makes the files of a directory old in the order of names.
func age(t *testing.T, s *Spool, dir string) {
	t.Helper()
	for i, name := range files(t, s, dir) {
		at := time.Unix(1_000_000+int64(i), 0)
		if err := os.Chtimes(s.path(dir, name), at, at); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRemember(t *testing.T) {
	s := open(t, t.TempDir(), Options{Remember: 3})
	for _, key := range []string{"a", "b", "c"} {
		add(t, s, key, 0, "x", Added)
	}
	keys(t, s)
	age(t, s, delivered)
	add(t, s, "d", 0, "x", Added)
	keys(t, s)
	if got := files(t, s, delivered); !slices.Equal(got, []string{"b", "c", "d"}) {
		t.Errorf("remembered %v, want b, c, d", got)
	}
	if st := s.Stats(); st.Delivered != 3 {
		t.Errorf("got %+v", st)
	}
	add(t, s, "a", 0, "x", Added) // long forgotten
	add(t, s, "b", 0, "x", Known)
}

func TestDeadLettersAreBounded(t *testing.T) {
	s := open(t, t.TempDir(), Options{MaxDead: 2})
	for _, key := range []string{"a", "b", "c"} {
		add(t, s, key, 0, "x", Added)
		if err := next(t, s, key, "x").Discard("no"); err != nil {
			t.Fatal(err)
		}
		if key == "b" {
			age(t, s, refused)
		}
	}
	if got := files(t, s, refused); !slices.Equal(got, []string{"b", "c"}) {
		t.Errorf("dead letters are %v, want b, c", got)
	}
	add(t, s, "a", 1, "x", Known) // the letter is gone, the key is not
	if st := s.Stats(); st.DeadLetters != 2 || st.Delivered != 1 {
		t.Errorf("got %+v", st)
	}
}

func TestDeadLettersAreBoundedByBytes(t *testing.T) {
	s := open(t, t.TempDir(), Options{MaxDeadBytes: 2500})
	for i, key := range []string{"a", "b", "c", "d"} {
		add(t, s, key, 0, strings.Repeat("x", 1000), Added)
		must(t, next(t, s, key, strings.Repeat("x", 1000)).Discard("no"))
		at := time.Unix(1_000_000+int64(i), 0)
		must(t, os.Chtimes(s.path(refused, key), at, at))
	}
	if got := files(t, s, refused); !slices.Equal(got, []string{"c", "d"}) {
		t.Errorf("dead letters are %v, want c, d", got)
	}
	must(t, s.Bury("e", make([]byte, 5000), "no")) // the newest stays in any case
	if got := files(t, s, refused); len(got) != 1 {
		t.Errorf("dead letters are %v", got)
	}
	for _, key := range []string{"a", "b", "c", "d"} {
		add(t, s, key, 1, "", Known)
	}
	s = reopen(t, s, Options{})
	if st := s.Stats(); st.DeadLetters != 1 || s.stored[refused].bytes < 5000 {
		t.Errorf("got %+v", s.stored)
	}
}

func TestDroppedIsTold(t *testing.T) {
	var s *Spool
	var told []string
	s = open(t, t.TempDir(), Options{MaxEntries: 2, Dropped: func(key, reason string) {
		told = append(told, key+" "+reason)
		_ = s.Stats() // the lock is free
	}})
	for _, key := range []string{"a", "b/x", "c", "d"} {
		add(t, s, key, 0, "x", Added)
	}
	must(t, os.Truncate(s.path(pending, "000000000003.0.c"), 3), os.Remove(s.path(pending, "000000000004.0.d")))
	nothing(t, s)
	if !slices.Equal(told, []string{"a max_entries", "b/x max_entries", "c damaged", "d vanished"}) {
		t.Errorf("told %q", told)
	}
}
