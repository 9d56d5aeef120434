package spool

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

// TestMain is also the program that the crash tests start and kill.
func TestMain(m *testing.M) {
	if at := os.Getenv(crashAt); at != "" {
		if err := crashChild(at); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

func open(t *testing.T, dir string, o Options) *Spool {
	t.Helper()
	s, err := Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func reopen(t *testing.T, s *Spool, o Options) *Spool {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return open(t, s.dir, o)
}

func add(t *testing.T, s *Spool, key string, rank int, data string, want Outcome) {
	t.Helper()
	got, err := s.Append(key, rank, []byte(data))
	if err != nil || got != want {
		t.Fatalf("Append(%q, %d) = %v, %v, want %v", key, rank, got, err, want)
	}
}

func next(t *testing.T, s *Spool, key, data string) *Entry {
	t.Helper()
	all, err := s.Take(t.Context(), 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	e := all[0]
	if e.Key != key || string(e.Data) != data {
		t.Fatalf("Take is %q with %.40q, want %q with %.40q", e.Key, e.Data, key, data)
	}
	return e
}

// nothing fails if an entry is waiting.
func nothing(t *testing.T, s *Spool) {
	t.Helper()
	if e, _, err := s.take(1, 0); len(e) > 0 || err != nil {
		t.Fatalf("got %+v, %v, want an empty spool", e, err)
	}
}

// keys takes and commits everything.
func keys(t *testing.T, s *Spool) []string {
	t.Helper()
	var all []string
	for s.Stats().Entries > 0 {
		e, _, err := s.take(3, 0)
		if err != nil {
			t.Fatal(err)
		}
		if len(e) == 0 {
			break
		}
		for _, e := range e {
			all = append(all, e.Key)
		}
		if err := s.Commit(e); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// commit lets one entry go.
func commit(e *Entry) error { return e.spool.Commit([]*Entry{e}) }

func files(t *testing.T, s *Spool, dir string) []string {
	t.Helper()
	found, err := os.ReadDir(s.path(dir, ""))
	if err != nil {
		t.Fatal(err)
	}
	names := make([]string, 0, len(found))
	for _, f := range found {
		names = append(names, f.Name())
	}
	return names
}

// said is a log that remembers.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *said) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *said) log() *slog.Logger { return slog.New(slog.NewTextHandler(l, nil)) }

func (l *said) times(words string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), words)
}

func ended() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
