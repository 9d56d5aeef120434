package draw

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/awalterschulze/gographviz"
	"github.com/awalterschulze/gographviz/ast"

	"github.com/converged/converged/graph"
)

// dotLabelMost is the longest label in characters; a longer one is cut in its
// middle, with the whole as the tooltip.
const dotLabelMost = 100

const dotFont = `"Liberation Sans,Helvetica,Arial,sans-serif"`

// DOT writes the graph for Graphviz: the same nodes and edges as the picture,
// and where they stand is Graphviz's to decide. Node IDs are run-list items,
// "role[a]", always quoted.
func DOT(w io.Writer, g *graph.Graph, o Options) error {
	d := gographviz.NewGraph()
	named, cycles := names(g, dotClean), findCycles(g)
	err := dotHead(d, o)
	for _, n := range g.Nodes {
		if err == nil {
			err = d.AddNode(d.Name, quote(named[n.ID]), dotNode(n, cycles.nodes[n.ID]))
		}
	}
	for _, e := range g.Edges {
		if err == nil {
			err = d.AddEdge(quote(named[e.From]), quote(named[e.To]), true, dotEdge(e, cycles.edge(e)))
		}
	}
	if err != nil {
		return fmt.Errorf("build the DOT graph: %w", err)
	}
	return writeDOT(w, d)
}

func dotHead(d *gographviz.Graph, o Options) error {
	if err := d.SetName("roles"); err != nil {
		return err
	}
	if err := d.SetDir(true); err != nil {
		return err
	}
	if o.Title != "" {
		if err := d.AddAttr("roles", "label", quoteLabel(printable(o.Title))); err != nil {
			return err
		}
	}
	if err := d.AddAttr("roles", "fontname", dotFont); err != nil {
		return err
	}
	dir, err := ParseRankDir(string(o.RankDir))
	if err != nil {
		return err
	}
	return d.AddAttr("roles", "rankdir", string(dir))
}

func dotNode(n graph.Node, p part) map[string]string {
	t := nodeTone(n, p)
	full := label(n)
	styles := []string{"rounded", "filled"}
	a := map[string]string{
		"label": quoteLabel(shorten(full)), "shape": lookOf(n.Kind).dot,
		"color": quote(t.line.hex()), "fillcolor": quote(t.fill.hex()), "fontcolor": quote(t.ink.hex()),
	}
	if a["shape"] != "box" {
		styles = styles[1:]
	}
	if n.Incomplete {
		full += " (?)"
		a["label"] = quoteLabel(shorten(full))
	}
	switch {
	case n.External:
		styles = append(styles, "dotted")
	case t.dash != nil:
		styles = append(styles, "dashed")
	}
	if a["style"] = strings.Join(styles, ","); len(styles) > 1 {
		a["style"] = quote(a["style"])
	}
	if p != free {
		a["penwidth"] = "2"
	}
	if shorten(full) != full {
		a["tooltip"] = quoteLabel(full)
	}
	return a
}

func dotEdge(e graph.Edge, p part) map[string]string {
	t := edgeTone(e, p)
	a := map[string]string{"color": quote(t.line.hex())}
	if p != free {
		a["penwidth"] = "2"
	}
	if p == onCycle && e.Change != "" { // drawn as lines side by side
		a["color"] = quote(casingEdge.line.hex() + ":" + t.line.hex() + ":" + casingEdge.line.hex())
	}
	switch {
	case e.Maybe:
		a["style"] = "dotted"
	case t.dash != nil:
		a["style"] = "dashed"
	}
	if t.hollow() {
		a["arrowhead"] = "empty"
	}
	environments := ""
	if len(e.Only()) > 0 {
		environments = printable(strings.Join(e.Only(), ", "))
	}
	if all := edgeLabel(e, environments); all != "" {
		a["label"], a["fontcolor"] = quoteLabel(shorten(all)), quote(t.ink.hex())
		if shorten(all) != all {
			a["tooltip"] = quoteLabel(all)
		}
	}
	return a
}

// quote is s as a quoted DOT identifier, whatever it holds. Different names stay
// different.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`).Replace(dotClean(s)) + `"`
}

// dotClean is clean without U+FFFD, which readers of DOT take for a broken file.
func dotClean(s string) string { return strings.ReplaceAll(clean(s), "\ufffd", "□") }

// quoteLabel is quote for text that Graphviz shows: there "&amp;" is a character
// reference, so the ampersand needs to be one itself.
func quoteLabel(s string) string { return quote(strings.ReplaceAll(s, "&", "&amp;")) }

// shorten cuts the middle out of a long label.
func shorten(s string) string {
	runes := []rune(s)
	if len(runes) <= dotLabelMost {
		return s
	}
	half := dotLabelMost / 2
	return string(runes[:half]) + "…" + string(runes[len(runes)-half:])
}

// writeDOT prints statement by statement: the library's own String joins them
// in quadratic time, 12 s for 10,000 nodes.
func writeDOT(w io.Writer, d *gographviz.Graph) error {
	tree, err := d.WriteAst()
	if err != nil {
		return fmt.Errorf("build the DOT graph: %w", err)
	}
	b := bufio.NewWriter(w)
	_, _ = b.WriteString("digraph roles {\n" + // bufio keeps the first error for Flush
		"  node [fontname=" + dotFont + "];\n  edge [fontname=" + dotFont + "];\n")
	var edges []ast.Stmt
	for _, s := range tree.StmtList {
		if _, ok := s.(*ast.EdgeStmt); ok {
			edges = append(edges, s)
			continue
		}
		writeStatement(b, s)
	}
	for _, s := range edges {
		writeStatement(b, s)
	}
	_, _ = b.WriteString("}\n")
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write the DOT: %w", err)
	}
	return nil
}

func writeStatement(b *bufio.Writer, s ast.Stmt) {
	_, _ = b.WriteString("  " + s.String() + ";\n")
}
