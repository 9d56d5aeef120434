package chef

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/converged/converged/parsers/parsetest"
	"github.com/converged/converged/parsers/report"
)

// started and ended are the two messages of a run, as Chef 15 and later write them.
func started(id string) string {
	return fmt.Sprintf(`{"chef_server_fqdn":"localhost","entity_uuid":null,"id":%[1]q,"message_version":"1.0.0","message_type":"run_start",`+
		`"node_name":"web-01","organization_name":"acme","run_id":%[1]q,"source":"chef_client","start_time":"2026-01-02T03:04:05Z"}`, id)
}

func ended(id string) string {
	return fmt.Sprintf(`{"chef_server_fqdn":"localhost","entity_uuid":null,"expanded_run_list":{},"id":%[1]q,"message_version":"1.1.0","message_type":"run_converge",`+
		`"node":{"name":"web-01","automatic":{"a":{"run_id":"not a message"}}},"node_name":"web-01","resources":[{"type":"log","name":"x","duration":"250","status":"updated"}],`+
		`"run_id":%[1]q,"run_list":[],"cookbooks":{},"start_time":"2026-01-02T03:04:05Z","end_time":"2026-01-02T03:04:05Z","status":"success",`+
		`"total_resource_count":1,"updated_resource_count":1}`, id)
}

// told is the runs as "id:phase", in their order.
func told(runs []report.Run) string {
	list := make([]string, len(runs))
	for i, run := range runs {
		list[i] = run.ID + ":" + string(run.Phase)
	}
	return strings.Join(list, " ")
}

func TestCollectorJoinsStartsAndEnds(t *testing.T) {
	for name, c := range map[string]struct{ input, want string }{
		"a run":             {started("a") + "\n" + ended("a") + "\n", "a:finished"},
		"no last newline":   {started("a") + "\n" + ended("a"), "a:finished"},
		"windows, blanks":   {"\r\n" + started("a") + "\r\n\r\n" + ended("a") + "\r\n \n", "a:finished"},
		"interleaved":       {started("a") + "\n" + started("b") + "\n" + ended("b") + "\n" + ended("a") + "\n", "a:finished b:finished"},
		"an end alone":      {ended("a") + "\n" + started("b") + "\n", "a:finished b:started"},
		"end before start":  {ended("a") + "\n" + started("a") + "\n", "a:finished"},
		"told twice":        {started("a") + "\n" + started("a") + "\n" + ended("a") + "\n" + ended("a") + "\n", "a:finished"},
		"no newline at all": {started("a") + ended("a") + started("b"), "a:finished b:started"},
	} {
		runs, err := Collector(strings.NewReader(c.input))
		if err != nil || told(runs) != c.want {
			t.Errorf("%s: %q, %v", name, told(runs), err)
		}
	}
}

func TestCollectorRecovers(t *testing.T) {
	end := ended("a")
	for name, torn := range map[string]string{
		"within a key":      end[:20],
		"within a string":   end[:strings.Index(end, "not a mess")+3],
		"before a value":    end[:strings.Index(end, `"automatic":`)+len(`"automatic":`)],
		"before an item":    end[:strings.Index(end, `"resources":[`)+len(`"resources":[`)],
		"within a number":   end[:strings.Index(end, `"total_resource_count":1`)+len(`"total_resource_count":1`)],
		"all but its brace": end[:len(end)-1],
	} {
		input := started("a") + "\n" + torn + started("b") + "\n" + ended("b") + "\n"
		runs, err := Collector(strings.NewReader(input))
		if told(runs) != "a:started b:finished" {
			t.Errorf("%s: %q", name, told(runs))
		}
		if want := fmt.Sprintf("line 2, column 1: the report is cut short: %d bytes of a message are lost; the next message begins at column %d",
			len(torn), len(torn)+1); !errors.Is(err, report.ErrTruncated) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %s", name, err, want)
		}
	}
}

func TestCollectorFaults(t *testing.T) {
	ruby := string(parsetest.Read(t, filepath.Join(cases, "14-ruby-hash", "collector.json")))
	for name, c := range map[string]struct {
		input, want string
		class       error
		says        string
	}{
		"nothing":           {"", "", report.ErrEmpty, "no line"},
		"blank lines":       {"\n \r\n\t\n", "", report.ErrEmpty, "no line"},
		"cut last line":     {ended("a") + "\n" + started("b")[:50], "a:finished", report.ErrTruncated, "line 2, column 51: "},
		"torn, then a line": {ended("a")[:90] + "\n" + started("b") + "\n", "b:started", report.ErrTruncated, "line 1, column 91: "},
		"two torn, glued":   {ended("a")[:90] + ended("b")[:80] + "\n", "", report.ErrMalformed, "line 1, column "},
		"other kinds": {`{"message_type":"action","id":"x","run_id":"y","task":"update"}` + ended("a") + "\n" +
			`{"chef_server_fqdn":"s","event_type":"node_ping","node_name":"n"}` + "\n" + `{"node_uuid":"u","type":"inspec_report","profiles":[{"id":"p"}]}` + "\n",
			"a:finished", nil, ""},
		"an unknown kind":  {`{"message_type":"run_paused","id":"x"}` + "\n" + ended("a") + "\n", "a:finished", report.ErrForeign, `message_type "run_paused"`},
		"another document": {`{"local":{"retcode":0}}` + "\n", "", report.ErrForeign, "without run_id"},
		"foreign, glued":   {`{"local":{}}` + ended("a") + "\n", "a:finished", report.ErrForeign, "line 1, column 1"},
		"text":             {"hello\n" + ended("a") + "\n", "a:finished", report.ErrForeign, "line 1, column 1: not a report of a known format: expected a JSON object, found 'h'"},
		"text behind":      {ended("a") + " hello\n", "a:finished", report.ErrForeign, "found 'h'"},
		"text between":     {ended("a") + "xx" + ended("b") + "\n", "a:finished b:finished", report.ErrTruncated, "2 bytes"},
		"spread":           {"\n{\n  \"node\": null\n}\n", "", report.ErrForeign, "line 2, column 1: not a report of a known format: a JSON document over several lines"},
		"ruby":             {ruby, "", report.ErrForeign, "line 2, column 1: not a report of a known format: a Ruby hash, not JSON"},
		"ruby, then JSON":  {ruby + ended("a") + "\n", "a:finished", report.ErrForeign, "Ruby hash"},
		"null bytes":       {"\x00\x00\x00" + ended("a") + "\n", "a:finished", report.ErrTruncated, "3 bytes"},
		"deep":             {`{"node":` + strings.Repeat("[", 2000) + "\n", "", report.ErrTooLarge, "nested deeper"},
	} {
		runs, err := Collector(strings.NewReader(c.input))
		if told(runs) != c.want || !errors.Is(err, c.class) || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %q, error %v; want %q, %v and %q", name, told(runs), err, c.want, c.class, c.says)
		}
	}
}

func TestCollectorTellsTheOffsetOfAFault(t *testing.T) {
	first := started("a") + "\n"
	_, err := Collector(strings.NewReader(first + `{"id":nil}` + "\n"))
	fault, ok := errors.AsType[*report.ParseError](err)
	if !ok || fault.Line != 2 || fault.Column != 7 || fault.Offset != int64(len(first)+6) {
		t.Errorf("%+v", fault)
	}
}

func TestCollectorOfManyBadLines(t *testing.T) {
	runs, err := Collector(strings.NewReader(strings.Repeat("x\n", 50) + ended("a") + "\n" + strings.Repeat("y\n", 50)))
	if told(runs) != "a:finished" || strings.Count(err.Error(), "\n") != maxErrors || !strings.Contains(err.Error(), "90 more faults") {
		t.Errorf("%q, %v", told(runs), err)
	}
}

func TestCollectorSkipsALineWithoutEnd(t *testing.T) {
	input := io.MultiReader(
		strings.NewReader(started("a")+"\n"+`{"chef_server_fqdn":"`), io.LimitReader(repeated(strings.Repeat("x", 1<<20)), MaxDocument+5),
		strings.NewReader("\n"+ended("b")+"\n"))
	runs, err := Collector(input)
	if told(runs) != "a:started b:finished" || !errors.Is(err, report.ErrTooLarge) || !strings.Contains(err.Error(), "line 2, column 1") {
		t.Errorf("%q, %v", told(runs), err)
	}
}

// Looking at the blanks before each message would take hours.
func TestCollectorOfManyMessagesBeforeManyBlanks(t *testing.T) {
	runs, err := Collector(strings.NewReader(strings.Repeat("{}", 100_000) + ended("a") + strings.Repeat(" ", 10<<20)))
	if told(runs) != "a:finished" || !errors.Is(err, report.ErrForeign) {
		t.Errorf("%q, %v", told(runs), err)
	}
}

func TestCollectorKeepsABoundedNumberOfRuns(t *testing.T) {
	var input bytes.Buffer
	for i := range maxRuns + 3 {
		input.WriteString(started(fmt.Sprint(i)) + "\n")
	}
	runs, err := Collector(&input)
	if len(runs) != maxRuns || !errors.Is(err, report.ErrTooLarge) || !strings.Contains(err.Error(), "run 10000 is left out") {
		t.Errorf("%d runs, %v", len(runs), err)
	}
}

func TestCollectorWhoseDiskFails(t *testing.T) {
	broken := errors.New("input/output error")
	runs, err := Collector(io.MultiReader(strings.NewReader(started("a")+"\n"+started("b")), iotest.ErrReader(broken)))
	if told(runs) != "a:started" || !errors.Is(err, broken) {
		t.Errorf("%q, %v", told(runs), err)
	}
}

func TestCollectorOfALineOverTheBuffer(t *testing.T) {
	long := strings.Replace(ended("a"), "not a message", strings.Repeat("a long attribute ", 20_000), 1)
	runs, err := Collector(iotest.HalfReader(io.MultiReader(strings.NewReader(started("a")+"\n"+long+"\n"+long), strings.NewReader("\n"+started("b")))))
	if err != nil || told(runs) != "a:finished b:started" {
		t.Errorf("%q, %v", told(runs), err)
	}
}

func TestCollectorPutsTheTreeSecond(t *testing.T) {
	line := func(node, tree string) string {
		return strings.NewReplacer(`"node":{"name":"web-01",`, `"node":{`+node, `"expanded_run_list":{}`, `"expanded_run_list":`+tree).Replace(ended("a"))
	}
	const tree = `{"id":"prod","run_list":[{"type":"role","name":"a","children":[{"type":"role","name":"b","children":[]}]},{"type":"recipe","name":"c"}]}`
	for name, c := range map[string]struct{ line, env, roles string }{
		"nothing known": {line("", "{}"), "", "[] nil"},
		"the tree":      {line("", tree), "prod", "[a b]"},
		"a policy":      {line("", strings.Replace(tree, "prod", "_policy_node", 1)), "", "[a b]"},
		"no roles":      {line("", `{"id":"prod","run_list":[]}`), "prod", "[]"},
		"tree of text":  {line("", `{"id":"prod","run_list":"recipe[a]"}`), "prod", "[] nil"},
		"the node":      {line(`"chef_environment":"dev","automatic":{"roles":["z"]},`, tree), "dev", "[z]"},
	} {
		runs, err := Collector(strings.NewReader(c.line))
		if err != nil {
			t.Fatal(name, err)
		}
		roles := fmt.Sprint(runs[0].Roles)
		if runs[0].Roles == nil {
			roles += " nil"
		}
		if roles != c.roles || runs[0].Environment != c.env {
			t.Errorf("%s: roles %s, environment %q", name, roles, runs[0].Environment)
		}
	}
}

func TestLooksLikeCollector(t *testing.T) {
	for _, c := range []struct {
		head string
		want bool
	}{
		{string(parsetest.Read(t, filepath.Join(cases, "18-updated", "collector.json"))[:2048]), true},
		{string(parsetest.Read(t, filepath.Join(cases, "14-ruby-hash", "collector.json"))), true},
		{`ing":"x"}}}` + "\n" + started("a"), true},
		{`{"id":"a","message_type":"run_start"}`, true}, {`{"message_version"`, false}, {`{"message_version":"1.0.0",`, true},
		{`{"message_type":"action"}`, false}, {`{"id":"a"}`, false}, {``, false}, {`[]`, false}, {`{`, false}, {`hello`, false},
		{string(parsetest.Read(t, filepath.Join(cases, "18-updated", "report.json"))[:2048]), false},
		{document(t, nil), false},
	} {
		if got := LooksLikeCollector([]byte(c.head)); got != c.want {
			t.Errorf("%.60q: %v", c.head, got)
		}
	}
}

func TestCollectorOfOddShapes(t *testing.T) {
	line := func(pairs ...string) report.Run {
		t.Helper()
		runs, err := Collector(strings.NewReader(strings.NewReplacer(pairs...).Replace(ended("a"))))
		if err != nil || len(runs) != 1 {
			t.Fatal(pairs, runs, err)
		}
		return runs[0]
	}
	const rows = `"resources":[{"type":"log","name":"x","duration":"250","status":"updated"}]`
	if run := line(rows, `"resources":null`); run.ResourceList != nil || run.Resources.Failed != nil || run.Duration != nil || count(run.Resources.Total) != 1 {
		t.Errorf("resources null: %+v", run)
	}
	run := line(rows, `"resources":[null,{"type":null,"name":7,"status":"exploded","duration":"soon","ignore_failure":{}}]`)
	if len(run.ResourceList) != 2 || run.ResourceList[1].Status != "" || run.ResourceList[1].Name != "7" || run.Duration != nil {
		t.Errorf("odd rows: %+v", run)
	}
	for _, number := range []string{`-1`, `1.5`, `null`, `"many"`, `1e99`, `[1]`} {
		if run := line(`"total_resource_count":1`, `"total_resource_count":`+number); run.Resources.Total != nil {
			t.Errorf("a count of %s is %d", number, *run.Resources.Total)
		}
	}
	if run := line(`"status":"success"`, `"status":"aborted","error":null`); run.Status != "" || run.Failure != nil {
		t.Errorf("an unknown status: %+v", run)
	}
	run = line(`"status":"success"`, `"status":"failure"`, `"cookbooks":{}`, `"cookbooks":{"a":null,"b":{"version":null}}`)
	if run.Failure == nil || run.Failure.Phase != report.Converge || run.Failure.Class != "" || len(run.Cookbooks) != 2 {
		t.Errorf("a failure without an error: %+v", run)
	}
	run = line(`"cookbooks":{}`, `"cookbooks":[],"error":{"class":null,"message":null,"backtrace":"none","description":null,"more":[]}`)
	if run.Failure == nil || run.Failure.Backtrace != nil || run.Cookbooks != nil {
		t.Errorf("an empty error: %+v", run)
	}
}

func TestCollectorDuration(t *testing.T) {
	for end, want := range map[string]float64{
		"2026-01-02T03:04:05Z":      0.25, // within one second: what the resources took
		"2026-01-02T03:04:09Z":      4,
		"2026-01-02T04:04:09+01:00": 4,
		"2026-01-02T03:04:01Z":      0.25, // the clock was set back
		"2096-01-02T03:04:05Z":      0.25, // or far on
		"":                          0.25,
	} {
		line := strings.Replace(ended("a"), `"end_time":"2026-01-02T03:04:05Z"`, fmt.Sprintf(`"end_time":%q`, end), 1)
		if runs, err := Collector(strings.NewReader(line)); err != nil || known(runs[0].Duration) != want {
			t.Errorf("end %q: %v, want %v", end, known(runs[0].Duration), want)
		}
	}
}

func TestIgnoredFailuresAreNotTheCulprit(t *testing.T) {
	const rows = `{"type":"a","name":"1","status":"failed","ignore_failure":true},{"type":"b","name":"2","status":"failed","ignore_failure":"quiet"},` +
		`{"type":"c","name":"3","status":"failed","ignore_failure":false},{"type":"d","name":"4","status":"failed"}`
	line := strings.NewReplacer(`"resources":[`, `"resources":[`+rows+`,`, `"status":"success"`, `"status":"failure"`).Replace(ended("a"))
	runs, err := Collector(strings.NewReader(line))
	if err != nil || runs[0].Failure.Resource != "c[3]" || count(runs[0].Resources.Failed) != 4 {
		t.Errorf("%+v, %v", runs[0].Failure, err)
	}
}
