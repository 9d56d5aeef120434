package ansible

import (
	"slices"
	"strings"
	"testing"

	"github.com/converged/converged/parsers/report"
)

// A task that includes others tells that it went well, and then that they cannot
// be read: it is one task, as the stats count it.
func TestAnIncludeThatFailsIsOneTask(t *testing.T) {
	ok, failed := taskLine(1, "ok", `"changed":false`), taskLine(1, "failed", `"failed":true,"reason":"no such file"`)
	other := strings.ReplaceAll(ok, "000000000009", "000000000010")
	for name, c := range map[string]struct {
		text string
		want []report.Outcome
	}{
		"included":          {ok + failed, []report.Outcome{report.ResourceFailed}},
		"a handler, again":  {ok + other + failed, []report.Outcome{report.UpToDate, report.UpToDate, report.ResourceFailed}},
		"another host":      {ok + onDB(failed), []report.Outcome{report.UpToDate}},
		"changed, and then": {strings.ReplaceAll(ok, `"changed":false`, `"changed":true`) + failed, []report.Outcome{report.Updated, report.ResourceFailed}},
		"without an id":     {strings.ReplaceAll(ok+failed, `"id":"02fc0000-0001-0001-aaaa-000000000009",`, ""), []report.Outcome{report.UpToDate, report.ResourceFailed}},
	} {
		_, runs, err := lines(playLine(1) + c.text + statsLine(1))
		if err != nil || len(runs) == 0 {
			t.Errorf("%s: %d runs, error %v", name, len(runs), err)
			continue
		}
		run, got := runs[len(runs)-1], []report.Outcome{}
		for _, row := range run.ResourceList {
			got = append(got, row.Status)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
