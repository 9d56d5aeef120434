package chef

import (
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/converged/converged/parsers/report"
)

// facts are what a person reads out of a real report.
type facts struct {
	name, input          string
	version, host, env   string
	roles, tags, runList []string
	start, end           string
	seconds              float64 // -1: not known
	total, updated       int
	failed, skipped      int // -1: not told
	rows                 int
}

var (
	none   = []string{}
	canary = []string{"web", "canary"}
)

// successes are the real runs that went well, read by eye from the reports.
var successes = []facts{
	{"16-updated", "report.json", "16.18.43", "web-01", "_default", none, canary, []string{"recipe[base]", "recipe[app]"},
		"2026-11-20T22:25:39Z", "2026-11-20T22:25:39Z", 0.199071763, 14, 11, -1, -1, 14},
	{"16-updated", "collector.json", "16.18.43", "web-01", "_default", none, canary, []string{"recipe[base]", "recipe[app]"},
		"2026-11-20T22:25:39Z", "2026-11-20T22:25:39Z", 0.111, 15, 11, 1, 2, 15},
	{"18-updated", "report.json", "18.10.107", "web-01", "_default", none, canary, []string{"recipe[base]", "recipe[app]"},
		"2026-11-20T22:15:30Z", "2026-11-20T22:15:30Z", 0.293734972, 14, 11, -1, -1, 14},
	{"18-updated", "collector.json", "18.10.107", "web-01", "_default", none, canary, []string{"recipe[base]", "recipe[app]"},
		"2026-11-20T22:15:30Z", "2026-11-20T22:15:30Z", 0.171, 15, 11, 1, 2, 15},
	{"18-noop", "report.json", "18.10.107", "web-01", "_default", none, none, []string{"recipe[base]"},
		"2026-11-20T22:15:32Z", "2026-11-20T22:15:32Z", 0.093501641, 2, 0, -1, -1, 2},
	{"18-noop", "collector.json", "18.10.107", "web-01", "_default", none, none, []string{"recipe[base]"},
		"2026-11-20T22:15:32Z", "2026-11-20T22:15:32Z", 0.002, 2, 0, 0, 0, 2},
	{"18-role-env", "report.json", "18.10.107", "web-01", "production", []string{"web", "base"}, canary, []string{"role[web]"},
		"2026-11-20T22:15:53Z", "2026-11-20T22:15:53Z", 0.316236849, 14, 7, -1, -1, 14},
	{"18-role-env", "collector.json", "18.10.107", "web-01", "production", []string{"web", "base"}, canary, []string{"role[web]"},
		"2026-11-20T22:15:53Z", "2026-11-20T22:15:53Z", 0.177, 15, 7, 1, 2, 15},
	{"18-policyfile", "report.json", "18.10.107", "web-01", "prodgrp", none, none, []string{"recipe[base::default]"},
		"2026-11-20T22:27:21Z", "2026-11-20T22:27:21Z", 0.053085827, 2, 0, -1, -1, 2},
	{"18-policyfile", "collector.json", "18.10.107", "web-01", "prodgrp", none, none, []string{"recipe[base::default]"},
		"2026-11-20T22:27:21Z", "2026-11-20T22:27:21Z", 0.018, 2, 0, 0, 0, 2},
	{"18-tz-ny", "report.json", "18.10.107", "web-01", "_default", none, none, []string{"recipe[base]"},
		"2026-11-20T22:24:27Z", "2026-11-20T22:24:27Z", 0.047870138, 2, 0, -1, -1, 2},
	{"18-whyrun", "report.json", "18.10.107", "web-01", "_default", none, canary, []string{"recipe[base]", "recipe[app]"},
		"2026-11-20T22:15:59Z", "2026-11-20T22:15:59Z", 0.116035706, 14, 8, -1, -1, 14},
	{"18-badenc-ok", "collector.json", "18.10.107", "web-01", "_default", none, none, []string{"recipe[badenc::ok]"},
		"2026-11-20T22:16:10Z", "2026-11-20T22:16:10Z", 0.02, 3, 2, 0, 0, 3},
	{"18-big500", "report.json", "18.10.107", "web-01", "_default", none, none, []string{"recipe[base]", "recipe[big]"},
		"2026-11-20T22:19:51Z", "2026-11-20T22:19:53Z", 1.546236684, 503, 501, -1, -1, 503},
}

func TestFactsOfRealRuns(t *testing.T) {
	for _, want := range successes {
		t.Run(want.name+"/"+want.input, func(t *testing.T) {
			run := one(t, want.name, want.input)
			if run.Status != report.Success || run.Phase != report.Finished || run.Failure != nil || run.Tool != report.Chef {
				t.Errorf("not a finished success: %+v", run)
			}
			want.check(t, run)
		})
	}
}

func (want facts) check(t *testing.T, run report.Run) {
	t.Helper()
	if run.ToolVersion != want.version || run.Host != want.host || run.Environment != want.env {
		t.Errorf("version %q, host %q, environment %q", run.ToolVersion, run.Host, run.Environment)
	}
	for name, pair := range map[string][2][]string{
		"roles": {run.Roles, want.roles}, "tags": {run.Tags, want.tags}, "run list": {run.RunList, want.runList},
	} {
		if !slices.Equal(pair[0], pair[1]) || (pair[0] == nil) != (pair[1] == nil) {
			t.Errorf("%s %q, want %q", name, pair[0], pair[1])
		}
	}
	if start, end := stamp(run.Start), stamp(run.End); start != want.start || end != want.end {
		t.Errorf("from %s to %s", start, end)
	}
	if got := known(run.Duration); got != want.seconds {
		t.Errorf("took %v s, want %v", got, want.seconds)
	}
	got := []int{count(run.Resources.Total), count(run.Resources.Updated), count(run.Resources.Failed), count(run.Resources.Skipped), len(run.ResourceList)}
	if all := []int{want.total, want.updated, want.failed, want.skipped, want.rows}; !slices.Equal(got, all) {
		t.Errorf("total, updated, failed, skipped, rows: %v, want %v", got, all)
	}
}

func stamp(t report.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

func known(f *float64) float64 {
	if f == nil {
		return -1
	}
	return *f
}

func count(n *int) int {
	if n == nil {
		return -1
	}
	return *n
}

func TestNoopIsKnownToTheCollectorAlone(t *testing.T) {
	if run := one(t, "18-whyrun", "report.json"); run.Noop != nil {
		t.Errorf("a JsonFile document says noop %v", *run.Noop)
	}
	if run := one(t, "18-noop", "collector.json"); run.Noop == nil || *run.Noop {
		t.Errorf("the collector, silent in why-runs, says noop %v", run.Noop)
	}
	if run := one(t, "18-signal-kill", "collector.json"); run.Noop != nil {
		t.Errorf("a start alone says noop %v", *run.Noop)
	}
}

func TestPolicyIsRead(t *testing.T) {
	for _, input := range []string{"report.json", "collector.json"} {
		if run := one(t, "18-policyfile", input); run.PolicyName != "apppol" || run.PolicyGroup != "prodgrp" {
			t.Errorf("%s: policy %q, group %q", input, run.PolicyName, run.PolicyGroup)
		}
	}
}

func TestStartWithoutEnd(t *testing.T) {
	run := one(t, "18-signal-kill", "collector.json")
	if run.Phase != report.Started || run.Status != "" || run.Host != "web-01" || run.ID != "dc0a6235-69ff-4ae2-94d1-f74a3f4485ab" ||
		stamp(run.Start) != "2026-11-20T22:23:59Z" || !run.End.IsZero() || run.Duration != nil || run.ResourceList != nil || run.Source != CollectorSource {
		t.Errorf("%+v", run)
	}
}

func TestRowsOfJsonFile(t *testing.T) {
	run := one(t, "18-updated", "report.json")
	row := func(name string) report.Resource {
		i := slices.IndexFunc(run.ResourceList, func(r report.Resource) bool { return r.Name == name })
		if i < 0 {
			t.Fatalf("no row %q", name)
		}
		return run.ResourceList[i]
	}
	conf := row("/srv/app/app.conf")
	if conf.Type != "template" || conf.Action != "create" || conf.Status != report.Updated || known(conf.Duration) != 0.007626946 ||
		conf.Cookbook != "app" || conf.File != "/var/chef/cache/cookbooks/app/recipes/default.rb" || conf.Line != 7 {
		t.Errorf("%+v", conf)
	}
	if quoted := row(`multi-line "quoted" name`); quoted.Type != "bash" || quoted.Line != 16 {
		t.Errorf("%+v", quoted)
	}
	if log := row("a log resource"); log.Status != report.UpToDate {
		t.Errorf("%+v", log)
	}
	if reload := row("reload app"); reload.Status != report.Updated || reload.Action != "nothing" {
		t.Errorf("run by a notification: %+v", reload)
	}
}

func TestRowsOfCollector(t *testing.T) {
	run := one(t, "18-updated", "collector.json")
	want := map[report.Outcome]int{report.Updated: 11, report.UpToDate: 1, report.Skipped: 2, report.ResourceFailed: 1}
	got := map[report.Outcome]int{}
	for _, r := range run.ResourceList {
		got[r.Status]++
	}
	for status, n := range want {
		if got[status] != n {
			t.Errorf("%d rows are %s, want %d", got[status], status, n)
		}
	}
	ignored := run.ResourceList[13]
	if ignored.Name != "fails but ignored" || ignored.Status != report.ResourceFailed || known(ignored.Duration) != 0.014 ||
		ignored.Message[:48] != "Expected process to exit with [0], but received " {
		t.Errorf("%+v", ignored)
	}
	if sub := run.ResourceList[9]; sub.Name != "/srv/app/secret.txt" || sub.Cookbook != "" {
		t.Errorf("a resource outside recipes: %+v", sub)
	}
}

// An execute without a command runs its name; its identity is that command.
func TestNamesThatAreCommands(t *testing.T) {
	line := `{"message_type":"run_converge","run_id":"a","node_name":"n","status":"success","resources":[` +
		`{"type":"execute","name":"deploy --key K","id":"deploy --key K","status":"updated"},` +
		`{"type":"execute","name":"deploy it","id":"deploy --key K","status":"updated"},` +
		`{"type":"execute","name":"deploy","id":"deploy","status":"updated"},` +
		`{"type":"file","name":"/my file","id":"/my file","status":"updated"}]}` + "\n"
	document := `{"run_id":"a","success":true,"all_resources":[` +
		`{"instance_vars":{"declared_type":"execute","name":"deploy --key K","command":null}},` +
		`{"instance_vars":{"declared_type":"execute","name":"deploy it","command":["deploy","--key","K"]}},` +
		`{"instance_vars":{"declared_type":"execute","name":"deploy","command":"deploy"}},` +
		`{"instance_vars":{"declared_type":"bash","name":"my script","command":null}}]}`
	for _, c := range []struct {
		text  string
		parse func(io.Reader) ([]report.Run, error)
	}{{line, Collector}, {document, Report}} {
		runs, err := c.parse(strings.NewReader(c.text))
		if err != nil || len(runs) != 1 || len(runs[0].ResourceList) != 4 {
			t.Fatalf("%d runs, error %v", len(runs), err)
		}
		for i, row := range runs[0].ResourceList {
			if row.Command != (i == 0) {
				t.Errorf("%s[%s]: command %v", row.Type, row.Name, row.Command)
			}
		}
	}
}
