package graph

import (
	"maps"
	"slices"
	"strings"

	"github.com/converged/converged/parsers/repository"
	"github.com/converged/converged/parsers/role"
)

// RecipeID is the node ID of a recipe where cookbooks were read: "nginx" and
// "nginx::default" are one recipe, recipe[nginx].
func RecipeID(name string) string { return recipeNode(name).ID }

// CookbookID is the node ID of the cookbook with this name.
func CookbookID(name string) string { return string(Cookbook) + "[" + name + "]" }

// MachineID is the node ID of the machine with this name: "node[web1]".
func MachineID(name string) string { return string(Machine) + "[" + name + "]" }

// EnvironmentID is the node ID of the environment with this name.
func EnvironmentID(name string) string { return string(Environment) + "[" + name + "]" }

// PolicyID is the node ID of the policy with this name. Each of its named run
// lists is a node of its own, "policy[web:canary]".
func PolicyID(name string) string { return string(Policy) + "[" + name + "]" }

// recipeNode is the recipe with this name, in the shortest form of its name.
func recipeNode(name string) Node {
	name = strings.TrimSuffix(name, "::default")
	return Node{ID: string(Recipe) + "[" + name + "]", Kind: Recipe, Name: name}
}

func cookbookNode(name string) Node {
	return Node{ID: CookbookID(name), Kind: Cookbook, Name: name}
}

// cookbookName is the cookbook of a recipe, "nginx" of "nginx::ssl".
func cookbookName(recipe string) string {
	cookbook, _, _ := strings.Cut(recipe, "::")
	return cookbook
}

// read notes what was read: only of that can anything be missing.
func (b *builder) read(set role.Set, more repository.Set, problems []role.Problem) {
	b.kinds = map[Kind]bool{
		Role: len(set.Roles) > 0, Cookbook: len(more.Cookbooks) > 0, Machine: len(more.Nodes) > 0,
		Environment: len(more.Environments) > 0, Policy: len(more.Policies) > 0,
	}
	b.partial = map[string]bool{}
	for _, p := range problems {
		if p.Kind.Partial() {
			b.partial[p.File] = true
		}
	}
	b.owned = map[string]bool{}
	for _, c := range more.Cookbooks {
		whole, again := b.owned[c.Name]
		b.owned[c.Name] = (whole || !again) && !b.partial[c.Dir] && !b.partial[c.Dir+"/recipes"]
	}
}

// declareRest adds a node for all that files beside the roles declare.
func (b *builder) declareRest(more repository.Set) {
	for _, c := range more.Cookbooks {
		n := cookbookNode(c.Name)
		n.File, n.Line, n.Incomplete = c.File, c.Line, len(c.Unresolved) > 0
		b.node(n)
		for _, r := range c.Recipes {
			n := recipeNode(r.Name)
			n.File, n.Line, n.Incomplete = r.File, 1, len(r.Unresolved) > 0
			b.node(n)
		}
	}
	for _, m := range more.Nodes {
		b.node(Node{ID: MachineID(m.Name), Kind: Machine, Name: m.Name, File: m.File, Line: m.Line,
			Environment: m.Environment, Incomplete: len(m.Unresolved) > 0})
	}
	for _, e := range more.Environments {
		b.node(Node{ID: EnvironmentID(e.Name), Kind: Environment, Name: e.Name, File: e.File, Line: e.Line})
	}
	for _, p := range sources(more.Policies) {
		n := Node{ID: PolicyID(p.Name), Kind: Policy, Name: p.Name, File: p.File, Line: p.Line, Incomplete: len(p.Unresolved) > 0}
		b.node(n)
		for list := range p.Named {
			n.Name = p.Name + ":" + list
			n.ID = PolicyID(n.Name)
			b.node(n)
		}
	}
}

// sources are the policies with what people write before what is locked, so
// that places are those of the former.
func sources(policies []repository.Policy) []repository.Policy {
	locked := func(p repository.Policy) int {
		if strings.HasSuffix(p.File, ".json") {
			return 1
		}
		return 0
	}
	return slices.SortedStableFunc(slices.Values(policies), func(x, y repository.Policy) int { return locked(x) - locked(y) })
}

// connectRest adds the edges of all that is no role.
func (b *builder) connectRest(more repository.Set) {
	for _, c := range more.Cookbooks {
		b.connectCookbook(c)
	}
	for _, m := range more.Nodes {
		b.connectMachine(m)
	}
	for _, p := range sources(more.Policies) {
		b.connectPolicy(p)
	}
}

func (b *builder) connectCookbook(c repository.Cookbook) {
	for _, d := range c.Depends {
		b.edge(Edge{From: CookbookID(c.Name), Relation: Depends, Maybe: d.Maybe, File: d.File, Line: d.Line}, cookbookNode(d.Cookbook), Default)
	}
	for _, r := range c.Recipes {
		from := RecipeID(r.Name)
		b.edge(Edge{From: from, Relation: PartOf, File: r.File}, cookbookNode(c.Name), Default)
		for _, i := range r.Includes {
			b.edge(Edge{From: from, Relation: Includes, Maybe: i.Maybe, File: r.File, Line: i.Line}, recipeNode(i.Recipe), Default)
		}
	}
}

// connectMachine adds what a machine runs. Under a policy its own run list
// counts for nothing, and its environment is but the name of the policy group.
func (b *builder) connectMachine(m repository.Node) {
	from := Edge{From: MachineID(m.Name), File: m.File, Line: m.Line}
	if m.PolicyName != "" {
		from.Relation = Follows
		b.edge(from, Node{ID: PolicyID(m.PolicyName), Kind: Policy, Name: m.PolicyName}, Default)
		return
	}
	environment := EnvironmentID(m.Environment)
	// Chef has _default in itself: no file needs to declare it.
	if _, declared := b.nodes[environment]; declared || m.Environment != Default && m.Environment != "" {
		from.Relation, from.Line = Belongs, m.EnvLine
		b.edge(from, Node{ID: environment, Kind: Environment, Name: m.Environment}, Default)
	}
	from.Relation = RunList
	for _, item := range m.RunList {
		b.item(from, item, Default)
	}
}

// connectPolicy adds the run list of a policy, and its named ones: of those a
// machine runs one only if it is told to.
func (b *builder) connectPolicy(p repository.Policy) {
	from := Edge{From: PolicyID(p.Name), Relation: RunList, File: p.File, Line: p.Line}
	for _, item := range p.RunList {
		b.item(from, item, Default)
	}
	for _, i := range p.Includes {
		to := Node{ID: PolicyID(i.Policy), Kind: Policy, Name: i.Policy}
		b.edge(Edge{From: from.From, Relation: Merges, Maybe: i.Maybe, File: p.File, Line: i.Line}, to, Default)
	}
	for _, list := range slices.Sorted(maps.Keys(p.Named)) {
		name := p.Name + ":" + list
		to := Node{ID: PolicyID(name), Kind: Policy, Name: name}
		named := Edge{From: from.From, Relation: Named, Maybe: true, File: p.File, Line: p.Line}
		if items := p.Named[list]; len(items) > 0 {
			named.Line = items[0].Line
		}
		b.edge(named, to, Default)
		for _, item := range p.Named[list] {
			b.item(Edge{From: to.ID, Relation: RunList, File: p.File}, item, Default)
		}
	}
}

// named is the node that a run-list item names. Where cookbooks were read, all
// forms that load one recipe are one node: x, x::default and x@1.2.3.
func (b *builder) named(item role.Item) Node {
	if item.Kind == role.RecipeItem && b.kinds[Cookbook] {
		return recipeNode(item.Name)
	}
	return Node{ID: item.String(), Kind: Kind(item.Kind), Name: item.Name, Version: item.Version}
}

// mention adds a node that an edge leads to and no file declares.
func (b *builder) mention(n Node, by Edge) {
	if _, known := b.nodes[n.ID]; known {
		return
	}
	switch n.Kind {
	case Policy: // that of another repository or a server may be included
		n.External = by.Relation == Merges
		n.Missing = b.kinds[Policy] && !n.External
	case Role:
		_, n.External = slices.BinarySearch(b.beside, n.Name)
		n.Missing = b.kinds[Role] && !n.External
	case Environment:
		n.Missing = b.kinds[Environment]
	case Cookbook:
		n.External = true
	case Recipe:
		whole, owned := b.owned[cookbookName(n.Name)]
		n.Missing = owned && whole
		n.External = !owned && b.kinds[Cookbook]
	}
	b.nodes[n.ID] = n
	if book := cookbookName(n.Name); n.Kind == Recipe && b.kinds[Cookbook] && book != "" {
		b.edge(Edge{From: n.ID, Relation: PartOf, File: by.File, Line: by.Line}, cookbookNode(book), Default)
	}
}
