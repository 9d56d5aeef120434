package draw

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"

	"github.com/converged/converged/graph"
)

// The document that JSON writes. Lists are never null.
type (
	document struct {
		Roles    []roleEntry    `json:"roles"`
		Nodes    []nodeEntry    `json:"nodes"`
		Edges    []edgeEntry    `json:"edges"`
		Cycles   [][]string     `json:"cycles"`
		Problems []problemEntry `json:"problems"`
		// Unresolved is of the files that are no role files.
		Unresolved []unresolvedEntry `json:"unresolved"`
	}
	roleEntry struct {
		Name        string              `json:"name"`
		File        string              `json:"file"`
		Format      string              `json:"format"`
		Description string              `json:"description"`
		RunList     []string            `json:"run_list"`
		EnvRunLists map[string][]string `json:"env_run_lists"`
		Maybe       []maybeEntry        `json:"maybe"`
		InDoubt     []maybeEntry        `json:"in_doubt,omitzero"`
		Unresolved  []unresolvedEntry   `json:"unresolved"`
	}
	maybeEntry struct {
		Item        string `json:"item"`
		Environment string `json:"environment"`
		Condition   string `json:"condition"`
	}
	unresolvedEntry struct {
		File   string `json:"file"`
		Line   int    `json:"line"`
		Text   string `json:"text"`
		Reason string `json:"reason"`
	}
	nodeEntry struct {
		ID          string     `json:"id"`
		Kind        graph.Kind `json:"kind"`
		Name        string     `json:"name"`
		Missing     bool       `json:"missing,omitzero"`
		External    bool       `json:"external,omitzero"`
		Incomplete  bool       `json:"incomplete,omitzero"`
		Environment string     `json:"environment,omitzero"`
		File        string     `json:"file,omitzero"`
		Line        int        `json:"line,omitzero"`
		Members     int        `json:"members,omitzero"`
	}
	edgeEntry struct {
		From         string         `json:"from"`
		To           string         `json:"to"`
		Kind         graph.Kind     `json:"kind"`
		Relation     graph.Relation `json:"relation,omitzero"`
		Maybe        bool           `json:"maybe,omitzero"`
		Environments []string       `json:"environments"`
		File         string         `json:"file"`
		Line         int            `json:"line"`
		Count        int            `json:"count,omitzero"`
	}
	problemEntry struct {
		File    string `json:"file"`
		Line    int    `json:"line"`
		Kind    string `json:"kind"`
		Message string `json:"message"`
	}
)

// JSON writes the graph as one document: the roles as their files declare them,
// the nodes and edges they make, one shortest cycle for each group of roles that
// depend on each other, and the problems that reading found.
func JSON(w io.Writer, g *graph.Graph) error {
	d := document{Roles: []roleEntry{}, Nodes: []nodeEntry{}, Edges: []edgeEntry{}, Cycles: [][]string{}, Problems: []problemEntry{}, Unresolved: []unresolvedEntry{}}
	for i := range g.Roles {
		d.Roles = append(d.Roles, newRoleEntry(g, i))
	}
	for _, n := range g.Nodes {
		e := nodeEntry{ID: n.ID, Kind: n.Kind, Name: n.Name, Missing: n.Missing, External: n.External, Incomplete: n.Incomplete, Environment: n.Environment, File: n.File, Members: n.Members}
		if n.File != "" {
			e.Line = n.Line
		}
		d.Nodes = append(d.Nodes, e)
	}
	for _, e := range g.Edges {
		d.Edges = append(d.Edges, edgeEntry{From: e.From, To: e.To, Kind: e.Kind, Relation: e.Relation, Maybe: e.Maybe, Environments: append([]string{}, e.Environments...), File: e.File, Line: e.Line, Count: e.Count})
	}
	for _, c := range g.Cycles() {
		d.Cycles = append(d.Cycles, c.Path)
	}
	for _, p := range g.Problems {
		d.Problems = append(d.Problems, problemEntry{File: p.File, Line: p.Line, Kind: string(p.Kind), Message: p.Message})
	}
	for _, u := range g.Rest.Unresolved() {
		d.Unresolved = append(d.Unresolved, unresolvedEntry(u))
	}
	return d.write(w)
}

func (d document) write(w io.Writer) error {
	b := bufio.NewWriter(w)
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(d); err != nil {
		return fmt.Errorf("write the JSON: %w", err)
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write the JSON: %w", err)
	}
	return nil
}

// newRoleEntry is what the graph's i-th role file says.
func newRoleEntry(g *graph.Graph, i int) roleEntry {
	r := g.Roles[i]
	e := roleEntry{
		Name: r.Name, File: r.File, Format: string(r.Format), Description: r.Description,
		RunList: runList(r.RunList), EnvRunLists: make(map[string][]string, len(r.EnvRunLists)), Maybe: []maybeEntry{}, Unresolved: []unresolvedEntry{},
	}
	for env, items := range r.EnvRunLists {
		e.EnvRunLists[env] = runList(items)
	}
	for _, m := range r.InDoubt() {
		e.InDoubt = append(e.InDoubt, maybeEntry{Item: m.String(), Environment: m.Environment, Condition: m.Condition})
	}
	for _, m := range r.Maybe {
		e.Maybe = append(e.Maybe, maybeEntry{Item: m.String(), Environment: m.Environment, Condition: m.Condition})
	}
	for _, u := range r.Unresolved {
		e.Unresolved = append(e.Unresolved, unresolvedEntry(u))
	}
	return e
}

func runList[I fmt.Stringer](items []I) []string {
	list := make([]string, len(items))
	for i, item := range items {
		list[i] = item.String()
	}
	return list
}
