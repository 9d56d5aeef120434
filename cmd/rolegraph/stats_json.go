package main

import (
	"io"

	"github.com/converged/converged/graph"
)

// The document of stats. Lists are never null.
type (
	statsDocument struct {
		Nodes        map[graph.Kind]int `json:"nodes"`
		Edges        int                `json:"edges"`
		Environments []string           `json:"environments"`
		Cycles       int                `json:"cycles"`
		Missing      int                `json:"missing"`
		Incomplete   int                `json:"incomplete"`
		Depth        int                `json:"depth"`
		AtLeast      bool               `json:"depth_at_least,omitzero"` // a cycle may hold a longer chain
		Chain        []string           `json:"chain"`
		MostNamed    []rankEntry        `json:"most_named"`
		Repeated     int                `json:"repeated"`
		LongestLists []rankEntry        `json:"longest_lists"`
		NeverNamed   []string           `json:"never_named"`
		Leaves       []string           `json:"name_no_role"`
		Suggestions  []suggestionEntry  `json:"suggestions"`
		Cut          bool               `json:"cut,omitzero"`
	}
	rankEntry struct {
		ID    string `json:"id"`
		Count int    `json:"count"`
	}
	suggestionEntry struct {
		Kind  graph.SuggestionKind `json:"kind"`
		Saves int                  `json:"saves"`
		Words string               `json:"words"`
		Role  string               `json:"role,omitzero"`
		Items []string             `json:"items"`
		In    []string             `json:"in"`
	}
)

func statsJSON(w io.Writer, s graph.Stats) error {
	doc := statsDocument{
		Nodes: s.Kinds, Edges: s.Edges, Environments: orEmpty(s.Environments), Cycles: s.Cycles, Missing: s.Missing, Incomplete: s.Incomplete,
		Depth: s.Depth, AtLeast: s.AtLeast, Chain: orEmpty(s.Chain), MostNamed: rankEntries(s.MostNamed), Repeated: s.Repeated, LongestLists: rankEntries(s.LongestLists),
		NeverNamed: orEmpty(s.Unnamed), Leaves: orEmpty(s.Leaves), Suggestions: []suggestionEntry{}, Cut: s.Cut,
	}
	for _, g := range s.Suggestions {
		doc.Suggestions = append(doc.Suggestions, suggestionEntry{g.Kind, g.Saves, inWords(g), g.Role, orEmpty(g.Items), orEmpty(g.In)})
	}
	return encode(w, doc)
}

func rankEntries(all []graph.Ranked) []rankEntry {
	entries := []rankEntry{}
	for _, r := range all {
		entries = append(entries, rankEntry(r))
	}
	return entries
}

func orEmpty(list []string) []string { return append([]string{}, list...) }
