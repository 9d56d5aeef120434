package analyse

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/converged/converged/parsers/report"
)

func TestNamesThatAreCommandsStayOnTheNode(t *testing.T) {
	rows := []report.Resource{
		{Type: "cmd", Name: "fetch --key CANARY1", ID: "fetch the release", Status: report.Updated, Command: true},
		{Type: "cmd", Name: "PGPASS=CANARY2 psql", Status: report.Updated, Command: true},
		{Type: "execute", Name: "/opt/app/sync.sh", Status: report.Updated},
		{Type: "execute", Name: "backup CANARY3", Status: report.Updated, Command: true},
		{Type: "file", Name: "/srv/my file", ID: "my file", Status: report.Updated},
		{Type: "cmd", Name: "mysql CANARY4", Status: report.ResourceFailed, Command: true},
	}
	r := report.Run{
		ID: "1", Tool: report.Salt, Phase: report.Finished, Status: report.Failure, ResourceList: rows,
		Failure: &report.Problem{Resource: "cmd.run: mysql CANARY4", Backtrace: []string{`call("mysql CANARY4")`},
			Message: "Attempt 1: Returned a result of \"False\", with the following comment: \"Command \"mysql CANARY4\" run\"\nCommand \"mysql CANARY4\" run\nno server"},
	}
	b, _ := Batch(r, Options{})
	text := b.Events[0].Text
	for _, want := range []string{
		"Failed resource: cmd.run: mysql (arguments withheld)\n", "- cmd[fetch the release]\n", "- cmd[[command]]\n", "- execute[/opt/app/sync.sh]\n",
		"- execute[backup (arguments withheld)]\n", "- file[/srv/my file]\n", "Command [command] run\nno server",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if sent, _ := json.Marshal(b); strings.Contains(string(sent), "CANARY") {
		t.Errorf("a command is sent: %s", sent)
	}
	if rows[5].Name != "mysql CANARY4" || !strings.Contains(r.Failure.Message, "CANARY4") || !strings.Contains(r.Failure.Backtrace[0], "CANARY4") {
		t.Error("the run itself was changed")
	}
}

func TestWhatIsSaidOfFailedCommands(t *testing.T) {
	for name, c := range map[string]struct {
		rows         []report.Resource
		problem      report.Problem
		kind, saying string
	}{
		"Salt's, with an id": {
			nil, report.Problem{Resource: "cmd.script: deploy it", Message: "Command 'salt://a.sh --key K' run", Command: "salt://a.sh --key K"},
			"cmd.script: deploy it", "Command [command] run"},
		"Salt's, not started": {
			nil, report.Problem{Resource: "cmd.run: app", Message: "Unable to run command '['/bin/sh', '-c', 'app \\'K\\'']' with the context '{'env': {'TOKEN': 'K'}}', reason: no user"},
			"cmd.run: app", "Unable to run command [command], reason: no user"},
		"Chef's": {
			nil, report.Problem{Resource: "execute[deploy K]", Command: "deploy K", Message: "execute[deploy K] (a::b line 4) had an error: no such 'deploy K'"},
			"execute[deploy (arguments withheld)]", "execute[deploy (arguments withheld)] (a::b line 4) had an error: no such [command]"},
		"within another": {
			[]report.Resource{{Type: "execute", Name: "deploy K", Status: report.ResourceFailed, Command: true}},
			report.Problem{Resource: "app[web]", Message: "app[web] (a::b line 4) had an error: execute[deploy K] (x line 1) had an error: no"},
			"app[web]", "app[web] (a::b line 4) had an error: execute[deploy (arguments withheld)] (x line 1) had an error: no"},
		"none": {
			[]report.Resource{{Type: "file", Name: "my file", Status: report.ResourceFailed}},
			report.Problem{Resource: "file.managed: my file", Message: "my file is missing"}, "file.managed: my file", "my file is missing"},
	} {
		got := withoutFailedCommands(c.problem, c.rows)
		if got.Resource != c.kind || got.Message != c.saying {
			t.Errorf("%s: %q, %q", name, got.Resource, got.Message)
		}
	}
}

// A command that failed many times, as in a loop, is one of those looked for.
func TestACommandThatFailedOftenLeavesRoomForOthers(t *testing.T) {
	rows := []report.Resource{}
	for range maxCommands {
		rows = append(rows, report.Resource{Type: "execute", Name: "fetch CANARY1 now", Command: true, Status: report.ResourceFailed})
	}
	rows = append(rows, report.Resource{Type: "execute", Name: "login CANARY2 now", Command: true, Status: report.ResourceFailed})
	p := withoutFailedCommands(report.Problem{
		Message: "fetch CANARY1 now: no; login CANARY2 now: no", Backtrace: []string{"a frame", "in login CANARY2 now"},
	}, rows)
	if text := fmt.Sprint(p); strings.Contains(text, "CANARY") || p.Backtrace[0] != "a frame" || p.Backtrace[1] != "in "+hidden {
		t.Error(text)
	}
}
