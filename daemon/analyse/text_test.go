package analyse

import (
	"fmt"
	"strings"
	"testing"

	"github.com/converged/converged/parsers/report"
)

func TestException(t *testing.T) {
	for _, c := range []struct{ class, message, want string }{
		{"NoMethodError", "undefined", "NoMethodError: undefined"},
		{"NoMethodError", "", "NoMethodError"},
		{"", "it broke", "it broke"},
		{"", "", "The run failed; its report does not tell why."},
		{" A\nB ", "  padded\n", "A B: padded"},
	} {
		r := failed(report.Problem{Class: c.class, Message: c.message})
		if got := exception(r, Options{}); got != c.want {
			t.Errorf("%q, %q: got %q, want %q", c.class, c.message, got, c.want)
		}
	}
	if got := exception(report.Run{}, Options{}); !strings.HasPrefix(got, "The run failed") {
		t.Errorf("without a failure: %q", got)
	}
}

func TestLongMessageKeepsItsLastWords(t *testing.T) {
	r := failed(report.Problem{Class: "E", Message: "it failed\n" + strings.Repeat("progress\n", 5000) + "STDERR: disk full"})
	got := exception(r, Options{})
	if !strings.HasPrefix(got, "E: it failed\n") || !strings.HasSuffix(got, "STDERR: disk full") || len(got) > maxMessage+10 {
		t.Errorf("got %d bytes: %q", len(got), got)
	}
}

func TestCounts(t *testing.T) {
	for _, c := range []struct {
		total, updated *int
		phase          report.Step
		want           string
	}{
		{new(5), new(1), report.Converge, "Updated 1 of 5 resources; failed in converge."},
		{new(2), new(0), report.Compile, "Updated 0 of 2 resources; failed in compile."},
		{nil, new(1), "", "Updated 1 resources."},
		{new(5), nil, "", "5 resources."},
		{nil, nil, report.Setup, "The report does not count the resources; failed in setup."},
		{nil, nil, "elsewhere", "The report does not count the resources."},
	} {
		r := failed(report.Problem{Phase: c.phase})
		r.Resources = report.Counts{Total: c.total, Updated: c.updated}
		if got := counts(r); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestPlace(t *testing.T) {
	for _, c := range []struct {
		problem report.Problem
		want    string
	}{
		{report.Problem{}, ""},
		{report.Problem{Resource: "file[x]"}, "Failed resource: file[x]\n"},
		{report.Problem{Resource: "file[x]", File: "/r.rb", Line: 4}, "Failed resource: file[x] at /r.rb:4\n"},
		{report.Problem{File: "/r.rb"}, "Failed at: /r.rb\n"},
		{report.Problem{Backtrace: append(frames(2), own)}, "In your code: " + own + "\n"},
	} {
		if got := place(c.problem); got != c.want {
			t.Errorf("%+v: got %q, want %q", c.problem, got, c.want)
		}
	}
}

func TestUpdated(t *testing.T) {
	var r report.Run
	if got := updated(r); got != "" {
		t.Errorf("of nothing: %q", got)
	}
	for i := range 9 {
		r.ResourceList = append(r.ResourceList,
			report.Resource{Type: "file", Name: fmt.Sprint("f", i), Status: report.Updated},
			report.Resource{Type: "log", Name: "same", Status: report.UpToDate})
	}
	want := "Last updated resources:\n- file[f4]\n- file[f5]\n- file[f6]\n- file[f7]\n- file[f8]\nand 4 before them\n\n"
	if got := updated(r); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRow(t *testing.T) {
	for want, res := range map[string]report.Resource{
		"file[/x]":                                 {Type: "file", Name: "/x"},
		"file[/x] (base)":                          {Type: "file", Name: "/x", Cookbook: "base"},
		"file[/x] (base, base/recipes/d.rb:4)":     {Type: "file", Name: "/x", Cookbook: "base", File: "/c/cookbooks/base/recipes/d.rb", Line: 4},
		"File[/x] (/etc/puppet/manifests/x.pp)":    {Type: "File", Name: "/x", File: "/etc/puppet/manifests/x.pp"},
		"execute[x --token [redacted]] (c/r.rb:1)": {Type: "execute", Name: "x --token CANARY", File: "cookbooks/c/r.rb", Line: 1},
	} {
		if got := row(res); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestInspect(t *testing.T) {
	for path, want := range map[string]string{
		"":                       "",
		"/var/log/chef/d.json":   "converged inspect /var/log/chef/d.json",
		"/r/a b.json":            "converged inspect '/r/a b.json'",
		"/r/it's $HOME.json":     `converged inspect '/r/it'\''s $HOME.json'`,
		"-":                      "converged inspect -",
		"/r/\ncat":               "",
		strings.Repeat("x", 400): "",
	} {
		if got := inspect(path); got != want {
			t.Errorf("inspect(%q) = %q, want %q", path, got, want)
		}
	}
}

func TestSpoken(t *testing.T) {
	for seconds, want := range map[float64]string{
		0: "less than 1 s", 0.99: "less than 1 s", 1: "1 s", 12.4: "12 s", 119: "119 s", 125: "2 min 5 s", 7260: "2 h 1 min", 1e300: "8760 h 0 min",
	} {
		if got := spoken(seconds); got != want {
			t.Errorf("spoken(%v) = %q, want %q", seconds, got, want)
		}
	}
}

func TestTrace(t *testing.T) {
	short := []string{"a:1", "b:2", "c:3", "d:4", "e:5", "f:6"}
	for _, c := range []struct {
		runes int
		want  string
	}{
		{100, "a:1\nb:2\nc:3\nd:4\ne:5\nf:6\n"},
		{25 + 12, "a:1\nb:2\n... 3 frames left out ...\nf:6\n"},
		{25 + 4, "a:1\n... 5 frames left out ...\n"},
		{10, "... 6 frames left out ...\n"},
	} {
		if got := trace(short, room{c.runes + 1, 1000}); got != c.want {
			t.Errorf("in %d characters: got %q, want %q", c.runes, got, c.want)
		}
	}
}
