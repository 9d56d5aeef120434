package puppet

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/converged/converged/parsers/parsetest"
	"github.com/converged/converged/parsers/report"
)

const cases = "../../testdata/puppet"

func TestGolden(t *testing.T) {
	parsetest.Golden(t, cases, "report.yaml", "run.report.json", Report)
	parsetest.Golden(t, cases, "summary.yaml", "run.summary.json", Summary)
}

// one is the only run of a case's report.
func one(t testing.TB, name string) report.Run {
	t.Helper()
	return parsed(t, string(parsetest.Read(t, filepath.Join(cases, name, "report.yaml"))))
}

// parsed is the only run of a report.
func parsed(t testing.TB, text string) report.Run {
	t.Helper()
	runs, err := Report(strings.NewReader(text))
	if err != nil || len(runs) != 1 {
		t.Fatalf("%d runs, error %v", len(runs), err)
	}
	return runs[0]
}
