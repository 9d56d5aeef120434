package layout

import "testing"

// graphFromBytes reads nodes and edges of all kinds from any bytes.
func graphFromBytes(data []byte) (Graph, Options) {
	var g Graph
	next := func() int {
		if len(data) == 0 {
			return 0
		}
		b := data[0]
		data = data[1:]
		return int(b)
	}
	o := Options{RankDir: Direction(next() % 4)}
	n := next() % 40
	for range n {
		g.Nodes = append(g.Nodes, Node{float64(next()), float64(next())})
	}
	for len(data) > 0 {
		kind := next()
		e := Edge{From: next()%(n+1) - kind/200, To: next() % (n + 1)}
		if kind%4 == 0 {
			e.Label = Node{float64(next()), float64(next() % 40)}
		}
		g.Edges = append(g.Edges, e)
	}
	return g, o
}

func FuzzLayered(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0, 1, 9, 9, 1, 0, 0})
	f.Add([]byte{1, 3, 50, 36, 50, 36, 50, 36, 1, 0, 1, 1, 1, 2, 1, 2, 0, 4, 1, 1, 60, 12})
	f.Add([]byte("a graph made of any letters there are: edges, loops, labels"))
	f.Fuzz(func(t *testing.T, data []byte) {
		g, o := graphFromBytes(data[:min(len(data), 1000)])
		check(t, g, Layered(g, o))
	})
}

func FuzzForce(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{1, 3, 50, 36, 50, 36, 50, 36, 1, 0, 1, 1, 1, 2, 1, 2, 0, 4, 1, 1, 60, 12})
	f.Fuzz(func(t *testing.T, data []byte) {
		g, o := graphFromBytes(data[:min(len(data), 300)])
		checkForce(t, g, Force(g, o))
	})
}
