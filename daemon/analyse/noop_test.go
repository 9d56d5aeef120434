package analyse

import (
	"strings"
	"testing"

	"github.com/converged/converged/parsers/report"
)

// A noop run says what it would change wherever it is told of.
func TestWhatANoopRunWouldChange(t *testing.T) {
	for name, c := range map[string]struct {
		noop    bool
		pending int
		want    string // of the check's message
	}{
		"one":      {true, 1, "noop: 1 resource would change"},
		"several":  {true, 3, "noop: 3 resources would change"},
		"none":     {true, 0, ""},
		"for real": {false, 3, ""},
	} {
		r := succeeded()
		r.Noop, r.Resources.Pending = &c.noop, &c.pending
		b := batchOf(t, r, Options{SuccessEvents: true})
		if got := b.ServiceChecks[0].Message; got != c.want {
			t.Errorf("%s: the check says %q", name, got)
		}
		if text := b.Events[0].Text; strings.Contains(text, "would change") != (c.want != "") || !strings.Contains(text, c.want) {
			t.Errorf("%s: the event says %q", name, text)
		}
		r.Status, r.Failure = report.Failure, &report.Problem{Message: "no", Resource: "Exec[build]", Phase: report.Converge}
		if e := batchOf(t, r, Options{}).Events[0]; !strings.Contains(e.Text, c.want) || !strings.HasSuffix(e.Title, ": Exec[build]") {
			t.Errorf("%s: of a failure it says %q, %q", name, e.Title, e.Text)
		}
	}
}
