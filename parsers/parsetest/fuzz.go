package parsetest

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/converged/converged/parsers/report"
)

// maxSeed is the size of an input, in bytes, above which it makes a fuzzer slow.
const maxSeed = 8_000

// Seed gives a fuzzer the small ones among dir/*/input.
func Seed(f *testing.F, dir, input string) {
	f.Helper()
	for _, file := range inputs(f, dir, input) {
		if data := Read(f, file); len(data) < maxSeed {
			f.Add(data)
		}
	}
}

// Check holds what a tool's parser made of any bytes to what everyone relies on:
// errors have a class, runs an id of their own, a source and only text that can be
// printed, and what is not known is not made up.
func Check(t *testing.T, tool report.Tool, runs []report.Run, err error) {
	t.Helper()
	if err != nil && !classed(err) {
		t.Fatalf("an error of no class: %v", err)
	}
	seen := map[string]bool{}
	for _, run := range runs {
		if run.ID == "" || seen[run.ID] || run.Tool != tool || run.Source == "" {
			t.Fatalf("%+v", run)
		}
		seen[run.ID] = true
		if run.Duration != nil && *run.Duration < 0 || run.Phase != report.Finished && (run.Failure != nil || run.Status != "") {
			t.Fatalf("%+v", run)
		}
		checkText(t, run)
	}
}

func checkText(t *testing.T, run report.Run) {
	t.Helper()
	text, err := json.Marshal(run)
	if err != nil {
		t.Fatal(err)
	}
	var back any
	if err := json.Unmarshal(text, &back); err != nil || !printable(back) {
		t.Fatalf("%s: %v", text, err)
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
	return slices.ContainsFunc([]error{report.ErrEmpty, report.ErrForeign, report.ErrTruncated, report.ErrMalformed, report.ErrTooLarge},
		func(class error) bool { return errors.Is(err, class) })
}
