package layout

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// layersOf ranks the graph given by pairs and cuts it into rows.
func layersOf(n int, p ...int) *layers {
	g := graphOf(n, p...)
	list := links(g, breakCycles(n, g.Edges))
	rank, labelRow := withLabelRows(ranks(n, list), list)
	return newLayers(rank, labelRow, list)
}

// bipartite is n nodes above m nodes, all joined.
func bipartite(n, m int) *layers {
	var p []int
	for v := range n {
		for w := range m {
			p = append(p, v, n+w)
		}
	}
	return layersOf(n+m, p...)
}

func TestOrderFindsTheLeastCrossings(t *testing.T) {
	for _, c := range []struct {
		name string
		l    *layers
		want int
	}{
		{"K2,2", bipartite(2, 2), 1},
		{"K3,3", bipartite(3, 3), 9},
		{"K4,5", bipartite(4, 5), 60},
		{"tree", layersOf(10, 0, 1, 0, 2, 0, 3, 1, 4, 2, 5, 3, 6, 1, 7, 2, 8, 3, 9), 0},
		{"two pairs crosswise", layersOf(5, 4, 0, 4, 1, 0, 3, 1, 2), 0},
		{"ladder", layersOf(8, 0, 1, 0, 2, 1, 3, 2, 4, 3, 5, 4, 6, 5, 7, 6, 7), 0},
		{"long edges", layersOf(6, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 0, 5, 0, 3, 2, 5), 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := order(c.l, 1_000_000, fromTop, fromBottom); got != c.want {
				t.Errorf("%d crossings, the least is %d", got, c.want)
			}
		})
	}
}

// leastCrossings tries all orders of all rows.
func leastCrossings(l *layers, r int) int {
	if r == len(l.row) {
		return l.allCrossings()
	}
	best := -1
	var permute func(row []int32, k int)
	permute = func(row []int32, k int) {
		if k == len(row) {
			l.setRow(r, row)
			if c := leastCrossings(l, r+1); best < 0 || c < best {
				best = c
			}
			return
		}
		for i := k; i < len(row); i++ {
			row[k], row[i] = row[i], row[k]
			permute(row, k+1)
			row[k], row[i] = row[i], row[k]
		}
	}
	permute(slices.Clone(l.row[r]), 0)
	return best
}

func TestOrderIsAsGoodAsTryingEverything(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	tried := 0
	for tried < 60 {
		n := 6 + r.IntN(5)
		list := randomDAG(r, n, r.IntN(5))
		rank, labelRow := withLabelRows(ranks(n, list), list)
		l := newLayers(rank, labelRow, list)
		if orders(l) > 5000 {
			continue
		}
		tried++
		got := order(l, 1_000_000, fromTop, fromBottom)
		if c := l.allCrossings(); c != got {
			t.Fatalf("said %d crossings, there are %d", got, c)
		}
		if want := leastCrossings(l, 0); got != want {
			t.Errorf("%d crossings, the least is %d", got, want)
		}
	}
}

// orders is how many orders the rows can have.
func orders(l *layers) int {
	n := 1
	for _, row := range l.row {
		for k := range len(row) {
			n *= k + 1
		}
	}
	return n
}

func randomLayers(r *rand.Rand) *layers {
	n := 10 + r.IntN(20)
	list := randomDAG(r, n, 2*n)
	rank, labelRow := withLabelRows(ranks(n, list), list)
	l := newLayers(rank, labelRow, list)
	for k, row := range l.row {
		r.Shuffle(len(row), func(i, j int) { row[i], row[j] = row[j], row[i] })
		l.setRow(k, row)
	}
	return l
}

// plainCrossings compares every segment with every other.
func plainCrossings(l *layers, r int) int {
	count := 0
	for _, v := range l.row[r] {
		for _, w := range l.row[r] {
			tv, wv := l.down.list(v)
			tw, ww := l.down.list(w)
			for i := range tv {
				for j := range tw {
					if l.pos[v] < l.pos[w] && l.pos[tv[i]] > l.pos[tw[j]] {
						count += int(wv[i] * ww[j])
					}
				}
			}
		}
	}
	return count
}

func TestCrossingsAreCountedRight(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for range 100 {
		l := randomLayers(r)
		want := 0
		for k := range len(l.row) - 1 {
			want += plainCrossings(l, k)
		}
		if got := l.allCrossings(); got != want {
			t.Fatalf("counted %d crossings, there are %d", got, want)
		}
	}
}

func TestPairSaysWhatAnExchangeDoes(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	for range 100 {
		l := randomLayers(r)
		k := r.IntN(len(l.row))
		row := l.row[k]
		if len(row) < 2 {
			continue
		}
		i := r.IntN(len(row) - 1)
		l.sortUp(k)
		l.sortDown(k)
		before := l.allCrossings()
		vw1, wv1 := l.up.pair(row[i], row[i+1])
		vw2, wv2 := l.down.pair(row[i], row[i+1])
		if l.up.apart(row[i], row[i+1]) && vw1 > 0 || l.down.apart(row[i], row[i+1]) && vw2 > 0 {
			t.Fatal("vertices said to be apart cross")
		}
		row[i], row[i+1] = row[i+1], row[i]
		l.setRow(k, row)
		if got, want := l.allCrossings()-before, wv1+wv2-vw1-vw2; got != want {
			t.Fatalf("the exchange made %d crossings more, not %d", got, want)
		}
	}
}

func TestSiftSavesWhatItSays(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 16))
	for range 50 {
		l := randomLayers(r)
		s := &sorter{l: l, work: 1_000_000}
		k := r.IntN(len(l.row))
		l.sortUp(k)
		l.sortDown(k)
		before := l.allCrossings()
		saved := s.siftVertex(k, l.row[k][r.IntN(len(l.row[k]))])
		if got := before - l.allCrossings(); got != saved || saved < 0 {
			t.Fatalf("said to save %d, saved %d", saved, got)
		}
		if !slices.IsSorted(positionsOf(l, k)) {
			t.Fatal("places do not match the row")
		}
	}
}

func positionsOf(l *layers, r int) []int32 {
	var p []int32
	for _, v := range l.row[r] {
		p = append(p, l.pos[v])
	}
	return p
}

func TestTransposeLeavesNothingToExchange(t *testing.T) {
	r := rand.New(rand.NewPCG(25, 26))
	for range 50 {
		l := randomLayers(r)
		s := &sorter{l: l, work: 1_000_000}
		before := l.allCrossings()
		s.transpose(false)
		if after := l.allCrossings(); after > before {
			t.Fatalf("made %d crossings of %d", after, before)
		}
		for k, row := range l.row {
			l.sortUp(k)
			l.sortDown(k)
			for i := 1; i < len(row); i++ {
				if gain := -s.exchanged(row[i-1], row[i]); gain > 0 {
					t.Fatalf("exchanging %d and %d would save %d", row[i-1], row[i], gain)
				}
			}
		}
	}
}

func TestTheFirstNodesStandLeft(t *testing.T) {
	for _, inwards := range []bool{false, true} {
		d := Layered(star(5, inwards), Options{})
		for v := 2; v <= 5; v++ {
			if d.Nodes[v].X < d.Nodes[v-1].X {
				t.Errorf("inwards=%v: leaf %d stands left of leaf %d", inwards, v, v-1)
			}
		}
	}
}
