package layout

import (
	"fmt"
	"math"
	"testing"
)

// check fails the test for every promise of a layered drawing that d breaks.
func check(t *testing.T, g Graph, d Drawing) {
	t.Helper()
	if err := broken(g, d); err != nil {
		t.Fatal(err)
	}
}

// broken is the first promise d breaks.
func broken(g Graph, d Drawing) error { return brokenWhere(g, d, false) }

// brokenWhere is broken, but edges may pass through boxes if that is said.
func brokenWhere(g Graph, d Drawing, through bool) error {
	g = sanitised(g)
	if len(d.Nodes) != len(g.Nodes) || len(d.Edges) != len(g.Edges) {
		return fmt.Errorf("%d nodes, %d edges drawn; want %d, %d", len(d.Nodes), len(d.Edges), len(g.Nodes), len(g.Edges))
	}
	boxes := make([]area, len(g.Nodes))
	for v, n := range g.Nodes {
		boxes[v] = around(d.Nodes[v], n)
		if !boxes[v].within(d) {
			return fmt.Errorf("box %d at %v leaves the sheet %g x %g", v, boxes[v], d.Width, d.Height)
		}
	}
	grid := newGrid(boxes)
	if err := apart(boxes, grid, 4); err != nil {
		return err
	}
	if through {
		grid.boxes = nil
	}
	for i, e := range g.Edges {
		if e.From < 0 {
			if len(d.Edges[i].Points) > 0 {
				return fmt.Errorf("edge %d joins nothing but has a route", i)
			}
			continue
		}
		if err := brokenRoute(g, d, boxes, grid, i); err != nil {
			return fmt.Errorf("edge %d, %d to %d: %w", i, e.From, e.To, err)
		}
	}
	return brokenLabels(g, d)
}

// brokenLabels is an error if two labels overlap.
func brokenLabels(g Graph, d Drawing) error {
	var labels []area
	for i, e := range g.Edges {
		if e.Label == (Node{}) || e.From < 0 {
			continue
		}
		a := around(d.Edges[i].Label, e.Label)
		for _, b := range labels {
			if a.overlaps(b, -0.01) {
				return fmt.Errorf("label %v of edge %d overlaps label %v", a, i, b)
			}
		}
		labels = append(labels, a)
	}
	return nil
}

func brokenRoute(g Graph, d Drawing, boxes []area, grid grid, i int) error {
	e, p := g.Edges[i], d.Edges[i].Points
	if len(p) < 4 || len(p)%3 != 1 {
		return fmt.Errorf("a route of %d points", len(p))
	}
	if !boxes[e.From].onBorder(p[0]) || !boxes[e.To].onBorder(p[len(p)-1]) {
		return fmt.Errorf("runs from %v to %v, not from border %v to border %v", p[0], p[len(p)-1], boxes[e.From], boxes[e.To])
	}
	if p[len(p)-1] == p[len(p)-2] {
		return fmt.Errorf("ends without a direction at %v", p[len(p)-1])
	}
	for _, q := range sampled(p) {
		if !(area{q.X, q.Y, q.X, q.Y}).within(d) {
			return fmt.Errorf("leaves the sheet at %v", q)
		}
		for _, v := range grid.near(q) {
			if boxes[v].inside(q, 1) {
				return fmt.Errorf("passes through box %d at %v", v, q)
			}
		}
	}
	if e.Label == (Node{}) {
		return nil
	}
	label := around(d.Edges[i].Label, e.Label)
	if !label.within(d) {
		return fmt.Errorf("label %v leaves the sheet", label)
	}
	for v, b := range boxes {
		if b.overlaps(label, 0) {
			return fmt.Errorf("label %v overlaps box %d", label, v)
		}
	}
	return nil
}

// area is a rectangle.
type area struct{ left, top, right, bottom float64 }

func around(c Point, n Node) area {
	return area{c.X - n.Width/2, c.Y - n.Height/2, c.X + n.Width/2, c.Y + n.Height/2}
}

func (a area) within(d Drawing) bool {
	return a.left >= 0 && a.top >= 0 && a.right <= d.Width && a.bottom <= d.Height &&
		!math.IsNaN(a.left+a.top+a.right+a.bottom)
}

func (a area) overlaps(b area, gap float64) bool {
	return a.left < b.right+gap && b.left < a.right+gap && a.top < b.bottom+gap && b.top < a.bottom+gap
}

func (a area) inside(p Point, margin float64) bool {
	return a.left+margin < p.X && p.X < a.right-margin && a.top+margin < p.Y && p.Y < a.bottom-margin
}

func (a area) onBorder(p Point) bool {
	const near = 1e-6
	if p.X < a.left-near || p.X > a.right+near || p.Y < a.top-near || p.Y > a.bottom+near {
		return false
	}
	return min(p.X-a.left, a.right-p.X, p.Y-a.top, a.bottom-p.Y) < near
}

// sampled are points on every Bézier of a route, close together.
func sampled(p []Point) []Point {
	var out []Point
	for i := 0; i+3 < len(p); i += 3 {
		n := 8 + int(math.Hypot(p[i+3].X-p[i].X, p[i+3].Y-p[i].Y)/4)
		n = min(n, 2000)
		for k := 0; k <= n; k++ {
			out = append(out, bezier(p[i:i+4], float64(k)/float64(n)))
		}
	}
	return out
}

func bezier(p []Point, t float64) Point {
	u := 1 - t
	a, b, c, d := u*u*u, 3*u*u*t, 3*u*t*t, t*t*t
	return Point{a*p[0].X + b*p[1].X + c*p[2].X + d*p[3].X, a*p[0].Y + b*p[1].Y + c*p[2].Y + d*p[3].Y}
}

// grid finds the boxes near a point: testing all against all takes too long.
type grid struct {
	cell  float64
	boxes map[[2]int][]int
}

func newGrid(boxes []area) grid {
	m := grid{cell: 256, boxes: map[[2]int][]int{}}
	for _, b := range boxes {
		m.cell = max(m.cell, (b.right-b.left)/4, (b.bottom-b.top)/4)
	}
	for v, b := range boxes {
		m.each(b, func(k [2]int) { m.boxes[k] = append(m.boxes[k], v) })
	}
	return m
}

func (m grid) each(b area, do func([2]int)) {
	for x := int(b.left / m.cell); x <= int(b.right/m.cell); x++ {
		for y := int(b.top / m.cell); y <= int(b.bottom/m.cell); y++ {
			do([2]int{x, y})
		}
	}
}

func (m grid) near(p Point) []int { return m.boxes[[2]int{int(p.X / m.cell), int(p.Y / m.cell)}] }

// apart is an error if two boxes are nearer than gap.
func apart(boxes []area, m grid, gap float64) error {
	for v, b := range boxes {
		var err error
		wide := area{max(b.left-gap, 0), max(b.top-gap, 0), b.right + gap, b.bottom + gap}
		m.each(wide, func(k [2]int) {
			for _, w := range m.boxes[k] {
				if w != v && b.overlaps(boxes[w], gap) {
					err = fmt.Errorf("boxes %d %v and %d %v overlap", v, b, w, boxes[w])
				}
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}
