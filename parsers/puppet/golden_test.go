package puppet

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

const cases = "../../testdata/puppet"

// formats are the files of a case and what reads them.
var formats = []struct {
	input, golden string
	parse         func(io.Reader) ([]report.Run, error)
}{
	{"report.yaml", "run.report.json", Report},
	{"report.json", "run.report.json", Report},
	{"summary.yaml", "run.summary.json", Summary},
}

// golden is what is compared: the runs, and what was said of the rest.
type golden struct {
	Runs  []report.Run `json:"runs"`
	Error string       `json:"error,omitempty"`
}

func TestGolden(t *testing.T) {
	for _, format := range formats {
		inputs, err := filepath.Glob(filepath.Join(cases, "*", format.input))
		if err != nil || len(inputs) == 0 {
			t.Fatalf("no %s under %s: %v", format.input, cases, err)
		}
		for _, input := range inputs {
			t.Run(filepath.Base(filepath.Dir(input))+"/"+format.input, func(t *testing.T) {
				runs, err := format.parse(bytes.NewReader(read(t, input)))
				got := golden{Runs: runs}
				if err != nil {
					got.Error = err.Error()
				}
				compare(t, filepath.Join(filepath.Dir(input), format.golden), got)
			})
		}
	}
}

func compare(t *testing.T, file string, got golden) {
	t.Helper()
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(got); err != nil {
		t.Fatal(err)
	}
	text := buf.Bytes()
	if *update {
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want := read(t, file); !bytes.Equal(text, want) {
		t.Errorf("%s differs from what is read now (go test -update writes it anew):\n%s", file, text[:min(len(text), 4000)])
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

// one is the only run of a case's report.
func one(t testing.TB, name string) report.Run {
	t.Helper()
	return parsed(t, string(read(t, filepath.Join(cases, name, "report.yaml"))))
}

// parsed is the only run of a report.
func parsed(t testing.TB, text string) report.Run {
	t.Helper()
	runs, err := Report(bytes.NewReader([]byte(text)))
	if err != nil || len(runs) != 1 {
		t.Fatalf("%d runs, error %v", len(runs), err)
	}
	return runs[0]
}
