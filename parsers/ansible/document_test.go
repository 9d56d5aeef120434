package ansible

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/converged/converged/parsers/report"
)

// none are the stats of a host that no task ran on.
const none = `"changed":0,"failures":0,"ignored":0,"ok":0,"rescued":0,"skipped":0,"unreachable":0`

// doc is a document of one task on web1; result is what became of it, stats are
// those that are not 0.
func doc(result, stats string) string {
	if stats = none + "," + stats; strings.HasSuffix(stats, ",") {
		stats = none
	}
	return `{
    "custom_stats": {},
    "plays": [{"play": {"id": "02fc0000-0001-0001-aaaa-000000000004", "name": "P", "path": "/p/site.yml:1",
      "duration": {"start": "2026-11-20T10:00:00.000000Z", "end": "2026-11-20T10:00:02.500000Z"}},
      "tasks": [{"task": {"id": "x", "name": "web : do it", "path": "/p/r.yml:3", "duration": {}}, "hosts": {"web1": ` + result + `}}]}],
    "stats": {"web1": {` + stats + `}}
}
`
}

func document1(t *testing.T, text string) report.Run {
	t.Helper()
	runs, err := Document(strings.NewReader(text))
	if err != nil || len(runs) != 1 {
		t.Fatalf("%d runs, error %v", len(runs), err)
	}
	return runs[0]
}

func TestTextAroundDocumentsAndSeveralOfThem(t *testing.T) {
	good := doc(`{"action":"command"}`, `"ok":1`)
	other := strings.Replace(good, "0001-aaaa", "0002-aaaa", 1)
	for name, c := range map[string]struct {
		text     string
		runs     int
		complete bool
		class    error
	}{
		"alone":        {good, 1, true, nil},
		"-v":           {"Using /etc/ansible/ansible.cfg as config file\n[WARNING]: {odd}\n" + good, 1, true, nil},
		"text after":   {good + "[DEPRECATION WARNING]: old\n", 1, true, nil},
		"two":          {good + "banner\n" + other, 2, true, nil},
		"on one line":  {strings.ReplaceAll(good, "\n", "") + "\n" + other, 2, true, nil},
		"CRLF":         {strings.ReplaceAll(good, "\n", "\r\n"), 1, true, nil},
		"no tasks":     {`{"plays": [], "stats": {}}`, 0, true, nil},
		"no stats":     {`{"plays": []}`, 0, true, report.ErrForeign},
		"cut":          {good[:len(good)-20], 0, false, report.ErrTruncated},
		"second cut":   {good + other[:200], 1, false, report.ErrTruncated},
		"malformed":    {strings.Replace(good, "[]", "[", 1) + "}", 0, false, nil},
		"no id":        {strings.Replace(good, "02fc0000-0001-0001-aaaa-000000000004", "", 1), 0, true, report.ErrMalformed},
		"another JSON": {`{"a": 1}`, 0, true, report.ErrForeign},
		"no JSON":      {"PLAY [all]\n", 0, false, report.ErrForeign},
		"empty":        {"", 0, false, report.ErrEmpty},
		"blank":        {"\n \n", 0, false, report.ErrEmpty},
		"too deep":     {`{"plays": ` + strings.Repeat("[", 20_000), 0, false, report.ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "malformed" {
				c.text, c.class = strings.Replace(good, `"custom_stats": {}`, `"custom_stats": {x}`, 1), report.ErrMalformed
			}
			runs, err := Document(strings.NewReader(c.text))
			if len(runs) != c.runs || !errors.Is(err, c.class) {
				t.Errorf("%d runs, error %v", len(runs), err)
			}
			if got := CompleteDocument([]byte(c.text)); got != c.complete {
				t.Errorf("complete is %v", got)
			}
		})
	}
}

func TestADocumentOverTheLimitIsNotRead(t *testing.T) {
	_, err := Document(strings.NewReader(strings.Repeat(" ", MaxDocument+1)))
	if !errors.Is(err, report.ErrTooLarge) {
		t.Error(err)
	}
}

func TestADocumentWithoutStatsIsUnfinished(t *testing.T) {
	run := document1(t, strings.Replace(doc(`{"action":"command","changed":true}`, ""), `"stats"`, `"other"`, 1))
	if run.Phase != report.Started || run.Status != "" || run.Host != "web1" || run.Resources.Total != nil || !run.End.IsZero() {
		t.Errorf("%+v", run)
	}
}

func TestReadingTwiceIsTheSameRun(t *testing.T) {
	text := doc(`{"action":"command"}`, `"ok":1`)
	if first, again := document1(t, text), document1(t, "banner\n"+text); !reflect.DeepEqual(first, again) || first.ID != "02fc0000-0001-0001-aaaa/web1" {
		t.Errorf("%+v\n%+v", first, again)
	}
}

func TestWhyAHostFailed(t *testing.T) {
	failure := func(t *testing.T, result string) report.Problem {
		run := document1(t, doc(result, `"failures":1`))
		if run.Status != report.Failure || run.Failure == nil {
			t.Fatalf("%+v", run)
		}
		return *run.Failure
	}
	base := report.Problem{Resource: "m[web : do it]", File: "/p/r.yml", Line: 3, Phase: report.Converge}
	for name, c := range map[string]struct {
		result string
		want   func(*report.Problem)
	}{
		"message":               {`"msg":"no"`, func(p *report.Problem) { p.Message = "no" }},
		"list":                  {`"msg":["a","b"]`, func(p *report.Problem) { p.Message = "a\nb" }},
		"variables":             {`"msg":{"password":"x"}`, func(*report.Problem) {}},
		"no message":            {`"rc":1,"stdout":"secret","cmd":"secret"`, func(*report.Problem) {}},
		"stderr":                {`"msg":"non-zero return code","stderr":"\nno space\non /srv\n","stdout":"secret"`, func(p *report.Problem) { p.Message = "non-zero return code\nno space\non /srv" }},
		"stderr, told":          {`"msg":"apt failed: E: no lock","stderr":"E: no lock\n"`, func(p *report.Problem) { p.Message = "apt failed: E: no lock" }},
		"stderr, hidden":        {`"censored":"x","stderr":"secret"`, func(p *report.Problem) { p.Message = hidden }},
		"stderr, no text":       {`"msg":"m","stderr":["secret"]`, func(p *report.Problem) { p.Message = "m" }},
		"item's stderr":         {`"msg":"items","stderr":"x","results":[{"failed":true,"msg":"rc","stderr":"why"}]`, func(p *report.Problem) { p.Message = "rc\nwhy" }},
		"include_tasks":         {`"reason":"no such file"`, func(p *report.Problem) { p.Message = "no such file" }},
		"include_vars":          {`"message":"neither JSON nor YAML"`, func(p *report.Problem) { p.Message = "neither JSON nor YAML" }},
		"unknown (2.19)":        {`"msg":"Task failed: Action failed: Unknown error.","message":"no YAML"`, func(p *report.Problem) { p.Message = "no YAML" }},
		"own reason":            {`"msg":"m","reason":"r","message":"s"`, func(p *report.Problem) { p.Message = "m" }},
		"no trace (2.19)":       {`"msg":"m","exception":"(traceback unavailable)"`, func(p *report.Problem) { p.Message = "m" }},
		"no trace (check mode)": {`"msg":"m","exception":"NoneType: None\n","stderr":"why"`, func(p *report.Problem) { p.Message = "m\nwhy" }},
		"module's reason": {`"msg":"MODULE FAILURE\nSee stdout/stderr for the exact error","exception":"Traceback (most recent call last):\n  File \"x\"\nOSError: no\n"`, func(p *report.Problem) {
			p.Message, p.Class, p.Backtrace = "MODULE FAILURE\nSee stdout/stderr for the exact error\nOSError: no", "OSError", []string{"Traceback (most recent call last):", `  File "x"`, "OSError: no"}
		}},
		"reason of lines": {`"msg":"MODULE FAILURE","exception":"Traceback (most recent call last):\n  File \"x\"\napp.Error: no\nstderr: denied\n"`, func(p *report.Problem) {
			p.Message, p.Class = "MODULE FAILURE\napp.Error: no\nstderr: denied", "app.Error"
			p.Backtrace = []string{"Traceback (most recent call last):", `  File "x"`, "app.Error: no", "stderr: denied"}
		}},
		"two traces": {`"msg":"m","exception":"Traceback (most recent call last):\n  File \"x\"\nKeyError: 'a'\n\nThe above exception was the direct cause:\n\nTraceback (most recent call last):\n  File \"y\"\nOSError\n"`, func(p *report.Problem) {
			p.Message, p.Class = "m", "OSError"
			p.Backtrace = []string{"Traceback (most recent call last):", `  File "x"`, "KeyError: 'a'", "", "The above exception was the direct cause:", "", "Traceback (most recent call last):", `  File "y"`, "OSError"}
		}},
		"facts": {`"failed_modules":{"ansible.legacy.setup":{"failed":true,"module_stderr":"sh: python3: not found\n","module_stdout":"secret","msg":"The module failed"},"b":{"msg":"x"}},"msg":"The following modules failed to execute: ansible.legacy.setup\n"`, func(p *report.Problem) {
			p.Message = "The module failed\nsh: python3: not found"
		}},
		"facts, no_log":   {`"failed_modules":{"setup":{"failed":true,"censored":"x","msg":"secret"}},"msg":"m"`, func(p *report.Problem) { p.Message = hidden }},
		"facts, other":    {`"failed_modules":["setup"],"msg":"m"`, func(p *report.Problem) { p.Message = "m" }},
		"loop":            {`"msg":"One or more items failed","results":[{"failed":false,"msg":"fine"},{"failed":true,"msg":"bad","item":"secret"}]`, func(p *report.Problem) { p.Message = "bad" }},
		"loop, untold":    {`"msg":"One or more items failed","results":[{"failed":true}]`, func(p *report.Problem) { p.Message = "One or more items failed" }},
		"no_log":          {`"censored":"hidden by no_log","msg":"secret"`, func(p *report.Problem) { p.Message = hidden }},
		"no_log flag":     {`"_ansible_no_log":true,"msg":"secret","exception":"secret"`, func(p *report.Problem) { p.Message = hidden }},
		"no_log item":     {`"msg":"items","results":[{"failed":true,"_ansible_no_log":true,"msg":"secret"}]`, func(p *report.Problem) { p.Message = hidden }},
		"lone surrogate":  {`"msg":"caf\udce9"`, func(p *report.Problem) { p.Message = "caf\ufffd" }},
		"terminal":        {`"msg":"\u001b[31mred\u001b[0m\u0000\u009b"`, func(p *report.Problem) { p.Message = "red" }},
		"not a traceback": {`"msg":"m","module_stderr":"sh: python3: not found\n"`, func(p *report.Problem) { p.Message = "m\nsh: python3: not found" }},
		"stderr traceback": {`"msg":"m","module_stderr":"Traceback (most recent call last):\n  File \"x\"\nOSError: no\n"`, func(p *report.Problem) {
			p.Message, p.Class, p.Backtrace = "m", "OSError", []string{"Traceback (most recent call last):", `  File "x"`, "OSError: no"}
		}},
		"PowerShell": {`"msg":"m","exception":"At line:1\n+ Get-Item"`, func(p *report.Problem) { p.Message, p.Backtrace = "m", []string{"At line:1", "+ Get-Item"} }},
		"template":   {`"msg":"undefined\nThe error appears to be in '/p/t.yml': line 25, column 7"`, func(p *report.Problem) { p.File, p.Line = "/p/t.yml", 25 }},
		"2.19":       {`"msg":"undefined\nOrigin: /p/t.yml:25:7\n"`, func(p *report.Problem) { p.File, p.Line = "/p/t.yml", 25 }},
	} {
		t.Run(name, func(t *testing.T) {
			want := base
			c.want(&want)
			got := failure(t, `{"action":"m","failed":true,`+c.result+`}`)
			if want.File == "/p/t.yml" {
				want.Message = got.Message
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestTextsAreCut(t *testing.T) {
	long := strings.Repeat("é", maxMessage)
	run := document1(t, doc(`{"action":"m","failed":true,"msg":"`+long+`"}`, `"failures":1`))
	if n := len(run.Failure.Message); n > maxMessage+40 || !strings.Contains(run.Failure.Message, "[cut after") {
		t.Errorf("%d bytes", n)
	}
	run = document1(t, doc(`{"action":"m","failed":true,"msg":"m","stderr":"`+strings.Repeat(`line \u00e9\n`, maxOutput)+`the last"}`, `"failures":1`))
	if got := run.Failure.Message; len(got) > maxOutput+20 || !strings.HasPrefix(got, "m\n… line é\n") || !strings.HasSuffix(got, "\nthe last") {
		t.Errorf("%d bytes: %.60q", len(got), got)
	}
}

// Ansible 2.7 and older have no counters of ignored and rescued tasks, and what is
// not told is not known.
func TestCountersThatAreNotToldAreNotMadeUp(t *testing.T) {
	with := func(stats string) report.Run {
		return document1(t, strings.Replace(doc(`{"action":"command"}`, ""), none, stats, 1))
	}
	run := with(`"changed":1,"failures":0,"ok":4,"skipped":2,"unreachable":0`)
	if c := run.Resources; run.Status != report.Success || *c.Total != 6 || *c.Failed != 0 || c.Ignored != nil || c.Rescued != nil {
		t.Errorf("%s %+v", run.Status, c)
	}
	run = with(`"ok":1,"changed":null`)
	if c := run.Resources; run.Status != "" || c.Total != nil || c.Updated != nil || c.Failed != nil || c.Unreachable != nil {
		t.Errorf("%s %+v", run.Status, c)
	}
	if run = with(`"failures":1`); run.Status != report.Failure || run.Resources.Failed != nil {
		t.Errorf("%s %+v", run.Status, run.Resources)
	}
	if run = with(`"ok":-1,"failures":0,"unreachable":0`); run.Status != "" || run.Resources.Failed != nil {
		t.Errorf("%s %+v", run.Status, run.Resources)
	}
}

// An include_role without a name is named "include_role : web" by Ansible.
func TestAnIncludeIsNoRole(t *testing.T) {
	for name, want := range map[string][]string{
		"include_role : web": nil, "ansible.builtin.include_role : {{ which }}": nil, "ansible.legacy.include_role : a": nil,
		"web : include_role : base": {"web"}, "include_role": nil, "my.own.include_role : a task": {"my.own.include_role"},
	} {
		run := document1(t, strings.Replace(doc(`{"action":"m"}`, ""), `"web : do it"`, `"`+name+`"`, 1))
		if !reflect.DeepEqual(run.Roles, want) {
			t.Errorf("%s: %q", name, run.Roles)
		}
	}
}

// Python writes them of floats, such as those that a module returns.
func TestNumbersThatPythonHasAndJSONHasNot(t *testing.T) {
	text := doc(`{"action":"command","changed":true,"x":[NaN,{"y":-Infinity}],"results":[{"z":Infinity,"item":NaN}],"delta":NaN}`, `"ok":1,"changed":1`)
	if r := document1(t, text); r.Status != report.Success || len(r.ResourceList) != 1 || !CompleteDocument([]byte(text)) {
		t.Errorf("%+v", r)
	}
	last := playLine(1) + taskLine(1, "failed", `"msg":"no","rc":NaN`) + statsLine(1)
	runs, err := Lines(strings.NewReader(last))
	if err != nil || len(runs) != 1 || runs[0].Failure == nil || runs[0].Failure.Message != "no" || len(runs[0].ResourceList) != 1 {
		t.Errorf("%+v, error %v", runs, err)
	}
}
