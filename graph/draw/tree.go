package draw

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/converged/converged/graph"
)

// TreeOptions are the wishes for a tree. The zero value shows everything.
type TreeOptions struct {
	// Roots are the IDs to begin at; empty for all that nothing leads to, and one
	// of each cycle that nothing else leads to.
	Roots []string
	Up    bool // show who uses a thing, instead of what it uses
	Depth int  // levels below the roots; 0 is all of them
	ASCII bool
}

const (
	deepest   = 32  // levels that a line is indented; what is deeper goes on further down
	treeName  = 200 // characters of a name
	treePlace = 4   // environments that an edge names
)

// Tree writes the graph as an indented text. Everything that has something below
// it is shown with that once; "(*)" marks where it stands again, "(cycle)" where
// it is below itself, "(missing)" a role that no file declares, "[production]"
// the environments whose run lists alone name it, "(maybe)" what a condition
// decides on, "…" what --depth leaves out, and "(below)" what goes on further
// down, because a line would be indented too far.
func Tree(w io.Writer, g *graph.Graph, o TreeOptions) error {
	t := newTree(g, o)
	roots := t.roots()
	if o.Depth > 0 {
		t.measure(roots)
	}
	for _, root := range roots {
		t.root(root)
		for len(t.later) > 0 {
			next := t.later[0]
			t.later = t.later[1:]
			t.lines = append(t.lines, t.label(next)+" (continued)")
			t.below(next, "", 1)
		}
	}
	b := bufio.NewWriter(w)
	for _, line := range t.lines {
		if _, err := b.WriteString(line + "\n"); err != nil {
			return fmt.Errorf("write the tree: %w", err)
		}
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write the tree: %w", err)
	}
	return nil
}

// tree is a Tree on its way.
type tree struct {
	graph   *graph.Graph
	options TreeOptions
	at      map[string]int
	next    [][]branch // below each node, in the order in which it is written
	shown   []bool     // with what is below it
	above   []int      // the node below which it is shown so, or -1
	deep    []int      // how many levels below its root
	far     []int      // steps from the nearest root; nil when that does not matter
	later   []int      // what goes on further down
	lines   []string
}

// branch is an edge of the tree, and the node at its lower end.
type branch struct {
	to   int
	edge graph.Edge
}

func newTree(g *graph.Graph, o TreeOptions) *tree {
	n := len(g.Nodes)
	t := &tree{graph: g, options: o, at: make(map[string]int, n), next: make([][]branch, n), shown: make([]bool, n), above: make([]int, n), deep: make([]int, n)}
	for i, node := range g.Nodes {
		t.at[node.ID], t.above[i] = i, -1
	}
	for _, e := range g.InOrder() {
		from, to := t.at[e.From], t.at[e.To]
		if o.Up {
			from, to = to, from
		}
		t.next[from] = append(t.next[from], branch{to, e})
	}
	return t
}

// roots are where the tree begins, so that everything is in it.
func (t *tree) roots() []int {
	var roots []int
	for _, id := range t.options.Roots {
		if i, ok := t.at[id]; ok && !slices.Contains(roots, i) {
			roots = append(roots, i)
		}
	}
	if len(t.options.Roots) > 0 {
		return roots
	}
	named := make([]bool, len(t.next))
	for from, all := range t.next {
		for _, b := range all {
			named[b.to] = named[b.to] || b.to != from
		}
	}
	seen := make([]bool, len(t.next))
	for _, known := range []bool{false, true} { // what nothing leads to, then the cycles
		for i := range named {
			if !seen[i] && named[i] == known {
				roots = append(roots, i)
				t.reach(i, seen)
			}
		}
	}
	return roots
}

func (t *tree) reach(from int, seen []bool) {
	seen[from] = true
	for stack := []int{from}; len(stack) > 0; {
		top := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, b := range t.next[top] {
			if !seen[b.to] {
				seen[b.to] = true
				stack = append(stack, b.to)
			}
		}
	}
}

// measure finds how far everything is from the nearest root.
func (t *tree) measure(roots []int) {
	t.far = slices.Repeat([]int{-1}, len(t.next))
	for _, i := range roots {
		t.far[i] = 0
	}
	for queue := slices.Clone(roots); len(queue) > 0; queue = queue[1:] {
		for _, b := range t.next[queue[0]] {
			if t.far[b.to] < 0 {
				t.far[b.to] = t.far[queue[0]] + 1
				queue = append(queue, b.to)
			}
		}
	}
}

func (t *tree) root(i int) {
	if t.shown[i] && len(t.next[i]) > 0 {
		t.lines = append(t.lines, t.label(i)+" (*)")
		return
	}
	t.lines = append(t.lines, t.label(i))
	t.below(i, "", 1)
}

// below shows what is below a node.
func (t *tree) below(i int, indent string, level int) {
	t.shown[i] = true
	tee, end, down, gap := "├── ", "└── ", "│   ", "    "
	if t.options.ASCII {
		tee, end, down = "|-- ", "`-- ", "|   "
	}
	for k, b := range t.next[i] {
		joint, further := tee, down
		if k == len(t.next[i])-1 {
			joint, further = end, gap
		}
		mark, open := t.mark(i, b, level)
		t.lines = append(t.lines, indent+joint+t.label(b.to)+t.tags(b.edge)+mark)
		if open {
			t.below(b.to, indent+further, level+1)
		}
	}
}

// mark is why a branch ends here, or that it goes on.
func (t *tree) mark(from int, b branch, level int) (mark string, open bool) {
	switch more := len(t.next[b.to]) > 0; {
	case t.shown[b.to] && t.isAbove(b.to, from):
		return " (cycle)", false
	case !more:
		return "", false
	case t.shown[b.to]:
		return " (*)", false
	case t.far != nil && t.far[b.to] >= t.options.Depth:
		return " " + t.dots(), false
	case t.far != nil && t.far[b.to] <= t.deep[from]: // it is shown nearer to a root
		return " (*)", false
	}
	t.above[b.to], t.deep[b.to] = from, t.deep[from]+1
	if level >= deepest {
		t.shown[b.to] = true
		t.later = append(t.later, b.to)
		return " (below)", false
	}
	return "", true
}

func (t *tree) dots() string {
	if t.options.ASCII {
		return "..."
	}
	return "…"
}

// isAbove says whether a node is another, or above it.
func (t *tree) isAbove(node, below int) bool {
	for at := below; at >= 0; at = t.above[at] {
		if at == node {
			return true
		}
	}
	return false
}

// label is a node as the tree names it.
func (t *tree) label(i int) string {
	n := t.graph.Nodes[i]
	text := t.short(n.ID)
	if n.Missing {
		text += " (missing)"
	}
	if n.External && n.Kind == graph.Role {
		text += " (not read)"
	}
	if n.Incomplete {
		text += " (incomplete)"
	}
	return text
}

// short is a name in a line, without what would break it or make it endless.
func (t *tree) short(name string) string {
	text := []rune(printable(name))
	if len(text) > treeName {
		text = append(text[:treeName-1], []rune(t.dots())...)
	}
	return string(text)
}

// tags are what is particular to an edge.
func (t *tree) tags(e graph.Edge) string {
	text := ""
	if only := e.Only(); len(only) > 0 {
		shown := make([]string, min(treePlace, len(only)))
		for i := range shown {
			shown[i] = t.short(only[i])
		}
		text = " [" + strings.Join(shown, ", ") + others(len(only)-len(shown)) + "]"
	}
	if e.Relation == graph.Includes || e.Relation == graph.Depends {
		text += " (" + string(e.Relation) + ")"
	}
	if e.Maybe {
		text += " (maybe)"
	}
	return text
}
