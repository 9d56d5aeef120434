package puppet

import (
	"bytes"
	"testing"

	"github.com/converged/converged/parsers/parsetest"
	"github.com/converged/converged/parsers/report"
)

func FuzzReport(f *testing.F) {
	parsetest.Seed(f, cases, "report.yaml")
	parsetest.Seed(f, cases, "report.json")
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
	parsetest.Seed(f, cases, "summary.yaml")
	f.Fuzz(func(t *testing.T, data []byte) {
		runs, err := Summary(bytes.NewReader(data))
		if err == nil && len(runs) != 1 {
			t.Fatalf("%d runs, no error", len(runs))
		}
		checkRuns(t, runs, err)
	})
}

// checkRuns holds what came out of any input to what everyone relies on.
func checkRuns(t *testing.T, runs []report.Run, err error) {
	t.Helper()
	parsetest.Check(t, report.Puppet, runs, err)
	if err != nil && runs != nil {
		t.Fatalf("%d runs beside the error %v", len(runs), err)
	}
	for _, run := range runs {
		if run.Phase != report.Finished || len(run.ResourceList) > maxRows {
			t.Fatalf("%+v", run)
		}
	}
}
