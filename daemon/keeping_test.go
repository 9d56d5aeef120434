package daemon

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/converged/converged/daemon/watch"
)

// A line lies in memory that the next one is read into: what was made of it must
// be its own, and its bytes must stay what they were for the watcher.
func TestNothingIsKeptOfADocument(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "testdata", "*", "*", "*.*"))
	if err != nil {
		t.Fatal(err)
	}
	read := map[string]int{}
	for _, file := range files {
		if !slices.Contains(reportFiles, filepath.Base(file)) {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range formats {
			if f.kind == watch.Lines {
				read[f.name] += lend(t, f, text, file)
			}
		}
	}
	for _, f := range formats {
		if f.kind == watch.Lines && read[f.name] == 0 {
			t.Errorf("no run of %s was read", f.name)
		}
	}
}

// lend has a format read bytes that are lent to it, and is how many runs it found.
func lend(t *testing.T, f format, text []byte, file string) int {
	t.Helper()
	want, wantErr := f.parse(bytes.NewReader(text))
	lent := bytes.Clone(text)
	f.whole(lent)
	if _, _, err := f.split(lent, false); err != nil {
		t.Errorf("%s splits %s: %v", f.name, file, err)
	}
	got, gotErr := f.parse(bytes.NewBuffer(lent))
	if !bytes.Equal(lent, text) {
		t.Errorf("%s changes %s", f.name, file)
	}
	for i := range lent {
		lent[i] = '#'
	}
	if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(gotErr, wantErr) {
		t.Errorf("%s keeps a part of %s", f.name, file)
	}
	return len(got)
}
