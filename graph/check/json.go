package check

import (
	"encoding/json"
	"fmt"
	"io"
)

// The document that JSON writes. Lists are never null.
type (
	document struct {
		Summary  string         `json:"summary"`
		Errors   int            `json:"errors"`   // that are not known
		Warnings int            `json:"warnings"` // that are not known
		Known    int            `json:"known"`
		Fails    bool           `json:"fails"`
		Findings []findingEntry `json:"findings"`
		Stale    []Key          `json:"stale"`
		Notes    []string       `json:"notes"`
	}
	findingEntry struct {
		Rule        string       `json:"rule"`
		Level       Level        `json:"level"`
		Message     string       `json:"message"`
		Known       bool         `json:"known"`
		Fingerprint string       `json:"fingerprint"`
		Notes       []string     `json:"notes"`
		Places      []placeEntry `json:"places"`
		Nodes       []string     `json:"nodes"`
		Edges       [][2]string  `json:"edges"`
		Cut         *cutEntry    `json:"cut,omitempty"`
	}
	placeEntry struct {
		File   string `json:"file"`
		Line   int    `json:"line,omitzero"`
		Column int    `json:"column,omitzero"`
		Text   string `json:"text"`
	}
	cutEntry struct {
		Exact  bool         `json:"exact"`
		Edges  [][2]string  `json:"edges"`
		Places []placeEntry `json:"places"`
	}
)

// JSON writes a report as one document.
func JSON(w io.Writer, r Report) error {
	d := document{
		Summary: r.Summary, Errors: r.Count("", Error), Warnings: r.Count("", Warning), Known: r.Known(), Fails: r.Fails(),
		Findings: []findingEntry{}, Stale: append([]Key{}, r.Stale...), Notes: append([]string{}, r.Notes...),
	}
	for _, f := range r.Findings {
		entry := findingEntry{
			Rule: f.Rule, Level: f.Level, Message: f.Headline(), Known: f.Known, Fingerprint: f.Fingerprint(),
			Notes: append([]string{}, f.Notes...), Places: placeEntries(f.Places), Nodes: append([]string{}, f.Nodes...), Edges: append([][2]string{}, f.Edges...),
		}
		if f.Cut != nil {
			entry.Cut = &cutEntry{Exact: f.Cut.Exact, Edges: append([][2]string{}, f.Cut.Edges...), Places: placeEntries(f.Cut.Places)}
		}
		d.Findings = append(d.Findings, entry)
	}
	return writeJSON(w, d)
}

func placeEntries(places []Place) []placeEntry {
	entries := make([]placeEntry, len(places))
	for i, p := range places {
		entries[i] = placeEntry(p)
	}
	return entries
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("write the JSON: %w", err)
	}
	return nil
}
