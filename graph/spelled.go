package graph

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// spelledLeast is how many items must be saved to be worth a word.
const spelledLeast = 2

// spelledOut finds roles whose every item other roles name one by one. Of roles
// with the same list the first stands for all. What could be named instead is
// taken out of the lists.
func (t *tangles) spelledOut() []Suggestion {
	var all []Suggestion
	for _, role := range t.distinct() {
		items := t.lists[role]
		if len(items) < 2 {
			continue // an earlier suggestion made it short
		}
		in := slices.DeleteFunc(t.naming(items), func(other int) bool { return other == role })
		if len(in)*(len(items)-1) < spelledLeast {
			continue
		}
		items = slices.Clone(items)
		s := Suggestion{Kind: SpelledOut, Saves: len(in) * (len(items) - 1), Items: t.names(items), Role: t.ids[role], In: t.names(in)}
		all = append(all, s)
		t.take(in, items)
	}
	return all
}

// distinct is the roles that others could name, the longest lists first; of
// those with the same list only the first.
func (t *tangles) distinct() []int {
	seen := map[string]bool{}
	var roles []int
	for role, items := range t.lists {
		if len(items) < 2 || !t.whole[role] {
			continue
		}
		var key strings.Builder
		for _, item := range items {
			key.WriteString(strconv.Itoa(item) + " ")
		}
		if !seen[key.String()] {
			seen[key.String()] = true
			roles = append(roles, role)
		}
	}
	slices.SortStableFunc(roles, func(x, y int) int { return cmp.Compare(len(t.lists[y]), len(t.lists[x])) })
	return roles
}

// naming is the roles that name all of these items.
func (t *tangles) naming(items []int) []int {
	rarest := slices.MinFunc(items, func(x, y int) int { return cmp.Compare(len(t.namers[x]), len(t.namers[y])) })
	if !t.spend(len(t.namers[rarest]) * len(items)) {
		return nil
	}
	var roles []int
	for _, role := range t.namers[rarest] {
		if !slices.ContainsFunc(items, func(item int) bool {
			_, has := slices.BinarySearch(t.lists[role], item)
			return !has
		}) {
			roles = append(roles, role)
		}
	}
	return roles
}
