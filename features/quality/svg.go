package main

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// group is a <g class="node"> or <g class="edge"> of an SVG.
type group struct {
	class, name, from, to string // as ours names them, by attributes
	title                 string // as Graphviz names them
	shapes                []shape
	text                  float64 // the size of its first text
}

// shape is a drawn element: its kind, and the points of its outline.
type shape struct {
	kind   string
	points []point
}

// groups reads the nodes and edges of an SVG document.
func groups(r io.Reader) ([]group, error) {
	d := xml.NewDecoder(r)
	var found []group
	var in *group
	depth := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read the SVG: %w", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if in == nil {
				if class := attr(t, "class"); t.Name.Local == "g" && (class == "node" || class == "edge") {
					in, depth = &group{class: class, name: attr(t, "data-name"), from: attr(t, "data-from"), to: attr(t, "data-to")}, 0
				}
				continue
			}
			if t.Name.Local == "title" {
				err = d.DecodeElement(&in.title, &t)
			} else {
				depth++
				err = in.add(t)
			}
			if err != nil {
				return nil, fmt.Errorf("read the SVG: %w", err)
			}
		case xml.EndElement:
			if in == nil {
				continue
			}
			if depth--; depth < 0 {
				found, in = append(found, *in), nil
			}
		}
	}
}

func attr(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// add takes what a group draws: rectangles, ellipses, polygons, paths, and the
// size of its text.
func (g *group) add(t xml.StartElement) (err error) {
	value := func(name string) float64 {
		v, bad := strconv.ParseFloat(attr(t, name), 64)
		if bad != nil {
			err = errors.Join(err, fmt.Errorf("%s of a %s: %w", name, t.Name.Local, bad))
		}
		return v
	}
	var p []point
	switch t.Name.Local {
	case "rect":
		x, y, w, h := value("x"), value("y"), value("width"), value("height")
		p = []point{{x, y}, {x + w, y + h}}
	case "ellipse":
		x, y, w, h := value("cx"), value("cy"), value("rx"), value("ry")
		p = []point{{x - w, y - h}, {x + w, y + h}}
	case "polygon":
		p, err = pairs(strings.FieldsFunc(attr(t, "points"), separates))
	case "path":
		p, err = flatten(attr(t, "d"))
	case "text":
		if g.text == 0 {
			g.text = value("font-size")
		}
		return err
	default:
		return nil
	}
	g.shapes = append(g.shapes, shape{t.Name.Local, p})
	return err
}

// picture is what a drawing shows, whoever made it.
type picture struct {
	boxes []rect
	wires []wire
	text  float64 // the size of the nodes' text: the unit of length
}

// wire is an edge as a polyline, and the boxes it joins.
type wire struct {
	from, to int
	line     []point
}

// pictured joins the groups: ours by their attributes, Graphviz' by their titles.
func pictured(all []group) (picture, error) {
	var p picture
	at := map[string]int{}
	for _, g := range all {
		if g.class != "node" {
			continue
		}
		if len(g.shapes) == 0 || len(g.shapes[0].points) == 0 {
			return p, fmt.Errorf("node %q has no box", g.title)
		}
		at[g.id()] = len(p.boxes)
		p.boxes = append(p.boxes, bounds(g.shapes[0].points))
		p.text = max(p.text, g.text)
	}
	for _, g := range all {
		if g.class != "edge" {
			continue
		}
		w, err := g.wire(at)
		if err != nil {
			return p, err
		}
		p.wires = append(p.wires, w)
	}
	return p, nil
}

func (g group) id() string {
	if g.name != "" {
		return g.name
	}
	return g.title
}

// wire finds the edge's ends and its line. Graphviz stops the line where the
// arrowhead begins: it is continued to the head's point.
func (g group) wire(at map[string]int) (wire, error) {
	i := slices.IndexFunc(g.shapes, func(s shape) bool { return s.kind == "path" })
	if i < 0 || len(g.shapes[i].points) < 2 {
		return wire{}, fmt.Errorf("edge %q has no path", g.title)
	}
	w := wire{line: g.shapes[i].points}
	var ok bool
	if g.from != "" {
		var known bool
		w.from, known = at[g.from]
		w.to, ok = at[g.to]
		ok = ok && known
	} else {
		w.from, w.to, ok = ends(g.title, at)
		end := w.line[len(w.line)-1]
		for _, s := range g.shapes {
			if s.kind == "polygon" && len(s.points) > 0 {
				w.line = append(w.line, slices.MaxFunc(s.points, func(a, b point) int {
					return cmpFloat(a.to(end), b.to(end))
				}))
			}
		}
	}
	if !ok {
		return wire{}, fmt.Errorf("edge %q joins nodes that are not there", g.id())
	}
	return w, nil
}

// ends takes "a->b" apart; names may hold arrows themselves.
func ends(title string, at map[string]int) (from, to int, ok bool) {
	for i := range title {
		if !strings.HasPrefix(title[i:], "->") {
			continue
		}
		a, known := at[title[:i]]
		if b, too := at[title[i+2:]]; known && too {
			return a, b, true
		}
	}
	return 0, 0, false
}
