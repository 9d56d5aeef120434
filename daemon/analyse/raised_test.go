package analyse

import (
	"slices"
	"strings"
	"testing"

	"github.com/converged/converged/parsers/report"
)

// What an exception says stands in Python's stack trace, too, and is no more fit
// to be told there than in the message.
func TestWhatATraceSays(t *testing.T) {
	const begins, at, code = pythonTrace + ":", `  File "m.py", line 3, in main`, "    raise Wrong(text)"
	quoted := "template error while templating string: bad tag. String: CANARY"
	key := []string{"-----BEGIN RSA PRIVATE KEY-----", "CANARY", "-----END RSA PRIVATE KEY-----"}
	chain := []string{"", "During handling of the above exception, another exception occurred:", ""}
	for name, c := range map[string]struct {
		tool     report.Tool
		withhold bool
		in, want []string
	}{
		"Python":               {report.Ansible, false, []string{begins, at, code, "Wrong: no"}, []string{begins, at, code, "Wrong: no"}},
		"withheld":             {report.Ansible, true, []string{begins, at, code, "a.Wrong: CANARY", "CANARY", "", "CANARY"}, []string{begins, at, code, "a.Wrong: " + withheld}},
		"no message":           {report.Ansible, true, []string{begins, at, "Wrong"}, []string{begins, at, "Wrong"}},
		"no class":             {report.Ansible, true, []string{begins, at, "CANARY said: CANARY"}, []string{begins, at, withheld}},
		"several withheld":     {report.Ansible, true, slices.Concat([]string{begins, at, "Wrong: CANARY"}, chain, []string{begins, at, "Worse: CANARY"}), []string{begins, at, "Wrong: " + withheld, chain[1], "", begins, at, "Worse: " + withheld}},
		"a template":           {report.Ansible, false, []string{begins, at, "Wrong: " + quoted, "CANARY", ". bad tag"}, []string{begins, at, "Wrong: template error while templating string: bad tag"}},
		"a template, then":     {report.Ansible, false, slices.Concat([]string{begins, at, "Wrong: " + quoted}, chain, []string{begins, at, "Worse: no"}), []string{begins, at, "Wrong: template error while templating string: bad tag", chain[1], "", begins, at, "Worse: no"}},
		"a key":                {report.Ansible, false, slices.Concat([]string{begins, at, "Wrong: key"}, key), []string{begins, at, "Wrong: key", "[private key]"}},
		"PowerShell":           {report.Ansible, false, []string{"it broke", "at <ScriptBlock>, m.ps1: line 4"}, []string{"it broke", "at <ScriptBlock>, m.ps1: line 4"}},
		"PowerShell, withheld": {report.Ansible, true, []string{"CANARY", "at <ScriptBlock>, m.ps1: line 4"}, []string{"at <ScriptBlock>, m.ps1: line 4"}},
		"Ruby":                 {report.Puppet, true, []string{"/p/x.rb:3:in `fail'", "Wrapped exception:", "CANARY", "/p/y.rb:12"}, []string{"/p/x.rb:3:in `fail'", "/p/y.rb:12"}},
		"Chef":                 {report.Chef, true, []string{"/c/x.rb:3:in `fail'", "(erb)"}, []string{"/c/x.rb:3:in `fail'", "(erb)"}},
		"Salt":                 {report.Salt, true, []string{`File "x.py", line 3, in run`, "return f()"}, []string{`File "x.py", line 3, in run`, "return f()"}},
	} {
		p := report.Problem{Class: "Wrong", Message: "CANARY", Backtrace: c.in}
		if got := tracedBy(p, c.tool, Options{WithholdMessages: c.withhold}); !slices.Equal(got, c.want) {
			t.Errorf("%s:\ngot  %q\nwant %q", name, got, c.want)
		}
		r := failed(p)
		r.Tool = c.tool
		if text := batchOf(t, r, Options{WithholdMessages: c.withhold}).Events[0].Text; c.withhold && strings.Contains(text, "CANARY") {
			t.Errorf("%s: the event says %q", name, text)
		}
	}
}
