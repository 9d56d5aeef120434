package analyse

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/converged/converged/parsers/report"
)

func TestTags(t *testing.T) {
	r := report.Run{
		Tool: report.Chef, Environment: "_default", PolicyName: "app", PolicyGroup: "canary",
		Roles: []string{"Web", "base", "web"}, Tags: []string{"canary", "Secret-1", " "},
	}
	for name, c := range map[string]struct {
		o    Options
		want string
	}{
		"plain":    {Options{}, "tool:chef env:_default policy_name:app policy_group:canary role:web role:base tag:canary tag:secret-1"},
		"prefixes": {Options{ScopePrefix: "chef_", TagPrefix: new("node_")}, "tool:chef chef_env:_default chef_policy_name:app chef_policy_group:canary chef_role:web chef_role:base node_canary node_secret-1"},
		"bare":     {Options{TagPrefix: new("")}, "tool:chef env:_default policy_name:app policy_group:canary role:web role:base canary secret-1"},
		"excluded": {Options{TagsExclude: regexp.MustCompile(`(?i)^tag:secret`)}, "tool:chef env:_default policy_name:app policy_group:canary role:web role:base tag:canary"},
		"exclusion spares roles": {Options{TagsExclude: regexp.MustCompile(`web|canary`)},
			"tool:chef env:_default policy_name:app policy_group:canary role:web role:base tag:secret-1"},
		"the user's": {Options{Tags: []string{"team:Web", "role:web", "", "alone", "a b|c,d:é"}},
			"tool:chef env:_default policy_name:app policy_group:canary team:web role:web alone a_b_c_d:é role:base tag:canary tag:secret-1"},
	} {
		got, dropped := tagsOf(r, c.o)
		if strings.Join(got, " ") != c.want || dropped != 0 {
			t.Errorf("%s:\ngot  %q, %d dropped\nwant %q", name, got, dropped, c.want)
		}
	}
	if got, _ := tagsOf(report.Run{}, Options{}); got == nil || len(got) != 0 {
		t.Errorf("tags of nothing: %#v, want none", got)
	}
}

func TestCleanTag(t *testing.T) {
	for in, want := range map[string]string{
		"role:web":                       "role:web",
		"\tRole:Web Server\n":            "role:web_server",
		"a@b|c,d\ne\x00":                 "a_b_c_d_e_",
		"k:v_-./:9":                      "k:v_-./:9",
		"caf\xe9":                        "caf_",
		"日本":                             "日本",
		strings.Repeat("é", 300):         strings.Repeat("é", 200),
		strings.Repeat("a", 199) + "bcd": strings.Repeat("a", 199) + "b",
	} {
		if got := cleanTag(in); got != want {
			t.Errorf("cleanTag(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestTagsThatFindNoRoomAreCounted(t *testing.T) {
	r := succeeded()
	for i := range 150 {
		r.Roles = append(r.Roles, fmt.Sprint("r", i))
	}
	b := batchOf(t, r, Options{Tags: []string{"team:web"}})
	last := b.Metrics[len(b.Metrics)-1]
	if len(b.Tags) != 100 || !slices.Contains(b.Tags, "team:web") {
		t.Errorf("%d tags: %q", len(b.Tags), b.Tags)
	}
	// tool, env, the user's, 152 roles and a node tag make 156.
	if last.Name != "converged.tags.dropped" || last.Value != 56 {
		t.Errorf("counted %+v", last)
	}
}

func TestPolicyTagsCanBeLeftOut(t *testing.T) {
	r := report.Run{Tool: report.Chef, Status: report.Success, PolicyName: "app", PolicyGroup: "canary", Environment: "canary"}
	b := batchOf(t, r, Options{WithoutPolicyTags: true})
	if all := slices.Concat(b.Tags, b.HostTags.Tags); slices.ContainsFunc(all, func(tag string) bool { return strings.HasPrefix(tag, "policy_") }) {
		t.Errorf("the tags are %q", all)
	}
}

func TestHostTags(t *testing.T) {
	o := Options{Tags: []string{"team:web"}, ScopePrefix: "cm_", TagsExclude: regexp.MustCompile("secret")}
	node := report.Run{Tool: report.Chef, Status: report.Success, Environment: "production", PolicyName: "app",
		Roles: []string{"web", "base"}, Tags: []string{"canary", "secret-1"}}
	want := "cm_env:production cm_policy_name:app cm_role:web cm_role:base tag:canary"
	if b := batchOf(t, node, o); b.HostTags == nil || b.HostTags.Source != "chef" || strings.Join(b.HostTags.Tags, " ") != want {
		t.Errorf("got %+v, want %s", b.HostTags, want)
	}
	for name, c := range map[string]struct {
		change func(*report.Run)
		told   bool
	}{
		"a failure that knows its roles":  {func(r *report.Run) { r.Status = report.Failure }, true},
		"a failure without any":           {func(r *report.Run) { r.Status, r.Roles = report.Failure, []string{} }, false},
		"a failure before they are known": {func(r *report.Run) { r.Status, r.Roles = report.Failure, nil }, false},
		"a success without roles":         {func(r *report.Run) { r.Roles = []string{} }, true},
		"a success of nothing":            {func(r *report.Run) { *r = report.Run{Tool: report.Chef, Status: report.Success} }, false},
		"no tool":                         {func(r *report.Run) { r.Tool = "" }, false},
	} {
		r := node
		c.change(&r)
		if b := batchOf(t, r, o); (b.HostTags != nil) != c.told {
			t.Errorf("%s: %+v", name, b.HostTags)
		}
	}
}
