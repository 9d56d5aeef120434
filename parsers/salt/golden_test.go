package salt

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

const cases = "../../testdata/salt"

func TestGolden(t *testing.T) {
	for _, format := range []struct {
		input, golden string
		parse         func(io.Reader) ([]report.Run, error)
	}{
		{"report.json", "run.report.json", Return},
		{"events.jsonl", "run.events.json", Events},
	} {
		inputs, err := filepath.Glob(filepath.Join(cases, "*", format.input))
		if err != nil || len(inputs) == 0 {
			t.Fatalf("no %s under %s: %v", format.input, cases, err)
		}
		for _, input := range inputs {
			t.Run(filepath.Base(filepath.Dir(input)), func(t *testing.T) {
				runs, err := format.parse(bytes.NewReader(read(t, input)))
				if err != nil {
					t.Fatal(err)
				}
				compare(t, filepath.Join(filepath.Dir(input), format.golden), runs)
			})
		}
	}
}

func compare(t *testing.T, file string, runs []report.Run) {
	t.Helper()
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(runs); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, buf.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(buf.Bytes(), read(t, file)) {
		t.Errorf("%s differs from what is read now (go test -update writes it anew):\n%s", file, buf.Bytes())
	}
}

func read(t testing.TB, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
