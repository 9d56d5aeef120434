package draw

import (
	"strconv"
	"strings"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/graph/layout"
)

// Lengths in points.
const (
	titleSize   = 18
	summarySize = 11
	lineHeight  = 16
	keySize     = 9.5
	keyWidth    = 30
	keyHeight   = 13
	keyRow      = 20
	keyGap      = 18
	keySpace    = 6   // between a key and its meaning
	lineMost    = 640 // a longer line is cut in its middle
	cyclesShown = 3
)

// key is one entry of the legend: a small box or a small edge, and its meaning.
type key struct {
	box  *box
	wire *wire
	text text
}

// head writes what stands above the drawing, and returns where that begins. It
// widens the sheet to hold the lines.
func (p *placer) head() float64 {
	y := float64(margin + titleSize)
	write := func(t text) {
		t.string = p.ruler.cut(t.string, lineMost, t.size, t.bold)
		t.x, t.y = margin, y
		p.measure(&t)
		p.Width = max(p.Width, t.width+2*margin)
		p.texts = append(p.texts, t)
		y += lineHeight
	}
	write(text{string: p.title, size: titleSize, bold: true, fill: ink, class: "ink"})
	write(text{string: p.summary, size: summarySize, fill: faded, class: "faded"})
	for _, line := range p.cycleLines() {
		write(text{string: line, size: summarySize, fill: cycleEdge.ink, class: cycleEdge.name + "-ink"})
	}
	if len(p.boxes) == 0 {
		write(text{string: "There is nothing to show here.", size: summarySize, fill: ink, class: "ink"})
		return y
	}
	return p.legend(y)
}

// summarise is "12 roles, 30 recipes, 41 edges, 1 cycle".
func summarise(g *graph.Graph, cycles int) string {
	if isDiff(g) {
		return summariseDiff(g)
	}
	parts := []string{g.Summary()}
	if cycles > 0 {
		parts = append(parts, graph.Counted(cycles, "cycle"))
	}
	missing := map[graph.Kind]int{}
	for _, n := range g.Nodes {
		if n.Missing {
			missing[n.Kind]++
		}
	}
	for _, kind := range []graph.Kind{graph.Role, graph.Recipe, graph.Environment, graph.Policy} {
		if missing[kind] > 0 {
			parts = append(parts, graph.Counted(missing[kind], "missing "+string(kind)))
		}
	}
	unresolved := len(g.Rest.Unresolved())
	for _, r := range g.Roles {
		unresolved += len(r.Unresolved)
	}
	if unresolved > 0 {
		parts = append(parts, graph.Counted(unresolved, "place")+" not known without running it")
	}
	return strings.Join(parts, ", ")
}

// cycleLines names the first cycles, for those who cannot follow red lines.
func (p *placer) cycleLines() []string {
	var lines []string
	what := "Cycle: "
	if p.diff {
		what = "New cycle: "
	}
	for i, c := range p.cycles.found {
		if i == cyclesShown {
			return append(lines, "and "+strconv.Itoa(len(p.cycles.found)-i)+" more")
		}
		lines = append(lines, what+around(c))
	}
	return lines
}

// around is "a → b → a".
func around(c graph.Cycle) string {
	var s strings.Builder
	for _, id := range c.Path {
		s.WriteString(printable(id) + " → ")
	}
	s.WriteString(printable(c.Path[0]))
	if len(c.Component) > len(c.Path) {
		s.WriteString(" (" + strconv.Itoa(len(c.Component)) + " roles in all depend on each other)")
	}
	return s.String()
}

// legend explains what occurs in this drawing, in rows as wide as the sheet.
func (p *placer) legend(y float64) float64 {
	x, row := float64(margin), y+2
	for _, k := range p.meanings() {
		k.text.size, k.text.fill, k.text.class = keySize, faded, "faded"
		p.measure(&k.text)
		wide := keyWidth + keySpace + k.text.width
		if x > margin && x+wide > p.Width-margin {
			x, row = margin, row+keyRow
		}
		k.stand(x, row)
		p.keys = append(p.keys, k)
		x += wide + keyGap
	}
	return row + keyRow
}

func (k *key) stand(x, y float64) {
	if k.box != nil {
		if k.box.tone.name == badgeTone.name {
			*k.box = badgeAt(x+keyWidth-keyHeight, y-keyHeight/2, keyHeight)
		} else {
			k.box.x, k.box.y, k.box.w, k.box.h = x, y-keyHeight/2, keyWidth, keyHeight
		}
	} else {
		third := float64(keyWidth) / 3
		k.wire.points = []layout.Point{{X: x, Y: y}, {X: x + third, Y: y}, {X: x + 2*third, Y: y}, {X: x + keyWidth, Y: y}}
	}
	k.text.x, k.text.y = x+keyWidth+keySpace, baseline(y, keySize)
}
