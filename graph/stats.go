package graph

import (
	"cmp"
	"slices"
)

// Stats are the measures of a graph.
type Stats struct {
	Kinds        map[Kind]int // how many nodes of each kind
	Edges        int
	Environments []string // with a run list of their own anywhere, sorted
	Cycles       int      // components that hold one, self references among them
	Missing      int      // nodes that are named and not declared
	Incomplete   int      // nodes whose file holds what cannot be known
	Depth        int      // of the deepest role, as Nesting has it; a role that names no other is 1 deep
	AtLeast      bool     // there may be a deeper chain, within a cycle of many roles
	Chain        []string // the roles of a longest chain, from the top
	MostNamed    []Ranked // the nodes that most others name, the most named first
	LongestLists []Ranked // the roles that name most, the longest first
	Repeated     int      // nodes that several others name
	Unnamed      []string // roles that nothing names, sorted
	Leaves       []string // roles that name no other role, sorted
	Suggestions  []Suggestion
	// Cut says that not all suggestions were sought: there would be too many.
	Cut bool
}

// Ranked is a node with how many edges lead to it, or from it.
type Ranked struct {
	ID    string
	Count int
}

// rankedMost is how many nodes are ranked.
const rankedMost = 10

// Stats measures the graph. Its cost is about linear in the graph, and bounded
// where it could be more.
func (g *Graph) Stats() Stats {
	s := Stats{Kinds: map[Kind]int{}, Edges: len(g.Edges), Environments: g.Environments(), Cycles: len(g.Cycles())}
	named, names, roles := map[string]int{}, map[string]int{}, map[string]int{}
	for _, e := range g.Edges {
		if e.From != e.To {
			named[e.To]++
		}
		names[e.From]++
		if e.Kind == Role {
			roles[e.From]++
		}
	}
	for _, n := range g.Nodes {
		s.Kinds[n.Kind]++
		if named[n.ID] > 1 {
			s.Repeated++
		}
		if n.Missing {
			s.Missing++
		}
		if n.Incomplete {
			s.Incomplete++
		}
		if n.Kind != Role || n.Missing || n.External {
			continue
		}
		if named[n.ID] == 0 {
			s.Unnamed = append(s.Unnamed, n.ID)
		}
		if roles[n.ID] == 0 {
			s.Leaves = append(s.Leaves, n.ID)
		}
	}
	s.MostNamed = g.ranked(named, func(Node) bool { return true })
	s.LongestLists = g.ranked(names, func(n Node) bool { return n.Kind == Role })
	s.Depth, s.AtLeast, s.Chain = g.deepest()
	s.Suggestions, s.Cut = g.untangle()
	return s
}

// ranked is the nodes that count most; of equals the first in the graph's order.
func (g *Graph) ranked(count map[string]int, counts func(Node) bool) []Ranked {
	var all []Ranked
	for _, n := range g.Nodes {
		if count[n.ID] > 0 && counts(n) {
			all = append(all, Ranked{n.ID, count[n.ID]})
		}
	}
	slices.SortStableFunc(all, func(x, y Ranked) int { return cmp.Compare(y.Count, x.Count) })
	return slices.Clip(all[:min(rankedMost, len(all))])
}

// deepest is how deep roles nest, whether they may do so deeper, and the first of
// the longest chains.
func (g *Graph) deepest() (depth int, atLeast bool, chain []string) {
	nesting, top, most := g.Nesting(), "", 0
	for i, n := range g.Nodes {
		if n.Kind != Role {
			continue
		}
		most = max(most, nesting.most[i])
		if d := nesting.depth[i]; d > depth {
			depth, top = d, n.ID
		}
	}
	if depth == 0 {
		return 0, false, nil
	}
	chain = []string{top}
	for _, e := range nesting.Chain(top) {
		chain = append(chain, e.To)
	}
	return depth, most > depth, chain
}
