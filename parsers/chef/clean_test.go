package chef

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/converged/converged/parsers/report"
)

// TestLimits sends more of everything than a Run keeps.
func TestLimits(t *testing.T) {
	many := func(n int, item func(int) any) []any {
		list := make([]any, n)
		for i := range n {
			list[i] = item(i)
		}
		return list
	}
	name := func(i int) any { return fmt.Sprint("n", i) }
	books := map[string]any{}
	for i := range maxCookbooks + 5 {
		books[fmt.Sprint("c", i)] = map[string]any{"version": "1"}
	}
	run := parsed(t, map[string]any{
		"success": false, "exception": "X: " + strings.Repeat("é", maxMessage), "backtrace": many(maxFrames+7, name),
		"all_resources": many(maxRows+3, func(i int) any {
			long := ""
			if i == 99 {
				long = strings.Repeat("n", maxName)
			}
			return resource("Log", map[string]any{"name": fmt.Sprint(i, long), "elapsed_time": 1})
		}),
		"updated_resources": many(maxRows+2, name),
		"node": map[string]any{
			"name": strings.Repeat("h", maxName+1), "run_list": many(maxListed+1, name), "normal": map[string]any{"tags": many(maxListed+1, name)},
			"automatic": map[string]any{"roles": many(maxListed+1, name), "cookbooks": books},
		},
	})
	if count(run.Resources.Total) != maxRows+3 || count(run.Resources.Updated) != maxRows+2 {
		t.Errorf("the counters are %d and %d", count(run.Resources.Total), count(run.Resources.Updated))
	}
	for what, pair := range map[string][2]int{
		"rows": {len(run.ResourceList), maxRows}, "tags": {len(run.Tags), maxListed}, "roles": {len(run.Roles), maxListed},
		"run list": {len(run.RunList), maxListed}, "cookbooks": {len(run.Cookbooks), maxCookbooks}, "frames": {len(run.Failure.Backtrace), maxFrames + 1},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%d %s, want %d", pair[0], what, pair[1])
		}
	}
	if last := run.Failure.Backtrace[maxFrames]; last != "... and 7 more frames" {
		t.Errorf("the stack trace ends in %q", last)
	}
	const mark = " … [cut after 65536 bytes]"
	if m := run.Failure.Message; len(m) > maxMessage+len(mark) || !strings.HasSuffix(m, mark) || !utf8.ValidString(m) {
		t.Errorf("a message of %d bytes: ...%q", len(m), m[len(m)-40:])
	}
	if !strings.HasSuffix(run.Host, "[cut after 4096 bytes]") || !strings.HasSuffix(run.ResourceList[99].Name, "[cut after 4096 bytes]") {
		t.Errorf("a host of %d bytes, a name of %d", len(run.Host), len(run.ResourceList[99].Name))
	}
}

func TestLimitsOfTheCollector(t *testing.T) {
	var rows, roles strings.Builder
	for i := range maxRows + 10 {
		fmt.Fprintf(&rows, `{"type":"log","name":"%d","duration":"1","status":"failed","ignore_failure":%v,"error_message":%q},`, i, i < maxRows+5, strings.Repeat("m", 9))
		fmt.Fprintf(&roles, `{"type":"role","name":"r%d","children":[{"type":"role","name":"s%d","children":[]}]},`, i, i)
	}
	line := strings.NewReplacer(`"resources":[`, `"resources":[`+rows.String(), `"expanded_run_list":{}`, `"expanded_run_list":{"run_list":[`+roles.String()+`null]}`,
		`"total_resource_count":1`, `"total_resource_count":10011`, `"status":"success"`, `"status":"failure"`).Replace(ended("a"))
	runs, err := Collector(strings.NewReader(line))
	if err != nil {
		t.Fatal(err)
	}
	run := runs[0]
	if len(run.ResourceList) != maxRows || count(run.Resources.Failed) != maxRows+10 || count(run.Resources.Total) != maxRows+11 || len(run.Roles) != maxListed {
		t.Errorf("%d rows, %d failed of %d, %d roles", len(run.ResourceList), count(run.Resources.Failed), count(run.Resources.Total), len(run.Roles))
	}
	if run.Failure.Resource != "log[10005]" {
		t.Errorf("the failed row over the limit is %q", run.Failure.Resource)
	}
}

func TestHostileText(t *testing.T) {
	run := one(t, "18-hostile-text", "report.json")
	if want := "red nul <b>&\u2028\nnext \ufffd \ufffd\ufffd caf\ufffd"; run.Failure.Class != "RuntimeError" || run.Failure.Message != want {
		t.Errorf("%s: %q, want %q", run.Failure.Class, run.Failure.Message, want)
	}
	if row := run.ResourceList[0]; row.Name != "name | \"q\", \n2" || row.Status != report.UpToDate {
		t.Errorf("%+v", row)
	}
	if run.ID != "0c5e2c1e-1f8e-4d5e-9c39-8a9d1b0a1804" {
		t.Errorf("of two run_id the first was kept: %s", run.ID)
	}
}
