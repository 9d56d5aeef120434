package watch

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// BenchmarkLines reads a backlog of 200 MB, committing every record.
func BenchmarkLines(b *testing.B) {
	for _, size := range []int{8 << 10, 494 << 10} {
		b.Run(fmt.Sprintf("%d KB a line", size>>10), func(b *testing.B) {
			line := append(bytes.Repeat([]byte("x"), size-1), '\n')
			n := 200 << 20 / size
			path := filepath.Join(b.TempDir(), "data-collector.json")
			if err := os.WriteFile(path, bytes.Repeat(line, n), 0o600); err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(n * size))
			b.ReportAllocs()
			for b.Loop() {
				w, err := Open([]Source{{Name: "collector", Path: path, Kind: Lines}}, Options{StateDir: b.TempDir()})
				if err != nil {
					b.Fatal(err)
				}
				for range n {
					a, err := w.Next(b.Context())
					if err != nil || a.Commit() != nil {
						b.Fatal(err)
					}
				}
				if err := w.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkPoll is what an idle node pays every ten seconds.
func BenchmarkPoll(b *testing.B) {
	dir, log := b.TempDir(), b.TempDir()
	for i := range 1000 {
		_ = os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.json", i)), fmt.Appendf(nil, "%d", i), 0o600)
	}
	for i := range 20 {
		_ = os.WriteFile(filepath.Join(log, fmt.Sprintf("data-collector.json.%d", i)), fmt.Appendf(nil, "%d\n", i), 0o600)
	}
	_ = os.WriteFile(filepath.Join(log, "data-collector.json"), []byte("1\n"), 0o600)
	w, err := Open([]Source{
		{Name: "collector", Path: filepath.Join(log, "data-collector.json"), Kind: Lines},
		{Name: "report", Path: dir, Complete: json.Valid},
	}, Options{StateDir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	for range 1001 {
		if a, err := w.Next(b.Context()); err != nil || a.Commit() != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		w.pollAt = time.Time{}
		if a, _, err := w.step(time.Now()); a != nil || err != nil {
			b.Fatal(a, err)
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkDocument is one report of Chef, from its last byte to its arrival.
func BenchmarkDocument(b *testing.B) {
	dir := b.TempDir()
	w, err := Open([]Source{{Name: "report", Path: dir, Complete: func(data []byte) bool { return bytes.HasSuffix(data, []byte("}")) }}}, Options{StateDir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	pad := strings.Repeat("x", 1<<20)
	n := 0
	for b.Loop() {
		n++
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.json", n)), fmt.Appendf(nil, `{"id":%d,"pad":"%s"}`, n, pad), 0o600); err != nil {
			b.Fatal(err)
		}
		if a, err := w.Next(b.Context()); err != nil || a.Commit() != nil {
			b.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
}
