package analyse

import (
	"strings"
	"testing"

	"github.com/converged/converged/parsers/report"
)

func TestFingerprintIsTheSameForOneFailure(t *testing.T) {
	pairs := map[string][2]string{
		"addresses":       {"no route to 10.0.0.1:443", "no route to 192.168.17.2:8443"},
		"object ids":      {"undefined method for #<Chef::Node:0x00007f3a>", "undefined method for #<Chef::Node:0x0000beef>"},
		"uuids":           {"run e19d7920-5d84-4a4c-8dfb-000000000001", "run abcdefab-cdef-abcd-abcd-abcdefabcdef"},
		"temporary paths": {"cannot run /tmp/chef-script20261120-99-abcxyz: no", "cannot run /tmp/chef-script20261119-1-q1w2e3: no"},
		"system temp":     {"open '/var/folders/x/y' failed", "open '/var/folders/a/b' failed"},
		"times":           {"at Fri, 20 Nov 2026 22:15:35 GMT", "at Sat, 19 Dec 2026 02:05:01 GMT"},
		"ISO times":       {"since 2026-11-20T22:15:35Z", "since 2027-01-02T03:04:05Z"},
		"host":            {"cannot load nodes/web-a.example.com", "cannot load nodes/db-b.example.com"},
		"unknown host":    {"cannot load https://chef/organizations/acme/nodes/mail, giving up", "cannot load https://chef/organizations/acme/nodes/web-a.example.com, giving up"},
		"cookbook path":   {"/var/chef/cache/cookbooks/app/x.rb: bad", "/srv/deploy/.chef/local-mode-cache/cache/cookbooks/app/x.rb: bad"},
		"line numbers":    {"(app::default line 4) had an error", "(app::default line 14) had an error"},
		"command output":  {"failed\n---- Begin output of x ----\nSTDOUT: one", "failed\n---- Begin output of y ----\nSTDOUT: two"},
		"colour":          {"\x1b[31mfailed\x1b[0m", "failed"},
	}
	for name, p := range pairs {
		a := Fingerprint(report.Problem{Class: "E", Message: p[0]}, "web-a.example.com")
		b := Fingerprint(report.Problem{Class: "E", Message: p[1]}, "db-b.example.com")
		if a != b {
			t.Errorf("%s: %q and %q differ: %s, %s", name, p[0], p[1], a, b)
		}
		if len(a) != len("cr-")+16 || !strings.HasPrefix(a, "cr-") {
			t.Errorf("%s: %q is no key", name, a)
		}
	}
}

func TestFingerprintTellsFailuresApart(t *testing.T) {
	base := report.Problem{Class: "NoMethodError", Message: "undefined method `a'", Resource: "file[/x]", Backtrace: []string{own}}
	seen := map[string]string{Fingerprint(base, "h"): "base"}
	for name, change := range map[string]func(*report.Problem){
		"class":    func(p *report.Problem) { p.Class = "NameError" },
		"message":  func(p *report.Problem) { p.Message = "undefined method `b'" },
		"resource": func(p *report.Problem) { p.Resource = "file[/y]" },
		"frame":    func(p *report.Problem) { p.Backtrace = []string{"/c/cookbooks/app/recipes/x.rb:4:in `from_file'"} },
		"nothing":  func(p *report.Problem) { *p = report.Problem{} },
	} {
		p := base
		change(&p)
		key := Fingerprint(p, "h")
		if other, taken := seen[key]; taken {
			t.Errorf("%s and %s have the same fingerprint", name, other)
		}
		seen[key] = name
	}
}

// Stored aggregation keys group what comes later: they must not change.
func TestFingerprintIsStable(t *testing.T) {
	if got, want := Fingerprint(compile(), "web-01"), "cr-9fa139f3683ee1a7"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestOwnFrame(t *testing.T) {
	for name, c := range map[string]struct {
		frames []string
		want   string
	}{
		"first":          {[]string{own, "/x/cookbooks/b.rb:1"}, own},
		"below gems":     {append(frames(3), own), own},
		"in a gem":       {[]string{gems + "x/cookbooks/a.rb:1"}, ""},
		"site-cookbooks": {[]string{"/repo/site-cookbooks/a/recipes/b.rb:1"}, "/repo/site-cookbooks/a/recipes/b.rb:1"},
		"none":           {frames(3), ""},
	} {
		if got := ownFrame(c.frames); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestReplaceWord(t *testing.T) {
	for _, c := range []struct{ text, word, want string }{
		{"web and web-01, nodes/web", "web", "H and H-01, nodes/H"},
		{"webserver, myweb, web_1, webweb", "web", "webserver, myweb, web_1, webweb"},
		{"web\xff", "web\xff", "H"},
		{"nothing", "", "nothing"},
	} {
		if got := replaceWord(c.text, c.word, "H"); got != c.want {
			t.Errorf("replaceWord(%q, %q) = %q, want %q", c.text, c.word, got, c.want)
		}
	}
}
