package check

import (
	"strings"
	"testing"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/parsers/repository"
	"github.com/converged/converged/parsers/role"
)

// set makes roles from lines such as "web: role[base] prod=recipe[ssl] ?role[x]",
// whose items stand from line 2. "~" is a space in a name.
func set(t *testing.T, lines ...string) role.Set {
	t.Helper()
	var s role.Set
	for _, line := range lines {
		name, list, _ := strings.Cut(line, ":")
		r := role.Role{Name: name, File: "roles/" + name + ".rb", Format: role.Ruby, Line: 1, EnvRunLists: map[string][]role.Item{}}
		for i, word := range strings.Fields(list) {
			word, maybe := strings.CutPrefix(word, "?")
			env, text, found := strings.Cut(word, "=")
			if !found {
				env, text = graph.Default, word
			}
			kind, rest, ok := strings.Cut(strings.TrimSuffix(text, "]"), "[")
			if !ok {
				t.Fatalf("%q is no item", text)
			}
			item := role.Item{Kind: role.Kind(kind), Name: strings.ReplaceAll(rest, "~", " "), Line: i + 2}
			switch {
			case maybe:
				r.Maybe = append(r.Maybe, role.MaybeItem{Item: item, Environment: env, Condition: "ask?"})
			case env == graph.Default:
				r.RunList = append(r.RunList, item)
			default:
				r.EnvRunLists[env] = append(r.EnvRunLists[env], item)
			}
		}
		s.Roles = append(s.Roles, r)
	}
	return s
}

func roles(t *testing.T, lines ...string) *graph.Graph {
	t.Helper()
	return graph.New(set(t, lines...), repository.Set{})
}

// told are the findings of a rule, a line each: level, message, notes, places.
func told(r Report, rule string) []string {
	var lines []string
	for _, f := range r.Findings {
		if f.Rule != rule {
			continue
		}
		line := string(f.Level) + ": " + f.Message
		for _, note := range f.Notes {
			line += " | " + note
		}
		for _, p := range f.Places {
			line += " @" + strings.TrimPrefix(p.String(), "roles/")
		}
		lines = append(lines, line)
	}
	return lines
}

// hostile are names that some notation gives a meaning to.
var hostile = []string{
	`<script>alert("1")</script>`, `]]>&amp;'`, "a::error file=x,line=1::b%0A", "line\nfeed\rreturn", "\x00\x1b[31m\x7f", "latin \xfc", "übergröße 你好",
	"\u202eright to left\u2028", "100%25", `c:\d"e`, strings.Repeat("long", 2500),
}

// hostileGraph is roles with such names that find every sort of thing.
func hostileGraph() *graph.Graph {
	var s role.Set
	for i, name := range hostile {
		other := hostile[(i+1)%len(hostile)]
		s.Roles = append(s.Roles, role.Role{
			Name: name, File: "roles/" + name + ".rb", Line: 1,
			RunList: []role.Item{{Kind: role.RoleItem, Name: other, Line: 2}, {Kind: role.RoleItem, Name: "gone " + name, Line: 3},
				{Kind: role.RoleItem, Name: name, Line: 4}},
			Unresolved: []role.Unresolved{{File: "roles/" + name + ".rb", Line: 5, Text: name, Reason: name}},
		})
		s.Problems = append(s.Problems, role.Problem{File: name, Line: i, Column: i, Kind: role.SyntaxError, Message: name})
	}
	return graph.New(s, repository.Set{})
}

func judged(s role.Set) Report { return Judge(graph.New(s, repository.Set{}), Settings{}) }
