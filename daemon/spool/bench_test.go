package spool

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// A run's life in the spool: kept, handed out, remembered; all of it durable.
func BenchmarkAppendCommit(b *testing.B) {
	s := openBench(b, b.TempDir(), Options{})
	data := make([]byte, 4096)
	for i := 0; b.Loop(); i++ {
		if _, err := s.Append(fmt.Sprintf("run-%d", i), 0, data); err != nil {
			b.Fatal(err)
		}
		e, err := s.Take(b.Context(), 1, 0)
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Commit(e); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "runs/s")
}

func BenchmarkAppend(b *testing.B) {
	s := openBench(b, b.TempDir(), Options{MaxEntries: 1_000_000, MaxBytes: 1 << 40})
	data := make([]byte, 4096)
	for i := 0; b.Loop(); i++ {
		if _, err := s.Append(fmt.Sprintf("run-%d", i), 0, data); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "runs/s")
}

// BenchmarkDrain empties a backlog of 100,000, 64 at a time.
func BenchmarkDrain(b *testing.B) {
	const entries = 100_000
	for b.Loop() {
		b.StopTimer()
		dir := b.TempDir()
		records(b, dir, entries, 2000)
		s := openBench(b, dir, Options{MaxEntries: entries, MaxBytes: 1 << 40, Remember: 20_000}) // most are forgotten on the way
		b.StartTimer()
		for s.Stats().Entries > 0 {
			taken, err := s.Take(b.Context(), 64, 1<<20)
			if err != nil {
				b.Fatal(err)
			}
			if err := s.Commit(taken); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(entries*float64(b.N)/b.Elapsed().Seconds(), "runs/s")
}

func BenchmarkOpenBacklog(b *testing.B) {
	for _, entries := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(entries), func(b *testing.B) {
			dir := b.TempDir()
			backlog(b, dir, entries, 4096)
			for b.Loop() {
				before := heap()
				s := openBench(b, dir, Options{MaxEntries: entries, MaxBytes: 1 << 40})
				b.ReportMetric(float64(heap()-before)/float64(entries), "B/entry")
				if err := s.Close(); err != nil {
					b.Fatal(err)
				}
				runtime.KeepAlive(s)
			}
		})
	}
}

func openBench(b *testing.B, dir string, o Options) *Spool {
	b.Helper()
	s, err := Open(dir, o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	return s
}

// records fills a spool by hand with entries that can be read.
func records(t testing.TB, dir string, entries, each int) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(dir, pending), 0o700); err != nil {
		t.Fatal(err)
	}
	data := make([]byte, each)
	for i := range entries {
		key := fmt.Sprintf("%08x-aaaa-4bbb-8ccc-dddddddddddd", i)
		it := &item{name: encodeKey(key), seq: uint64(i + 1)}
		if err := os.WriteFile(filepath.Join(dir, pending, it.file()), encodeRecord(key, data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
