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
}

func newHovers(g *graph.Graph) hovers {
	h := hovers{graph: g, roles: make(map[string]int, len(g.Roles)), out: map[string]int{}, ins: map[string]int{}}
	for i, r := range g.Roles {
		h.roles[r.File] = i
	}
	for _, e := range g.Edges {
		h.out[e.From]++
		h.ins[e.To]++
	}
	return h
}

func (h hovers) node(n graph.Node) string {
	lines := []string{n.ID}
	if n.Missing {
		lines = append(lines, "no file declares this role")
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
		if unresolved > 0 {
			lines = append(lines, graph.Counted(unresolved, "place")+" not known without running it")
		}
	}
	uses := "used by " + graph.Counted(h.ins[n.ID], "role")
	if n.Kind == graph.Role && !n.Missing {
		uses = "uses " + strconv.Itoa(h.out[n.ID]) + ", " + uses
	}
	return strings.Join(append(lines, uses), "\n")
}

func edgeHover(e graph.Edge) string {
	s := e.From + " → " + e.To
	if len(e.Only()) > 0 {
		s += "\nin " + strings.Join(e.Only(), ", ")
	}
	return s + "\n" + e.File + ":" + strconv.Itoa(e.Line)
}
