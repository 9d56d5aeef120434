package puppet

import (
	"bytes"
	"encoding/json"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/converged/converged/parsers/parsetest"
	"github.com/converged/converged/parsers/report"
)

// facts are what a person reads in a report, by hand.
type facts struct {
	status                                               report.Status
	total, updated, failed, skipped, corrective, pending int
	duration, compile                                    float64 // compile of 0 is not told
	rows                                                 int
	resource, message, file                              string
	line                                                 int
	step                                                 report.Step
}

func TestFactsOfRealReports(t *testing.T) {
	init := "/etc/puppetlabs/code/environments/staging/modules/app/manifests/init.pp"
	for name, want := range map[string]facts{
		"unchanged":     {status: report.Success, total: 10, duration: 0.009225289 + 0.057368444, compile: 0.057368444, rows: 10},
		"changed-types": {status: report.Success, total: 15, updated: 8, duration: 0.090241354 + 0.129274191, compile: 0.129274191, rows: 15},
		"noop-pending":  {status: report.Success, total: 10, pending: 1, duration: 0.009919415 + 0.059608865, compile: 0.059608865, rows: 10},
		"big-1200":      {status: report.Success, total: 1208, updated: 1201, duration: 1.339611509 + 0.527260583, compile: 0.527260583, rows: 1208},
		"odd-titles":    {status: report.Success, total: 15, updated: 8, duration: 0.011590357 + 0.055578229, compile: 0.055578229, rows: 15},
		"provider-missing": {status: report.Failure, total: 9, updated: 1, failed: 1, duration: 0.073561681 + 1.923234951, compile: 1.923234951, rows: 9,
			resource: "Package[x]", message: "Provider yum is not functional on this host",
			file: "/etc/puppet/manifests/site.pp", line: 1, step: report.Converge},
		// An agent's total has the compilation in it.
		"agent-changed":           {status: report.Success, total: 10, updated: 3, duration: 1.617395276, compile: 0.012759780999886061, rows: 10},
		"agent-corrective-change": {status: report.Success, total: 10, updated: 1, corrective: 1, duration: 1.297261876, compile: 0.01150484000004326, rows: 10},
		"agent-put":               {status: report.Success, total: 10, updated: 1, corrective: 1, duration: 1.297261876, compile: 0.01150484000004326, rows: 10},
		"agent-compile-fail": {status: report.Failure, duration: 1.600401374, message: "Could not find class ::profile::missing",
			file: "/etc/puppetlabs/code/environments/production/manifests/site.pp", line: 4, step: report.Compile},
		"failed": {status: report.Failure, total: 12, updated: 1, failed: 3, skipped: 1, pending: 3, duration: 0.048946713 + 0.348104004,
			compile: 0.348104004, rows: 12, resource: "Exec[bad exec]", message: "'/bin/sh [arguments withheld]' returned 3 instead of one of [0]",
			file: "/etc/puppet/manifests/failed.pp", line: 2, step: report.Converge},
		"failed-to-restart": {status: report.Failure, total: 9, updated: 1, failed: 1, pending: 1, duration: 0.035558375 + 0.116570323,
			compile: 0.116570323, rows: 9, resource: "Exec[refresh fails]", message: "Failed to call refresh: ",
			file: "/etc/puppet/manifests/failed_restart.pp", line: 2, step: report.Converge},
		// Puppet 8 lists what changed, and counts everything.
		"puppet8-failed": {status: report.Failure, total: 12, updated: 1, failed: 3, skipped: 1, pending: 3, duration: 0.078905437 + 0.685190738,
			compile: 0.685190738, rows: 5, resource: "Exec[bad exec]", message: "returned 3 instead of one of [0]",
			file: "/etc/puppet/manifests/failed.pp", line: 2, step: report.Converge},
		"openvox8-changed": {status: report.Success, total: 15, updated: 1, duration: 0.01888096 + 0.27196289, compile: 0.27196289, rows: 1},
		"cached-catalog": {status: report.Success, total: 9, updated: 1, duration: 4.75, compile: 2.25, rows: 1,
			message: "Unknown variable: 'release'", file: init, line: 12, step: report.Compile},
		"dependency-cycle": {status: report.Failure, total: 9, failed: 2, duration: 4.75, compile: 2.25, rows: 2, resource: "File[/srv/a]",
			message: "(File[/srv/a] => File[/srv/b] => File[/srv/a])", file: init, line: 4, step: report.Converge},
		"dependency-cycle-7": {status: report.Failure, total: 3, failed: 3, pending: 3, duration: 0.032331605 + 0.216085209, compile: 0.216085209, rows: 3, resource: "Notify[a]",
			message: "Found 1 dependency cycle:\n(Notify[a] => Notify[c] => Notify[b] => Notify[a])", file: "/etc/puppet/code/site.pp", line: 1, step: report.Converge},
		"agent-server-away": {status: report.Failure, duration: 5.139370666, message: "Could not retrieve catalog from remote server: No more routes to puppet: Request to https://127.0.0.1:9/puppet/v3 failed after ", step: report.Setup},
		"agent-fallback": {status: report.Success, total: 8, updated: 1, duration: 9.561764012, compile: 0.006609085998206865, rows: 8,
			message: "Could not retrieve catalog from remote server: No more routes to puppet: Request to https://127.0.0.1:9/puppet/v3 failed after ", step: report.Setup},
		"trace": {status: report.Failure, total: 9, failed: 1, duration: 4.75, compile: 2.25, rows: 1, resource: "File[/srv/app]",
			message: "Could not find group deploy", file: init, line: 7, step: report.Converge},
	} {
		t.Run(name, func(t *testing.T) {
			input := "report.yaml"
			if name == "agent-put" {
				input = "report.json"
			}
			checkFacts(t, parsed(t, string(parsetest.Read(t, filepath.Join(cases, name, input)))), want)
		})
	}
}

func checkFacts(t *testing.T, run report.Run, want facts) {
	t.Helper()
	c := run.Resources
	for what, pair := range map[string]struct {
		got  *int
		want int
	}{
		"total": {c.Total, want.total}, "updated": {c.Updated, want.updated}, "failed": {c.Failed, want.failed},
		"skipped": {c.Skipped, want.skipped}, "corrective": {c.Corrective, want.corrective}, "pending": {c.Pending, want.pending},
	} {
		if pair.got == nil || *pair.got != pair.want {
			t.Errorf("%s: %v, not %d", what, pair.got, pair.want)
		}
	}
	if run.Status != want.status || len(run.ResourceList) != want.rows {
		t.Errorf("status %s, %d rows", run.Status, len(run.ResourceList))
	}
	if run.Duration == nil || math.Abs(*run.Duration-want.duration) > 1e-9 {
		t.Errorf("duration %v, not %v", run.Duration, want.duration)
	}
	if (run.CompileDuration == nil) != (want.compile == 0) || want.compile != 0 && *run.CompileDuration != want.compile {
		t.Errorf("compile %v, not %v", run.CompileDuration, want.compile)
	}
	if p := run.Failure; p != nil {
		if p.Resource != want.resource || !strings.Contains(p.Message, want.message) || p.File != want.file || p.Line != want.line || p.Phase != want.step {
			t.Errorf("failure %+v", *p)
		}
	} else if want.message != "" {
		t.Error("no failure")
	}
	if p := run.Failure; p != nil && want.message == "" {
		t.Errorf("a failure: %+v", *p)
	}
}

func TestNoopAndCachedCatalog(t *testing.T) {
	if run := one(t, "noop-pending"); run.Noop == nil || !*run.Noop || run.Status != report.Success {
		t.Errorf("noop %v, status %s", run.Noop, run.Status)
	} else if would := slices.DeleteFunc(run.ResourceList, func(r report.Resource) bool { return r.Status == report.UpToDate }); len(would) != 1 || would[0].Status != "" {
		t.Errorf("what would change is %+v", would) // and is not called up to date
	}
	if run := one(t, "cached-catalog"); run.CachedCatalog == nil || !*run.CachedCatalog || run.Status != report.Success {
		t.Errorf("cached catalog %v, status %s", run.CachedCatalog, run.Status)
	}
	if run := one(t, "agent-changed"); run.CachedCatalog != nil || run.Failure != nil {
		t.Errorf("cached catalog %v, failure %v", run.CachedCatalog, run.Failure)
	}
}

func TestStackTraceOfTheRightLine(t *testing.T) {
	p := one(t, "trace").Failure
	if len(p.Backtrace) != 2 || !strings.HasSuffix(p.Backtrace[0], "group.rb:20:in `insync?'") {
		t.Errorf("%q", p.Backtrace)
	}
	if p := one(t, "failed").Failure; p.Backtrace != nil {
		t.Errorf("made up: %q", p.Backtrace)
	}
}

func TestTitlesAsTheyAre(t *testing.T) {
	var names []string
	for _, r := range one(t, "odd-titles").ResourceList {
		names = append(names, r.Name)
	}
	if names[0] != "multi\nline: 'title' \"q\" # x - y" {
		t.Errorf("%q", names[0])
	}
	if r := one(t, "odd-titles").ResourceList[0]; r.Line != 1 || r.Type != "Notify" || r.Status != report.Updated {
		t.Errorf("%+v", r)
	}
}

func TestOldFormat(t *testing.T) {
	run := one(t, "format2")
	if run.ToolVersion != "2.6.1" || run.Status != report.Failure || len(run.ResourceList) != 2 || run.Start.Hour() != 22 {
		t.Errorf("%+v", run)
	}
	// Of its total the compilation is a part already.
	if *run.Duration != 1.25 || *run.CompileDuration != 0.75 || *run.Resources.Total != 8 {
		t.Errorf("%v %v %v", *run.Duration, *run.CompileDuration, *run.Resources.Total)
	}
	if p := run.Failure; p.Message != "Could not create user deploy" || p.File != "/etc/puppet/manifests/site.pp" || p.Line != 9 {
		t.Errorf("%+v", p)
	}
}

func TestTheSameRunInYAMLAndJSON(t *testing.T) {
	for yaml, put := range map[string]string{"agent-corrective-change": "agent-put", "puppet8-failed": "failed-put"} {
		a, _ := json.Marshal(one(t, yaml))
		b, _ := json.Marshal(parsed(t, string(parsetest.Read(t, filepath.Join(cases, put, "report.json")))))
		if !bytes.Equal(a, b) {
			t.Errorf("%s:\n%s\n%s", yaml, a, b)
		}
	}
}

func TestSummaryIsCountersOnly(t *testing.T) {
	for name, want := range map[string]report.Status{"failed": report.Failure, "unchanged": "", "agent-compile-fail": ""} {
		runs, err := Summary(bytes.NewReader(parsetest.Read(t, filepath.Join(cases, name, "summary.yaml"))))
		if err != nil || len(runs) != 1 {
			t.Fatalf("%s: %v", name, err)
		}
		r := runs[0]
		if r.Status != want || r.Source != "puppet-summary" || r.Host != "" || r.ResourceList != nil || r.Failure != nil {
			t.Errorf("%s: %+v", name, r)
		}
	}
	runs, _ := Summary(bytes.NewReader(parsetest.Read(t, filepath.Join(cases, "failed", "summary.yaml"))))
	if r := runs[0]; r.End.Unix() != 1795213364 || *r.Resources.Total != 12 || *r.Resources.Failed != 3 {
		t.Errorf("%+v", r)
	}
}

// What a report holds of values, commands and output must be nowhere in a run.
func TestValuesAreNotRead(t *testing.T) {
	secrets := map[string][]string{
		"sensitive":         {"LEAKED", "token="},
		"cached-catalog":    {"OLD-VALUE", "NEW-VALUE", "md5"},
		"failed":            {"connect", "sha256", "notrun", "echo"},
		"failed-to-restart": {"boom", "+++", "content changed"},
		"format2":           {"0123"},
	}
	for name, words := range secrets {
		text, err := json.Marshal(one(t, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range words {
			if !bytes.Contains(parsetest.Read(t, filepath.Join(cases, name, "report.yaml")), []byte(word)) {
				t.Fatalf("%s does not hold %q", name, word)
			}
			if bytes.Contains(text, []byte(word)) {
				t.Errorf("%s: %q is in the run", name, word)
			}
		}
	}
}

func TestOfALongMessageNoCommandIsTold(t *testing.T) {
	long := strings.Repeat("SECRET 'and' ", maxMessage/10)
	for message, want := range map[string]string{
		"'/bin/sh -c " + long + "' returned 1 instead of one of [0]":                           "[",
		"Execution of '/bin/x " + long + "' returned 100: E: no":                               "Execution of [",
		"change from notrun to 0 failed: /bin/x " + long + " returned 1 instead of one of [0]": "[",
		"change from " + long + " to 'b' failed: " + "Could not find group":                    "Could not find group",
		"change from 'a' to 'b' failed: '/bin/x " + long + "' returned 2: ":                    "[",
	} {
		got := withoutValues(message)
		if strings.Contains(got, "SECRET") || !strings.HasPrefix(got, want) {
			t.Errorf("%.80q: %.80q", message, got)
		}
	}
	if got := withoutValues(strings.Repeat("it's long ", maxMessage)); len(got) < maxMessage {
		t.Errorf("%d bytes", len(got))
	}
}

func TestWithoutValues(t *testing.T) {
	for message, want := range map[string]string{
		"change from 'a' to 'b' failed: Could not":                                            "Could not",
		"change from [redacted] to [redacted] failed: no":                                     "no",
		"'TOKEN=x /bin/y' returned 1 instead of one of [0]":                                   "'[command withheld]' returned 1 instead of one of [0]",
		"'/bin/y' returned 1 instead of one of [0]":                                           "'/bin/y' returned 1 instead of one of [0]",
		"'/bin/sh -c \"a\nb\"' returned 1 instead of one of [0]":                              "'/bin/sh [arguments withheld]' returned 1 instead of one of [0]",
		"Execution of '/usr/bin/apt-get install x' returned 100: E: Unable to locate":         "Execution of '/usr/bin/apt-get [arguments withheld]' returned 100: E: Unable to locate",
		`change from 'a' to 'it\'s failed: SECRET' failed: no`:                                "no",
		"change from absent to {'a' => 'x failed: SECRET'} failed: no":                        "no",
		"change from don't to 'do' failed: no":                                                "no",
		`'/bin/sh -c "echo 'a' returned 5: SECRET; exit 7"' returned 7 instead of one of [0]`: "'/bin/sh [arguments withheld]' returned 7 instead of one of [0]",
		`'exit 2 # 'quoted' returned 3 SECRET' returned 2 instead of one of [0,3]`:            "'[command withheld]' returned 2 instead of one of [0,3]",
		"change from notrun to 0 failed: /bin/x -p SECRET returned 1 instead of one of [0]":   "/bin/x [arguments withheld] returned 1 instead of one of [0]",
		"Failed to call refresh: /bin/x\n'SECRET' returned 3 instead of one of [0,1]":         "Failed to call refresh: /bin/x [arguments withheld] returned 3 instead of one of [0,1]",
		"/bin/x -H 'SECRET: 'a' returned 1 instead of one of [0]\n/x.rb:1:in `fail'":          "/bin/x [arguments withheld] returned 1 instead of one of [0]\n/x.rb:1:in `fail'",
		"Failed to call refresh: '/bin/x -p SECRET' returned 1 instead of one of [0]":         "Failed to call refresh: '/bin/x [arguments withheld]' returned 1 instead of one of [0]",
		"cd /x && SECRET 'a' returned 1 instead of one of [0]":                                "[command withheld] returned 1 instead of one of [0]",
		"/bin/false returned 1 instead of one of [0]":                                         "/bin/false returned 1 instead of one of [0]",
		"Could not find group deploy":                                                         "Could not find group deploy",
	} {
		if got := withoutValues(message); got != want {
			t.Errorf("%q: %q, not %q", message, got, want)
		}
	}
}
