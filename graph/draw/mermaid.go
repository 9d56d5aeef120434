package draw

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/converged/converged/graph"
)

// What Mermaid draws unless its configuration says otherwise, and how many nodes
// a page still shows so that they can be read.
const (
	mermaidNodes = 140
	mermaidEdges = 500    // maxEdges
	mermaidText  = 50_000 // maxTextSize, in characters
)

// Mermaid writes the graph as a flowchart for pages that draw Mermaid: the same
// nodes and edges as the picture, placed by the page. Nodes are n0, n1, ... in
// the graph's order. The notice says when such a page refuses a text so large,
// or makes nothing readable of it.
func Mermaid(w io.Writer, g *graph.Graph, o Options) (notice string, err error) {
	dir, err := ParseRankDir(string(o.RankDir))
	if err != nil {
		return "", err
	}
	m := mermaid{graph: g, cycles: findCycles(g), used: map[string]bool{}, links: map[string][]int{}}
	if o.Title != "" {
		m.text.WriteString("---\ntitle: " + strconv.Quote(printable(o.Title)) + "\n---\n")
	}
	m.text.WriteString("flowchart " + string(dir) + "\n")
	m.nodes()
	m.edges()
	for _, t := range m.tones {
		fmt.Fprintf(&m.text, "  classDef %s fill:%s,stroke:%s,color:%s%s\n", t.name, t.fill.hex(), t.line.hex(), t.ink.hex(), strokes(t))
	}
	for _, style := range m.styles {
		fmt.Fprintf(&m.text, "  linkStyle %s %s\n", commas(m.links[style]), style)
	}
	if _, err := io.WriteString(w, m.text.String()); err != nil {
		return "", fmt.Errorf("write the Mermaid: %w", err)
	}
	return m.notice(), nil
}

// mermaid is a flowchart in the making.
type mermaid struct {
	graph  *graph.Graph
	cycles cycles
	text   strings.Builder
	tones  []tone // of nodes, in the order of their first use
	used   map[string]bool
	styles []string         // of edges, in the order of their first use
	links  map[string][]int // by style, the edges that have it
}

func (m *mermaid) nodes() {
	for i, n := range m.graph.Nodes {
		t := nodeTone(n, m.cycles.nodes[n.ID])
		if !m.used[t.name] {
			m.used[t.name] = true
			m.tones = append(m.tones, t)
		}
		words := label(n)
		if n.Incomplete {
			words += " (?)"
		}
		around := lookOf(n.Kind).mermaid
		fmt.Fprintf(&m.text, "  n%d%s%s%s:::%s\n", i, around[0], mermaidQuote(shorten(words)), around[1], t.name)
	}
}

func (m *mermaid) edges() {
	at := make(map[string]int, len(m.graph.Nodes))
	for i, n := range m.graph.Nodes {
		at[n.ID] = i
	}
	for i, e := range m.graph.Edges {
		p := m.cycles.edge(e)
		t := edgeTone(e, p)
		arrow := "-->"
		switch {
		case t.dash != nil:
			arrow = "-.->"
		case p == onCycle:
			arrow = "==>"
		}
		environments := ""
		if len(e.Only()) > 0 {
			environments = printable(strings.Join(e.Only(), ", "))
		}
		if words := edgeLabel(e, environments); words != "" {
			arrow += "|" + mermaidQuote(shorten(words)) + "|"
		}
		fmt.Fprintf(&m.text, "  n%d %s n%d\n", at[e.From], arrow, at[e.To])
		style := "stroke:" + t.line.hex() + strokes(t)
		if m.links[style] == nil {
			m.styles = append(m.styles, style)
		}
		m.links[style] = append(m.links[style], i)
	}
}

// strokes is the width and the dashes of a tone in CSS.
func strokes(t tone) string {
	s := ",stroke-width:" + strconv.FormatFloat(t.width, 'g', 4, 64) + "px"
	if len(t.dash) > 0 {
		s += ",stroke-dasharray:"
		for i, d := range t.dash {
			if i > 0 {
				s += " "
			}
			s += strconv.FormatFloat(d, 'g', 4, 64)
		}
	}
	return s
}

func commas(numbers []int) string {
	words := make([]string, len(numbers))
	for i, n := range numbers {
		words[i] = strconv.Itoa(n)
	}
	return strings.Join(words, ",")
}

// mermaidQuote is a quoted label, whatever it holds: what is neither a letter, a
// digit nor harmless is written as Mermaid's character entity, so that it can
// neither end the label nor begin a directive, Markdown or HTML.
func mermaidQuote(s string) string {
	const harmless = " .,:/@()+-_=~×−…"
	var b strings.Builder
	b.WriteByte('"')
	for i, c := range []rune(s) {
		switch {
		case unicode.IsLetter(c), unicode.IsDigit(c), unicode.IsMark(c), (i > 0 || c == '_') && slices.Contains([]rune(harmless), c):
			b.WriteRune(c)
		case c == '"':
			b.WriteString("#quot;")
		default:
			b.WriteString("#" + strconv.Itoa(int(c)) + ";")
		}
	}
	b.WriteByte('"')
	return b.String()
}

func (m *mermaid) notice() string {
	var beyond []string
	if n := len(m.graph.Nodes); n > mermaidNodes {
		beyond = append(beyond, fmt.Sprintf("%d nodes, of which few pages show more than %d so that one can read them", n, mermaidNodes))
	}
	if n := len(m.graph.Edges); n > mermaidEdges {
		beyond = append(beyond, fmt.Sprintf("%d edges, of which Mermaid draws %d unless maxEdges is raised", n, mermaidEdges))
	}
	if n := m.text.Len(); n > mermaidText {
		beyond = append(beyond, fmt.Sprintf("%d characters, of which Mermaid takes %d unless maxTextSize is raised", n, mermaidText))
	}
	if len(beyond) == 0 {
		return ""
	}
	return "it has " + strings.Join(beyond, ", and ") + "; --focus shows a part, an SVG or HTML the whole"
}
