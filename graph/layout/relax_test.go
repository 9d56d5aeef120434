package layout

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// roomOf measures l's nodes as boxes of the given width.
func roomOf(l *layers, width float64) *room {
	g := Graph{Nodes: make([]Node, l.n)}
	for v := range g.Nodes {
		g.Nodes[v] = Node{width, 36}
	}
	return newRoom(g, l, make([]loop, l.n), Options{}.withDefaults())
}

func TestPlacesKeepTheirDistance(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 18))
	for range 100 {
		l := randomLayers(r)
		m := roomOf(l, 70)
		x := relax(l, m, relaxRounds)
		checkApart(t, l, m, x)
		before := (&relaxer{l: l, m: m, x: x}).cost()
		straighten(l, m, x)
		checkApart(t, l, m, x)
		if after := (&relaxer{l: l, m: m, x: x}).cost(); after > before+float64(len(l.down.to)*8) { // rounding
			t.Fatalf("straightening made ways of %g from %g", after, before)
		}
	}
}

func checkApart(t *testing.T, l *layers, m *room, x []float64) {
	t.Helper()
	for _, row := range l.row {
		for i := 1; i < len(row); i++ {
			if u, v := row[i-1], row[i]; x[v]-x[u] < m.sep(u, v)-1e-6 {
				t.Fatalf("%d and %d are %g apart, want %g", u, v, x[v]-x[u], m.sep(u, v))
			}
		}
	}
}

func TestStraightenFindsTheBestPlaces(t *testing.T) {
	for _, c := range []struct {
		name string
		l    *layers
		want float64
	}{
		{"chain", layersOf(4, 0, 1, 1, 2, 2, 3), 0},
		{"long edge beside boxes", layersOf(4, 0, 1, 1, 2, 2, 3, 0, 3), 2 * 47}, // there and back
		{"two leaves", layersOf(3, 0, 1, 0, 2), 88},
		{"three leaves", layersOf(4, 0, 1, 0, 2, 0, 3), 2 * 88},
		{"two parents", layersOf(4, 0, 2, 1, 2, 2, 3), 88},
	} {
		t.Run(c.name, func(t *testing.T) {
			order(c.l, 100_000, fromTop)
			m := roomOf(c.l, 70)
			x := relax(c.l, m, relaxRounds)
			straighten(c.l, m, x)
			if got := (&relaxer{l: c.l, m: m, x: x}).cost(); got != c.want {
				t.Errorf("ways of %g, the least is %g", got, c.want)
			}
		})
	}
}

func TestLongEdgesAreStraight(t *testing.T) {
	l := layersOf(12, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 0, 5, 0, 6, 1, 7, 2, 8, 3, 9, 0, 10, 10, 11)
	order(l, 1_000_000, fromTop, fromBottom)
	m := roomOf(l, 70)
	x := relax(l, m, relaxRounds)
	straighten(l, m, x)
	i := slices.IndexFunc(l.links, func(k link) bool { return k.hi == 0 && k.lo == 5 })
	for v := l.first[i] + 1; v < l.first[i+1]; v++ {
		if x[v] != x[v-1] {
			t.Fatalf("the edge from 0 to 5 bends: %v", x[l.first[i]:l.first[i+1]])
		}
	}
}
