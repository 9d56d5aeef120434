package draw

import (
	"strconv"
	"strings"

	"github.com/converged/converged/graph"
)

// hovers tells what a viewer shows when the pointer rests on a node.
type hovers struct {
	graph    *graph.Graph
	roles    map[string]int // by file, which of the graph's
	out, ins map[string]int
	users    map[string]string // by node, what those are that use it
}

func newHovers(g *graph.Graph) hovers {
	h := hovers{graph: g, roles: make(map[string]int, len(g.Roles)), out: map[string]int{}, ins: map[string]int{}, users: map[string]string{}}
	for i, r := range g.Roles {
		h.roles[r.File] = i
	}
	kinds := make(map[string]graph.Kind, len(g.Nodes))
	for _, n := range g.Nodes {
		kinds[n.ID], h.users[n.ID] = n.Kind, "role"
	}
	for _, e := range g.Edges {
		switch noun := lookOf(kinds[e.From]).noun; {
		case h.ins[e.To] == 0:
			h.users[e.To] = noun
		case h.users[e.To] != noun:
			h.users[e.To] = "other"
		}
		h.out[e.From]++
		h.ins[e.To]++
	}
	return h
}

func (h hovers) node(n graph.Node) string {
	noun := lookOf(n.Kind).noun
	lines := []string{n.ID}
	if n.Missing {
		lines = append(lines, "no file declares this "+noun)
	}
	if n.External {
		lines = append(lines, "this "+noun+" comes from elsewhere")
	}
	unresolved := 0
	if i, ok := h.roles[n.File]; ok && n.Kind == graph.Role {
		unresolved = len(h.graph.Roles[i].Unresolved)
		if d := strings.TrimSpace(h.graph.Roles[i].Description); d != "" {
			lines = append(lines, d)
		}
	}
	if n.File != "" {
		lines = append(lines, n.File+":"+strconv.Itoa(n.Line))
	}
	switch {
	case unresolved > 0:
		lines = append(lines, graph.Counted(unresolved, "place")+" not known without running it")
	case n.Incomplete:
		lines = append(lines, "there may be more edges: its file holds what is not known without running it")
	}
	return strings.Join(append(lines, h.uses(n)), "\n")
}

// uses is "uses 3, used by 1 role".
func (h hovers) uses(n graph.Node) string {
	by := "used by " + graph.Counted(h.ins[n.ID], h.users[n.ID])
	if h.out[n.ID] > 0 || n.Kind == graph.Role && !n.Missing && !n.External {
		return "uses " + strconv.Itoa(h.out[n.ID]) + ", " + by
	}
	return by
}

func edgeHover(e graph.Edge) string {
	s := e.From + " → " + e.To
	if e.Relation != "" && e.Relation != graph.RunList {
		s += " (" + string(e.Relation) + ")"
	}
	if len(e.Only()) > 0 {
		s += "\nin " + strings.Join(e.Only(), ", ")
	}
	if e.Maybe {
		s += "\nonly if a condition holds"
	}
	return s + "\n" + e.File + ":" + strconv.Itoa(e.Line)
}
