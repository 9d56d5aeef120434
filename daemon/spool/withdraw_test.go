package spool

import (
	"errors"
	"syscall"
	"testing"
)

// opened is a spool of its own, whose disk fails as told.
func opened(t *testing.T, fail func() error) (*Spool, string) {
	t.Helper()
	dir := t.TempDir()
	s, err := Open(dir, Options{before: func(string, string) error { return fail() }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, dir
}

func well() error { return nil }

func mustAppend(t *testing.T, s *Spool, key string, rank int) {
	t.Helper()
	if _, err := s.Append(key, rank, []byte(key)); err != nil {
		t.Fatal(err)
	}
}

// taken is the one entry that comes next.
func taken(t *testing.T, s *Spool) *Entry {
	t.Helper()
	entries, err := s.Take(t.Context(), 1, 0)
	if err != nil || len(entries) != 1 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	return entries[0]
}

func TestWithdrawWhatWaits(t *testing.T) {
	s, dir := opened(t, well)
	mustAppend(t, s, "a", 0)
	mustAppend(t, s, "b", 0)
	if !s.Withdraw("a") || s.Withdraw("a") || s.Withdraw("c") || s.Knows("a") || !s.Knows("b") {
		t.Error("a is still there, or b is not")
	}
	if st := s.Stats(); st.Entries != 1 || st.Bytes <= 0 {
		t.Errorf("%+v", st)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if e := taken(t, again); e.Key != "b" || again.Stats().Entries != 1 {
		t.Errorf("after a restart %q comes, of %d", e.Key, again.Stats().Entries)
	}
}

func TestWithdrawWhatIsInFlight(t *testing.T) {
	s, _ := opened(t, well)
	mustAppend(t, s, "released", 0)
	e := taken(t, s)
	if !s.Withdraw("released") {
		t.Error("what is in flight is pending")
	}
	e.Release()
	if st := s.Stats(); st.Entries != 0 || st.Bytes != 0 || s.Knows("released") {
		t.Errorf("it came back: %+v", st)
	}

	mustAppend(t, s, "delivered", 0)
	e = taken(t, s)
	s.Withdraw("delivered")
	if err := s.Commit([]*Entry{e}); err != nil || !s.Knows("delivered") {
		t.Errorf("what arrived is not known: %v", err)
	}
	if s.Withdraw("delivered") {
		t.Error("what was delivered was withdrawn")
	}

	mustAppend(t, s, "partly", 0)
	e = taken(t, s)
	s.Withdraw("partly")
	if err := e.Keep([]byte("rest")); err != nil {
		t.Fatal(err)
	}
	if s.Withdraw("partly") {
		t.Error("the rest of what was delivered in part was withdrawn")
	}
	if e = taken(t, s); string(e.Data) != "rest" {
		t.Errorf("%q comes", e.Data)
	}
	e.Release()
}

func TestWithdrawnAndAppendedAgain(t *testing.T) {
	s, _ := opened(t, well)
	mustAppend(t, s, "a", 0)
	e := taken(t, s)
	s.Withdraw("a")
	mustAppend(t, s, "a", 1)
	e.Release()
	if s.Stats().Entries != 1 || taken(t, s).Key != "a" {
		t.Error("what came after it was withdrawn is gone")
	}
}

func TestWithdrawOnADiskThatFails(t *testing.T) {
	var fault error
	s, _ := opened(t, func() error { return fault })
	mustAppend(t, s, "on disk", 0)
	fault = syscall.EIO
	if _, err := s.Append("held", 0, []byte("held")); err != nil {
		t.Fatal(err)
	}
	if !s.Withdraw("held") || !s.Withdraw("on disk") || s.Holds("held") {
		t.Error("they are still there")
	}
	fault = nil
	s.Settle()
	if st := s.Stats(); st.Entries != 0 || st.Bytes != 0 || st.Held != 0 {
		t.Errorf("%+v", st)
	}
	if err := errors.Join(s.Close()); err != nil || s.Withdraw("held") {
		t.Error(err)
	}
}
