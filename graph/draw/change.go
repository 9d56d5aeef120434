package draw

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/converged/converged/graph"
)

// How a diff looks: bluish green, vermilion and blue are told apart with every
// kind of colour vision, and signs and dashes say the same in print.
var (
	changedNodes = map[graph.Change]tone{
		graph.Added:   {"come", shade{0xdff5ec, 0x0c3b2d}, shade{0x00805c, 0x2fc795}, shade{0x00523b, 0xc9f5e4}, 2.2, nil},
		graph.Removed: {"gone", shade{0xfdeee3, 0x45200c}, shade{0xc24a00, 0xff9a5c}, shade{0x803000, 0xffdfca}, 1.8, []float64{5, 3}},
		graph.Altered: {"altered", shade{0xe1eefa, 0x1b3a57}, shade{0x0072b2, 0x56b4e9}, shade{0x003f66, 0xd5ecfb}, 2.2, nil},
		graph.Kept:    {"kept", shade{0xf6f7f8, 0x1f262d}, shade{0xa9b3bd, 0x66727e}, shade{0x55626f, 0xb4bfca}, 1, nil},
	}
	changedEdges = map[graph.Change]tone{
		graph.Added:   {"added", paper, shade{0x00805c, 0x2fc795}, shade{0x00664a, 0x63dcb3}, 2.2, nil},
		graph.Removed: {"removed", paper, shade{0xc24a00, 0xff9a5c}, shade{0xa03d00, 0xffb589}, 1.8, []float64{5, 3}},
		graph.Altered: {"changed", paper, shade{0x0072b2, 0x56b4e9}, shade{0x005f96, 0x8accf2}, 2.2, []float64{9, 2.5, 2, 2.5}},
		graph.Kept:    {"still", paper, shade{0xbac3cc, 0x56626d}, faded, 1, nil},
	}
	// What is named and declared nowhere looks so in a diff as well, and is no less
	// missing for having been so before.
	lackingTone      = tone{"lacking", missingTone.fill, missingTone.line, missingTone.ink, 2.2, []float64{1.5, 2.5}}
	stillLackingTone = tone{"still-lacking", changedNodes[graph.Kept].fill, changedNodes[graph.Kept].line, changedNodes[graph.Kept].ink, 1, []float64{1.5, 2.5}}
	// casingEdge lies under the edges of a new cycle, whose own colour says what
	// became of them: twice as wide as any, and as light or dark as no other.
	casingEdge = tone{"casing", paper, shade{0xf7b9ad, 0x8c2f1f}, faded, 8, nil}

	signs = map[graph.Change]string{graph.Added: "+", graph.Removed: "−", graph.Altered: "~"}
)

// changes are the changes in the order of the legend.
var changes = []graph.Change{graph.Added, graph.Removed, graph.Altered, graph.Kept}

// changeMeanings are the legend's entries for a diff.
func changeMeanings() []meaning {
	words := map[graph.Change]string{graph.Added: "added", graph.Removed: "removed", graph.Altered: "changed", graph.Kept: "as before"}
	var all []meaning
	for _, c := range changes {
		all = append(all, meaning{changedNodes[c], false, strings.TrimSpace(signs[c] + " " + words[c])})
	}
	all = append(all, meaning{lackingTone, false, "newly missing: no file declares it"}, meaning{stillLackingTone, false, "missing as before"})
	for _, c := range changes {
		all = append(all, meaning{changedEdges[c], true, strings.TrimSpace(signs[c] + " " + words[c])})
	}
	return all
}

// changedTone is how a node of a diff looks.
func changedTone(n graph.Node) (t tone, ok bool) {
	switch {
	case isNewlyMissing(n):
		return lackingTone, true
	case n.Missing && n.Change == graph.Kept:
		return stillLackingTone, true
	}
	t, ok = changedNodes[n.Change]
	return t, ok
}

// isNewlyMissing says whether something names the node now that no file declares,
// because it was named or its file was taken away.
func isNewlyMissing(n graph.Node) bool {
	return n.Missing && (n.Change == graph.Added || n.Change == graph.Removed)
}

// signed is a label with the sign of what became of its node.
func signed(c graph.Change, label string) string { return strings.TrimSpace(signs[c] + " " + label) }

// casings are the edges of new cycles. What is under them is drawn before any edge,
// so that it hides none.
func (s *Sheet) casings() []wire {
	return slices.DeleteFunc(slices.Clone(s.wires), func(w wire) bool { return !w.cased })
}

// edgeLabel is what stands at an edge around its environments: the sign of what
// became of it and how many edges it stands for.
func edgeLabel(e graph.Edge, environments string) string {
	label := signed(e.Change, environments)
	if e.Count > 1 {
		label = strings.TrimSpace(label + " ×" + strconv.Itoa(e.Count))
	}
	return label
}

// isDiff says whether the graph is the picture of a diff.
func isDiff(g *graph.Graph) bool {
	return slices.ContainsFunc(g.Nodes, func(n graph.Node) bool { return n.Change != "" })
}

// shownCycles are those of the graph; of a diff those that something added closes.
func shownCycles(g *graph.Graph) []graph.Cycle {
	if !isDiff(g) {
		return g.Cycles()
	}
	now := &graph.Graph{Nodes: g.Nodes}
	var added []graph.Edge
	for _, e := range g.Edges {
		if e.Change == graph.Added {
			added = append(added, e)
		}
		if e.Change != graph.Removed {
			now.Edges = append(now.Edges, e)
		}
	}
	return now.CyclesThrough(added)
}

// summariseDiff is "2 nodes and 5 edges added, 3 edges removed, 1 role newly
// missing".
func summariseDiff(g *graph.Graph) string {
	nodes, edges, missing := map[graph.Change]int{}, map[graph.Change]int{}, map[graph.Kind]int{}
	for _, n := range g.Nodes {
		if isNewlyMissing(n) {
			missing[n.Kind]++
			continue
		}
		nodes[n.Change]++
	}
	for _, e := range g.Edges {
		edges[e.Change]++
	}
	var parts []string
	for _, c := range changes[:3] {
		var what []string
		if n := nodes[c]; n > 0 {
			what = append(what, graph.Counted(n, "node"))
		}
		if n := edges[c]; n > 0 {
			what = append(what, graph.Counted(n, "edge"))
		}
		if len(what) > 0 {
			parts = append(parts, strings.Join(what, " and ")+" "+string(c))
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(missing)) {
		parts = append(parts, graph.Counted(missing[kind], string(kind))+" newly missing")
	}
	return strings.Join(parts, ", ")
}
