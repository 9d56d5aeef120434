package graph_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/parsers/repository"
	"github.com/converged/converged/parsers/role"
)

// set makes roles from lines such as "web: role[base] recipe[nginx] prod=recipe[ssl]".
func set(t *testing.T, lines ...string) role.Set {
	t.Helper()
	var s role.Set
	for _, line := range lines {
		name, list, _ := strings.Cut(line, ":")
		r := role.Role{Name: name, File: name + ".rb", Format: role.Ruby, Line: 1, EnvRunLists: map[string][]role.Item{}}
		for i, word := range strings.Fields(list) {
			env, text, found := strings.Cut(word, "=")
			if !found {
				env, text = "", word
			}
			kind, rest, ok := strings.Cut(strings.TrimSuffix(text, "]"), "[")
			if !ok {
				t.Fatalf("%q is not an item", text)
			}
			item := role.Item{Kind: role.Kind(kind), Name: rest, Line: i + 2}
			if env == "" {
				r.RunList = append(r.RunList, item)
			} else {
				r.EnvRunLists[env] = append(r.EnvRunLists[env], item)
			}
		}
		s.Roles = append(s.Roles, r)
	}
	return s
}

func edges(g *graph.Graph) []string {
	var all []string
	for _, e := range g.Edges {
		all = append(all, fmt.Sprintf("%s>%s %v %s:%d", e.From, e.To, e.Environments, e.File, e.Line))
	}
	return all
}

func TestRolesBesideASingleFileComeFromElsewhere(t *testing.T) {
	s := set(t, "shop: role[base] role[ghost] recipe[base]")
	s.Beside = []string{"base", "other"}
	g := graph.New(s, repository.Set{})
	var told []string
	for _, n := range g.Nodes {
		told = append(told, fmt.Sprintf("%s external %t missing %t", n.ID, n.External, n.Missing))
	}
	want := []string{"role[base] external true missing false", "role[ghost] external false missing true",
		"role[shop] external false missing false", "recipe[base] external false missing false"}
	if !slices.Equal(told, want) {
		t.Errorf("nodes are %q, want %q", told, want)
	}
	x, err := g.Expand("role[shop]", "")
	if err != nil {
		t.Fatal(err)
	}
	if m := x.Missing(); len(m) != 1 || m[0].Item.Name != "ghost" || !x.Roles[1].External {
		t.Errorf("missing are %+v of %+v", m, x.Roles)
	}
	if stats := g.Stats(); len(stats.Leaves) != 0 || stats.Missing != 1 {
		t.Errorf("leaves are %v, %d missing", stats.Leaves, stats.Missing)
	}
}

func TestARoleAndARecipeOfOneNameAreTwoNodes(t *testing.T) {
	g := graph.New(set(t, "web: recipe[web] role[base]", "base:"), repository.Set{})
	var ids []string
	for _, n := range g.Nodes {
		ids = append(ids, n.ID)
	}
	if want := []string{"role[base]", "role[web]", "recipe[web]"}; !slices.Equal(ids, want) {
		t.Errorf("nodes are %v, want %v", ids, want)
	}
	if got := g.Summary(); got != "2 roles, 1 recipe, 2 edges" {
		t.Errorf("the summary is %q", got)
	}
}

func TestEnvironmentsLabelTheirEdges(t *testing.T) {
	g := graph.New(set(t, "web: recipe[a] recipe[b] staging=recipe[b] prod=recipe[b] prod=recipe[c]"), repository.Set{})
	want := []string{
		"role[web]>recipe[a] [] web.rb:2",
		"role[web]>recipe[b] [_default prod staging] web.rb:3",
		"role[web]>recipe[c] [prod] web.rb:6",
	}
	if got := edges(g); !slices.Equal(got, want) {
		t.Errorf("edges are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestAnEdgeThatHoldsEverywhereIsNotRestricted(t *testing.T) {
	g := graph.New(set(t,
		"web: recipe[all] recipe[default] prod=recipe[all] prod=recipe[prod] qa=recipe[all]",
		"db: recipe[all]"), repository.Set{})

	want := map[string]string{
		"role[db] recipe[all]": "[]", "role[web] recipe[all]": "[]",
		"role[web] recipe[default]": "[_default]", "role[web] recipe[prod]": "[prod]",
	}
	for _, e := range g.Edges {
		if got := fmt.Sprint(e.Only()); got != want[e.From+" "+e.To] {
			t.Errorf("%s to %s is restricted to %s, want %s", e.From, e.To, got, want[e.From+" "+e.To])
		}
	}
}

func TestTwoFilesOfOneNameMakeOneNode(t *testing.T) {
	g := graph.New(set(t, "web: recipe[a]", "web: recipe[b]"), repository.Set{})
	if len(g.Roles) != 2 || g.Summary() != "1 role, 2 recipes, 2 edges" {
		t.Errorf("%d entries, %s", len(g.Roles), g.Summary())
	}
}

func TestMissingRolesSayWhoNamesThem(t *testing.T) {
	g := graph.New(set(t, "a: role[ghost]", "b: role[ghost] role[a]"), repository.Set{})
	missing := g.MissingRoles()
	if len(missing) != 1 || missing[0].Node.ID != "role[ghost]" || len(missing[0].Named) != 2 {
		t.Fatalf("missing is %+v", missing)
	}
	if e := missing[0].Named[1]; e.From != "role[b]" || e.File != "b.rb" || e.Line != 2 {
		t.Errorf("the second edge is %+v", e)
	}
}

func TestCycles(t *testing.T) {
	for _, c := range []struct {
		name  string
		lines []string
		want  []string // paths
	}{
		{"none", []string{"a: role[b] recipe[a]", "b: role[c]", "c:"}, nil},
		{"a diamond is none", []string{"a: role[b] role[c]", "b: role[d]", "c: role[d]", "d:"}, nil},
		{"itself", []string{"a: role[a]"}, []string{"role[a]"}},
		{"two", []string{"b: role[a]", "a: role[b]"}, []string{"role[a] role[b]"}},
		{"starts at the smallest name", []string{"c: role[a]", "a: role[b]", "b: role[c]"}, []string{"role[a] role[b] role[c]"}},
		{"the shortest of a component", []string{"a: role[b]", "b: role[c]", "c: role[a] role[d]", "d: role[c]"}, []string{"role[c] role[d]"}},
		{"two components and a loop", []string{"z: role[y] role[z]", "y: role[z]", "a: role[b]", "b: role[a]"},
			[]string{"role[a] role[b]", "role[y] role[z]", "role[z]"}},
		{"through an environment only", []string{"a: prod=role[b]", "b: role[a]"}, []string{"role[a] role[b]"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := graph.New(set(t, c.lines...), repository.Set{})
			var got []string
			for _, cycle := range g.Cycles() {
				got = append(got, strings.Join(cycle.Path, " "))
				if along := g.Along(cycle); len(along) != len(cycle.Path) {
					t.Errorf("%v has %d edges", cycle.Path, len(along))
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("cycles are %q, want %q", got, c.want)
			}
		})
	}
}

// complete is n roles that all name each other.
func complete(n int) []string {
	var lines []string
	for i := range n {
		var b strings.Builder
		fmt.Fprintf(&b, "r%02d:", i)
		for j := range n {
			if i != j {
				fmt.Fprintf(&b, " role[r%02d]", j)
			}
		}
		lines = append(lines, b.String())
	}
	return lines
}

// ring is n roles, each naming the next.
func ring(n int) []string {
	lines := make([]string, n)
	for i := range n {
		lines[i] = fmt.Sprintf("r%05d: role[r%05d]", i, (i+1)%n)
	}
	return lines
}

func TestLargeComponentsAnswerAtOnce(t *testing.T) {
	for name, lines := range map[string][]string{"complete graph of 30": complete(30), "ring of 10,000": ring(10_000)} {
		g := graph.New(set(t, lines...), repository.Set{})
		began := time.Now()
		cycles := g.Cycles()
		if len(cycles) != 1 || len(cycles[0].Component) != len(lines) {
			t.Errorf("%s: %d cycles", name, len(cycles))
		}
		// Listing all elementary cycles of 30 would take longer than the universe has.
		if took := time.Since(began); took > time.Minute {
			t.Errorf("%s took %v", name, took)
		}
	}
}

func BenchmarkCyclesRing10000(b *testing.B) {
	var s role.Set
	for i := range 10_000 {
		next := role.Item{Kind: role.RoleItem, Name: fmt.Sprintf("r%05d", (i+1)%10_000), Line: 1}
		s.Roles = append(s.Roles, role.Role{Name: fmt.Sprintf("r%05d", i), RunList: []role.Item{next}})
	}
	g := graph.New(s, repository.Set{})
	for b.Loop() {
		g.Cycles()
	}
}
