package draw_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/graph/draw"
	"github.com/converged/converged/parsers/repository"
	"github.com/converged/converged/parsers/role"
)

// element is any element of an SVG document.
type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Children []element  `xml:",any"`
	Text     string     `xml:",chardata"`
}

func (e element) attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (e element) num(t testing.TB, name string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(e.attr(name), 64)
	if err != nil {
		t.Fatalf("<%s %s=%q>: %v", e.XMLName.Local, name, e.attr(name), err)
	}
	return v
}

// all are the elements of this kind in e, e among them, in document order.
func (e element) all(kind string) []element {
	var found []element
	if e.XMLName.Local == kind {
		found = append(found, e)
	}
	for _, c := range e.Children {
		found = append(found, c.all(kind)...)
	}
	return found
}

// groups are the <g> of this class.
func (e element) groups(class string) []element {
	return slices.DeleteFunc(e.all("g"), func(g element) bool { return g.attr("class") != class })
}

func parseSVG(t testing.TB, g *graph.Graph) element {
	t.Helper()
	return parseSVGWith(t, g, draw.Options{Title: "roles"})
}

func parseSVGWith(t testing.TB, g *graph.Graph, o draw.Options) element {
	t.Helper()
	var b bytes.Buffer
	if err := draw.SVG(&b, draw.Place(g, o)); err != nil {
		t.Fatal(err)
	}
	var root element
	d := xml.NewDecoder(&b)
	if err := d.Decode(&root); err != nil {
		t.Fatalf("the SVG is not XML: %v", err)
	}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return root
		}
		if text, ok := token.(xml.CharData); err != nil || !ok || strings.TrimSpace(string(text)) != "" {
			t.Fatalf("after the document: %v, %v", token, err)
		}
	}
}

type rectangle struct{ x, y, w, h float64 }

func (a rectangle) overlaps(b rectangle) bool {
	return a.x < b.x+b.w && b.x < a.x+a.w && a.y < b.y+b.h && b.y < a.y+a.h
}

// touches says whether a point is on the border, to half a point.
func (a rectangle) touches(x, y float64) bool {
	const near = 0.5
	inside := func(by float64) bool {
		return x >= a.x-by && x <= a.x+a.w+by && y >= a.y-by && y <= a.y+a.h+by
	}
	return inside(near) && !inside(-near)
}

// boxes are the first <rect> of every node, by its name.
func boxes(t testing.TB, svg element) map[string]rectangle {
	t.Helper()
	found := map[string]rectangle{}
	for _, n := range svg.groups("node") {
		name := n.attr("data-name")
		if _, twice := found[name]; twice {
			t.Errorf("two nodes are named %q", name)
		}
		r := n.all("rect")[0]
		found[name] = rectangle{r.num(t, "x"), r.num(t, "y"), r.num(t, "width"), r.num(t, "height")}
	}
	return found
}

func TestSVGHasEveryNodeAndEdgeOnce(t *testing.T) {
	for name, g := range samples() {
		t.Run(name, func(t *testing.T) {
			svg := parseSVG(t, g)
			at := boxes(t, svg)
			if len(at) != len(g.Nodes) {
				t.Errorf("%d nodes drawn, want %d", len(at), len(g.Nodes))
			}
			for _, n := range g.Nodes {
				if _, ok := at[n.ID]; !ok {
					t.Errorf("%s is not drawn", n.ID)
				}
			}
			edges := svg.groups("edge")
			if len(edges) != len(g.Edges) {
				t.Fatalf("%d edges drawn, want %d", len(edges), len(g.Edges))
			}
			for i, e := range g.Edges {
				if from, to := edges[i].attr("data-from"), edges[i].attr("data-to"); from != e.From || to != e.To {
					t.Errorf("edge %d is %s -> %s, want %s -> %s", i, from, to, e.From, e.To)
				}
			}
		})
	}
}

var number = regexp.MustCompile(`-?\d+(\.\d+)?`)

func TestEdgesRunFromBoxToBox(t *testing.T) {
	for name, g := range samples() {
		t.Run(name, func(t *testing.T) {
			svg := parseSVG(t, g)
			at := boxes(t, svg)
			for _, e := range svg.groups("edge") {
				paths, tips := e.all("path"), e.all("polygon")
				if len(paths) != 1 || len(tips) != 1 {
					t.Fatalf("%s: %d paths and %d arrowheads, want one of each", e.attr("data-from"), len(paths), len(tips))
				}
				ends := coordinates(t, paths[0].attr("d"))
				first, last := ends[0], ends[len(ends)-1]
				if b := at[e.attr("data-from")]; !b.touches(first[0], first[1]) {
					t.Errorf("%s -> %s begins at %v, off its box %v", e.attr("data-from"), e.attr("data-to"), first, b)
				}
				if b := at[e.attr("data-to")]; !b.touches(last[0], last[1]) {
					t.Errorf("%s -> %s ends at %v, off its box %v", e.attr("data-from"), e.attr("data-to"), last, b)
				}
				if tip := coordinates(t, tips[0].attr("points"))[0]; tip != last {
					t.Errorf("the arrowhead points to %v, the path ends at %v", tip, last)
				}
			}
		})
	}
}

func coordinates(t *testing.T, text string) [][2]float64 {
	t.Helper()
	words := number.FindAllString(text, -1)
	if len(words) < 4 || len(words)%2 != 0 {
		t.Fatalf("%q is not a list of points", text)
	}
	points := make([][2]float64, len(words)/2)
	for i := range words {
		v, err := strconv.ParseFloat(words[i], 64)
		if err != nil {
			t.Fatal(err)
		}
		points[i/2][i%2] = v
	}
	return points
}

func TestBoxesStandApartOnTheSheet(t *testing.T) {
	graphs := samples()
	graphs["large"] = large()
	graphs["hostile"] = named(hostile()...)
	for name, g := range graphs {
		t.Run(name, func(t *testing.T) {
			svg := parseSVG(t, g)
			view := strings.Fields(svg.attr("viewBox"))
			wide, _ := strconv.ParseFloat(view[2], 64)
			high, _ := strconv.ParseFloat(view[3], 64)
			at := boxes(t, svg)
			for a, box := range at {
				if box.x < 0 || box.y < 0 || box.x+box.w > wide || box.y+box.h > high {
					t.Errorf("%.40q at %v is not on the sheet of %v x %v", a, box, wide, high)
				}
				for b, other := range at {
					if a < b && box.overlaps(other) {
						t.Errorf("%.40q overlaps %.40q: %v, %v", a, b, box, other)
					}
				}
			}
		})
	}
}

func TestHostileNamesStayText(t *testing.T) {
	var b bytes.Buffer
	g := named(hostile()...)
	if err := draw.SVG(&b, draw.Place(g, draw.Options{Title: "</title><script>alert(1)</script>\x00"})); err != nil {
		t.Fatal(err)
	}
	allowed := map[string]bool{"svg": true, "title": true, "desc": true, "style": true, "g": true, "rect": true, "path": true, "polygon": true, "text": true}
	d := xml.NewDecoder(&b)
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if !allowed[start.Name.Local] {
			t.Errorf("a name became the element <%s>", start.Name.Local)
		}
		for _, a := range start.Attr {
			if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" {
				t.Errorf("a name became the attribute %s=%q", a.Name.Local, a.Value)
			}
		}
	}
	svg := parseSVG(t, g)
	if n := len(svg.groups("node")); n != len(g.Nodes) {
		t.Errorf("%d nodes drawn, want %d", n, len(g.Nodes))
	}
	at := boxes(t, svg)
	for _, name := range []string{`quote"d`, "a\nb", "a\r\nb", "tab\there", "a & b", "]]>", "&amp;", "漢字の役割", strings.Repeat("long", 2500)} {
		if _, ok := at["role["+name+"]"]; !ok {
			t.Errorf("%.30q lost its name", name)
		}
	}
	for name, box := range at {
		if box.w > 300 {
			t.Errorf("%.40q is %v wide", name, box.w)
		}
	}
}

func TestLabelsOfEnvironments(t *testing.T) {
	svg := parseSVG(t, samples()["environments"])
	labels := map[string]string{}
	for _, e := range svg.groups("edge") {
		for _, text := range e.all("text") {
			labels[e.attr("data-from")+e.attr("data-to")] = text.Text
		}
		title := e.all("title")[0].Text
		if e.attr("data-to") == "role[hardened]" && !strings.Contains(title, "eu-west-production, prod, qa, staging, us-east-production") {
			t.Errorf("the title %q does not hold all environments", title)
		}
	}
	for edge, want := range map[string]string{
		"role[app]recipe[app]":    "_default, prod",
		"role[app]role[hardened]": "eu-west-production +4",
		"role[hardened]role[app]": "prod",
	} {
		if labels[edge] != want {
			t.Errorf("%s is labelled %q, want %q", edge, labels[edge], want)
		}
	}
}

func TestTheLegendExplainsOnlyWhatOccurs(t *testing.T) {
	for name, want := range map[string][]string{
		"one":   {"role"},
		"web":   {"role", "recipe", "depends on"},
		"knot":  {"role", "in a cycle", "cycle", "tied up with a cycle"},
		"empty": nil,
	} {
		var got []string
		for _, k := range parseSVG(t, samples()[name]).groups("legend") {
			for _, text := range k.all("text") {
				got = append(got, text.Text)
			}
		}
		if name == "knot" {
			got = slices.DeleteFunc(got, func(s string) bool { return !slices.Contains(want, s) })
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: the legend says %q, want %q", name, got, want)
		}
	}
}

func TestCyclesAreRedAndThick(t *testing.T) {
	svg := parseSVG(t, samples()["knot"])
	width := func(e element) float64 { return e.all("path")[0].num(t, "stroke-width") }
	var red, pale []string
	for _, e := range svg.groups("edge") {
		edge := e.attr("data-from") + e.attr("data-to")
		switch e.all("path")[0].attr("class") {
		case "circle":
			red = append(red, edge)
		case "knot":
			pale = append(pale, edge)
		}
		if width(e) < 1.5 {
			t.Errorf("%s is %v wide, want a thick line", edge, width(e))
		}
	}
	if want := []string{"role[a]role[b]", "role[b]role[c]", "role[c]role[a]"}; !slices.Equal(red, want) {
		t.Errorf("the shortest cycle is drawn as %v, want %v", red, want)
	}
	if want := []string{"role[a]role[d]", "role[d]role[b]"}; !slices.Equal(pale, want) {
		t.Errorf("tied up with it: %v, want %v", pale, want)
	}
	if svg := parseSVG(t, samples()["web"]); strings.Contains(svg.Text, "#d22f1b") || len(svg.groups("edge")) == 0 {
		t.Error("red without a cycle")
	}
}

func TestHoveringTellsWhereAndWhat(t *testing.T) {
	g := graph.New(role.Set{Roles: []role.Role{
		{Name: "web", File: "roles/web.rb", Line: 3, Description: " Serves pages. ", RunList: []role.Item{item("role[gone]", 5)},
			Unresolved: []role.Unresolved{{File: "roles/web.rb", Line: 7}}},
	}}, repository.Set{})

	svg := parseSVG(t, g)
	for name, want := range map[string]string{
		"role[web]":  "role[web]\nServes pages.\nroles/web.rb:3\n1 place not known without running it\nuses 1, used by 0 roles",
		"role[gone]": "role[gone]\nno file declares this role\nused by 1 role",
	} {
		for _, n := range svg.groups("node") {
			if n.attr("data-name") == name && n.all("title")[0].Text != want {
				t.Errorf("%s: %q, want %q", name, n.all("title")[0].Text, want)
			}
		}
	}
	if got, want := svg.groups("edge")[0].all("title")[0].Text, "role[web] → role[gone]\nroles/web.rb:5"; got != want {
		t.Errorf("the edge says %q, want %q", got, want)
	}
}

func TestEmptyGraphSaysSo(t *testing.T) {
	svg := parseSVG(t, roles())
	if said := svg.all("text"); !slices.ContainsFunc(said, func(e element) bool { return e.Text == "There is nothing to show here." }) {
		t.Errorf("the sheet says %v", said)
	}
}

func TestPictureIsDescribedForThoseWhoCannotSeeIt(t *testing.T) {
	svg := parseSVG(t, samples()["knot"])
	if svg.attr("role") != "img" || svg.all("title")[0].Text != "roles" {
		t.Errorf("role %q, title %q", svg.attr("role"), svg.all("title")[0].Text)
	}
	if got, want := svg.all("desc")[0].Text, "4 roles, 0 recipes, 5 edges, 1 cycle"; got != want {
		t.Errorf("desc is %q, want %q", got, want)
	}
	for _, id := range strings.Fields(svg.attr("aria-labelledby")) {
		if svg.all("title")[0].attr("id") != id && svg.all("desc")[0].attr("id") != id {
			t.Errorf("nothing has the id %q", id)
		}
	}
}

func TestSheetIsFinite(t *testing.T) {
	for name, g := range samples() {
		s := draw.Place(g, draw.Options{})
		if !(s.Width > 0 && s.Height > 0) || math.IsInf(s.Width, 0) || math.IsInf(s.Height, 0) {
			t.Errorf("%s: the sheet is %v x %v", name, s.Width, s.Height)
		}
	}
}
