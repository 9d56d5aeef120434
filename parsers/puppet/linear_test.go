// The race detector distorts the costs that are compared here.

//go:build unix && !race

package puppet

import (
	"testing"

	"github.com/converged/converged/parsers/parsetest"
)

func TestAReportTakesLinearTime(t *testing.T) {
	around, nested := parsetest.Around, parsetest.Nested
	const head = "--- !ruby/object:Puppet::Transaction::Report\nhost: h\nstatus: failed\nreport_format: 12\n"
	const tail = "corrective_change: false\n"
	const row, rows = head + "resource_statuses:\n  Exec[a]:\n    failed: true\n    events:\n    - status: failure\n      message: ", "\n" + tail
	const event = `{"host":"h","status":"failed","corrective_change":false,"resource_statuses":{"Exec[a]":{"failed":true,"events":[{"status":"failure","message":"`
	for name, text := range map[string]func(int) string{
		"rows":              around(head+"resource_statuses:\n", "  File[/%d]:\n    title: /%d\n    changed: true\n    events:\n    - name: a\n      message: b\n", tail),
		"empty rows":        around(head+"resource_statuses:\n", "  File[/%d]:\n", tail),
		"the same row":      around(head+"resource_statuses:\n", "  File[/a]: {failed: true}\n", tail),
		"odd keys":          around(head+"resource_statuses:\n", "  ? |-\n    File[a\n    %d]\n  :\n    failed: true\n", tail),
		"keys alone":        around(head+"resource_statuses:\n", "  ? a\n", tail),
		"unreadable rows":   around(head+"resource_statuses:\n", "  File[/%d]:\n    title: @a\n", tail),
		"logs":              around(head+"logs:\n", "- level: err\n  message: m %d\n  source: Puppet\n", tail),
		"unreadable logs":   around(head+"logs:\n", "- level: err\n  message: @m\n", tail),
		"tags":              around(head+"logs:\n- level: err\n  tags:\n", "  - a\n", tail),
		"anchors":           around(head+"logs:\n", "- level: &%d err\n  message: *%d\n  source: Puppet\n", tail),
		"aliases":           around(head+"environment: &a production\nresource_statuses:\n", "  File[/%d]:\n    file: *a\n", tail),
		"events":            around(head+"resource_statuses:\n  File[a]:\n    failed: true\n    events:\n", "    - status: failure\n      message: m\n", tail),
		"figures":           around(head+"metrics:\n  time:\n    values:\n", "    - - a%d\n      - A\n      - 1.5\n", tail),
		"keys":              around(head, "a%d: 1\n", tail),
		"sections again":    around(head, "logs: []\nmetrics: {}\n", tail),
		"blank lines":       around(head, "\n", tail),
		"comments":          around(head, "# a\n", tail),
		"documents":         around("", head+tail, ""),
		"empty documents":   around("", "---\n", head+tail),
		"ends of documents": around("", "...\n", head+tail),
		"depth":             nested(head+"environment: ", "[", "]", "\n"+tail),
		"wide":              around(row+"m\n", "    x%d: {a: b}\n", tail),
		"changes":           around(row+`"`, `change from 'a' to `, `"`+rows),
		"quotes":            around(row+`"change from `, `'a\\' `, ` to 'b' failed: x"`+rows),
		"returns":           around(row+`"`, `: 'a' returned 3`, `"`+rows),
		"executions":        around(row+`"`, `Execution of '`, `' returned 3: "`+rows),
		"expected":          around(row+`"'/bin/a b' returned 1 instead of one of [`, `0,`, `x"`+rows),
		"places":            around(head+"logs:\n- level: err\n  source: Puppet\n  message: \"", `(file: a, line: `, "\"\n"+tail),
		"declarations":      around(head+"logs:\n- level: err\n  source: Puppet\n  message: \"", ` is already declared at (file: `, "\"\n"+tail),
		"frames":            around(row+`"no\n`, "/a.rb:%d:in `b'\\n", `"`+rows),
		"routes":            around(head+"logs:\n", "- level: err\n  source: Puppet\n  message: a failed, trying next route\n", "- level: err\n  source: Puppet\n  message: No more routes to puppet\n"+tail),
		"JSON rows":         around(`{"host":"h","status":"failed","resource_statuses":{`, `"File[/%d]":{"title":"/%d","events":[{"name":"a"}]},`, `"a":{}},"corrective_change":false}`),
		"JSON logs":         around(`{"host":"h","status":"failed","logs":[`, `{"message":"m","source":"Puppet","level":"err"},`, `0],"corrective_change":false}`),
		"JSON figures":      around(`{"host":"h","status":"failed","metrics":{"time":{"values":[`, `["a%d","A",1],`, `0]}},"corrective_change":false}`),
		"JSON figure":       around(`{"host":"h","status":"failed","metrics":{"time":{"values":[[`, `"a",`, `0]]}},"corrective_change":false}`),
		"JSON escapes":      around(event, `\udce9\n\u001b[`, `"}]}}}`),
		"JSON keys":         around(`{"host":"h","status":"failed",`, `"noop":true,`, `"corrective_change":false}`),
		"JSON spaces":       around(`{"host":"h",`, " \n", `"status":"failed","corrective_change":false}`),
	} {
		parsetest.Linear(t, name, Report, text)
	}
	parsetest.Linear(t, "a summary", Summary, around("version:\n  puppet: 8.1.0\nevents:\n", "  a%d: 1\n", ""))
}
