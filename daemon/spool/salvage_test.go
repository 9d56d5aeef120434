package spool

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// put makes a file of a spool by hand.
func put(t testing.TB, dir, sub, file string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, sub, file), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestStateDamaged(t *testing.T) {
	whole := encodeRecord("bad", []byte(strings.Repeat("data ", 100)))
	flipped := bytes.Clone(whole)
	flipped[len(flipped)-7] ^= 1
	for name, file := range map[string][]byte{
		"empty":            {},
		"one byte":         {'c'},
		"NUL-filled":       make([]byte, 4096),
		"torn":             whole[:len(whole)-10],
		"torn header":      whole[:30],
		"NUL tail":         append(bytes.Clone(whole[:100]), make([]byte, len(whole)-100)...),
		"a bit flipped":    flipped,
		"longer":           append(bytes.Clone(whole), "more"...),
		"of another key":   encodeRecord("other", []byte("x")),
		"foreign":          []byte(strings.Repeat(`{"not":"ours"}`+"\n", 10)),
		"senseless header": fmt.Appendf(nil, headerFormat, 0, math.MaxInt64, math.MaxInt64),
		"negative header":  fmt.Appendf(nil, headerFormat, 0, -1, -1),
	} {
		t.Run(name, func(t *testing.T) {
			dir, log := t.TempDir(), &said{}
			put(t, dir, pending, "000000000001.0.before", encodeRecord("before", []byte("1")))
			put(t, dir, pending, "000000000002.0.bad", file)
			put(t, dir, pending, "000000000003.0.after", encodeRecord("after", []byte("3")))
			s := open(t, dir, Options{Log: log.log()})
			if got := keys(t, s); !slices.Equal(got, []string{"before", "after"}) {
				t.Errorf("delivered %v, want before and after", got)
			}
			if st := s.Stats(); st.Damaged != 1 || st.Dropped[DroppedDamaged] != 1 {
				t.Errorf("got %+v, want 1 damaged", st)
			}
			if got, err := os.ReadFile(s.path(damaged, "000000000002.0.bad")); err != nil || !bytes.Equal(got, file) {
				t.Errorf("it is not kept as it was: %v", err)
			}
			if n := log.times("cannot be read"); n != 1 {
				t.Errorf("said %d times", n)
			}
			add(t, s, "bad", 0, "read again", Added) // its source may still have it
			s = reopen(t, s, Options{})
			if got := keys(t, s); !slices.Equal(got, []string{"bad"}) {
				t.Errorf("delivered %v, want bad", got)
			}
		})
	}
}

func TestStateMissing(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	add(t, s, "a", 0, "1", Added)
	add(t, s, "b", 0, "2", Added)
	if err := os.Remove(s.path(pending, "000000000001.0.a")); err != nil {
		t.Fatal(err)
	}
	if got := keys(t, s); !slices.Equal(got, []string{"b"}) {
		t.Errorf("delivered %v, want b", got)
	}
	if st := s.Stats(); st.Dropped[DroppedVanished] != 1 {
		t.Errorf("got %+v, want 1 vanished", st)
	}
	dir := s.dir
	for _, sub := range []string{pending, delivered, refused, damaged} {
		if err := os.RemoveAll(filepath.Join(dir, sub)); err != nil {
			t.Fatal(err)
		}
	}
	s = reopen(t, s, Options{})
	add(t, s, "c", 0, "3", Added)
	if got := keys(t, s); !slices.Equal(got, []string{"c"}) {
		t.Errorf("delivered %v, want c", got)
	}
}

func TestForeignFilesAreLeftAlone(t *testing.T) {
	dir := t.TempDir()
	foreign := []string{"notes~", ".nfs0001", "1.0.a", "000000000001.0.a.b~", "000000000001.0.a/x"}
	for _, sub := range []string{pending, delivered, refused, damaged} {
		for _, name := range foreign {
			path := filepath.Join(dir, sub, name)
			put(t, filepath.Dir(path), "", filepath.Base(path), []byte("mine"))
		}
		put(t, dir, sub, asidePrefix+"of somebody else", []byte("mine"))
	}
	s := open(t, dir, Options{Remember: 1, MaxDead: 1})
	for _, key := range []string{"x", "y", "z"} {
		add(t, s, key, 0, "1", Added)
	}
	if got := keys(t, s); !slices.Equal(got, []string{"x", "y", "z"}) {
		t.Errorf("delivered %v", got)
	}
	for sub, want := range map[string]int{pending: len(foreign), refused: len(foreign) + 1} {
		if got := files(t, s, sub); len(got) != want { // of pending one is named like ours, and moved aside
			t.Errorf("%s holds %v", sub, got)
		}
	}
	if got := files(t, s, damaged); len(got) != len(foreign)+2 {
		t.Errorf("damaged holds %v", got)
	}
	if _, err := os.Stat(s.path(delivered, "notes~")); err != nil {
		t.Error(err)
	}
}

func TestHalfWrittenFilesGo(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, pending, asidePrefix+"000000000007.0.a", []byte("converged-spool 1 crc"))
	s := open(t, dir, Options{})
	if got := files(t, s, pending); len(got) != 0 {
		t.Errorf("pending holds %v", got)
	}
	nothing(t, s)
}

func TestLeftOverOfARicherOne(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, pending, "000000000001.0.a", encodeRecord("a", []byte("poor")))
	put(t, dir, pending, "000000000001.1.a", encodeRecord("a", []byte("rich")))
	put(t, dir, pending, "000000000002.0.b", encodeRecord("b", []byte("delivered before")))
	put(t, dir, delivered, "b", nil)
	put(t, dir, pending, "000000000003.1.c", encodeRecord("c", []byte("refused before")))
	put(t, dir, refused, "c", encodeRecord("c", []byte("letter")))
	s := open(t, dir, Options{})
	if got := files(t, s, pending); !slices.Equal(got, []string{"000000000001.1.a"}) {
		t.Errorf("pending holds %v", got)
	}
	if err := commit(next(t, s, "a", "rich")); err != nil {
		t.Fatal(err)
	}
	nothing(t, s)
}

func TestSequenceGoesOn(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	for _, key := range []string{"a", "b", "c"} {
		add(t, s, key, 0, "1", Added)
	}
	if err := commit(next(t, s, "a", "1")); err != nil {
		t.Fatal(err)
	}
	s = reopen(t, s, Options{})
	add(t, s, "d", 0, "1", Added)
	if got := keys(t, s); !slices.Equal(got, []string{"b", "c", "d"}) {
		t.Errorf("delivered %v", got)
	}
}

// backlog fills a spool by hand. The files are of the given size and take no
// space: opening a spool looks at names and sizes only.
func backlog(t testing.TB, dir string, entries int, each int64) {
	t.Helper()
	for i := range entries {
		file := fmt.Sprintf("%012d.0.run-%032d", i, i)
		put(t, dir, pending, file, nil)
		if err := os.Truncate(filepath.Join(dir, pending, file), each); err != nil {
			t.Fatal(err)
		}
	}
}

// A long queue costs an index of 40 bytes an entry, whatever its entries hold.
func TestStartWithBacklog(t *testing.T) {
	const each = 20_000
	entries := 100_000
	if testing.Short() {
		entries = 10_000
	}
	dir := t.TempDir()
	backlog(t, dir, entries, each)
	before := heap()
	s := open(t, dir, Options{MaxEntries: entries, MaxBytes: 1 << 40})
	grown := heap() - before
	if st := s.Stats(); st.Entries != entries || st.Bytes != int64(entries)*each {
		t.Fatalf("got %+v", st)
	}
	if it, err := s.front(); err != nil || it.seq != 0 {
		t.Fatalf("the oldest is %+v, %v", it, err)
	}
	atWork := heap() - before
	if limit := int64(5 << 20); grown > limit || atWork > limit {
		t.Errorf("%d entries take %d bytes of memory, at work %d, want at most %d", entries, grown, atWork, limit)
	}
	t.Logf("%d bytes of memory, at work %d", grown, atWork)
	runtime.KeepAlive(s)
}

// What comes in behind a long queue, is replaced in it, dropped from it or kept
// in part, is found in its place.
func TestWorkOnABacklog(t *testing.T) {
	const entries = 2*window + 100
	dir := t.TempDir()
	records(t, dir, entries, 10)
	data := string(make([]byte, 10))
	disk := &failing{ops: []string{"create"}}
	s := open(t, dir, Options{MaxEntries: entries + 2, before: disk.before})
	key := func(i int) string { return fmt.Sprintf("%08x-aaaa-4bbb-8ccc-dddddddddddd", i) }
	add(t, s, key(entries-1), 0, "poor", Known)
	add(t, s, key(entries-2), 1, "rich", Replaced)
	add(t, s, key(entries-2), 1, "rich", Known)
	disk.err = syscall.ENOSPC
	add(t, s, key(entries-3), 1, "rich in memory", Held)
	add(t, s, "new", 0, "in memory", Held)
	disk.err = nil
	must(t, next(t, s, key(0), data).Keep([]byte("rest")))
	must(t, os.Remove(s.path(pending, fmt.Sprintf("%012d.0.%s", window+1, key(window)))))
	add(t, s, "newer", 0, "on disk", Added)
	add(t, s, "newest", 0, "on disk", Added) // drops the oldest
	if st := s.Stats(); st.Held != 0 || st.Entries != entries+2 || st.Dropped[DroppedMaxEntries] != 1 {
		t.Errorf("got %+v", st)
	}
	want := make([]string, 0, entries+2)
	for i := 1; i < entries; i++ {
		if i != window {
			want = append(want, key(i))
		}
	}
	want = append(want, "new", "newer", "newest")
	for len(want) > 0 {
		all, err := s.Take(t.Context(), 64, 0)
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range all {
			rich := map[string]string{key(entries - 2): "rich", key(entries - 3): "rich in memory", "new": "in memory", "newer": "on disk", "newest": "on disk"}[e.Key]
			if e.Key != want[i] || string(e.Data) != cmp.Or(rich, data) {
				t.Fatalf("took %s with %q, want %s", e.Key, e.Data, want[i])
			}
		}
		want = want[len(all):]
		must(t, s.Commit(all))
	}
	if st := s.Stats(); st.Entries != 0 || st.Bytes != 0 || st.Dropped[DroppedVanished] != 1 {
		t.Errorf("got %+v", st)
	}
}

// What is no file, or one that cannot be opened, is moved aside like any other.
func TestWhatIsNoFile(t *testing.T) {
	for name, make := range map[string]func(path string) error{
		"directory": func(path string) error { return os.MkdirAll(filepath.Join(path, "deep"), 0o700) },
		"link":      func(path string) error { return os.Symlink("/etc/hostname", path) },
		"pipe":      func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"huge": func(path string) error {
			return errors.Join(os.WriteFile(path, nil, 0o600), os.Truncate(path, maxEntry+1))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, t.TempDir(), Options{MaxDead: 1})
			bad := s.path(pending, "000000000001.0.bad")
			add(t, s, "bad", 0, "1", Added)
			add(t, s, "good", 0, "2", Added)
			must(t, os.Remove(bad), make(bad)) // while it waits
			must(t, commit(next(t, s, "good", "2")))
			must(t, make(bad)) // and before a start
			s = reopen(t, s, Options{MaxDead: 1})
			nothing(t, s)
			if got := files(t, s, pending); len(got) != 0 {
				t.Errorf("pending holds %v", got)
			}
		})
	}
}

// A thousand damaged files are said twice: that it begins, and how many they were.
func TestDamageIsSaidOnce(t *testing.T) {
	dir := t.TempDir()
	for i := range 500 {
		put(t, dir, pending, fmt.Sprintf("%012d.0.empty-%d", i, i), nil)
		put(t, dir, pending, fmt.Sprintf("%012d.0.torn-%d", 1000+i, i), []byte(strings.Repeat("x", 100)))
	}
	log, dropped := &said{}, map[string]int{}
	s := open(t, dir, Options{Log: log.log(), Dropped: func(_, reason string) { dropped[reason]++ }})
	// One line says that the torn ones wait.
	if n := log.times("\n"); n != 3 || log.times("entries=500") != 2 || log.times("moved aside") != 1 {
		t.Errorf("at the start it said %d lines: %s", n, log.text.String())
	}
	nothing(t, s)
	if n := log.times("\n"); n != 5 || log.times("entries=500") != 3 {
		t.Errorf("in the end it had said %d lines: %s", n, log.text.String())
	}
	if st := s.Stats(); dropped[DroppedDamaged] != 1000 || st.Dropped[DroppedDamaged] != 1000 || st.Damaged != 1000 {
		t.Errorf("dropped %v, stats %+v", dropped, st)
	}
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
