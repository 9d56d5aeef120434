package graphviz

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/converged/converged/graph/layout"
)

// inch is how many points Graphviz' unit of sizes has.
const inch = 72

// apart is how engines that do not leave room for boxes of themselves make it.
type apart string

const (
	prism apart = "false" // by triangulation, or Voronoi cells where it was built without
	scale apart = "scale" // all distances grow until no box touches another
)

// question is the graph in DOT: nodes n0, n1, ... of fixed sizes, edges numbered.
// Edges have no heads, so that they run up to the borders.
func question(engine string, g layout.Graph, o layout.Options, how apart) []byte {
	b := fmt.Appendf(nil, "digraph{graph[rankdir=%s,nodesep=%s,ranksep=%s,overlap=%s,sep=\"+14\",esep=\"+4\",splines=%s,start=1];"+
		"node[shape=box,fixedsize=true,label=\"\"];edge[dir=none,fontsize=1];\n",
		rankDirs[o.RankDir], inches(or(o.NodeSep, 18)), inches(or(o.RankSep, 36)), how, splines(engine, g))
	for i, n := range g.Nodes {
		b = fmt.Appendf(b, "n%d[width=%s,height=%s];\n", i, inches(n.Width), inches(n.Height))
	}
	for i, e := range g.Edges {
		if !joins(g, e) {
			continue
		}
		b = fmt.Appendf(b, "n%d->n%d[id=%d", e.From, e.To, i)
		if e.Label != (layout.Node{}) {
			b = fmt.Appendf(b, `,label=<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"><TR><TD FIXEDSIZE="TRUE" WIDTH="%d" HEIGHT="%d"></TD></TR></TABLE>>`,
				whole(e.Label.Width), whole(e.Label.Height))
		}
		b = append(b, "];\n"...)
	}
	return append(b, "}\n"...)
}

// splines bends edges round boxes where that is a matter of a moment. All engines
// but dot look for the ways of each edge between the corners of all boxes: with two
// hundred boxes that takes a hundred times as long as it takes to place them.
func splines(engine string, g layout.Graph) string {
	const most = 500_000 // some tenths of a second
	n := len(g.Nodes)
	if engine != "dot" && (n > most || n*n > most || n*n*len(g.Edges) > most) {
		return "line"
	}
	return "true"
}

var rankDirs = map[layout.Direction]string{
	layout.TopDown: "TB", layout.LeftRight: "LR", layout.BottomUp: "BT", layout.RightLeft: "RL",
}

// joins says whether the edge joins nodes that are there.
func joins(g layout.Graph, e layout.Edge) bool {
	return e.From >= 0 && e.To >= 0 && e.From < len(g.Nodes) && e.To < len(g.Nodes)
}

func or(length, usual float64) float64 {
	if length > 0 && !math.IsInf(length, 0) {
		return length
	}
	return usual
}

// length is v, or what Graphviz takes in its stead if v is no length of a box.
func length(v float64) float64 {
	const least, most = 1, 1e5
	return min(max(or(v, least), least), most)
}

func inches(v float64) string {
	return strings.TrimRight(strconv.FormatFloat(length(v)/inch, 'f', 5, 64), "0")
}

func whole(v float64) int { return int(math.Ceil(min(length(v), math.MaxUint16))) }
