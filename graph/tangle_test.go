package graph_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/parsers/repository"
	"github.com/converged/converged/parsers/role"
)

// inALine is a tangle in a line: its cycle, where it is, what it needs, what opens it.
func inALine(t graph.Tangle) string {
	var b strings.Builder
	b.WriteString(strings.ReplaceAll(strings.Join(t.Path, ">"), "role", ""))
	switch {
	case t.Everywhere:
		b.WriteString(" everywhere")
	case len(t.Environments) == 0:
		b.WriteString(" nowhere")
	default:
		b.WriteString(" in " + strings.Join(t.Environments, ","))
	}
	if t.Possible {
		b.WriteString(" possible")
	}
	for _, e := range t.Cut.Edges {
		b.WriteString(strings.ReplaceAll(fmt.Sprintf(" -%s%s", e.From, e.To), "role", ""))
	}
	return b.String()
}

func TestTangles(t *testing.T) {
	for _, c := range []struct {
		name  string
		lines []string // as of set; "?role[x]" is an item of Maybe
		want  []string
		parts []string // of the first, by environment
	}{
		{"none", []string{"a: role[b]", "b:"}, nil, nil},
		{"itself", []string{"a: role[a]"}, []string{"[a] everywhere -[a][a]"}, []string{"[a] everywhere -[a][a]"}},
		{"itself in one environment", []string{"a: role[b] prod=role[a]", "b:"}, []string{"[a] in prod -[a][a]"}, []string{"[a] in prod -[a][a]"}},
		{"everywhere", []string{"a: role[b]", "b: role[a]"}, []string{"[a]>[b] everywhere -[a][b]"}, []string{"[a]>[b] everywhere -[a][b]"}},
		{"where one side holds only", []string{"a: role[b]", "b: role[x] prod=role[a] qa=role[x]", "x:"},
			[]string{"[a]>[b] in prod -[b][a]"}, []string{"[a]>[b] in prod -[b][a]"}},
		{"in the default of what has lists", []string{"a: role[b] prod=role[x]", "b: role[a]", "x:"},
			[]string{"[a]>[b] in _default -[a][b]"}, []string{"[a]>[b] in _default -[a][b]"}},
		{"in no single environment", []string{"a: prod=role[b]", "b: qa=role[a]"}, []string{"[a]>[b] nowhere -[a][b]"}, nil},
		{"the real one is shown, not a shorter of the union",
			[]string{"a: prod=role[b] qa=role[c]", "b: qa=role[a] prod=role[c]", "c: prod=role[a]"},
			[]string{"[a]>[b]>[c] in prod -[b][a] -[c][a]"}, []string{"[a]>[b]>[c] in prod -[b][c]"}},
		{"one for each of two environments",
			[]string{"a: prod=role[b] qa=role[c]", "b: prod=role[a]", "c: qa=role[a]"},
			[]string{"[a]>[b] in prod -[b][a] -[c][a]"}, []string{"[a]>[b] in prod -[b][a]", "[a]>[c] in qa -[c][a]"}},
		{"only if a condition holds", []string{"a: role[b]", "b: ?role[a]"}, []string{"[a]>[b] everywhere possible -[b][a]"},
			[]string{"[a]>[b] everywhere possible -[b][a]"}},
		{"a certain one in one environment, a possible one in another",
			[]string{"a: ?role[b] prod=role[c]", "b: role[a]", "c: role[a]"},
			[]string{"[a]>[c] in prod -[a][b] -[a][c]"}, []string{"[a]>[c] in prod -[a][c]", "[a]>[b] in _default possible -[a][b]"}},
		{"the certain one is shown, not a shorter that may be",
			[]string{"a: ?role[b] role[c]", "b: role[a]", "c: role[b]"},
			[]string{"[a]>[c]>[b] everywhere -[b][a]"}, []string{"[a]>[c]>[b] everywhere -[b][a]"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := graph.New(maybes(set(t, c.lines...)), repository.Set{}).Tangles()
			if lines := tell(got); !slices.Equal(lines, c.want) {
				t.Fatalf("tangles are %q, want %q", lines, c.want)
			}
			if len(got) > 0 {
				if parts := tell(got[0].Within); !slices.Equal(parts, c.parts) {
					t.Errorf("single environments have %q, want %q", parts, c.parts)
				}
			}
		})
	}
}

func tell(tangles []graph.Tangle) []string {
	var lines []string
	for _, t := range tangles {
		lines = append(lines, inALine(t))
	}
	return lines
}

// maybes moves the items whose kind begins with "?" to where they belong.
func maybes(s role.Set) role.Set {
	for i := range s.Roles {
		r := &s.Roles[i]
		certain := r.RunList[:0:0]
		for _, item := range r.RunList {
			if kind, maybe := strings.CutPrefix(string(item.Kind), "?"); maybe {
				item.Kind = role.Kind(kind)
				r.Maybe = append(r.Maybe, role.MaybeItem{Item: item, Environment: graph.Default, Condition: "x"})
			} else {
				certain = append(certain, item)
			}
		}
		r.RunList = certain
	}
	return s
}

func TestTanglesAreTheSameEachTime(t *testing.T) {
	lines := []string{"a: role[b] prod=role[c] qa=role[b]", "b: role[c] role[a]", "c: role[a] prod=role[b]", "z: role[y]", "y: prod=role[z] qa=role[z]"}
	first := graph.New(set(t, lines...), repository.Set{}).Tangles()
	for range 20 {
		if again := graph.New(set(t, lines...), repository.Set{}).Tangles(); !reflect.DeepEqual(first, again) {
			t.Fatalf("%v became %v", tell(first), tell(again))
		}
	}
}

// A list for each of 3,000 environments is looked at, and no more than bounded.
func TestManyEnvironmentsAreBounded(t *testing.T) {
	var lines []string
	for i := range 3000 {
		lines = append(lines, fmt.Sprintf("r%05d: role[r%05d] e%05d=role[r%05d]", i, (i+1)%3000, i, (i+1)%3000))
	}
	got := graph.New(set(t, lines...), repository.Set{}).Tangles()
	if len(got) != 1 || got[0].Unchecked+len(got[0].Environments) != 3001 || len(got[0].Within) != 1 {
		t.Errorf("%d tangles, %d environments, %d not looked at", len(got), len(got[0].Environments), got[0].Unchecked)
	}
}
