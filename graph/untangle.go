package graph

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Suggestion is a change that makes run lists shorter and leaves what they bring.
// It may change the order of what is brought, and knows nothing of attributes.
type Suggestion struct {
	Kind  SuggestionKind
	Saves int      // items fewer in all run lists together
	Items []string // the IDs of what it is about, sorted
	Role  string   // the ID of the role that has them, where there is one
	In    []string // the IDs of the roles whose lists change, sorted
}

// SuggestionKind is what a suggestion is about.
type SuggestionKind string

// The kinds of suggestions.
const (
	// RedundantItem: the roles In name the Items, and get them by others anyway.
	RedundantItem SuggestionKind = "redundant"
	// SpelledOut: the roles In name one by one all that Role has, and could name it.
	SpelledOut SuggestionKind = "spelled-out"
	// SharedList: the roles In all name the Items: a role of its own could have them.
	SharedList SuggestionKind = "shared"
	// Wrapper: the roles In name the one role of Items and nothing else.
	Wrapper SuggestionKind = "wrapper"
)

// suggestedMost is how many suggestions of a kind are made, the best ones.
const suggestedMost = 10

// untangle suggests where to begin, the biggest saving first. Each suggestion
// counts on those that save more of the same items. Of run lists it looks at
// what holds always, without a condition and in every environment.
func (g *Graph) untangle() (all []Suggestion, cut bool) {
	reduced := g.reduced()
	t := newTangles(reduced)
	all = slices.Concat(best(g.redundant(reduced)), best(t.spelledOut()), t.shared(), best(g.wrappers()))
	slices.SortStableFunc(all, func(x, y Suggestion) int {
		return cmp.Or(cmp.Compare(y.Saves, x.Saves), cmp.Compare(x.Kind, y.Kind), slices.Compare(x.Items, y.Items), cmp.Compare(x.Role, y.Role))
	})
	return all, t.effort < 0
}

// best is the suggestions that save most.
func best(all []Suggestion) []Suggestion {
	slices.SortStableFunc(all, func(x, y Suggestion) int { return cmp.Compare(y.Saves, x.Saves) })
	return all[:min(suggestedMost, len(all))]
}

// redundant is the edges of roles that the reduction left out; items that the
// same roles need not name are told together.
func (g *Graph) redundant(reduced *Graph) []Suggestion {
	gone, _ := apart(g.Edges, reduced.Edges, compareEdges, nil)
	roles := map[string]bool{}
	for _, n := range g.Nodes {
		roles[n.ID] = n.Kind == Role
	}
	in := map[string][]string{}
	for _, e := range gone {
		if roles[e.From] && e.Relation == RunList {
			in[e.To] = append(in[e.To], e.From)
		}
	}
	together := map[string][]string{}
	for item, names := range in {
		key := strings.Join(names, "\n")
		together[key] = append(together[key], item)
	}
	var all []Suggestion
	for _, key := range slices.Sorted(maps.Keys(together)) {
		items := slices.Sorted(slices.Values(together[key]))
		names := in[items[0]]
		all = append(all, Suggestion{Kind: RedundantItem, Saves: len(items) * len(names), Items: items, In: names})
	}
	return all
}

// wrappers is the roles that name one other and nothing else, whatever the
// environment, by that other.
func (g *Graph) wrappers() []Suggestion {
	names := map[string][]Edge{}
	for _, e := range g.Edges {
		names[e.From] = append(names[e.From], e)
	}
	roles := map[string]bool{}
	for _, n := range g.Nodes {
		roles[n.ID] = n.Kind == Role && !n.Missing && !n.External
	}
	of, at := map[string][]string{}, g.index()
	tied, _ := components(g.next())
	for i, n := range g.Nodes {
		if !roles[n.ID] || n.Incomplete || len(names[n.ID]) != 1 {
			continue
		}
		if e := names[n.ID][0]; roles[e.To] && tied[at[e.To]] != tied[i] && !e.Maybe && e.Only() == nil {
			of[e.To] = append(of[e.To], n.ID)
		}
	}
	var all []Suggestion
	for _, wrapped := range slices.Sorted(maps.Keys(of)) {
		all = append(all, Suggestion{Kind: Wrapper, Saves: len(of[wrapped]), Items: []string{wrapped}, In: of[wrapped]})
	}
	return all
}

// tangles is the run lists of roles as sorted numbers of items, which shrink
// while suggestions are made.
type tangles struct {
	ids    []string // of items and of roles, by their number
	lists  [][]int  // by the number of the role
	namers [][]int  // by the number of the item, the roles that name it, sorted
	whole  []bool   // the role's list is known in full, and there is one
	effort int      // what may still be looked at; negative when that was too little
}

// effortMost bounds the search to some tenths of a second.
const effortMost = 60_000_000

func newTangles(g *Graph) *tangles {
	t := &tangles{
		ids: make([]string, len(g.Nodes)), lists: make([][]int, len(g.Nodes)), namers: make([][]int, len(g.Nodes)),
		whole: make([]bool, len(g.Nodes)), effort: effortMost,
	}
	at := g.index()
	of, _ := components(g.next())
	for i, n := range g.Nodes {
		t.ids[i], t.whole[i] = n.ID, n.Kind == Role && !n.Incomplete && !n.Missing && !n.External
	}
	for _, e := range g.Edges {
		from, to := at[e.From], at[e.To]
		switch {
		case g.Nodes[from].Kind != Role || e.Relation != RunList || from == to:
		case of[from] == of[to]: // a cycle: what else they name is another matter
			t.whole[from] = false
		case e.Maybe || e.Only() != nil:
			t.whole[from] = false
		default:
			t.lists[from] = append(t.lists[from], to)
			t.namers[to] = append(t.namers[to], from)
		}
	}
	for i := range t.lists {
		slices.Sort(t.lists[i])
		slices.Sort(t.namers[i])
	}
	return t
}

// spend takes so much of the effort, and says whether there was enough left.
func (t *tangles) spend(n int) bool {
	t.effort -= n
	return t.effort >= 0
}

// take removes items from the lists of roles that have them; both are sorted.
func (t *tangles) take(roles, items []int) {
	for _, role := range roles {
		t.lists[role] = without(t.lists[role], items)
	}
	for _, item := range items {
		t.namers[item] = without(t.namers[item], roles)
	}
}

// without is a list without what others has, both sorted.
func without(list, others []int) []int {
	return slices.DeleteFunc(list, func(x int) bool {
		_, has := slices.BinarySearch(others, x)
		return has
	})
}

// names is the IDs of some numbers, sorted.
func (t *tangles) names(numbers []int) []string {
	names := make([]string, len(numbers))
	for i, n := range numbers {
		names[i] = t.ids[n]
	}
	slices.Sort(names)
	return names
}
