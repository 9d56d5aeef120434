package daemon

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/converged/converged/daemon/analyse"
	"github.com/converged/converged/parsers/report"
)

var update = flag.Bool("update", false, "write what is made instead of comparing with it")

// reportFiles are the files of a case that a tool wrote.
var reportFiles = []string{
	"report.json", "collector.json", "report.yaml", "summary.yaml", "stdout.json", "stdout.jsonl", "events.jsonl",
}

// Each case of testdata has the batches that its runs become, beside it.
func TestTheBatchesOfRealReports(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "testdata", "*", "*", "*.*"))
	if err != nil {
		t.Fatal(err)
	}
	tested := 0
	for _, file := range files {
		kind := filepath.Base(file)
		if !slices.Contains(reportFiles, kind) {
			continue
		}
		tested++
		dir := filepath.Dir(file)
		t.Run(filepath.Base(dir)+"/"+kind, func(t *testing.T) {
			compare(t, filepath.Join(dir, "batch."+strings.Replace(kind, ".yaml", ".json", 1)), batchesOf(t, file))
		})
	}
	if tested < 20 {
		t.Errorf("only %d reports were found", tested)
	}
}

// batchesOf is what a node named "here" that adds one tag would send.
func batchesOf(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	options := analyse.Options{
		Tags: []string{"team:web"}, FallbackHost: "here", Origin: "/var/chef/" + filepath.Base(file),
		Arrived: time.Date(2026, 11, 20, 23, 0, 0, 0, time.UTC),
		Tool:    report.Tool(filepath.Base(filepath.Dir(filepath.Dir(file)))),
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	runs, fault := Inspect(bytes.NewReader(text))
	for _, r := range runs {
		if b, ok := analyse.Batch(r, options); ok {
			if err := e.Encode(b); err != nil {
				t.Fatal(err)
			}
		}
	}
	if fault != nil {
		if err := e.Encode(analyse.Unparsable(options.Origin, fault, options.Arrived, options)); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

func compare(t *testing.T, golden string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(golden, got, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the batch differs from %s:\n%s", golden, got)
	}
}
