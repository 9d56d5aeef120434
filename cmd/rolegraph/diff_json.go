package main

import (
	"io"

	"github.com/converged/converged/graph"
)

// The document of a comparison. Lists are never null.
type (
	diffDocument struct {
		Added           diffSide       `json:"added"`
		Removed         diffSide       `json:"removed"`
		Changed         []diffChange   `json:"changed"`
		Reordered       []diffReorder  `json:"reordered"`
		NewCycles       [][]string     `json:"new_cycles"`
		OpenedCycles    [][]string     `json:"opened_cycles"`
		NewlyMissing    []missingEntry `json:"newly_missing"`
		NoLongerMissing []missingEntry `json:"no_longer_missing"`
	}
	diffSide struct {
		Nodes []diffNode `json:"nodes"`
		Edges []diffEdge `json:"edges"`
	}
	diffNode struct {
		ID   string     `json:"id"`
		Kind graph.Kind `json:"kind"`
		Name string     `json:"name"`
		File string     `json:"file,omitzero"`
		Line int        `json:"line,omitzero"`
	}
	diffEdge struct {
		From string     `json:"from"`
		To   string     `json:"to"`
		Kind graph.Kind `json:"kind"`
		diffPlaces
		File string `json:"file"`
		Line int    `json:"line"`
	}
	// diffPlaces is where an edge holds: everywhere when only is empty.
	diffPlaces struct {
		Only  []string `json:"only"`
		Maybe bool     `json:"maybe,omitzero"`
	}
	diffChange struct {
		From   string     `json:"from"`
		To     string     `json:"to"`
		Before diffPlaces `json:"before"`
		After  diffPlaces `json:"after"`
		File   string     `json:"file"`
		Line   int        `json:"line"`
	}
	diffReorder struct {
		Role        string   `json:"role"`
		Environment string   `json:"environment"`
		Before      []string `json:"before"`
		After       []string `json:"after"`
		File        string   `json:"file"`
		Line        int      `json:"line"`
	}
	missingEntry struct {
		Role    string   `json:"role"`
		NamedBy []string `json:"named_by"`
	}
)

// json writes one document, also without a difference.
func (c *comparison) json(w io.Writer) error {
	d := c.diff
	doc := diffDocument{
		Added: newDiffSide(d.AddedNodes, d.AddedEdges), Removed: newDiffSide(d.RemovedNodes, d.RemovedEdges),
		Changed: []diffChange{}, Reordered: []diffReorder{},
		NewCycles: paths(d.NewCycles), OpenedCycles: paths(d.OpenedCycles),
		NewlyMissing: missingEntries(d.NewlyMissing), NoLongerMissing: missingEntries(d.NoLongerMissing),
	}
	for _, x := range d.ChangedEdges {
		doc.Changed = append(doc.Changed, diffChange{x.After.From, x.After.To, newPlaces(x.Before), newPlaces(x.After), x.After.File, x.After.Line})
	}
	for _, r := range d.Reordered {
		doc.Reordered = append(doc.Reordered, diffReorder(r))
	}
	return encode(w, doc)
}

func newDiffSide(nodes []graph.Node, edges []graph.Edge) diffSide {
	s := diffSide{Nodes: []diffNode{}, Edges: []diffEdge{}}
	for _, n := range nodes {
		s.Nodes = append(s.Nodes, diffNode{n.ID, n.Kind, n.Name, n.File, n.Line})
	}
	for _, e := range edges {
		s.Edges = append(s.Edges, diffEdge{e.From, e.To, e.Kind, newPlaces(e), e.File, e.Line})
	}
	return s
}

func newPlaces(e graph.Edge) diffPlaces {
	return diffPlaces{Only: append([]string{}, e.Only()...), Maybe: e.Maybe}
}

func paths(cycles []graph.Cycle) [][]string {
	all := [][]string{}
	for _, c := range cycles {
		all = append(all, c.Path)
	}
	return all
}

func missingEntries(roles []graph.MissingRole) []missingEntry {
	all := []missingEntry{}
	for _, m := range roles {
		e := missingEntry{m.Node.ID, []string{}}
		for _, edge := range m.Named {
			e.NamedBy = append(e.NamedBy, edge.From)
		}
		all = append(all, e)
	}
	return all
}
