package layout

import (
	"fmt"
	"testing"
)

func TestHubsBecomeBlocks(t *testing.T) {
	for _, c := range []struct {
		leaves int
		widest float64 // width to height, at most
	}{{30, 5}, {60, 5}, {200, 5}, {600, 8}} {
		for _, inwards := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d leaves inwards=%v", c.leaves, inwards), func(t *testing.T) {
				g := star(c.leaves, inwards)
				d := Layered(g, Options{})
				check(t, g, d)
				if ratio := d.Width / d.Height; ratio > c.widest || ratio < 1 {
					t.Errorf("%.0f x %.0f, a ratio of %.1f", d.Width, d.Height, ratio)
				}
				if n := meetings(g, d); n != 0 {
					t.Errorf("%d crossings in a star", n)
				}
			})
		}
	}
}

func TestAFewLeavesStayInOneRow(t *testing.T) {
	d := Layered(star(6, false), Options{})
	for v := 2; v <= 6; v++ {
		if d.Nodes[v].Y != d.Nodes[1].Y {
			t.Errorf("leaf %d at %v is not in the row of %v", v, d.Nodes[v], d.Nodes[1])
		}
	}
}

func TestWrappingKeepsTheOrderOfRows(t *testing.T) {
	g := roleLike(2, 90, 120)
	for _, p := range connected(g) {
		if len(p.graph.Nodes) < 40 {
			continue
		}
		list := links(p.graph, make([]bool, len(p.graph.Edges)))
		n := len(p.graph.Nodes)
		rank, labelRow := withLabelRows(ranks(n, list), list)
		l := newLayers(rank, labelRow, list)
		before := order(l, 1_000_000, fromTop)
		o := Options{}.withDefaults()
		r := newWrapper(l, newRoom(p.graph, l, make([]loop, n), o), o).choose()
		if len(r.items) <= len(l.row) {
			t.Fatal("nothing was wrapped")
		}
		w := l.rewrap(r)
		if after := w.allCrossings(); after > before {
			t.Errorf("wrapping made %d crossings of %d", after, before)
		}
		for v := range n {
			if r.old[w.rank[v]] != l.rank[v] {
				t.Errorf("node %d came from row %d into a part of row %d", v, l.rank[v], r.old[w.rank[v]])
			}
		}
	}
}

func TestManyLabelsAreWrappedToo(t *testing.T) {
	g := star(60, false)
	for i := range g.Edges {
		g.Edges[i].Label = Node{50, 12}
	}
	d := Layered(g, Options{})
	check(t, g, d)
	if ratio := d.Width / d.Height; ratio > 6 {
		t.Errorf("%.0f x %.0f, a ratio of %.1f", d.Width, d.Height, ratio)
	}
}

func TestSharedLeavesStandAboveOthers(t *testing.T) {
	g := graphOf(64)
	for v := 4; v < 64; v++ {
		g.Edges = append(g.Edges, Edge{From: v % 4, To: v})
		if v < 14 {
			g.Edges = append(g.Edges, Edge{From: (v + 1) % 4, To: v}, Edge{From: (v + 2) % 4, To: v})
		}
	}
	d := Layered(g, Options{})
	check(t, g, d)
	shared, single := 0.0, 0.0
	for v := 4; v < 64; v++ {
		if v < 14 {
			shared = max(shared, d.Nodes[v].Y)
		} else {
			single = max(single, d.Nodes[v].Y)
		}
	}
	if shared >= single {
		t.Errorf("leaves of three parents reach down to %g, those of one to %g", shared, single)
	}
}

func TestManyEdgesBesideEachOtherTakeLittleRoom(t *testing.T) {
	d := Layered(star(1000, false), Options{})
	if d.Width > 10000 {
		t.Errorf("%.0f x %.0f for a hub of 1,000", d.Width, d.Height)
	}
}
