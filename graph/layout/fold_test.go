package layout

import (
	"math"
	"testing"
)

// ladder is a chain beside which every rung has a leaf, with edges that jump.
func ladder(n int) Graph {
	g := graphOf(2 * n)
	for v := range n {
		g.Edges = append(g.Edges, Edge{From: v, To: n + v})
		if v+1 < n {
			g.Edges = append(g.Edges, Edge{From: v, To: v + 1})
		}
		if v%5 == 0 && v+7 < n {
			g.Edges = append(g.Edges, Edge{From: v, To: v + 7}, Edge{From: v + 7, To: v}, Edge{From: v, To: v, Label: Node{20, 10}})
		}
		if v%11 == 0 && v+1 < n {
			g.Edges = append(g.Edges, Edge{From: v, To: v + 1, Label: Node{30, 10}}, Edge{From: v, To: v + 1})
		}
	}
	return g
}

func TestStripsAreFolded(t *testing.T) {
	for name, g := range map[string]Graph{"chain": chain(300), "ladder": ladder(200)} {
		for _, dir := range []Direction{TopDown, LeftRight, BottomUp, RightLeft} {
			d := Layered(g, Options{RankDir: dir})
			check(t, g, d)
			if far := math.Abs(math.Log(d.Width / d.Height / 1.6)); far > 0.8 {
				t.Errorf("%s is drawn %.0f x %.0f", name, d.Width, d.Height)
			}
			if name != "chain" || dir != TopDown {
				continue // to find crossings takes long
			}
			if n := meetings(g, d); n > 0 {
				t.Errorf("%s crosses itself %d times", name, n)
			}
		}
	}
}

func TestStairsAreFolded(t *testing.T) {
	g := graphOf(160)
	for v := range 80 {
		g.Edges = append(g.Edges, Edge{From: v, To: 80 + v})
		if v > 0 {
			g.Edges = append(g.Edges, Edge{From: v - 1, To: v})
		}
	}
	d := Layered(g, Options{RankDir: LeftRight})
	check(t, g, d)
	if ratio := d.Width / d.Height; ratio > 4 || ratio < 0.5 {
		t.Errorf("a chain of 80 with a leaf each is drawn %.0f x %.0f", d.Width, d.Height)
	}
}

func TestWhatIsNoStripIsNotFolded(t *testing.T) {
	d := Layered(chain(20), Options{})
	for v := 1; v < 20; v++ {
		if d.Nodes[v].Y <= d.Nodes[v-1].Y {
			t.Fatalf("node %d stands at %v, before node %d at %v", v, d.Nodes[v], v-1, d.Nodes[v-1])
		}
	}
}

func TestColumnsReadDownwards(t *testing.T) {
	g := chain(1000)
	d := Layered(g, Options{})
	turns := 0
	for v := 1; v < 1000; v++ {
		if d.Nodes[v].Y > d.Nodes[v-1].Y {
			continue
		}
		if turns++; d.Nodes[v].X <= d.Nodes[v-1].X {
			t.Errorf("column %d begins at %v, left of the end of the one before at %v", turns, d.Nodes[v], d.Nodes[v-1])
		}
	}
	if turns < 5 {
		t.Errorf("%d columns for a chain of 1,000", turns+1)
	}
}
