package puppet

import (
	"bytes"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/converged/converged/parsers/report"
)

func FuzzReport(f *testing.F) {
	seed(f, "report.yaml")
	seed(f, "report.json")
	f.Add([]byte(small("", "- level: err\n  message: &a b\n  source: Puppet\n", "*a", "")))
	f.Fuzz(func(t *testing.T, data []byte) {
		runs, err := Report(bytes.NewReader(data))
		if err == nil && (len(runs) == 0 || !Complete(data)) {
			t.Fatalf("%d runs, no error", len(runs))
		}
		checkRuns(t, runs, err)
	})
}

func FuzzSummary(f *testing.F) {
	seed(f, "summary.yaml")
	f.Fuzz(func(t *testing.T, data []byte) {
		runs, err := Summary(bytes.NewReader(data))
		if err == nil && len(runs) != 1 {
			t.Fatalf("%d runs, no error", len(runs))
		}
		checkRuns(t, runs, err)
	})
}

// seed gives the fuzzer the small inputs among the cases: big ones only make it slow.
func seed(f *testing.F, input string) {
	files, err := filepath.Glob(filepath.Join(cases, "*", input))
	if err != nil || len(files) == 0 {
		f.Fatalf("no %s: %v", input, err)
	}
	for _, file := range files {
		if data := read(f, file); len(data) < 8_000 {
			f.Add(data)
		}
	}
}

// checkRuns holds what came out of any input to what everyone relies on.
func checkRuns(t *testing.T, runs []report.Run, err error) {
	t.Helper()
	if err != nil && (runs != nil || !classed(err)) {
		t.Fatalf("%d runs beside the error %v", len(runs), err)
	}
	for _, run := range runs {
		if run.ID == "" || run.Tool != report.Puppet || run.Source == "" || run.Phase != report.Finished {
			t.Fatalf("%+v", run)
		}
		if run.Duration != nil && *run.Duration < 0 || len(run.ResourceList) > maxRows {
			t.Fatalf("%+v", run)
		}
		text, err := json.Marshal(run)
		if err != nil {
			t.Fatal(err)
		}
		var back any
		if err := json.Unmarshal(text, &back); err != nil || !printable(back) {
			t.Fatalf("%s: %v", text, err)
		}
	}
}

// printable says whether no text within a decoded JSON value holds a control character.
func printable(value any) bool {
	switch v := value.(type) {
	case string:
		return utf8.ValidString(v) && v == report.Clean(v, len(v))
	case []any:
		return !slices.ContainsFunc(v, func(item any) bool { return !printable(item) })
	case map[string]any:
		for key, item := range v {
			if !printable(key) || !printable(item) {
				return false
			}
		}
	}
	return true
}

func classed(err error) bool {
	for _, class := range []error{report.ErrEmpty, report.ErrForeign, report.ErrTruncated, report.ErrMalformed, report.ErrTooLarge} {
		if errors.Is(err, class) {
			return true
		}
	}
	return false
}
