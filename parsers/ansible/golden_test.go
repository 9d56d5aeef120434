package ansible

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

const cases = "../../testdata/ansible"

// formats are the files of a case and what reads them.
var formats = map[string]func(io.Reader) ([]report.Run, error){
	"stdout.json":  Document,
	"stdout.jsonl": Lines,
}

func TestGolden(t *testing.T) {
	for name, parse := range formats {
		inputs, err := filepath.Glob(filepath.Join(cases, "*", name))
		if err != nil || len(inputs) < 4 {
			t.Fatalf("%d of %s under %s: %v", len(inputs), name, cases, err)
		}
		for _, input := range inputs {
			dir := filepath.Dir(input)
			t.Run(filepath.Base(dir)+"/"+name, func(t *testing.T) {
				compare(t, filepath.Join(dir, "run."+name), parse, input)
			})
		}
	}
}

func compare(t *testing.T, file string, parse func(io.Reader) ([]report.Run, error), input string) {
	t.Helper()
	runs, err := parse(bytes.NewReader(read(t, input)))
	got := struct {
		Runs  []report.Run `json:"runs"`
		Error string       `json:"error,omitempty"`
	}{Runs: runs}
	if err != nil {
		got.Error = err.Error()
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(got); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(out.Bytes(), read(t, file)) {
		t.Errorf("%s differs from what is read now (go test -update writes it anew):\n%s", file, out.Bytes())
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

// hosts are a case's runs by host; both formats must tell of the same hosts.
func hosts(t *testing.T, name, input string) map[string]report.Run {
	t.Helper()
	runs, err := formats[input](bytes.NewReader(read(t, filepath.Join(cases, name, input))))
	if err != nil {
		t.Fatal(err)
	}
	byHost := map[string]report.Run{}
	for _, run := range runs {
		byHost[run.Host] = run
	}
	return byHost
}
