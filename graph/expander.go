package graph

import (
	"slices"
	"strings"

	"github.com/converged/converged/parsers/role"
)

// expander is an expansion on its way.
type expander struct {
	done     *Expansion
	loaded   map[string]*role.Role
	beside   []string           // the roles that are there and were not read, sorted
	recipes  map[string]int     // by name, the place in done.Recipes
	roles    map[string]int     // by name, the place in done.Roles
	maybe    map[string]bool    // the recipes in done.Maybe, as items
	versions map[string]Mention // by cookbook, the first that wants one
	doubted  bool               // a list that was expanded holds items in doubt
	sure     bool               // items in doubt are left out
}

// certain expands what is surely there, depth first, without recursion: a chain
// of roles may be longer than a stack is deep.
func (x *expander) certain(list []Mention) {
	for stack := [][]Mention{list}; len(stack) > 0; {
		top := len(stack) - 1
		if len(stack[top]) == 0 {
			stack = stack[:top]
			continue
		}
		m := stack[top][0]
		stack[top] = stack[top][1:]
		if m.Item.Kind == role.RoleItem {
			stack = append(stack, x.role(m))
		} else {
			x.recipe(m)
		}
	}
}

// role takes a role at its first mention, and returns what its list holds.
func (x *expander) role(m Mention) []Mention {
	m.Role = x.loaded[m.Item.Name]
	if m.Role == nil {
		_, m.External = slices.BinarySearch(x.beside, m.Item.Name)
	}
	if _, again := x.roles[m.Item.Name]; again {
		if !m.Maybe {
			x.done.Skipped = append(x.done.Skipped, m)
		}
		return nil
	}
	at := len(x.done.Roles)
	x.roles[m.Item.Name] = at
	x.done.ways = append(x.done.ways, x.done.wayTo(m))
	x.done.Roles = append(x.done.Roles, m)
	if m.Role == nil {
		return nil
	}
	items, ok := m.Role.EnvRunLists[x.done.Environment]
	if !ok {
		items = m.Role.RunList
	}
	if inDoubt := func(i role.Item) bool { return i.Doubt != "" }; slices.ContainsFunc(items, inDoubt) {
		x.doubted = true
		if x.sure {
			items = slices.DeleteFunc(slices.Clone(items), inDoubt)
		}
	}
	list := written(items, m.Role.File, at)
	for i := range list {
		list[i].Maybe, list[i].Condition = m.Maybe, items[i].Doubt
	}
	return list
}

// doubt marks what is not there when all that is in doubt is taken away.
func (x *expander) doubt(sure *expander) {
	for i := range x.done.Recipes {
		m := &x.done.Recipes[i]
		_, there := sure.recipes[m.Item.Name]
		m.InDoubt = !there
	}
	for i := range x.done.Roles {
		m := &x.done.Roles[i]
		_, there := sure.roles[m.Item.Name]
		m.InDoubt = !there
	}
	for i := range x.done.Skipped {
		m := &x.done.Skipped[i]
		_, role := sure.roles[m.Item.Name]
		_, recipe := sure.recipes[m.Item.Name]
		m.InDoubt = m.Item.Kind == "role" && !role || m.Item.Kind == "recipe" && !recipe
	}
}

func (x *expander) recipe(m Mention) {
	at, again := x.recipes[m.Item.Name]
	switch {
	case m.Maybe:
		if item := m.Item.String(); !again && !x.maybe[item] {
			x.maybe[item] = true
			x.done.Maybe = append(x.done.Maybe, m)
		}
		return
	case again:
		x.done.Skipped = append(x.done.Skipped, m)
	default:
		at = len(x.done.Recipes)
		x.recipes[m.Item.Name] = at
		x.done.Recipes = append(x.done.Recipes, m)
	}
	if m.Item.Version != "" {
		x.done.Recipes[at].Item.Version = m.Item.Version
		x.version(m)
	}
}

// version notes which version of a cookbook is wanted, and by whom.
func (x *expander) version(m Mention) {
	cookbook, _, _ := strings.Cut(m.Item.Name, "::")
	first, again := x.versions[cookbook]
	if !again {
		x.versions[cookbook] = m
		return
	}
	known := func(c Conflict) bool { return c.Cookbook == cookbook }
	if canonical(first.Item.Version) != canonical(m.Item.Version) && !slices.ContainsFunc(x.done.Conflicts, known) {
		x.done.Conflicts = append(x.done.Conflicts, Conflict{cookbook, first, m})
	}
}

// canonical is a version as Chef compares it: 1.2 is 1.2.0, and 01 is 1.
func canonical(version string) string {
	parts := strings.Split(version, ".")
	for i, p := range parts {
		if parts[i] = strings.TrimLeft(p, "0"); parts[i] == "" {
			parts[i] = "0"
		}
	}
	if len(parts) == 2 {
		parts = append(parts, "0")
	}
	return strings.Join(parts, ".")
}

// conditional expands what conditions decide on, after all that is certain. What
// it finds are roles that may have conditions themselves.
func (x *expander) conditional() {
	for at := 0; at < len(x.done.Roles); at++ {
		m := x.done.Roles[at]
		if m.Role == nil {
			continue
		}
		_, own := m.Role.EnvRunLists[x.done.Environment]
		for _, item := range m.Role.Maybe {
			if item.Environment != x.done.Environment && (own || item.Environment != Default) {
				continue
			}
			x.certain([]Mention{{Item: item.Item, File: m.Role.File, By: at, Condition: item.Condition, Maybe: true}})
		}
	}
}
