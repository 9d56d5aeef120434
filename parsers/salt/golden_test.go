package salt

import (
	"testing"

	"github.com/converged/converged/parsers/parsetest"
)

const cases = "../../testdata/salt"

func TestGolden(t *testing.T) {
	parsetest.Golden(t, cases, "report.json", "run.report.json", Return)
	parsetest.Golden(t, cases, "events.jsonl", "run.events.json", Events)
}
