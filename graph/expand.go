package graph

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/converged/converged/parsers/role"
)

// Expansion is what Chef makes of a run list in one environment: depth first,
// each role at its first mention, each recipe at its first mention.
type Expansion struct {
	Environment string
	Recipes     []Mention // in the order in which they converge
	Roles       []Mention // in the order of their first mention, those that only may be brought last
	Skipped     []Mention // what was mentioned before
	Maybe       []Mention // recipes that are brought only if a condition holds that cannot be known
	Conflicts   []Conflict

	ways []way // to each of Roles
}

// Mention is a run list's item where it is written.
type Mention struct {
	Item      role.Item  // Line is 0 for what was asked for
	File      string     // empty for what was asked for
	By        int        // of the expansion's Roles the one whose list it stands in; -1 for none
	Role      *role.Role // what a role's item brings; nil for a recipe, and for a role that no file declares
	External  bool       // it is a role whose file is there and was not read: what it brings is not known
	Condition string     // what decides on it; empty when nothing does
	Maybe     bool       // it, or a role on the way to it, has a condition
	InDoubt   bool       // it is there, unless conditions that cannot be known take away every mention of it
}

// Missing says that it is a role and that Chef would not find it.
func (m Mention) Missing() bool {
	return m.Item.Kind == role.RoleItem && m.Role == nil && !m.External
}

// Conflict is a cookbook wanted in two versions: Chef refuses the run list.
type Conflict struct {
	Cookbook string
	One, Two Mention
}

// Expand is the expansion of a role, a recipe, a machine or a policy. Without an
// environment it is that of the machine, or Default.
//
// A role is found by the name of its file; of two files JSON goes first. Where no
// file is called so, it is the first that declares the name. A machine of another
// environment is an *ElsewhereError.
func (g *Graph) Expand(id, env string) (*Expansion, error) {
	if err := g.There([]string{id}, env); err != nil {
		return nil, err
	}
	loaded := g.loaded()
	start, own, err := g.runList(id, loaded)
	if err != nil {
		return nil, err
	}
	x := g.expander(loaded, cmp.Or(env, own))
	x.certain(start)
	if x.doubted {
		sure := g.expander(loaded, cmp.Or(env, own))
		sure.sure = true
		sure.certain(start)
		x.doubt(sure)
	}
	x.conditional()
	return x.done, nil
}

func (g *Graph) expander(loaded map[string]*role.Role, env string) *expander {
	return &expander{
		loaded: loaded, beside: g.beside, recipes: map[string]int{}, roles: map[string]int{}, maybe: map[string]bool{}, versions: map[string]Mention{},
		done: &Expansion{Environment: env},
	}
}

// Missing are the mentions of roles that Chef would not find, the first of each
// before those that are skipped. The client aborts on them.
func (x *Expansion) Missing() []Mention {
	var missing []Mention
	for _, m := range slices.Concat(x.Roles, x.Skipped) {
		if m.Missing() {
			missing = append(missing, m)
		}
	}
	return missing
}

// chainEnd is how many roles of a long chain are told at each of its ends.
const chainEnd = 10

// Chain is the roles on the way to a mention, the outermost first. Of more than
// twenty, the ones in the middle are left out and counted.
func (x *Expansion) Chain(m Mention) (chain []Mention, omitted int) {
	depth := 0
	if m.By >= 0 {
		depth = x.ways[m.By].depth
	}
	for by := m.By; by >= 0 && (depth <= 2*chainEnd || len(chain) < chainEnd); by = x.Roles[by].By {
		chain = append(chain, x.Roles[by])
	}
	if omitted = depth - 2*chainEnd; omitted > 0 {
		for _, by := range slices.Backward(x.ways[m.By].head) {
			chain = append(chain, x.Roles[by])
		}
	}
	slices.Reverse(chain)
	return chain, max(0, omitted)
}

// way is how one comes to a role of an expansion.
type way struct {
	depth int   // how many roles there are on it, itself the last
	head  []int // the places in Roles of the first of them, at most chainEnd
}

// wayTo is the way to the role that is the next of Roles.
func (x *Expansion) wayTo(m Mention) way {
	if m.By < 0 {
		return way{1, []int{len(x.Roles)}}
	}
	w := x.ways[m.By]
	if len(w.head) < chainEnd {
		w.head = append(slices.Clone(w.head), len(x.Roles))
	}
	w.depth++
	return w
}

// runList is what is to be expanded, and in which environment.
func (g *Graph) runList(id string, loaded map[string]*role.Role) ([]Mention, string, error) {
	kind, name, _ := bracketed(id)
	switch kind {
	case Role:
		called := func(r role.Role) bool { return r.Name == name }
		if i := slices.IndexFunc(g.Roles, called); i >= 0 && loaded[name] == nil {
			name = fileName(g.Roles[i].File)
		}
		return asked(role.Item{Kind: role.RoleItem, Name: name}), Default, nil
	case Recipe:
		name, version, _ := strings.Cut(name, "@")
		return asked(role.Item{Kind: role.RecipeItem, Name: name, Version: version}), Default, nil
	case Machine:
		return g.machineList(name)
	case Policy:
		list, err := g.policyList(name)
		return list, Default, err
	}
	return nil, "", fmt.Errorf("%s has no run list: expected a role, a node, a policy or a recipe", id)
}

func asked(item role.Item) []Mention { return []Mention{{Item: item, By: -1}} }

func written(items []role.Item, file string, by int) []Mention {
	list := make([]Mention, len(items))
	for i, item := range items {
		list[i] = Mention{Item: item, File: file, By: by}
	}
	return list
}

func (g *Graph) machineList(name string) ([]Mention, string, error) {
	for _, m := range g.Rest.Nodes {
		switch {
		case m.Name != name:
			continue
		case m.PolicyName != "":
			list, err := g.policyList(m.PolicyName)
			if err != nil {
				err = fmt.Errorf("the run list of node[%s]: %w", name, err)
			}
			return list, m.Environment, err
		}
		return written(m.RunList, m.File, -1), m.Environment, nil
	}
	return nil, "", fmt.Errorf("node[%s] was not read, so its run list is not known", name)
}

func (g *Graph) policyList(name string) ([]Mention, error) {
	for _, p := range g.Rest.Policies {
		if p.Name == name {
			return written(p.RunList, p.File, -1), nil
		}
	}
	return nil, fmt.Errorf("policy[%s] was not read, so its run list is not known", name)
}

// loaded is every role by the name under which Chef finds it: that of its file;
// where no file is called so, the one that declares it, as a server has it.
func (g *Graph) loaded() map[string]*role.Role {
	roles := make(map[string]*role.Role, len(g.Roles))
	for i := range g.Roles {
		r := &g.Roles[i]
		name := fileName(path.Clean(r.File))
		if had, ok := roles[name]; !ok || had.Format != role.JSON && r.Format == role.JSON {
			roles[name] = r
		}
	}
	for i := range g.Roles {
		if r := &g.Roles[i]; roles[r.Name] == nil {
			roles[r.Name] = r
		}
	}
	return roles
}

// OnServerOnly says that a role was found by the name it declares: a Chef server
// has it under that name, chef-solo and local mode look for a file called so.
func (m Mention) OnServerOnly() bool {
	return m.Role != nil && m.Role.File != "" && fileName(m.Role.File) != m.Item.Name
}
