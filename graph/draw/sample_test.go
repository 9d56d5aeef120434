package draw_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/parsers/repository"
	"github.com/converged/converged/parsers/role"
)

// roles builds a graph from lines such as "web: role[base] prod=recipe[ntp@1.2]".
func roles(lines ...string) *graph.Graph {
	var set role.Set
	for i, line := range lines {
		name, list, _ := strings.Cut(line, ":")
		r := role.Role{Name: name, File: fmt.Sprintf("roles/%s.rb", name), Format: role.Ruby, Line: 1, EnvRunLists: map[string][]role.Item{}}
		for k, word := range strings.Fields(list) {
			env, text, named := strings.Cut(word, "=")
			if !named {
				r.RunList = append(r.RunList, item(word, i+k+2))
				continue
			}
			r.EnvRunLists[env] = append(r.EnvRunLists[env], item(text, i+k+2))
		}
		set.Roles = append(set.Roles, r)
	}
	return graph.New(set, repository.Set{})
}

func item(text string, line int) role.Item {
	kind, name, _ := strings.Cut(strings.TrimSuffix(text, "]"), "[")
	name, version, _ := strings.Cut(name, "@")
	return role.Item{Kind: role.Kind(kind), Name: name, Version: version, Line: line}
}

// named is a graph of roles with these names in a row, each with one recipe of
// its own name, whatever the names hold.
func named(names ...string) *graph.Graph {
	var set role.Set
	for i, name := range names {
		r := role.Role{Name: name, File: "roles/r.rb", Format: role.Ruby, Line: 1, Description: name}
		r.RunList = []role.Item{{Kind: role.RecipeItem, Name: name, Line: 2}}
		r.EnvRunLists = map[string][]role.Item{name: {{Kind: role.RoleItem, Name: names[(i+1)%len(names)], Line: 3}}}
		set.Roles = append(set.Roles, r)
	}
	return graph.New(set, repository.Set{})
}

// samples are small graphs that together hold everything a picture can show.
func samples() map[string]*graph.Graph {
	return map[string]*graph.Graph{
		"empty": roles(),
		"kinds": kinds(),
		"one":   roles("base:"),
		"web": roles(
			"web1: role[webserver]", "db1: role[database]",
			"webserver: role[base] recipe[apache2] recipe[apache2::mod_ssl@1.2.3]",
			"database: role[base] recipe[mongodb]", "base: recipe[ntp] recipe[openssh]",
		),
		"cycle": roles(
			"alerting: role[monitoring] role[gone]",
			"monitoring: role[alerting] recipe[agent]",
			"base: role[monitoring]", "pager: role[pager] role[base]", "tied: role[alerting]",
			"alerting2: role[monitoring] role[tied]",
		),
		"knot": roles("a: role[b] role[d]", "b: role[c]", "c: role[a]", "d: role[b]"),
		"environments": roles(
			"app: recipe[app] prod=recipe[app] prod=role[hardened] staging=role[hardened] qa=role[hardened] eu-west-production=role[hardened] us-east-production=role[hardened]",
			"hardened: prod=role[app]",
		),
	}
}

// hostile are names that break notations which do not expect them.
func hostile() []string {
	return []string{
		"", " ", "a b", `quote"d`, `back\slash`, `ends\`, `\N\G\l`, `\"`, "a\nb", "a\r\nb", "tab\there",
		"<b>bold</b>", "<>", "a & b", "&amp;", "&#60;", "]]>", "<!--", "--", "'", "</svg><script>alert(1)</script>",
		`"onload="alert(1)`, "javascript:alert(1)", "a;b", "a->b", "{a|b}", "node", "digraph", "subgraph", "strict", "1", "-1", "1.5e3",
		"nul\x00byte", "bell\x07", "\x1b[31m", "del\x7f", "c1\u0085", "bad\xff\xfeutf8", "\ufffe", "\uffff", "\ufdd0", "\ufeffbom",
		"漢字の役割", "émoji 🎉", "👩‍👩‍👧‍👦", "עברית", "rtl\u202eoverride", "z\u0301\u0302\u0303", "zero\u200bwidth", "line\u2028separator",
		"role[a]", "recipe[a]", "a]", "[", "#", "%s%n", "$(id)", "`id`", "../../etc/passwd", "ntp@1.2.3",
		strings.Repeat("long", 2500), strings.Repeat("漢", 4000), strings.Repeat("<", 3000), strings.Repeat("\xff", 999),
	}
}

// large is a graph of about 300 nodes and 900 edges, like a real directory: a few
// levels, some hubs.
func large() *graph.Graph {
	lines := make([]string, 0, 100)
	for i := range cap(lines) {
		line := fmt.Sprintf("role-number-%d: recipe[base::hardening]", i)
		for k := range 8 {
			if k < 2 && i > 5 {
				line += fmt.Sprintf(" role[role-number-%d]", (i*i+k*7)%i)
			} else {
				line += fmt.Sprintf(" recipe[cookbook%d::recipe_%d]", (i*7+k*k*3)%60, (i/8+k)%5)
			}
		}
		lines = append(lines, line)
	}
	return roles(lines...)
}

func TestTheLargeSampleIsLarge(t *testing.T) {
	g := large()
	if len(g.Nodes) < 280 || len(g.Edges) < 850 {
		t.Errorf("large() has %s; want about 300 nodes and 900 edges", g.Summary())
	}
}
