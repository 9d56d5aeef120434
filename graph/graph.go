// Package graph is the dependency graph of a Chef repository, its roles and
// recipes above all, and the questions one can ask of it.
package graph

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/converged/converged/parsers/repository"
	"github.com/converged/converged/parsers/role"
)

// Kind is what a node stands for, and what an edge leads to.
type Kind string

// The kinds of nodes. role[x] and a recipe named x are different nodes.
const (
	Role        Kind = "role"
	Recipe      Kind = "recipe"
	Cookbook    Kind = "cookbook"
	Machine     Kind = "node" // what Chef calls a node
	Environment Kind = "environment"
	Policy      Kind = "policy"
	Folder      Kind = "folder" // of role files, in a collapsed view
)

// Relation is why one node leads to another.
type Relation string

// The relations. From always depends on To: a change of To may touch From.
const (
	RunList  Relation = "run_list"         // of a role, a machine or a policy
	Includes Relation = "include_recipe"   // of a recipe
	Depends  Relation = "depends"          // of a cookbook's metadata
	PartOf   Relation = "part_of"          // a recipe of its cookbook
	Belongs  Relation = "chef_environment" // a machine to its environment
	Follows  Relation = "policy_name"      // a machine its policy
	Merges   Relation = "include_policy"   // a policy another, whose run lists go before its own
	Named    Relation = "named_run_list"   // a policy one of its named run lists, which a machine may be told to run
)

// Default is the name Chef gives to the run list of every environment that has
// none of its own.
const Default = "_default"

// Node is one role or recipe, or what else of a repository was asked for.
type Node struct {
	ID      string // as a run list names it: "role[web]", "recipe[nginx::ssl]"
	Kind    Kind
	Name    string
	Version string // of a recipe's cookbook; usually empty
	File    string // relative to the directory that was read; empty when it has none
	Line    int    // 1 or more where File is set
	Missing bool   // it is named, and no file declares it where all such files were read
	// External says that a cookbook, or the cookbook of a recipe, is named and is
	// not among those that were read: it comes from elsewhere. So does a policy
	// that only other policies include, and a role whose file lies beside a single
	// one that was read.
	External bool
	// Environment is that of a machine, Default where its file names none: of the
	// run lists of roles the machine follows that environment's alone.
	Environment string
	// Incomplete says that its file holds what cannot be known, or could not be
	// read whole: there may be more edges.
	Incomplete bool
	Members    int // how many nodes a collapsed one stands for; else 0
	Change     Change
}

// Edge says that From names To.
type Edge struct {
	From, To string // node IDs
	Kind     Kind   // of To
	Relation Relation
	Maybe    bool // a condition that cannot be known decides on it, in every place
	// Environments is empty when only the plain run_list names To; otherwise the
	// sorted environments whose list does, with Default among them when the
	// plain run_list does too.
	Environments []string
	Everywhere   bool   // every run list of From names To, whatever the environment
	File         string // where the edge is first written
	Line         int    // 1 or more
	Count        int    // how many edges a collapsed one stands for, 2 or more; else 0
	Change       Change
}

// Only is the environments that the edge is restricted to, with Default for all
// that have no list of their own; nil when it holds everywhere.
func (e Edge) Only() []string {
	switch {
	case e.Everywhere:
		return nil
	case len(e.Environments) == 0:
		return []string{Default}
	}
	return e.Environments
}

// Graph is what was read and how it depends on each other. Nodes are sorted by
// kind, roles first, then by ID; edges by From, then To.
type Graph struct {
	Nodes    []Node
	Edges    []Edge
	Roles    []role.Role    // what was read, sorted by file
	Problems []role.Problem // what reading found, sorted by file and line
	// Rest is what else was read: cookbooks, machines, environments, policies.
	Rest repository.Set

	lists  map[string]map[string]bool // by role, the environments with a list
	beside []string                   // the names of roles that are there and were not read, sorted
	alone  string                     // the one environment it shows; empty for all
}

// New is the graph of everything that was read: the roles, and whatever of the
// rest of the repository is not empty.
func New(set role.Set, more repository.Set) *Graph {
	b := builder{nodes: map[string]Node{}, edges: map[[2]string]Edge{}, lists: map[string]map[string]bool{}, beside: set.Beside}
	problems := slices.Concat(set.Problems, more.Problems)
	b.read(set, more, problems)
	for _, r := range set.Roles {
		b.declare(r)
	}
	b.declareRest(more)
	for _, r := range set.Roles {
		b.connect(r)
	}
	b.connectRest(more)
	slices.SortStableFunc(problems, func(x, y role.Problem) int {
		return cmp.Or(cmp.Compare(x.File, y.File), cmp.Compare(x.Line, y.Line))
	})
	return &Graph{Nodes: b.sortedNodes(), Edges: b.sortedEdges(), Roles: set.Roles, Problems: problems, Rest: more, lists: b.lists, beside: set.Beside}
}

// Edge is the edge between two nodes, and whether there is one.
func (g *Graph) Edge(from, to string) (Edge, bool) {
	i, ok := slices.BinarySearchFunc(g.Edges, [2]string{from, to}, func(e Edge, key [2]string) int {
		return cmp.Or(cmp.Compare(e.From, key[0]), cmp.Compare(e.To, key[1]))
	})
	if !ok {
		return Edge{}, false
	}
	return g.Edges[i], true
}

// RoleID is the node ID of the role with this name.
func RoleID(name string) string { return string(Role) + "[" + name + "]" }

type builder struct {
	nodes   map[string]Node
	edges   map[[2]string]Edge
	lists   map[string]map[string]bool // by role, the environments with a list
	beside  []string                   // names of roles that lie beside a single file, sorted
	kinds   map[Kind]bool              // of which files were read
	owned   map[string]bool            // the cookbooks that were read; true where all their recipes were
	partial map[string]bool            // the files and directories of which less was read than they hold
}

func (b *builder) declare(r role.Role) {
	id := RoleID(r.Name)
	b.node(Node{ID: id, Kind: Role, Name: r.Name, File: r.File, Line: r.Line, Incomplete: len(r.Unresolved) > 0})
	if b.lists[id] == nil {
		b.lists[id] = map[string]bool{Default: true}
	}
	for env := range r.EnvRunLists {
		b.lists[id][env] = true
	}
}

// node adds what a file declares; of two that declare it the first stays.
func (b *builder) node(n Node) {
	n.Line = max(1, n.Line)
	n.Incomplete = n.Incomplete || b.partial[n.File]
	first, again := b.nodes[n.ID]
	if again {
		first.Incomplete = first.Incomplete || n.Incomplete
		n = first
	}
	b.nodes[n.ID] = n
}

func (b *builder) connect(r role.Role) {
	from := Edge{From: RoleID(r.Name), Relation: RunList, File: r.File}
	sure := certain(r)
	list := func(env string, items []role.Item) {
		for _, item := range items {
			from.Maybe = item.Doubt != "" && !sure[item.String()]
			b.item(from, item, env)
		}
	}
	list(Default, r.RunList)
	for _, env := range slices.Sorted(maps.Keys(r.EnvRunLists)) {
		list(env, r.EnvRunLists[env])
	}
	from.Maybe = true
	for _, m := range r.Maybe {
		b.item(from, m.Item, m.Environment)
	}
}

// certain are the items that a list of a role holds for certain while others do
// but in doubt: an edge is certain where any list makes it so.
func certain(r role.Role) map[string]bool {
	sure := map[string]bool{}
	if len(r.EnvRunLists) == 0 {
		return sure
	}
	lists := slices.Collect(maps.Values(r.EnvRunLists))
	for _, list := range append(lists, r.RunList) {
		for _, item := range list {
			sure[item.String()] = sure[item.String()] || item.Doubt == ""
		}
	}
	return sure
}

// item adds the edge to what stands in a run list.
func (b *builder) item(e Edge, item role.Item, env string) {
	e.Line = item.Line
	b.edge(e, b.named(item), env)
}

// edge adds an edge to a node; what is certain outweighs what may be.
func (b *builder) edge(e Edge, to Node, env string) {
	e.To, e.Kind, e.Line = to.ID, to.Kind, max(1, e.Line)
	b.mention(to, e)
	key := [2]string{e.From, e.To}
	known, again := b.edges[key]
	switch {
	case !again || known.Maybe && !e.Maybe:
	case e.Maybe && !known.Maybe:
		return
	default:
		e = known
	}
	if !slices.Contains(e.Environments, env) {
		e.Environments = append(e.Environments, env)
	}
	b.edges[key] = e
}

func (b *builder) sortedNodes() []Node {
	return slices.SortedFunc(maps.Values(b.nodes), compareNodes)
}

func (b *builder) sortedEdges() []Edge {
	for key, e := range b.edges {
		slices.Sort(e.Environments)
		e.Everywhere = len(e.Environments) == max(1, len(b.lists[e.From]))
		if slices.Equal(e.Environments, []string{Default}) {
			e.Environments = nil
		}
		b.edges[key] = e
	}
	return slices.SortedFunc(maps.Values(b.edges), compareEdges)
}

func compareNodes(x, y Node) int {
	return cmp.Or(-cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.ID, y.ID))
}

func compareEdges(x, y Edge) int {
	return cmp.Or(cmp.Compare(x.From, y.From), cmp.Compare(x.To, y.To))
}

// summarised are the kinds in the order in which a summary counts them, and
// those it counts also when there are none.
var summarised = []struct {
	kind   Kind
	noun   string
	always bool
}{
	{Role, "role", true}, {Recipe, "recipe", true}, {Cookbook, "cookbook", false}, {Machine, "node", false},
	{Environment, "environment", false}, {Policy, "policy", false}, {Folder, "folder", false},
}

// Summary is "12 roles, 30 recipes, 41 edges", with the other kinds of nodes
// that there are between the recipes and the edges.
func (g *Graph) Summary() string {
	count := map[Kind]int{}
	for _, n := range g.Nodes {
		count[n.Kind]++
	}
	var parts []string
	for _, s := range summarised {
		if s.always || count[s.kind] > 0 {
			parts = append(parts, Counted(count[s.kind], s.noun))
		}
	}
	return strings.Join(append(parts, Counted(len(g.Edges), "edge")), ", ")
}

// Counted is "1 cycle", "2 cycles", "3 policies".
func Counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if stem, ok := strings.CutSuffix(noun, "y"); ok {
		return strconv.Itoa(n) + " " + stem + "ies"
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
