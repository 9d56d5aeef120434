package puppet

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/converged/converged/parsers/parsetest"
	"github.com/converged/converged/parsers/report"
)

// small is a report of one failed resource, with what is put into its places.
func small(head, log, message, rows string) string {
	return "--- !ruby/object:Puppet::Transaction::Report\nhost: h\ntime: '2026-11-20T22:22:44.434477080+00:00'\n" +
		"transaction_uuid: u-1\nreport_format: 12\nstatus: failed\n" + head + "logs:\n" + log +
		"resource_statuses:\n  Exec[a]:\n    title: a\n    resource_type: Exec\n    failed: true\n    events:\n" +
		"    - status: failure\n      message: " + message + "\n" + rows + "corrective_change: false\n"
}

func TestBadInputHasAClass(t *testing.T) {
	whole := string(parsetest.Read(t, filepath.Join(cases, "failed", "report.yaml")))
	put := string(parsetest.Read(t, filepath.Join(cases, "failed-put", "report.json")))
	for name, c := range map[string]struct {
		text  string
		class error
	}{
		"empty":             {"", report.ErrEmpty},
		"blank":             {" \n\n", report.ErrEmpty},
		"foreign YAML":      {"a: 1\nb: 2\n", report.ErrForeign},
		"foreign JSON":      {`{"a":1}`, report.ErrForeign},
		"no mapping":        {"just words\n", report.ErrMalformed},
		"header alone":      {"--- !ruby/object:Puppet::Transaction::Report\n", report.ErrForeign},
		"cut in a line":     {whole[:len(whole)/2], report.ErrTruncated},
		"cut in the rows":   {before(t, whole, "  Schedule[never]:"), report.ErrTruncated},
		"cut in the log":    {before(t, whole, "metrics:"), report.ErrTruncated},
		"cut in metrics":    {before(t, whole, "  time:\n    name"), report.ErrTruncated},
		"cut JSON":          {put[:len(put)/2], report.ErrTruncated},
		"JSON and more":     {put + "x", report.ErrMalformed},
		"a value like this": {strings.Replace(whole, "host: web-01.example.test", "host: 'web", 1), report.ErrMalformed},
		"no object":         {"[1,2]", report.ErrMalformed},
	} {
		runs, err := Report(strings.NewReader(c.text))
		var where *report.ParseError
		if !errors.Is(err, c.class) || !errors.As(err, &where) || runs != nil {
			t.Errorf("%s: %d runs, %v", name, len(runs), err)
		}
		if Complete([]byte(c.text)) && errors.Is(c.class, report.ErrTruncated) {
			t.Errorf("%s is told to be complete", name)
		}
	}
	if !Complete([]byte(whole)) || !Complete([]byte(put)) {
		t.Error("whole reports are told to be cut")
	}
}

// before is what stands before a mark in text.
func before(t *testing.T, text, mark string) string {
	t.Helper()
	head, _, ok := strings.Cut(text, mark)
	if !ok {
		t.Fatalf("no %q", mark)
	}
	return head
}

func TestErrorsNameTheLine(t *testing.T) {
	text := strings.Replace(string(parsetest.Read(t, filepath.Join(cases, "failed", "report.yaml"))), "environment: production", "environment: [", 1)
	_, err := Report(strings.NewReader(text))
	var where *report.ParseError
	if !errors.As(err, &where) || where.Line != 12 {
		t.Errorf("%v", err)
	}
}

func TestTooLarge(t *testing.T) {
	text := strings.NewReader(strings.Repeat("x", MaxDocument+1))
	if _, err := Report(text); !errors.Is(err, report.ErrTooLarge) {
		t.Error(err)
	}
}

func TestHostileText(t *testing.T) {
	for name, c := range map[string]struct{ written, read string }{
		"invalid UTF-8":   {"\"caf\xe9 is shut\"", "caf\uFFFD is shut"},
		"NUL":             {"'a\x00b'", "a\uFFFDb"},
		"escape":          {"\"\\e[31mred\\e[0m\"", "red"},
		"raw escape":      {"plain \x1b[31mred", "plain \uFFFD[31mred"},
		"binary":          {"!binary |-\n        Y2Fmw6k=", "café"},
		"bad base64":      {"!binary '%%%'", "%%%"},
		"untagged base64": {"Y2Fmw6k=", "Y2Fmw6k="},
		"a symbol":        {":err", ":err"},
		"folded":          {"'one\n        two'", "one two"},
		"literal":         {"|-\n        one\n        status: changed\n        - two", "one\nstatus: changed\n- two"},
		"a list":          {"[a, b]", ""},
		"null":            {"~", ""},
		"unknown alias":   {"*nowhere", ""},
		"number":          {"42", "42"},
	} {
		run := parsed(t, small("", "", c.written, ""))
		if run.Failure == nil || run.Failure.Message != c.read || run.Failure.Resource != "Exec[a]" {
			t.Errorf("%s: %+v", name, run.Failure)
		}
	}
}

func TestAliases(t *testing.T) {
	log := "- level: &1 err\n  message: &2 'it broke'\n  source: Puppet\n- level: *1\n  message: *2\n  source: Puppet\n"
	if p := parsed(t, small("", log, "*2", "")).Failure; p.Message != "it broke" {
		t.Errorf("%+v", p)
	}
	if p := parsed(t, small("", log, "~", "")).Failure; p.Message != "it broke" {
		t.Errorf("%+v", p)
	}
}

// Each of these would be a thousand million times itself.
func TestAnchorBombs(t *testing.T) {
	bomb := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c < 'k'; c++ {
		bomb += fmt.Sprintf("%c: &%c [%s*%c]\n", c, c, strings.Repeat(fmt.Sprintf("*%c, ", c-1), 9), c-1)
	}
	if run := parsed(t, small(bomb, "", "*j", "")); run.Failure.Message != "" {
		t.Errorf("%+v", run.Failure)
	}
	inside := "environment: {" + strings.ReplaceAll(strings.TrimSuffix(bomb, "\n"), "\n", ", ") + "}\n"
	if run := parsed(t, small(inside, "", "x", "")); run.Environment != "" {
		t.Errorf("%+v", run)
	}
}

// A long value that every resource repeats would fill the memory, too.
func TestWhatAliasesRepeatIsBounded(t *testing.T) {
	var rows strings.Builder
	for i := range 5_000 {
		fmt.Fprintf(&rows, "  File[/%d]:\n    file: *long\n", i)
	}
	run := parsed(t, small("environment: &long "+strings.Repeat("x", maxName)+"\n", "", "x", rows.String()))
	told := 0
	for _, r := range run.ResourceList {
		told += len(r.File)
	}
	if len(run.ResourceList) != 5_001 || told > maxRepeated || told < maxRepeated/2 {
		t.Errorf("%d rows, %d bytes", len(run.ResourceList), told)
	}
}

func TestDepth(t *testing.T) {
	deep := strings.Repeat("[", 20_000)
	if _, err := Report(strings.NewReader(small("environment: "+deep+"\n", "", "x", ""))); !errors.Is(err, report.ErrMalformed) {
		t.Errorf("%v", err)
	}
	var nested strings.Builder
	for i := range 5_000 {
		nested.WriteString(strings.Repeat(" ", 4+i%400) + "x:\n")
	}
	parsed(t, small("", "", "x", nested.String()))
	if _, err := Report(strings.NewReader(`{"host":"h","logs":` + strings.Repeat("[", 20_000))); err == nil {
		t.Error("no error")
	}
}

func TestManyRowsAndLogs(t *testing.T) {
	var rows strings.Builder
	for i := range maxRows + 50 {
		fmt.Fprintf(&rows, "  File[/%d]:\n    failed: false\n", i)
	}
	rows.WriteString("  File[/last]:\n    failed: true\n")
	text := strings.Replace(small("", "", "x", rows.String()), "failed: true", "failed: false", 1)
	run := parsed(t, text)
	if len(run.ResourceList) != maxRows || run.Failure.Resource != "File[/last]" {
		t.Errorf("%d rows, %+v", len(run.ResourceList), run.Failure)
	}
	logs := strings.Repeat("- level: err\n  message: m\n  source: Puppet\n", 20_000)
	if run := parsed(t, small("", logs, "x", "")); run.Failure.Message != "x" {
		t.Errorf("%+v", run.Failure)
	}
}

// Four million lines that are no resource took most of a minute.
func TestRowsThatAreNone(t *testing.T) {
	const row = "  File[b]:\n    resource_type: File\n    changed: true\n"
	for n, want := range map[int]int{100: 2, maxRows: 1, 2 * maxRows: 1} {
		for _, none := range []string{"  - a\n", "  b: {\n"} {
			if run := parsed(t, small("", "", "m", strings.Repeat(none, n)+row)); len(run.ResourceList) != want {
				t.Errorf("%d of %q: %d resources, want %d", n, none, len(run.ResourceList), want)
			}
		}
	}
}

func TestALongMessageIsCut(t *testing.T) {
	run := parsed(t, small("", "", "'"+strings.Repeat("long ", 100_000)+"'", ""))
	if n := len(run.Failure.Message); n > maxMessage+100 {
		t.Errorf("%d bytes", n)
	}
	if n := len(run.ResourceList[0].Message); n > maxRowText+200 {
		t.Errorf("%d bytes", n)
	}
}

func TestLittleIsKnown(t *testing.T) {
	run := parsed(t, "--- !ruby/object:Puppet::Transaction::Report\nhost: h\nstatus: unchanged\n")
	if run.ID == "" || run.Status != report.Success || run.Duration != nil || run.Resources.Total != nil || run.ResourceList != nil {
		t.Errorf("%+v", run)
	}
	if run := parsed(t, "host: h\nstatus: :failed\nlogs: []\n"); run.Failure == nil || run.Failure.Phase != report.Setup {
		t.Errorf("%+v", run)
	}
	run = parsed(t, `{"host":"h","status":"failed","logs":null,"metrics":null,"resource_statuses":{"Exec[a]":null},"noop":"no"}`)
	if run.Noop != nil || run.Status != report.Failure {
		t.Errorf("%+v", run)
	}
}

func TestSeveralDocuments(t *testing.T) {
	a := string(parsetest.Read(t, filepath.Join(cases, "failed", "report.yaml")))
	b := string(parsetest.Read(t, filepath.Join(cases, "unchanged", "report.yaml")))
	runs, err := Report(strings.NewReader(a + b))
	if err != nil || len(runs) != 2 || runs[0].Status != report.Failure || runs[1].Status != report.Success {
		t.Errorf("%d runs, %v", len(runs), err)
	}
}

func TestLineEndsAndMarks(t *testing.T) {
	text := string(parsetest.Read(t, filepath.Join(cases, "failed", "report.yaml")))
	want := one(t, "failed")
	for _, other := range []string{"\ufeff" + text, strings.ReplaceAll(text, "\n", "\r\n"), "# a comment\n" + text} {
		if run := parsed(t, other); run.ID != want.ID || *run.Resources.Total != 12 || len(run.ResourceList) != 12 || run.Failure.Message != want.Failure.Message {
			t.Errorf("%+v", run)
		}
	}
}

// What --trace may add: a message that is no prose, and a catalog that never came.
func TestFailureBeforeACatalog(t *testing.T) {
	log := "- level: err\n  message: 'Permission denied'\n  source: Facter\n" +
		"- level: err\n  message: \"Could not retrieve catalog from remote server: Connection refused\\n/opt/x.rb:3:in `a'\"\n  source: Puppet\n"
	text := strings.Replace(small("", log, "x", ""), "failed: true", "failed: false", 1)
	p := parsed(t, text).Failure
	if p.Message != "Could not retrieve catalog from remote server: Connection refused" || len(p.Backtrace) != 1 || p.Phase != report.Setup {
		t.Errorf("%+v", p)
	}
}

// What a server says of a catalog that does not compile, by version.
func TestWhereACatalogFailed(t *testing.T) {
	for message, want := range map[string]string{
		"Error 400 on SERVER: Duplicate declaration: File[/a] is already declared in file /p/a.pp:3; cannot redeclare at /p/site.pp:12 on node web":                                                                                                                                           "/p/site.pp:12",
		"Error 500 on SERVER: Server Error: Evaluation Error: Error while evaluating a Resource Statement, Duplicate declaration: Notify[a] is already declared at (file: /p/a.pp, line: 1); cannot redeclare (file: /p/site.pp, line: 2) (file: /p/site.pp, line: 2, column: 1) on node web": "/p/site.pp:2",
		"Error 500 on SERVER: Server Error: Class 'a' is already defined at (file: /p/a.pp, line: 1); cannot be redefined as a definition (file: /p/b.pp, line: 7, column: 1)":                                                                                                                "/p/b.pp:7",
		"Error 500 on SERVER: Server Error: Evaluation Error: Error while evaluating a Resource Statement, Evaluation Error: Error while evaluating a Function Call, boom (file: /p/inner.pp, line: 3, column: 5) (file: /p/outer.pp, line: 9) on node web":                                   "/p/inner.pp:3",
		"Error 400 on SERVER: Could not find class nginx for web on node web": ":0",
	} {
		log := "- level: err\n  message: |\n    Could not retrieve catalog from remote server: " + message + "\n  source: Puppet\n"
		p := parsed(t, strings.Replace(small("", log, "x", ""), "failed: true", "failed: false", 1)).Failure
		if got := fmt.Sprintf("%s:%d", p.File, p.Line); got != want || p.Phase != report.Compile || !strings.HasSuffix(p.Message, message) {
			t.Errorf("%s, not %s: %+v", got, want, p)
		}
	}
}

func TestLooks(t *testing.T) {
	for file, want := range map[string]string{"failed/report.yaml": "report", "format2/report.yaml": "report", "agent-put/report.json": "report", "failed/summary.yaml": "summary", "agent-compile-fail/summary.yaml": "summary"} {
		data := parsetest.Read(t, filepath.Join(cases, filepath.FromSlash(file)))
		head := data[:min(len(data), 4096)]
		if LooksLikeReport(head) != (want == "report") || LooksLikeSummary(head) != (want == "summary") {
			t.Errorf("%s: report %v, summary %v", file, LooksLikeReport(head), LooksLikeSummary(head))
		}
	}
	for _, other := range []string{"", "{}", "---\na: b\n", `{"node":null,"success":true}`, `{"message_type":"run_start"}`, "host: all\ntasks:\n"} {
		if LooksLikeReport([]byte(other)) || LooksLikeSummary([]byte(other)) {
			t.Errorf("%q", other)
		}
	}
}

func TestLevelsAsEachVersionWritesThem(t *testing.T) {
	for level, heard := range map[string]bool{"err": true, ":err": true, "\":crit\"": true, "!ruby/sym err": true,
		"!ruby/symbol alert": true, "'emerg'": true, "warning": false, ":notice": false} {
		log := "- !ruby/object:Puppet::Util::Log\n  level: " + level + "\n  message: told\n  source: Puppet\n"
		run := parsed(t, small("", log, "~", ""))
		if (run.Failure.Message == "told") != heard {
			t.Errorf("%s: %+v", level, run.Failure)
		}
	}
}

// What is not YAML is no reason to give up the rest, but it is said.
func TestPartsThatAreNotYAML(t *testing.T) {
	broken := "  File[/a]:\n    title: \"/a\n    failed: false\n  Exec[b]:\n    title: @b\n    failed: true\n  @: [\n  File[/e]:\n    failed: false\n"
	run := parsed(t, strings.Replace(small("", "", "x", broken), "failed: true", "failed: false", 1))
	var rows []string
	for _, r := range run.ResourceList {
		rows = append(rows, fmt.Sprintf("%s %s %s %q", r.Type, r.Name, r.Status, r.Message))
	}
	want := []string{`Exec a up-to-date "x"`, `File /a  "` + lost + `"`, `Exec b failed "` + lost + `"`, `File /e up-to-date ""`}
	if !slices.Equal(rows, want) {
		t.Errorf("%q", rows)
	}
	if p := run.Failure; p.Resource != "Exec[b]" || p.Message != lost {
		t.Errorf("%+v", p)
	}
	log := "- level: err\n  message: @nothing\n  source: Puppet\n"
	if p := parsed(t, small("", log, "~", "")).Failure; p.Message != lost {
		t.Errorf("%+v", p)
	}
	log += "- level: err\n  message: readable\n  source: Puppet\n"
	if p := parsed(t, small("", log, "~", "")).Failure; p.Message != "readable" {
		t.Errorf("%+v", p)
	}
}
