package puppet

import (
	"bytes"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/converged/converged/parsers/parsetest"
	"github.com/converged/converged/parsers/report"
)

// A disk that is full cuts a report anywhere. Nothing of it is told as a run, and
// whoever waits for its end goes on waiting.
func TestNoBeginningOfAReportIsARun(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(cases, "*", "report.*"))
	if err != nil || len(files) < 20 {
		t.Fatalf("%d reports, %v", len(files), err)
	}
	for _, file := range files {
		whole := parsetest.Read(t, file)
		begins := max(bytes.Index(whole, []byte("transaction_uuid: ")), bytes.Index(whole, []byte("host: ")))
		tail := bytes.LastIndex(whole, []byte("\ncorrective_change:"))
		step := func(n int) int {
			switch {
			case len(whole) > 100_000:
				return len(whole) / 20
			case n < 400:
				return 3 // where the keys of the root are
			case len(whole)-n < 120:
				return 7
			}
			return max(1, min(len(whole)/25, len(whole)-n-120))
		}
		for n := 1; n < len(whole); n += step(n) {
			if tail > 0 && n > tail+1 && whole[n-1] == '\n' {
				continue // all that every report has is there
			}
			runs, err := Report(bytes.NewReader(whole[:n]))
			if runs != nil || err == nil || Complete(whole[:n]) {
				t.Errorf("%s: of %d bytes %d runs, %v", file, n, len(runs), err)
			}
			if begins > 0 && n > begins+100 {
				checkCut(t, file, whole[:n], err)
			}
		}
	}
}

// checkCut wants an error to say that a report is cut, and where.
func checkCut(t *testing.T, file string, begun []byte, err error) {
	t.Helper()
	var where *report.ParseError
	if !errors.Is(err, report.ErrTruncated) || !errors.As(err, &where) || where.Line != bytes.Count(begun, []byte("\n"))+1 {
		t.Errorf("%s: of %d bytes %v", file, len(begun), err)
	}
}

func TestNoBeginningOfASummaryIsARun(t *testing.T) {
	whole := parsetest.Read(t, filepath.Join(cases, "failed", "summary.yaml"))
	tail := bytes.Index(whole, []byte("events:\n  failure: 3\n")) + len("events:\n  failure: 3\n")
	for n := 1; n < len(whole); n++ {
		if n >= tail && whole[n-1] == '\n' {
			continue
		}
		runs, err := Summary(bytes.NewReader(whole[:n]))
		if runs != nil || err == nil || SummaryComplete(whole[:n]) {
			t.Errorf("of %d bytes %+v, %v", n, runs, err)
		}
		if n > 60 && !errors.Is(err, report.ErrTruncated) {
			t.Errorf("of %d bytes %v", n, err)
		}
	}
}

// Puppet 2 and 3 count nothing of a run without a catalog.
func TestASummaryWithoutCounters(t *testing.T) {
	text := []byte("--- \n  version: \n    config: \n    puppet: \"2.7.23\"\n  time: \n    last_run: 1795213364\n")
	runs, err := Summary(bytes.NewReader(text))
	if err != nil || len(runs) != 1 || runs[0].Status != "" || runs[0].Resources.Total != nil || !SummaryComplete(text) {
		t.Errorf("%+v, %v", runs, err)
	}
	for text, class := range map[string]error{
		"version:\n  puppet: 8.1.0\nresources: [\n": report.ErrMalformed, "a: 1\n": report.ErrForeign, "a: [": report.ErrMalformed,
		"version:\n  puppet: 8.1.0\ntime:\n  last_run: 1795213364\nresources:\n  total: 3\n": report.ErrTruncated,
	} {
		if _, err := Summary(strings.NewReader(text)); !errors.Is(err, class) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// Who waits for the end of a report, and who reads it, think of the same format.
func TestOneIdeaOfTheFormat(t *testing.T) {
	for format, complete := range map[string]bool{"12": false, "'12' # the newest": false, "!!int 12": false, "4": false, "1\x1f": true, "~": true} {
		text := "--- !ruby/object:Puppet::Transaction::Report\nhost: h\nreport_format: " + format + "\nstatus: changed\n"
		if _, err := Report(strings.NewReader(text)); Complete([]byte(text)) != complete || (err == nil) != complete {
			t.Errorf("%s: complete %v, %v", format, Complete([]byte(text)), err)
		}
	}
}

func TestTheEndOfADocumentMayBeMarked(t *testing.T) {
	one, two := parsetest.Read(t, filepath.Join(cases, "failed", "report.yaml")), parsetest.Read(t, filepath.Join(cases, "unchanged", "report.yaml"))
	both := bytes.Join([][]byte{one, two, nil}, []byte("...\n"))
	if runs, err := Report(bytes.NewReader(both)); err != nil || len(runs) != 2 || !Complete(both) {
		t.Errorf("%d runs, %v", len(runs), err)
	}
	if runs, err := Report(bytes.NewReader(slices.Concat(one, []byte("---\n")))); err != nil || len(runs) != 1 {
		t.Errorf("%d runs, %v", len(runs), err)
	}
	begun := slices.Concat(one, two[:len(two)/2])
	_, err := Report(bytes.NewReader(begun))
	checkCut(t, "the second", begun, err)
}
