package graph

import (
	"cmp"
	"maps"
	"slices"

	"github.com/converged/converged/parsers/role"
)

// reorders are the run lists that both graphs have and whose common items stand
// in another order, of roles that are in both. A role without a list for an
// environment has its plain one. Of views only what they show counts.
func reorders(before, after *Graph) []Reorder {
	was, there, here := map[string]role.Role{}, before.index(), after.index()
	for _, r := range slices.Backward(before.Roles) { // the first of a name is the one drawn
		if _, ok := there[RoleID(r.Name)]; ok {
			was[r.Name] = r
		}
	}
	shownBefore, shownAfter := before.shown(), after.shown()
	var all []Reorder
	seen := map[string]bool{}
	for _, now := range after.Roles {
		old, before := was[now.Name]
		if _, after := here[RoleID(now.Name)]; !before || !after || seen[now.Name] {
			continue
		}
		seen[now.Name] = true
		for _, environment := range listed(after.alone, old, now) {
			if r, moved := reordered(shownBefore(old, environment), shownAfter(now, environment)); moved {
				r.Role, r.Environment, r.File = RoleID(now.Name), environment, now.File
				all = append(all, r)
			}
		}
	}
	slices.SortStableFunc(all, func(x, y Reorder) int { return cmp.Compare(x.Role, y.Role) })
	return all
}

// listed are the environments that any of some roles has a list for, Default among
// them, sorted; or the only one that is shown.
func listed(alone string, roles ...role.Role) []string {
	if alone != "" {
		return []string{alone}
	}
	environments := map[string]bool{Default: true}
	for _, r := range roles {
		for environment := range r.EnvRunLists {
			environments[environment] = true
		}
	}
	return slices.Sorted(maps.Keys(environments))
}

// shown gives what of a role's list for an environment the graph has edges for.
func (g *Graph) shown() func(r role.Role, environment string) []role.Item {
	edges := make(map[[2]string]bool, len(g.Edges))
	for _, e := range g.Edges {
		edges[[2]string{e.From, unversioned(e.To)}] = true
	}
	return func(r role.Role, environment string) []role.Item {
		return slices.DeleteFunc(slices.Clone(listIn(r, environment)), func(item role.Item) bool {
			return !edges[[2]string{RoleID(r.Name), unversioned(item.String())}]
		})
	}
}

func listIn(r role.Role, environment string) []role.Item {
	if list, ok := r.EnvRunLists[environment]; ok {
		return list
	}
	return r.RunList
}

// reordered compares the items that two lists have in common. Of repetitions
// only the first counts, as when Chef expands them.
func reordered(before, after []role.Item) (Reorder, bool) {
	var r Reorder
	r.Before = common(before, after)
	r.After = common(after, before)
	for i, item := range r.After {
		if item != r.Before[i] {
			at := slices.IndexFunc(after, func(x role.Item) bool { return x.String() == item })
			r.Line = max(1, after[at].Line)
			return r, true
		}
	}
	return r, false
}

// common is the items of a list that another has too, in its own order.
func common(list, other []role.Item) []string {
	there := make(map[string]bool, len(other))
	for _, item := range other {
		there[item.String()] = true
	}
	var items []string
	for _, item := range list {
		if id := item.String(); there[id] {
			there[id] = false
			items = append(items, id)
		}
	}
	return items
}
