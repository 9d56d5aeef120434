package spool

import (
	"fmt"
	"testing"
)

// A run's life in the spool: kept, handed out, remembered; all of it durable.
func BenchmarkAppendCommit(b *testing.B) {
	s, err := Open(b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
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

func BenchmarkOpenBacklog(b *testing.B) {
	dir := b.TempDir()
	backlog(b, dir, 10_000, 4096)
	for b.Loop() {
		s, err := Open(dir, Options{})
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
