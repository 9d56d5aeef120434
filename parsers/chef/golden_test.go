package chef

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/converged/converged/parsers/parsetest"
	"github.com/converged/converged/parsers/report"
)

const cases = "../../testdata/chef"

func TestGolden(t *testing.T) {
	parsetest.Golden(t, cases, "report.json", "run.report.json", Report)
	parsetest.Golden(t, cases, "collector.json", "run.collector.json", Collector)
}

// one is the only run of a case's input.
func one(t *testing.T, name, input string) report.Run {
	t.Helper()
	parse := Report
	if input == "collector.json" {
		parse = Collector
	}
	runs, err := parse(bytes.NewReader(parsetest.Read(t, filepath.Join(cases, name, input))))
	if err != nil || len(runs) != 1 {
		t.Fatalf("%s/%s: %d runs, error %v", name, input, len(runs), err)
	}
	return runs[0]
}
