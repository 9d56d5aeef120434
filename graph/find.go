package graph

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
)

// NameError is a name that nothing has, or that several things have.
type NameError struct {
	Name string
	Same []string // the IDs that have it; empty when nothing has
	Near []string // otherwise the IDs that look like it, the nearest first
}

// Error says what may be meant instead.
func (e *NameError) Error() string {
	switch {
	case len(e.Same) > 0:
		return fmt.Sprintf("%q is the name of %s: expected one of them, written so", e.Name, strings.Join(e.Same, " and "))
	case len(e.Near) > 0:
		return fmt.Sprintf("nothing here is named %q; did you mean %s?", e.Name, strings.Join(e.Near, " or "))
	}
	return fmt.Sprintf("nothing here is named %q: expected a role's or a recipe's name, role[NAME], or a role's file", e.Name)
}

// Names finds the nodes of a graph by what people call them.
type Names struct {
	nodes  []Node
	ids    map[string]bool
	called map[Kind]map[string][]string // by kind and name, the IDs
	files  map[string][]string          // by file, the IDs of what it declares
}

// Names is an index of what everything in the graph is called.
func (g *Graph) Names() *Names {
	n := &Names{nodes: g.Nodes, ids: map[string]bool{}, called: map[Kind]map[string][]string{}, files: map[string][]string{}}
	for _, node := range g.Nodes {
		n.ids[node.ID] = true
		n.call(node, callName(node.Kind, node.Name))
		if node.File != "" {
			file := fileKey(node.File)
			n.files[file] = append(n.files[file], node.ID)
		}
	}
	for _, r := range g.Roles { // Chef finds a role by its file, whatever name is in it
		id, base := RoleID(r.Name), fileName(r.File)
		if base != r.Name {
			n.call(Node{ID: id, Kind: Role}, base)
		}
		file := fileKey(r.File)
		ids := n.files[file]
		if also := RoleID(base); n.ids[also] && !slices.Contains(ids, also) {
			ids = append(ids, also)
		}
		if !slices.Contains(ids, id) && n.ids[id] {
			ids = append(ids, id)
		}
		n.files[file] = ids
	}
	return n
}

func (n *Names) call(node Node, name string) {
	of := n.called[node.Kind]
	if of == nil {
		of = map[string][]string{}
		n.called[node.Kind] = of
	}
	of[name] = append(of[name], node.ID)
}

// callName is a name as one looks it up: nginx and nginx::default are one recipe.
func callName(kind Kind, name string) string {
	if kind == Recipe {
		return strings.TrimSuffix(name, "::default")
	}
	return name
}

// fileKey is a file as one looks it up. A beginning "./" stays: it tells the files
// that are named from the working directory from those of a DIR.
func fileKey(file string) string {
	clean := path.Clean(file)
	if strings.HasPrefix(file, "./") && !strings.HasPrefix(clean, "../") {
		return "./" + clean
	}
	return clean
}

// fileName is the name that its file gives a role.
func fileName(file string) string {
	base := path.Base(file)
	return strings.TrimSuffix(base, path.Ext(base))
}

// Find is the IDs of the nodes that a name means, usually one: "web", "role[web]",
// "nginx::ssl", "recipe[nginx]", "node[web1]" or a role file's path as its node
// has it. A name alone is a role's, if there is one. A recipe's name means it in
// every version. The error is a *NameError.
func (g *Graph) Find(name string) ([]string, error) { return g.Names().Find(name) }

// Find is that of the graph.
func (n *Names) Find(name string) ([]string, error) {
	switch found := n.lookup(name); len(found) {
	case 0:
		_, inner, ok := bracketed(name)
		if !ok {
			inner = name
		}
		return nil, n.unknown(name, inner)
	case 1:
		return slices.Clone(found[0]), nil
	default:
		return nil, &NameError{Name: name, Same: slices.Concat(found...)}
	}
}

// Has is the IDs of the nodes that a name means, none where Find has an error.
// It costs nothing to speak of.
func (n *Names) Has(name string) []string {
	if found := n.lookup(name); len(found) == 1 {
		return slices.Clone(found[0])
	}
	return nil
}

// In is the IDs of what a file declares, by its path as nodes have it.
func (n *Names) In(file string) []string { return slices.Clone(n.files[fileKey(file)]) }

// lookup is the IDs of all things of a name that nothing goes before. Roles do,
// and files; and recipes go before their cookbook.
func (n *Names) lookup(name string) (found [][]string) {
	some := func(ids []string) bool {
		if len(ids) > 0 {
			found = append(found, ids)
		}
		return len(ids) > 0
	}
	if kind, inner, ok := bracketed(name); ok {
		if !some(n.called[kind][callName(kind, inner)]) && n.ids[name] {
			some([]string{name}) // with a version
		}
		return found
	}
	if some(n.called[Role][name]) || some(n.files[fileKey(name)]) {
		return found
	}
	for _, kind := range []Kind{Recipe, Cookbook, Machine, Environment, Policy} {
		if kind != Cookbook || len(found) == 0 {
			some(n.called[kind][callName(kind, name)])
		}
	}
	return found
}

// bracketed takes "kind[name]" apart.
func bracketed(name string) (Kind, string, bool) {
	kind, rest, ok := strings.Cut(name, "[")
	inner, closed := strings.CutSuffix(rest, "]")
	if !ok || !closed || !slices.Contains([]Kind{Role, Recipe, Cookbook, Machine, Environment, Policy}, Kind(kind)) {
		return "", "", false
	}
	return Kind(kind), inner, true
}

const (
	maxNear     = 3  // suggestions
	maxNearName = 64 // bytes of a name that is compared
)

// unknown suggests names that look like this one.
func (n *Names) unknown(given, name string) *NameError {
	e := &NameError{Name: given}
	if name == "" || len(name) > maxNearName {
		return e
	}
	type candidate struct {
		id  string
		far int
	}
	var all []candidate
	for _, node := range n.nodes {
		if far, ok := likeness(strings.ToLower(name), strings.ToLower(node.Name)); ok && !node.Missing {
			all = append(all, candidate{node.ID, far})
		}
	}
	slices.SortStableFunc(all, func(x, y candidate) int { return cmp.Compare(x.far, y.far) })
	for _, c := range all[:min(maxNear, len(all))] {
		e.Near = append(e.Near, c.id)
	}
	return e
}

// likeness is how far two names are from each other, and whether that is near:
// a third of the letters mistyped, or one within the other.
func likeness(given, name string) (int, bool) {
	if len(name) > maxNearName || name == "" {
		return 0, false
	}
	within := len(given) > 2 && (strings.Contains(name, given) || len(name) > 2 && strings.Contains(given, name))
	most := min(3, max(1, len(given)/3))
	if gap := len(given) - len(name); gap > most || -gap > most {
		return 10, within
	}
	if far := distance(given, name); far <= most {
		return far, true
	}
	return 10, within
}

// distance is how many bytes one must insert, take out, change or swap with the
// next to make one text the other.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			change := last[j]
			if a[i] != b[j] {
				change++
			}
			row[j+1] = min(change, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
