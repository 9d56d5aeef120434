package ansible

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/converged/converged/parsers/report"
)

func TestHostsOverTheLimitAreToldOf(t *testing.T) {
	var b strings.Builder
	b.WriteString(playLine(1) + `{"_event":"v2_playbook_on_stats","stats":{`)
	for n := range maxHosts + 1 {
		fmt.Fprintf(&b, `"web%05d":{"ok":1},`, n)
	}
	runs, err := Lines(strings.NewReader(strings.TrimSuffix(b.String(), ",") + "}}\n"))
	if len(runs) != maxHosts || !errors.Is(err, report.ErrTooLarge) || !strings.Contains(err.Error(), "of the run 02fc0000-0001-0001-aaaa hosts after the first 20000 are left out") {
		t.Errorf("%d runs, error %v", len(runs), err)
	}
}

func TestTasksOverTheLimitAreCountedAndNotListed(t *testing.T) {
	text := playLine(1) + strings.Repeat(taskLine(1, "ok", `"changed":false`), maxRows+1) + taskLine(1, "failed", `"msg":"no"`) +
		`{"_event":"v2_playbook_on_stats","stats":{"web1":{"ok":10001,"failures":1,"skipped":0,"unreachable":0}}}` + "\n"
	runs, err := Lines(strings.NewReader(text))
	if err != nil || len(runs) != 1 {
		t.Fatalf("%d runs, error %v", len(runs), err)
	}
	if r := runs[0]; len(r.ResourceList) != maxRows || *r.Resources.Total != 10_002 || r.Failure == nil || r.Failure.Message != "no" {
		t.Errorf("%d rows, %v, failure %+v", len(r.ResourceList), r.Resources, r.Failure)
	}
}
