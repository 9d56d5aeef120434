package chef

import (
	"slices"
	"strings"
	"testing"

	"github.com/converged/converged/parsers/report"
)

// failures are the failed runs, real ones first, read by eye from the reports.
var failures = []struct {
	name, input     string
	class, message  string // the message's beginning
	frames          int
	first           string // the first frame's end
	resource        string
	place           string // the file's end
	line            int
	phase           report.Step
	total, updated  int
	rolesKnown      bool
	seconds         float64
	failedRow, rows int // the index of the row that failed, or -1
}{
	{"18-converge-fail", "report.json", "Mixlib::ShellOut::ShellCommandFailed", "execute[will fail] (bad_converge::default line 4) had an error: ",
		41, "mixlib/shellout.rb:308:in `invalid!'", "execute[will fail]", "/cookbooks/bad_converge/recipes/default.rb", 4, report.Converge, 5, 1, true, 0.127028221, 3, 5},
	{"18-converge-fail", "collector.json", "Mixlib::ShellOut::ShellCommandFailed", "execute[will fail] (bad_converge::default line 4) had an error: ",
		41, "mixlib/shellout.rb:308:in `invalid!'", "execute[will fail]", "", 0, report.Converge, 5, 1, true, 0.035, 3, 5},
	{"16-converge-fail", "report.json", "Mixlib::ShellOut::ShellCommandFailed", "execute[will fail] (bad_converge::default line 4) had an error: ",
		41, "mixlib/shellout.rb:308:in `invalid!'", "execute[will fail]", "/cookbooks/bad_converge/recipes/default.rb", 4, report.Converge, 5, 1, true, 0.078752979, 3, 5},
	{"16-converge-fail", "collector.json", "Mixlib::ShellOut::ShellCommandFailed", "execute[will fail] (bad_converge::default line 4) had an error: ",
		41, "mixlib/shellout.rb:308:in `invalid!'", "execute[will fail]", "", 0, report.Converge, 5, 1, true, 0.017, 3, 5},
	{"18-compile-fail", "report.json", "NoMethodError", "undefined method `undefined_thing_here' for cookbook: bad_compile, recipe: default :Chef::Recipe",
		22, "bad_compile/recipes/default.rb:5:in `from_file'", "", "/cookbooks/bad_compile/recipes/default.rb", 5, report.Compile, 2, 0, true, 0.046904477, -1, 2},
	{"18-compile-fail", "collector.json", "NoMethodError", "undefined method `undefined_thing_here' for cookbook: bad_compile, recipe: default :Chef::Recipe",
		22, "bad_compile/recipes/default.rb:5:in `from_file'", "", "/cookbooks/bad_compile/recipes/default.rb", 5, report.Compile, 0, 0, true, -1, -1, 0},
	{"18-missing-role", "report.json", "Chef::Exceptions::MissingRole", "The expanded run list includes nonexistent roles: ghost",
		13, "chef/node.rb:487:in `expand!'", "", "", 0, report.Setup, 0, 0, false, -1, -1, 0},
	{"18-missing-role", "collector.json", "Chef::Exceptions::MissingRole", "The expanded run list includes nonexistent roles: ghost",
		13, "chef/node.rb:487:in `expand!'", "", "", 0, report.Setup, 0, 0, false, -1, -1, 0},
	{"18-server-unreachable", "report.json", "Errno::ECONNREFUSED", "Connection refused - Connection refused connecting to https://127.0.0.1:1/",
		17, "chef/http.rb:452:in `rescue in retrying_http_errors'", "", "", 0, report.Setup, 0, 0, false, -1, -1, 0},
	{"18-server-unreachable", "collector.json", "Errno::ECONNREFUSED", "Connection refused - Connection refused connecting to https://127.0.0.1:1/",
		17, "chef/http.rb:452:in `rescue in retrying_http_errors'", "", "", 0, report.Setup, 0, 0, false, -1, -1, 0},
	{"12-early-failure", "report.json", "Net::HTTPServerException", `401 "Unauthorized"`,
		2, "net/http/response.rb:119:in `error!'", "", "", 0, report.Setup, -1, -1, false, -1, -1, 0},
	{"13-compile-null", "report.json", "Chef::Exceptions::RecipeNotFound", "could not find recipe nope",
		2, "in `load_recipe'", "", "/cookbooks/app/recipes/default.rb", 12, report.Compile, -1, -1, true, 2.25, -1, 0},
	{"14-http-message", "collector.json", "Mixlib::ShellOut::ShellCommandFailed", "job failed",
		0, "", "service[app]", "", 0, report.Converge, 3, 0, true, 4, 0, 3},
	{"18-syntax-error", "report.json", "SyntaxError", "/var/chef/cache/cookbooks/app/recipes/broken.rb:7: syntax error",
		2, "in `instance_eval'", "", "/cookbooks/app/recipes/broken.rb", 7, report.Compile, 0, 0, true, 1.5, -1, 0},
	{"18-package-fail", "report.json", "Chef::Exceptions::Package", "apt_package[app] (app::default line 9) had an error: ",
		1, "in `block'", "apt_package[app]", "/cookbooks/app/recipes/default.rb", 9, report.Converge, 3, 1, true, 1.5, 1, 3},
	{"18-nested-roles", "collector.json", "Chef::Exceptions::MissingRole", "The expanded run list includes nonexistent roles: ghost",
		1, "in `expand!'", "", "", 0, report.Setup, 0, 0, true, 60, -1, 0},
}

func TestFactsOfFailedRuns(t *testing.T) {
	for _, want := range failures {
		t.Run(want.name+"/"+want.input, func(t *testing.T) {
			run := one(t, want.name, want.input)
			p := run.Failure
			if run.Status != report.Failure || p == nil {
				t.Fatalf("not a failure: %+v", run)
			}
			if p.Class != want.class || !strings.HasPrefix(p.Message, want.message) {
				t.Errorf("%s: %s", p.Class, p.Message)
			}
			if len(p.Backtrace) != want.frames || want.frames > 0 && !strings.HasSuffix(p.Backtrace[0], want.first) {
				t.Errorf("%d frames: %.1q", len(p.Backtrace), p.Backtrace)
			}
			if p.Resource != want.resource || !strings.HasSuffix(p.File, want.place) || (want.place == "") != (p.File == "") || p.Line != want.line || p.Phase != want.phase {
				t.Errorf("resource %q, %s:%d, phase %s", p.Resource, p.File, p.Line, p.Phase)
			}
			if count(run.Resources.Total) != want.total || count(run.Resources.Updated) != want.updated || len(run.ResourceList) != want.rows {
				t.Errorf("%d of %d updated, %d rows", count(run.Resources.Updated), count(run.Resources.Total), len(run.ResourceList))
			}
			if (run.Roles != nil) != want.rolesKnown || known(run.Duration) != want.seconds {
				t.Errorf("roles %q, took %v", run.Roles, known(run.Duration))
			}
			failedRow := slices.IndexFunc(run.ResourceList, func(r report.Resource) bool { return r.Status == report.ResourceFailed })
			if failedRow != want.failedRow {
				t.Errorf("row %d failed, want %d: %+v", failedRow, want.failedRow, run.ResourceList)
			}
		})
	}
}

func TestRowsOfAFailedRunThatWereNeverReached(t *testing.T) {
	for _, input := range []string{"report.json", "collector.json"} {
		last := one(t, "18-converge-fail", input).ResourceList[4]
		if last.Name != "/srv/app/after_fail" || last.Status != report.Unprocessed || last.Duration != nil {
			t.Errorf("%s: %+v", input, last)
		}
	}
	for _, r := range one(t, "18-compile-fail", "report.json").ResourceList {
		if r.Status != report.Unprocessed {
			t.Errorf("compiled, never run: %+v", r)
		}
	}
}

func TestUnknownStaysAbsent(t *testing.T) {
	run := one(t, "12-early-failure", "report.json")
	if run.Host != "" || run.ToolVersion != "" || run.Environment != "" || !run.Start.IsZero() || !run.End.IsZero() ||
		run.Tags != nil || run.RunList != nil || run.ResourceList != nil || run.Cookbooks != nil {
		t.Errorf("%+v", run)
	}
	run = one(t, "18-server-unreachable", "collector.json")
	if run.Host != "web-01" || run.Environment != "" || run.RunList != nil || run.Cookbooks != nil || count(run.Resources.Total) != 0 {
		t.Errorf("%+v", run)
	}
}

func TestWhereAFailureIs(t *testing.T) {
	const frames = "/opt/chef/gems/chef-18/lib/chef/cookbooks/x.rb:1:in `a'"
	for _, c := range []struct {
		class, message string
		backtrace      []string
		file           string
		line           int
	}{
		{"NameError", "x", []string{frames, "(eval):2:in `b'", "/a/cookbooks/web/libraries/l.rb:31:in `c'"}, "/a/cookbooks/web/libraries/l.rb", 31},
		{"NameError", "x", []string{"C:/chef/cache/cookbooks/web/recipes/default.rb:7:in 'Chef#c'"}, "C:/chef/cache/cookbooks/web/recipes/default.rb", 7},
		{"NameError", "x", []string{"/srv/chef/site-cookbooks/web/recipes/default.rb:5:in `c'"}, "/srv/chef/site-cookbooks/web/recipes/default.rb", 5},
		{"NameError", "x", []string{"/a/cookbooks/web/recipes/default.rb"}, "", 0},
		{"NameError", "x", []string{frames}, "", 0},
		{"SyntaxError", "\nC:/chef/cookbooks/a b/r.rb:12: syntax error", []string{"/a/cookbooks/web/r.rb:1:in `x'"}, "C:/chef/cookbooks/a b/r.rb", 12},
		{"SyntaxError", "compile error", []string{"/a/cookbooks/web/r.rb:1:in `x'"}, "/a/cookbooks/web/r.rb", 1},
		{"RuntimeError", "file[a] (/etc/chef/x.rb line 3) had an error: no", nil, "/etc/chef/x.rb", 3},
		{"RuntimeError", "file[a] (dynamically defined) had an error: no", nil, "", 0},
		{"RuntimeError", "file[a] (web::default line 3) had an error: no", nil, "", 0},
	} {
		p := report.Problem{Class: c.class, Message: c.message, Backtrace: c.backtrace}
		_, place := failed(c.message)
		if locate(&p, place, "", 0); p.File != c.file || p.Line != c.line {
			t.Errorf("%s: %q is at %s:%d, want %s:%d", c.class, c.message, p.File, p.Line, c.file, c.line)
		}
	}
}

func TestWhatFailed(t *testing.T) {
	for message, want := range map[string][2]string{
		"execute[a] (web::default line 4) had an error: X: y":                                                         {"execute[a]", "web::default line 4"},
		"bash[a [b] (c)\nd] (web::default line 4) had an error: X: y":                                                 {"bash[a [b] (c)\nd]", "web::default line 4"},
		"file[/x] (dynamically defined) had an error: X: a[b] (c) had an error: y":                                    {"file[/x]", "dynamically defined"},
		"Multiple failures occurred:\n* X::Y occurred in Chef Infra Client run: log[a] (w::d line 1) had an error: Z": {"log[a]", "w::d line 1"},
		"the disk of execute[a] (x) had an error: y":                                                                  {},
		"undefined method `x'": {},
		"":                     {},
	} {
		if resource, place := failed(message); resource != want[0] || place != want[1] {
			t.Errorf("%q: %q at %q, want %q", message, resource, place, want)
		}
	}
}
