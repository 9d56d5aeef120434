package analyse

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/converged/converged/parsers/report"
)

func TestCommandsOfSaltStatesAreToldByTheirIDs(t *testing.T) {
	rows := []report.Resource{
		{Type: "cmd", Action: "run", Name: "fetch --key CANARY1", ID: "fetch the release", Status: report.Updated},
		{Type: "cmd", Action: "run", Name: "PGPASS=CANARY2 psql", Status: report.Updated},
		{Type: "cmd", Action: "run", Name: "/opt/app/sync.sh", Status: report.Updated},
		{Type: "cron", Action: "present", Name: "backup CANARY3", Status: report.Updated},
		{Type: "file", Action: "managed", Name: "/srv/my file", ID: "my file", Status: report.Updated},
		{Type: "cmd", Action: "run", Name: "mysql CANARY4", Status: report.ResourceFailed},
	}
	r := report.Run{
		ID: "1", Tool: report.Salt, Phase: report.Finished, Status: report.Failure, ResourceList: rows,
		Failure: &report.Problem{Resource: "cmd.run: mysql CANARY4", Backtrace: []string{`call("mysql CANARY4")`},
			Message: "Attempt 1: Returned a result of \"False\", with the following comment: \"Command \"mysql CANARY4\" run\"\nCommand \"mysql CANARY4\" run\nno server"},
	}
	b, _ := Batch(r, Options{})
	text := b.Events[0].Text
	for _, want := range []string{
		"Failed resource: cmd.run: mysql (arguments withheld)\n", "- cmd[fetch the release]\n", "- cmd[[command]]\n", "- cmd[/opt/app/sync.sh]\n",
		"- cron[backup (arguments withheld)]\n", "- file[/srv/my file]\n", "Command [command] run\nno server",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if sent, _ := json.Marshal(b); strings.Contains(string(sent), "CANARY") {
		t.Errorf("a command is sent: %s", sent)
	}
	if rows[5].Name != "mysql CANARY4" || !strings.Contains(r.Failure.Message, "CANARY4") {
		t.Error("the run itself was changed")
	}
}

func TestFailuresOfSaltCommands(t *testing.T) {
	for name, c := range map[string]struct {
		rows         []report.Resource
		problem      report.Problem
		kind, saying string
	}{
		"an id": {
			[]report.Resource{{Type: "cmd", Action: "script", Name: "salt://a.sh --key K", ID: "deploy it", Status: report.ResourceFailed}},
			report.Problem{Resource: "cmd.script: deploy it", Message: "Command 'salt://a.sh --key K' run"},
			"cmd.script: deploy it", "Command [command] run"},
		"not started": {
			[]report.Resource{{Type: "cmd", Action: "run", Name: "app K", ID: "app", Status: report.ResourceFailed}},
			report.Problem{Resource: "cmd.run: app", Message: "Unable to run command '['/bin/sh', '-c', 'app \\'K\\'']' with the context '{'env': {'TOKEN': 'K'}}', reason: no user"},
			"cmd.run: app", "Unable to run command [command], reason: no user"},
		"a list that was cut": {nil, report.Problem{Resource: "cmd.run: deploy it", Message: "x"}, "cmd.run: deploy (arguments withheld)", "x"},
		"no command": {
			nil, report.Problem{Resource: "file.managed: my file", Message: "my file is missing"}, "file.managed: my file", "my file is missing"},
	} {
		got := failedState(report.Run{Tool: report.Salt, ResourceList: c.rows}, c.problem)
		if got.Resource != c.kind || got.Message != c.saying {
			t.Errorf("%s: %q, %q", name, got.Resource, got.Message)
		}
	}
}
