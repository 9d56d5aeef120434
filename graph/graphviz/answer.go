package graphviz

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/converged/converged/graph/layout"
)

// answer is what is read of Graphviz' json0: https://graphviz.org/docs/outputs/json/
type answer struct {
	BB      string `json:"bb"` // left, bottom, right, top, in points
	Objects []struct {
		Name string `json:"name"`
		Pos  string `json:"pos"`
	} `json:"objects"`
	Edges []struct {
		ID  string `json:"id"`
		Pos string `json:"pos"` // "x,y x,y ...": a start and three points a curve
		LP  string `json:"lp"`
	} `json:"edges"`
}

// frame turns Graphviz' ordinates, which run upwards, into ours.
type frame struct{ left, top float64 }

// read makes a drawing of the answer: every node and every edge exactly once.
func read(text []byte, g layout.Graph) (layout.Drawing, error) {
	var a answer
	if err := json.Unmarshal(text, &a); err != nil {
		return layout.Drawing{}, err
	}
	box, err := numbers(a.BB, 4)
	if err != nil {
		return layout.Drawing{}, fmt.Errorf("its extent: %w", err)
	}
	f := frame{left: box[0], top: box[3]}
	d := layout.Drawing{
		Width: max(box[2]-box[0], 0), Height: max(box[3]-box[1], 0),
		Nodes: make([]layout.Point, len(g.Nodes)), Edges: make([]layout.Route, len(g.Edges)),
	}
	if err := f.nodes(a, d); err != nil {
		return layout.Drawing{}, err
	}
	if err := f.edges(a, g, d); err != nil {
		return layout.Drawing{}, err
	}
	hold(g, &d)
	return d, nil
}

func (f frame) nodes(a answer, d layout.Drawing) error {
	seen := make([]bool, len(d.Nodes))
	for _, o := range a.Objects {
		number, named := strings.CutPrefix(o.Name, "n")
		i, err := strconv.Atoi(number)
		if !named || err != nil || i < 0 || i >= len(seen) || seen[i] {
			return fmt.Errorf("a node %.40q that was not asked for", o.Name)
		}
		seen[i] = true
		if d.Nodes[i], err = f.point(o.Pos); err != nil {
			return fmt.Errorf("node %d: %w", i, err)
		}
	}
	if len(a.Objects) != len(seen) {
		return fmt.Errorf("%d nodes of %d", len(a.Objects), len(seen))
	}
	return nil
}

func (f frame) edges(a answer, g layout.Graph, d layout.Drawing) error {
	for _, e := range a.Edges {
		i, err := strconv.Atoi(e.ID)
		if err != nil || i < 0 || i >= len(g.Edges) || !joins(g, g.Edges[i]) || d.Edges[i].Points != nil {
			return fmt.Errorf("an edge %.40q that was not asked for", e.ID)
		}
		points, err := f.route(e.Pos)
		if err != nil {
			return fmt.Errorf("edge %d: %w", i, err)
		}
		from, to := g.Edges[i].From, g.Edges[i].To
		points[0] = onto(points[0], d.Nodes[from], g.Nodes[from])
		points[len(points)-1] = onto(points[len(points)-1], d.Nodes[to], g.Nodes[to])
		d.Edges[i].Points = pointed(points)
		if g.Edges[i].Label == (layout.Node{}) {
			continue
		}
		if d.Edges[i].Label, err = f.point(e.LP); err != nil {
			return fmt.Errorf("the label of edge %d: %w", i, err)
		}
	}
	for i, e := range g.Edges {
		if joins(g, e) && d.Edges[i].Points == nil {
			return fmt.Errorf("no way for edge %d", i)
		}
	}
	return nil
}

// route reads a start and the points of its curves.
func (f frame) route(pos string) ([]layout.Point, error) {
	const most = 100_000
	fields := strings.Fields(pos)
	if len(fields) < 4 || len(fields)%3 != 1 || len(fields) > most {
		return nil, fmt.Errorf("a way of %d points: expected one and three for each curve", len(fields))
	}
	points := make([]layout.Point, len(fields))
	for i, s := range fields {
		var err error
		if points[i], err = f.point(s); err != nil {
			return nil, err
		}
	}
	return points, nil
}

func (f frame) point(s string) (layout.Point, error) {
	p, err := numbers(s, 2)
	if err != nil {
		return layout.Point{}, err
	}
	return layout.Point{X: p[0] - f.left, Y: f.top - p[1]}, nil
}

// numbers reads n numbers between commas.
func numbers(s string, n int) ([]float64, error) {
	const most = 1e8 // points: no sheet is a thousand kilometres long
	fields := strings.Split(s, ",")
	if len(fields) != n {
		return nil, fmt.Errorf("%.40q: expected %d numbers", s, n)
	}
	all := make([]float64, n)
	for i, field := range fields {
		v, err := strconv.ParseFloat(field, 64)
		if err != nil || !(math.Abs(v) < most) {
			return nil, errors.New(strconv.Quote(field[:min(len(field), 40)]) + " is no place on a sheet")
		}
		all[i] = v
	}
	return all, nil
}
