package chef

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/converged/converged/parsers/report"
)

func FuzzReport(f *testing.F) {
	seed(f, "report.json")
	f.Add([]byte(document(f, nil)))
	f.Fuzz(func(t *testing.T, data []byte) {
		runs, err := Report(bytes.NewReader(data))
		if err == nil && (len(runs) != 1 || !Complete(data) || runs[0].Status == "" || runs[0].Phase != report.Finished) {
			t.Fatalf("%d runs, no error", len(runs))
		}
		if err != nil && runs != nil {
			t.Fatalf("runs beside the error %v", err)
		}
		checkRuns(t, runs, err)
	})
}

func FuzzCollector(f *testing.F) {
	seed(f, "collector.json")
	f.Add([]byte(started("a") + "\n" + ended("a")[:99] + started("b") + ended("b") + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		runs, err := Collector(bytes.NewReader(data))
		checkRuns(t, runs, err)
		if err == nil && len(runs) == 0 {
			t.Fatal("neither a run nor an error")
		}
		again, err2 := Collector(io.MultiReader(bytes.NewReader(data[:len(data)/2]), bytes.NewReader(data[len(data)/2:])))
		if !reflect.DeepEqual(runs, again) || (err == nil) != (err2 == nil) {
			t.Fatalf("read in two pieces: %v, error %v; whole: %v, error %v", again, err2, runs, err)
		}
		held, err3 := Collector(bytes.NewBuffer(data))
		if !reflect.DeepEqual(runs, held) || fmt.Sprint(err) != fmt.Sprint(err3) {
			t.Fatalf("read in place: %v, error %v; copied: %v, error %v", held, err3, runs, err)
		}
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
	if err != nil && !classed(err) {
		t.Fatalf("an error of no class: %v", err)
	}
	seen := map[string]bool{}
	for _, run := range runs {
		if run.ID == "" || seen[run.ID] || run.Tool != report.Chef || run.Source == "" {
			t.Fatalf("%+v", run)
		}
		seen[run.ID] = true
		if run.Duration != nil && *run.Duration < 0 || (run.Failure != nil && run.Phase != report.Finished) {
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
