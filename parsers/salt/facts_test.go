package salt

import (
	"bytes"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/converged/converged/parsers/parsetest"
	"github.com/converged/converged/parsers/report"
)

// returnedRun reads a case's only run.
func returnedRun(t *testing.T, name string) report.Run {
	t.Helper()
	runs, err := Return(bytes.NewReader(parsetest.Read(t, filepath.Join(cases, name, "report.json"))))
	if err != nil || len(runs) != 1 {
		t.Fatalf("%d runs, error %v", len(runs), err)
	}
	return runs[0]
}

// textRun reads the only run of a document.
func textRun(t *testing.T, document string) report.Run {
	t.Helper()
	runs, err := Return(strings.NewReader(document))
	if err != nil || len(runs) != 1 {
		t.Fatalf("%d runs, error %v of %s", len(runs), err, document)
	}
	return runs[0]
}

// The figures were counted by hand in the documents.
func TestFactsOfReturns(t *testing.T) {
	for name, want := range map[string]struct {
		status                                   report.Status
		noop                                     bool
		total, updated, failed, skipped, pending int
		seconds                                  float64
	}{
		"changed":   {report.Success, false, 8, 7, 0, 0, 0, 1.416823},
		"unchanged": {report.Success, false, 8, 2, 0, 1, 0, 1.092155},
		"test-true": {report.Success, true, 8, 0, 0, 0, 5, 1.197597},
		"failed":    {report.Failure, false, 9, 1, 6, 1, 0, 2.990181},
	} {
		r := returnedRun(t, name)
		got := [5]int{*r.Resources.Total, *r.Resources.Updated, *r.Resources.Failed, *r.Resources.Skipped, *r.Resources.Pending}
		if r.Status != want.status || *r.Noop != want.noop || *r.Duration != want.seconds ||
			got != [5]int{want.total, want.updated, want.failed, want.skipped, want.pending} {
			t.Errorf("%s: %s, noop %v, %v s, counts %v", name, r.Status, *r.Noop, *r.Duration, got)
		}
		if r.Host != "" || !r.Start.IsZero() || !r.End.IsZero() || len(r.ResourceList) != want.total {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func TestTheCauseOfAFailure(t *testing.T) {
	p := returnedRun(t, "failed").Failure
	if p.Resource != "cmd.run: bad-cmd" || p.File != "failok" || p.Line != 0 || p.Phase != report.Converge ||
		!strings.HasSuffix(p.Message, "run\nfatal: cannot connect") || strings.Contains(p.Message, "to-stdout\n") {
		t.Errorf("%+v", p)
	}
	p = returnedRun(t, "jinja-error").Failure
	if p.File != "jinja_err" || p.Line != 1 || p.Phase != report.Compile || strings.Contains(p.Message, "pillar[") {
		t.Errorf("%+v", p)
	}
}

func TestARequisiteIsNeverTheCause(t *testing.T) {
	r := textRun(t, `{"local": {
		"a_|-x_|-x_|-b": {"result": false, "comment": "One or more requisite failed: s.y", "__run_num__": 0, "__id__": "x"},
		"a_|-y_|-y_|-b": {"result": false, "comment": "it broke", "__run_num__": 1, "__id__": "y"}}}`)
	if r.Failure.Resource != "a.b: y" || r.Failure.Message != "it broke" || *r.Resources.Failed != 2 {
		t.Errorf("%+v", r.Failure)
	}
}

func TestATraceback(t *testing.T) {
	p := problem("An exception occurred in this state: Traceback (most recent call last):\n  File \"/a.py\", line 2, in call\n" +
		"    ret = f()\n          ^^^\n  File \"/b.py\", line 7, in f\n    raise X\nsalt.exceptions.CommandError: no\nsuch thing\n")
	want := &report.Problem{Class: "salt.exceptions.CommandError", Message: "An exception occurred in this state:\nno\nsuch thing",
		Backtrace: []string{`File "/a.py", line 2, in call`, "ret = f()", "^^^", `File "/b.py", line 7, in f`, "raise X"}}
	if !reflect.DeepEqual(p, want) {
		t.Errorf("%+v", p)
	}
}

func TestErrorsOfRendering(t *testing.T) {
	for message, want := range map[string]report.Problem{
		"Rendering SLS 'base:web.app' failed: mapping values are not allowed here; line 3\n\n---\na:\n  password: hunter2 <====\n---": {
			Message: "Rendering SLS 'base:web.app' failed: mapping values are not allowed here; line 3", File: "web.app", Line: 3},
		"No matching sls found for 'gone' in env 'base'":       {Message: "No matching sls found for 'gone' in env 'base'", File: "gone"},
		"Rendering SLS web failed, render error: bad":          {Message: "Rendering SLS web failed, render error: bad", File: "web"},
		"State 'x' in SLS 'y' is not formed as a list":         {Message: "State 'x' in SLS 'y' is not formed as a list", File: "y"},
		`The function "state.apply" is running as PID 17`:      {Message: `The function "state.apply" is running as PID 17`},
		"Detected conflicting IDs, SLS IDs need to be unique.": {Message: "Detected conflicting IDs, SLS IDs need to be unique."},
	} {
		want.Phase = report.Compile
		if got := renderFailure([]string{message}); !reflect.DeepEqual(*got, want) {
			t.Errorf("%q: %+v", message, got)
		}
	}
}

func TestNamesThatHoldTheSeparator(t *testing.T) {
	r := textRun(t, `{"local": {"cmd_|-a_|-b_|-c_|-d_|-run": {"result": true, "changes": {"pid": 1}, "__id__": "a_|-b", "name": "c_|-d"}}}`)
	if row := r.ResourceList[0]; row.Type != "cmd" || row.Name != "c_|-d" || row.Action != "run" || row.Status != report.Updated {
		t.Errorf("%+v", row)
	}
}

func TestARunPastMidnight(t *testing.T) {
	r := textRun(t, `{"local": {"a_|-x_|-x_|-b": {"result": true, "start_time": "23:59:59.500000", "duration": 1, "__run_num__": 0},
		"a_|-y_|-y_|-b": {"result": true, "start_time": "00:00:01.000000", "duration": "250.0 ms", "__run_num__": 1}}}`)
	if *r.Duration != 1.75 {
		t.Errorf("%v s", *r.Duration)
	}
}

func TestTheDurationOfStatesThatRanSideBySide(t *testing.T) {
	document := func(times ...string) string {
		text := ""
		for i, at := range times {
			start, took, _ := strings.Cut(at, " ")
			text += fmt.Sprintf(`,"cmd_|-%d_|-x_|-run": {"result": true, "__parallel__": true, "__run_num__": %d, "start_time": %q, "duration": %s}`, i, i, start, took)
		}
		return `{"local": {` + text[1:] + "}}"
	}
	for want, times := range map[float64][]string{
		100:    {"10:00:00.000000 100000", "10:00:00.100000 12"},
		1.5:    {"10:00:01.000000 100", "10:00:00.000000 1500"},
		3600:   {"23:30:00.000000 3600000", "23:30:01.000000 5", "00:10:00.000000 5"},
		0.21:   {"23:59:59.900000 5", "00:00:00.100000 10", "23:59:59.950000 1"},
		144000: {"10:00:00.000000 5", "23:00:00.000000 5", "08:00:00.000000 5", "23:00:00.000000 5", "02:00:00.000000 0"},
	} {
		if got := textRun(t, document(times...)).Duration; got == nil || *got != want {
			t.Errorf("%v: %v s, not %v", times, *got, want)
		}
	}
}

// Salt prints into the comment of an orchestration's state what the minions returned.
func TestWhatMinionsReturnedToAnOrchestrationStaysBehind(t *testing.T) {
	r := textRun(t, `{"outputter": "highstate", "data": {"salt-01_master": {"salt_|-web servers_|-web servers_|-state": {"result": false, "changes": {}, "__id__": "web servers",
		"comment": "Run failed on minions: web-01\nFailures:\n    web-01:\n    ----------\n          ID: /etc/app.conf\n     Changes:   \n              diff:\n              +db: SECRET"}}}, "retcode": 1}`)
	if text := printed(t, r); strings.Contains(text, "SECRET") || r.Failure.Message != "Run failed on minions: web-01" {
		t.Error(text)
	}
}

func TestExitCodesAreBelievedOverSuccess(t *testing.T) {
	line := func(rest string) string {
		return `{"jid": "20261120223559170687", "id": "m", "fun": "state.apply", ` + rest + "}\n"
	}
	for rest, want := range map[string]report.Status{
		`"return": {"a_|-x_|-x_|-b": {"result": false}}, "retcode": 2, "success": true`: report.Failure,
		`"return": {"a_|-x_|-x_|-b": {"result": true}}, "retcode": 2, "success": true`:  report.Failure,
		`"return": {"a_|-x_|-x_|-b": {"result": true}}, "retcode": 0, "success": false`: report.Success,
		`"return": {"a_|-x_|-x_|-b": {"result": false}}, "success": true`:               report.Failure,
		`"return": ["broken"], "retcode": 1, "success": true`:                           report.Failure,
		`"return": "broken", "success": true`:                                           report.Failure,
		`"return": {}, "retcode": 0`:                                                    report.Success,
		`"return": false, "retcode": 1, "success": false`:                               report.Failure,
		`"return": null, "retcode": 254`:                                                report.Failure,
	} {
		runs, err := Events(strings.NewReader(line(rest)))
		if err != nil || len(runs) != 1 || runs[0].Status != want || (runs[0].Failure != nil) != (want == report.Failure) {
			t.Errorf("%s: %+v, error %v", rest, runs, err)
		}
	}
}

func TestAJobOfSeveralFunctions(t *testing.T) {
	line := `{"tag": "salt/job/1/ret/m", "data": {"fun": ["cmd.run", "state.apply"], "fun_args": [["login SECRET"], ["web"]], "jid": "20261120223601799128", "id": "m",
		"return": {"cmd.run": "SECRET", "state.apply": %s, "test.ping": true}, "retcode": {"cmd.run": 0, "state.apply": %d}, "success": {"state.apply": true}}}`
	line = strings.ReplaceAll(line, "\n", " ")
	for in, want := range map[string]report.Status{
		fmt.Sprintf(line, `{"a_|-x_|-x_|-b": {"result": false, "comment": "no"}}`, 2): report.Failure,
		fmt.Sprintf(line, `{"a_|-x_|-x_|-b": {"result": true}}`, 0):                   report.Success,
		fmt.Sprintf(line, `["Rendering SLS 'base:web' failed"]`, 1):                   report.Failure,
	} {
		runs, err := Events(strings.NewReader(in))
		if err != nil || len(runs) != 1 || runs[0].Status != want || runs[0].RunList != nil || strings.Contains(printed(t, runs[0]), "SECRET") {
			t.Errorf("%s: %+v, error %v", in, runs, err)
		}
	}
	runs, err := Events(strings.NewReader(fmt.Sprintf(line, `{}`, 0) + "\n" + `{"jid": "20261120223601799129", "id": "m", "fun": ["test.ping"], "return": {"test.ping": true}}`))
	if err != nil || len(runs) > 0 {
		t.Errorf("%+v, error %v", runs, err)
	}
}

func TestStatesOfATransaction(t *testing.T) {
	runs, err := Events(strings.NewReader(`{"jid": "20261120223601799128", "id": "m", "fun": "transactional_update.apply", "fun_args": ["web"], "retcode": 2, "return": {"a_|-x_|-x_|-b": {"result": false}}}`))
	if err != nil || len(runs) != 1 || runs[0].Status != report.Failure || !reflect.DeepEqual(runs[0].RunList, []string{"web"}) {
		t.Errorf("%+v, error %v", runs, err)
	}
}

func TestAReturnWithoutStatesCountsNone(t *testing.T) {
	line := `{"jid": "20261120223559170687", "id": "m", "fun": "state.apply", "fun_args": ["web"], "return": %s}` + "\n"
	runs, err := Events(strings.NewReader(fmt.Sprintf(line, `false, "retcode": 254`)))
	if err != nil || len(runs) != 1 || runs[0].Resources != (report.Counts{}) || runs[0].Duration != nil || !strings.Contains(runs[0].Failure.Message, "exit code is 254") {
		t.Errorf("%+v, error %v", runs, err)
	}
	for _, rest := range []string{`false`, `null, "retcode": 0`, `{"ping": true}, "retcode": 0`} {
		if runs, err := Events(strings.NewReader(fmt.Sprintf(line, rest))); len(runs) > 0 || err != nil {
			t.Errorf("%s: %+v, error %v", rest, runs, err)
		}
	}
}

func TestMinionsThatDidNotReturn(t *testing.T) {
	silent := `"web-01": "Minion did not return. [No response]\nThe minions may not have all finished running.", "web-02": false, "web-04": null, `
	for rest, status := range map[string]report.Status{
		`"web-03": {"a_|-x_|-x_|-b": {"result": true}}`:                   report.Success,
		`"web-03": ["Rendering SLS 'base:web' failed: no such variable"]`: report.Failure,
	} {
		document := "{" + silent + rest + "}"
		if r := textRun(t, document); r.Host != "web-03" || r.Status != status || !LooksLikeReturn([]byte(document)) {
			t.Errorf("%+v, looks like a return: %v", r, LooksLikeReturn([]byte(document)))
		}
	}
	for _, other := range []string{"{" + strings.TrimSuffix(silent, ", ") + "}", `{"debug": false, "paths": ["/srv"]}`, `{"web-02": false, "name": "x", "list": ["a"]}`} {
		if runs, err := Return(strings.NewReader(other)); len(runs) > 0 || err == nil || LooksLikeReturn([]byte(other)) {
			t.Errorf("%s: %+v, error %v", other, runs, err)
		}
	}
}

func TestAnOrchestrationThatCouldNotBeRendered(t *testing.T) {
	for _, document := range []string{
		`{"outputter": "highstate", "data": {"salt-01_master": ["No matching sls found for 'orch.x' in env 'base'"]}, "retcode": 1}`,
		`{"data": {"salt-01_master": ["No matching sls found for 'orch.x' in env 'base'"]}, "outputter": "highstate", "retcode": 1}`,
	} {
		r := textRun(t, document)
		if r.Host != "salt-01_master" || r.Failure == nil || r.Failure.File != "orch.x" || r.Failure.Phase != report.Compile || !LooksLikeReturn([]byte(document)) {
			t.Errorf("%+v", r)
		}
	}
}

func TestFactsOfEvents(t *testing.T) {
	runs, err := Events(bytes.NewReader(parsetest.Read(t, filepath.Join(cases, "events", "events.jsonl"))))
	if err != nil || len(runs) != 2 {
		t.Fatalf("%d runs, error %v", len(runs), err)
	}
	r := runs[1]
	if r.ID != "20261120223601799128/minion-01.example.test" || r.Host != "minion-01.example.test" || r.Status != report.Failure ||
		r.Start.Format("2006-01-02T15:04:05.000000Z07:00") != "2026-11-20T22:36:01.799128Z" || !reflect.DeepEqual(r.RunList, []string{"failok"}) {
		t.Errorf("%+v", r)
	}
}

func TestOtherEventsArePassedOver(t *testing.T) {
	job := `"jid": "20261120223559170687", "id": "m", "retcode": 0, "return": {"a_|-x_|-x_|-b": {"result": null}}, "fun_args": ["web", "test=True", {"pillar": {"k": "v"}}]`
	input := `{"tag": "minion_start", "data": {"id": "m", "data": {"fun": "state.apply", ` + job + `}}}
{"jid": "20261120223559170680", "id": "m", "fun": "test.ping", "return": true}
{"jid": "20261120223559170681", "id": "m", "fun": "state.show_sls", "return": {"a": {}}}
{"tag": "salt/job/1/new", "data": {"jid": "1", "fun": "state.apply", "minions": ["m"]}}
{"tag": "salt/job/1/ret/m", "data": {"fun": "state.apply", ` + job + `}}
`
	runs, err := Events(strings.NewReader(input))
	if err != nil || len(runs) != 1 || runs[0].Host != "m" || !*runs[0].Noop || *runs[0].Resources.Pending != 1 || !reflect.DeepEqual(runs[0].RunList, []string{"web"}) {
		t.Fatalf("%+v, error %v", runs, err)
	}
}

func TestSecretsStayBehind(t *testing.T) {
	line := `{"jid": "20261120223559170687", "id": "m", "fun": "state.apply", "retcode": 2, "pillar": "SECRET", "grains": {"a": "SECRET"}, ` +
		`"fun_args": ["s", "pillar={'a': 'SECRET'}", {"pillar": "SECRET"}], "return": {` +
		`"file_|-x_|-/etc/x_|-managed": {"result": true, "comment": "SECRET", "changes": {"diff": "SECRET"}, "pchanges": "SECRET"}, ` +
		`"cmd_|-y_|-y_|-run": {"result": false, "comment": "no", "changes": {"stdout": "SECRET", "stderr": "why"}}}}`
	runs, err := Events(strings.NewReader(line))
	if err != nil || len(runs) != 1 || runs[0].Failure.Message != "no\nwhy" {
		t.Fatalf("%+v, error %v", runs, err)
	}
	if text := printed(t, runs[0]); strings.Contains(text, "SECRET") {
		t.Error(text)
	}
}

// The counts are those of the cases' documents, by hand.
func TestWhatSurroundsAReturn(t *testing.T) {
	r := returnedRun(t, "metadata")
	if r.ID != "20261120224101330127/web-01.example.test" || r.Host != "web-01.example.test" || r.Status != report.Failure ||
		!reflect.DeepEqual(r.RunList, []string{"web"}) || r.Start.IsZero() || r.Failure.Resource != "file.managed: site" {
		t.Errorf("metadata: %+v", r)
	}
	r = returnedRun(t, "orchestrate")
	if r.Host != "salt-01_master" || *r.Resources.Total != 2 || r.Failure.Resource != "salt.state: web servers" {
		t.Errorf("an orchestration: %+v", r)
	}
	if p := returnedRun(t, "pillar-error").Failure; !strings.Contains(p.Message, "'users.keys' failed") || p.File != "users.keys" {
		t.Errorf("errors that are announced: %+v", p)
	}
	if r = textRun(t, `{"local": {"jid": "20261120224101330127", "return": {"a_|-b_|-b_|-c": {"result": true}}}}`); r.Start.IsZero() || *r.Resources.Total != 1 {
		t.Errorf("metadata of a run without a master: %+v", r)
	}
	if r = textRun(t, `{"local": {}}`); r.Status != report.Success || *r.Resources.Total != 0 {
		t.Errorf("no states: %+v", r)
	}
	if r = textRun(t, `{"local": {"jid": "20261120224101330127", "fun": "state.apply", "return": ["broken"], "retcode": 0}}`); r.Status != report.Failure {
		t.Errorf("errors with an exit code of 0: %+v", r)
	}
}

func TestNamesOfStatesThatWereNotTried(t *testing.T) {
	rows := returnedRun(t, "older-requisites").ResourceList
	for i, want := range []string{"createdb app", "/etc/app.conf", "app", "logger done"} {
		if rows[i].Name != want {
			t.Errorf("%q, not %q", rows[i].Name, want)
		}
	}
	r := textRun(t, `{"local": {"file_|-a_|-b_|-/x_|-managed": {"result": false, "__id__": "a_|-b"}}}`)
	if row := r.ResourceList[0]; row.Name != "/x" || row.ID != "a_|-b" {
		t.Errorf("%+v", row)
	}
}

func TestExceptionsThatLedToEachOther(t *testing.T) {
	p := problem("Traceback (most recent call last):\n  File \"/a.py\", line 1, in f\nKeyError: 'x'\n\nDuring handling of the above exception, " +
		"another exception occurred:\n\nTraceback (most recent call last):\n  File \"/b.py\", line 2, in g\nOSError: no disk")
	if p.Class != "OSError" || p.Message != "no disk" || len(p.Backtrace) != 2 {
		t.Errorf("%+v", p)
	}
}

func TestAClockThatWentBackIsNoMidnight(t *testing.T) {
	r := textRun(t, `{"local": {"a_|-x_|-x_|-b": {"result": true, "start_time": "02:59:59.000000", "duration": 2000, "__run_num__": 0},
		"a_|-y_|-y_|-b": {"result": true, "start_time": "02:00:00.500000", "duration": 250, "__run_num__": 1}}}`)
	if *r.Duration != 3600.5 {
		t.Errorf("%v s", *r.Duration)
	}
}

func TestRunsAtTheStartOfAMinionAreNotOne(t *testing.T) {
	line := `{"jid": "req", "id": "m", "fun": "state.highstate", "retcode": 0, "return": {"a_|-x_|-x_|-b": {"result": true, "duration": %s}}}` + "\n"
	runs, err := Events(strings.NewReader(strings.ReplaceAll(line, "%s", "1") + strings.ReplaceAll(line, "%s", "2")))
	if err != nil || len(runs) != 2 || runs[0].ID == runs[1].ID || !runs[0].Start.IsZero() {
		t.Errorf("%+v, error %v", runs, err)
	}
}

func TestTheEndOfStderrIsKept(t *testing.T) {
	noise := strings.Repeat("downloading\\n", 1000)
	r := textRun(t, `{"local": {"cmd_|-x_|-x_|-run": {"result": false, "comment": "it failed", "changes": {"stderr": "`+noise+`no space left"}}}}`)
	if m := r.Failure.Message; !strings.HasSuffix(m, "downloading\nno space left") || len(m) > maxOutput+64 {
		t.Errorf("%d bytes: %.40q", len(m), m)
	}
}
