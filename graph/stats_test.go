package graph_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/parsers/repository"
	"github.com/converged/converged/parsers/role"
)

func TestStats(t *testing.T) {
	s := set(t, "top: role[mid] recipe[x]", "mid: role[low] prod=role[low]", "low: recipe[x] recipe[y]", "alone: role[ghost] recipe[x]", "loop: role[loop]")
	s.Roles[2].Unresolved = []role.Unresolved{{Text: "ENV['X']"}}
	got := graph.New(s, repository.Set{}).Stats()
	want := graph.Stats{
		Kinds: map[graph.Kind]int{graph.Role: 6, graph.Recipe: 2}, Edges: 8, Environments: []string{"prod"},
		Cycles: 1, Missing: 1, Incomplete: 1, Depth: 3, Chain: []string{"role[top]", "role[mid]", "role[low]"},
		MostNamed:    []graph.Ranked{{"recipe[x]", 3}, {"role[ghost]", 1}, {"role[low]", 1}, {"role[mid]", 1}, {"recipe[y]", 1}},
		LongestLists: []graph.Ranked{{"role[alone]", 2}, {"role[low]", 2}, {"role[top]", 2}, {"role[loop]", 1}, {"role[mid]", 1}},
		Repeated:     1,
		Unnamed:      []string{"role[alone]", "role[loop]", "role[top]"}, Leaves: []string{"role[low]"},
	}
	got.Suggestions = nil
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("stats are\n%+v\nwant\n%+v", got, want)
	}
}

func TestStatsOfNothing(t *testing.T) {
	if s := graph.New(role.Set{}, repository.Set{}).Stats(); s.Depth != 0 || len(s.Suggestions) > 0 {
		t.Errorf("stats are %+v", s)
	}
}

func TestSuggestions(t *testing.T) {
	for _, c := range []struct {
		name  string
		lines []string
		want  []string // the first ones; "kind saves role: items in roles"
	}{
		{"nothing", []string{"a: recipe[x] recipe[y]", "b: recipe[x]"}, nil},
		{"redundant items", []string{"base: recipe[ntp]", "web: role[base]", "a: role[web] role[base]", "b: role[web] role[base] recipe[ntp]"},
			[]string{"redundant 2 : role[base] in role[a] role[b]", "redundant 1 : recipe[ntp] in role[b]", "wrapper 1 : role[base] in role[web]"}},
		{"not redundant where the other way is conditional", []string{"base: recipe[ntp]", "web: prod=role[base] recipe[w]", "a: role[web] role[base] recipe[z]"}, nil},
		{"a list worth a role", []string{
			"a: recipe[x] recipe[y] recipe[z] recipe[a]", "b: recipe[x] recipe[y] recipe[z]", "c: recipe[c] recipe[x] recipe[y] recipe[z]",
			"d: recipe[x] recipe[y] recipe[d]"},
			[]string{"spelled-out 4 role[b]: recipe[x] recipe[y] recipe[z] in role[a] role[c]"}},
		{"a new list worth a role", []string{
			"a: recipe[x] recipe[y] recipe[z] recipe[a]", "b: recipe[x] recipe[y] recipe[z] recipe[b]", "c: recipe[c] recipe[x] recipe[y] recipe[z]",
			"d: recipe[x] recipe[y] recipe[d]"},
			[]string{"shared 3 : recipe[x] recipe[y] recipe[z] in role[a] role[b] role[c]"}},
		{"two lists do not count one item twice", []string{
			"a: recipe[p] recipe[q] recipe[r] recipe[s] recipe[a]", "b: recipe[p] recipe[q] recipe[r] recipe[s] recipe[b]",
			"c: recipe[p] recipe[q] recipe[r] recipe[s] recipe[c]", "d: recipe[q] recipe[r] recipe[s] recipe[d]"},
			[]string{"shared 5 : recipe[q] recipe[r] recipe[s] in role[a] role[b] role[c] role[d]"}},
		{"the same list twice is told once", []string{"a: recipe[x] recipe[y] recipe[z]", "b: recipe[z] recipe[y] recipe[x]"},
			[]string{"spelled-out 2 role[a]: recipe[x] recipe[y] recipe[z] in role[b]"}},
		{"redundant together", []string{"base: recipe[x] recipe[y]", "a: role[base] recipe[x] recipe[y]", "b: recipe[y] recipe[x] role[base] recipe[b]"},
			[]string{"redundant 4 : recipe[x] recipe[y] in role[a] role[b]"}},
		{"wrappers", []string{"base: recipe[x] recipe[y]", "a: role[base]", "b: role[base]", "c: role[a]"},
			[]string{"wrapper 2 : role[base] in role[a] role[b]", "wrapper 1 : role[a] in role[c]"}},
		{"what names it in some environments only is no wrapper", []string{"base: recipe[x]", "a: role[base] prod=recipe[x]", "b: prod=role[base]"}, nil},
		{"an environment's list is not looked at", []string{"a: prod=recipe[x] prod=recipe[y]", "b: recipe[y] recipe[x]"}, nil},
		{"a cycle is not opened by sharing it", complete(6), nil},
		{"what roles of a cycle share beside it is", []string{
			"a: role[b] role[c] recipe[x] recipe[y] recipe[z]", "b: role[a] role[c] recipe[x] recipe[y] recipe[z]", "c: role[a] role[b] recipe[x] recipe[y] recipe[z]"},
			[]string{"shared 3 : recipe[x] recipe[y] recipe[z] in role[a] role[b] role[c]"}},
		{"two that only name each other wrap nothing", []string{"a: role[b]", "b: role[a]"}, nil},
		{"a loop is no wrapper, nor what wraps a recipe or nothing there", []string{"a: role[a]", "b: recipe[x]", "c: role[ghost]"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, s := range graph.New(set(t, c.lines...), repository.Set{}).Stats().Suggestions {
				got = append(got, fmt.Sprintf("%s %d %s: %s in %s", s.Kind, s.Saves, s.Role, strings.Join(s.Items, " "), strings.Join(s.In, " ")))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("suggests\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// planted is roles with random items, of which some share a list.
func planted(r *rand.Rand, roles, items, sharing int, shared []string) role.Set {
	var s role.Set
	for i := range roles {
		one := role.Role{Name: fmt.Sprintf("r%05d", i)}
		names := map[string]bool{}
		for range 2 + r.IntN(8) {
			names[fmt.Sprintf("i%05d", r.IntN(items))] = true
		}
		if i < sharing {
			for _, name := range shared {
				names[name] = true
			}
		}
		for _, name := range slices.Sorted(maps.Keys(names)) {
			one.RunList = append(one.RunList, role.Item{Kind: role.RecipeItem, Name: name, Line: 1})
		}
		s.Roles = append(s.Roles, one)
	}
	return s
}

func TestASharedListIsFoundAmongOthers(t *testing.T) {
	for seed := range uint64(20) {
		shared := []string{"s1", "s2", "s3", "s4"}
		g := graph.New(planted(rand.New(rand.NewPCG(seed, 5)), 300, 150, 25, shared), repository.Set{})
		stats := g.Stats()
		if !slices.ContainsFunc(stats.Suggestions, func(s graph.Suggestion) bool {
			return s.Kind == graph.SharedList && len(s.Items) >= 4 && slices.Contains(s.Items, "recipe[s1]") && len(s.In) >= 20
		}) {
			t.Errorf("seed %d: the planted list is not among %+v", seed, stats.Suggestions)
		}
	}
}

// Naming what is suggested leaves what each role brings, and saves what is said.
func TestSuggestionsKeepTheirWord(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 9))
		g := graph.New(planted(r, 12, 9, 5, []string{"s1", "s2", "s3"}), repository.Set{})
		lists, before := map[string]map[string]bool{}, 0
		for _, e := range g.Edges {
			if lists[e.From] == nil {
				lists[e.From] = map[string]bool{}
			}
			lists[e.From][e.To] = true
			before++
		}
		saves := 0
		for i, s := range g.Stats().Suggestions {
			if s.Kind != graph.SpelledOut && s.Kind != graph.SharedList {
				continue
			}
			saves += s.Saves
			name := s.Role
			if s.Kind == graph.SharedList {
				name = fmt.Sprint("new", i)
				lists[name] = map[string]bool{}
				for _, item := range s.Items {
					lists[name][item] = true
				}
			}
			for _, in := range s.In {
				for _, item := range s.Items {
					if !lists[in][item] {
						t.Fatalf("seed %d: %s has no %s any more for %+v", seed, in, item, s)
					}
					delete(lists[in], item)
				}
				lists[in][name] = true
			}
		}
		after := 0
		for _, list := range lists {
			after += len(list)
		}
		if before-after != saves {
			t.Errorf("seed %d: %d items became %d, and %d were to be saved", seed, before, after, saves)
		}
	}
}

func TestStatsOfTenThousandRolesAreBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("large")
	}
	for name, s := range map[string]role.Set{
		"sharing":   planted(rand.New(rand.NewPCG(1, 5)), 10_000, 3000, 2000, []string{"s1", "s2", "s3", "s4", "s5"}),
		"few items": planted(rand.New(rand.NewPCG(1, 5)), 10_000, 12, 0, nil),
	} {
		g := graph.New(s, repository.Set{})
		began := time.Now()
		stats := g.Stats()
		took := time.Since(began)
		t.Logf("%s: %v, cut %v", name, took, stats.Cut)
		if took > time.Minute {
			t.Errorf("%s took %v", name, took)
		}
	}
}

func BenchmarkStats10000(b *testing.B) {
	g := graph.New(planted(rand.New(rand.NewPCG(1, 5)), 10_000, 3000, 2000, []string{"s1", "s2", "s3", "s4", "s5"}), repository.Set{})
	for b.Loop() {
		g.Stats()
	}
}

// However much lists have in common, it is bounded what is spent on them.
func TestStatsOfOddGraphsAreBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("large")
	}
	same := make([]string, 3_000)
	for i := range same {
		same[i] = fmt.Sprintf("r%05d: recipe[a] recipe[b] recipe[c] recipe[d] recipe[e] recipe[u%d]", i, i/2)
	}
	wide := make([]string, 400)
	for i := range wide {
		wide[i] = fmt.Sprintf("r%03d:", i)
		for k := range 400 {
			if (i*k)%7 != 3 {
				wide[i] += fmt.Sprintf(" recipe[x%d]", k)
			}
		}
	}
	for name, lines := range map[string][]string{"one list in 3,000 roles": same, "400 long lists": wide, "all name all": complete(100), "a chain": ring(10_000)[1:]} {
		began := time.Now()
		stats := graph.New(set(t, lines...), repository.Set{}).Stats()
		took := time.Since(began)
		t.Logf("%s: %v, %d suggestions, cut %v", name, took, len(stats.Suggestions), stats.Cut)
		if took > time.Minute {
			t.Errorf("%s took %v", name, took)
		}
	}
}
