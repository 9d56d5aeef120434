// Package parsetest holds what the tests of all parsers of reports ask: do the
// cases of testdata still give the same runs, and is what comes out of any bytes
// at all what everyone relies on?
package parsetest

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/converged/converged/parsers/report"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Parse reads the runs out of a report.
type Parse = func(io.Reader) ([]report.Run, error)

// golden is what is compared: the runs, and what was said of the rest.
type golden struct {
	Runs  []report.Run `json:"runs"`
	Error string       `json:"error,omitempty"`
}

// Golden compares the runs in each dir/*/input with those in the file named wanted
// beside it. With -update it writes them instead.
func Golden(t *testing.T, dir, input, wanted string, parse Parse) {
	t.Helper()
	for _, file := range inputs(t, dir, input) {
		folder := filepath.Dir(file)
		t.Run(filepath.Base(folder)+"/"+input, func(t *testing.T) {
			runs, err := parse(bytes.NewReader(Read(t, file)))
			Compare(t, filepath.Join(folder, wanted), runs, err)
		})
	}
}

// Read is the bytes of a file.
func Read(t testing.TB, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func inputs(t testing.TB, dir, input string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*", input))
	if err != nil || len(files) == 0 {
		t.Fatalf("no %s under %s: %v", input, dir, err)
	}
	return files
}

func printed(t testing.TB, got golden) []byte {
	t.Helper()
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(got); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// Compare holds runs, and what was said of the rest, against the golden file.
func Compare(t *testing.T, file string, runs []report.Run, err error) {
	t.Helper()
	got := golden{Runs: runs}
	if err != nil {
		got.Error = err.Error()
	}
	text := printed(t, got)
	if *update {
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if want := Read(t, file); !bytes.Equal(text, want) {
		t.Errorf("%s differs from what is read now (go test -update writes it anew):\n%s", file, text[:min(len(text), 4000)])
	}
}
