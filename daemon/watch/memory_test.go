package watch

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// long is a line of that many bytes, all the same, and its end.
func long(c byte, size int) []byte {
	return append(bytes.Repeat([]byte{c}, size-1), '\n')
}

func written(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// heldBy is how many windows are large.
func heldBy(w *Watcher) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.sources {
		for _, tail := range s.pool.tails {
			if cap(tail.win.buf) >= large {
				n++
			}
		}
	}
	return n
}

// Sources take turns, and each would keep the memory of its largest record until
// its next one.
func TestOneLargeRecordIsHeldAtATime(t *testing.T) {
	for most, fault := range map[int64]error{0: nil, large: ErrTooLarge} {
		var sources []Source
		dir := t.TempDir()
		for i := range 6 {
			path := filepath.Join(dir, fmt.Sprintf("%d.json", i))
			written(t, path, append(long('x', 2*large), "short\n"...))
			sources = append(sources, Source{Name: "collector", Path: path, Kind: Lines, MaxBytes: most})
		}
		w := opened(t, sources...)
		for i := range 2 * len(sources) {
			a, err := w.Next(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if i < len(sources) && !errors.Is(a.Err, fault) || i >= len(sources) && string(a.Data) != "short" {
				t.Fatalf("record %d is of %d bytes, %v", i, len(a.Data), a.Err)
			}
			if held := heldBy(w); held > 1 {
				t.Fatalf("%d windows are large after %d records of at most %d bytes", held, i+1, most)
			}
		}
	}
}

// The last line of a live file may have no end for long.
func TestALastLargeRecordIsLetGo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "collector.json")
	text := long('x', 2*large)
	written(t, path, text[:len(text)-1])
	w := opened(t, Source{Name: "collector", Path: path, Kind: Lines, Complete: func([]byte) bool { return true }})
	a, err := w.Next(t.Context())
	if err != nil || len(a.Data) != len(text)-1 {
		t.Fatalf("%d bytes, %v", len(a.Data), err)
	}
	if a, _, err := w.step(time.Now()); a != nil || err != nil {
		t.Fatal(a, err)
	}
	if held := heldBy(w); held > 0 {
		t.Errorf("%d windows are large", held)
	}
}

// What was handed out stays as it is until the next call of Next, whoever else
// does what, and whatever becomes of the file.
func TestARecordStaysUntilTheNextCall(t *testing.T) {
	path := filepath.Join(t.TempDir(), "collector.json")
	records := [][]byte{long('x', 3*chunk), long('y', 2*chunk)}
	written(t, path, bytes.Join(records, nil))
	w := opened(t, Source{Name: "collector", Path: path, Kind: Lines})
	for i, record := range records {
		a, err := w.Next(t.Context())
		if err != nil || a.Err != nil {
			t.Fatal(err, a)
		}
		if err := a.Commit(); err != nil {
			t.Fatal(err)
		}
		if i == len(records)-1 {
			written(t, path, long('z', 10))
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if want := record[:len(record)-1]; !bytes.Equal(a.Data, want) {
			t.Errorf("record %d was changed", i)
		}
		_ = append(a.Data, "more"...) // has no room of the window to go to
	}
}
