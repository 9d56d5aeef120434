package layout

import (
	"math"

	"gonum.org/v1/gonum/graph"
	"gonum.org/v1/gonum/graph/iterator"
	gonum "gonum.org/v1/gonum/graph/layout"
)

// springs places the nodes of a connected graph, about a unit apart where an edge
// joins them: as far from all others as these are in the graph, and where that are
// too many to look at by Eades' method as gonum has it. Both set out from distances
// to some: from a place by chance, large graphs stay crumpled.
func springs(g Graph) []Point {
	n := len(g.Nodes)
	p := newSpringGraph(g)
	start := pivots(p.near)
	if n < 3 {
		return start
	}
	if n <= stressMost {
		stressed(p.near, start)
		return start
	}
	e := gonum.EadesR2{Updates: 1 << 30, Rate: 0.05, Theta: 0.8, Src: &startingAt{points: start}}
	o := gonum.NewOptimizerR2(p, e.Update)
	rounds := springRounds(n)
	for i := range rounds {
		// first the springs come to their lengths, then the nodes push each other off
		e.Repulsion = 0.02 + min(1, 2*float64(i)/float64(rounds))
		if !o.Update() {
			break
		}
	}
	at := make([]Point, n)
	for v := range at {
		c := o.Coord2(int64(v))
		at[v] = Point{c.X, c.Y}
		if !(math.Abs(c.X)+math.Abs(c.Y) < 1e9) {
			return start // the springs have torn
		}
	}
	return at
}

// springRounds bounds the work: a round costs some microseconds a node.
func springRounds(n int) int { return max(25, min(300, 300_000/n)) }

// startingAt gives gonum the places to set out from where it asks for chance: it
// draws an abscissa and an ordinate from 0 to 1 for each node in turn.
type startingAt struct {
	points []Point
	drawn  int
}

func (s *startingAt) Uint64() uint64 {
	p := s.points[min(s.drawn/2, len(s.points)-1)]
	v := p.X
	if s.drawn%2 == 1 {
		v = p.Y
	}
	s.drawn++
	const fraction = 1 << 53 // what a float64 holds, and math/rand/v2 takes
	return uint64(min(max(v, 0), 1) * (fraction - 1))
}

// springGraph is a graph as gonum sees it, its nodes in order: by chance of a map
// no two runs would draw it alike.
type springGraph struct {
	list []graph.Node
	near csr
}

func newSpringGraph(g Graph) springGraph {
	var from, to []int32
	type pair [2]int
	seen := map[pair]bool{}
	for _, e := range g.Edges {
		p := pair{min(e.From, e.To), max(e.From, e.To)}
		if e.From == e.To || seen[p] {
			continue
		}
		seen[p] = true
		from, to = append(from, int32(e.From), int32(e.To)), append(to, int32(e.To), int32(e.From))
	}
	p := springGraph{list: make([]graph.Node, len(g.Nodes)), near: newCSR(len(g.Nodes), from, to)}
	for v := range p.list {
		p.list[v] = springNode(v)
	}
	return p
}

type springNode int64

// ID is the node's number.
func (n springNode) ID() int64 { return int64(n) }

// Node is the node of this number.
func (p springGraph) Node(id int64) graph.Node { return springNode(id) }

// Nodes are all nodes, in order.
func (p springGraph) Nodes() graph.Nodes { return iterator.NewOrderedNodes(p.list) }

// From are the neighbours of a node.
func (p springGraph) From(id int64) graph.Nodes {
	near := p.near.of(int32(id))
	list := make([]graph.Node, len(near))
	for i, w := range near {
		list[i] = p.list[w]
	}
	return iterator.NewOrderedNodes(list)
}

// HasEdgeBetween is asked for by the interface alone.
func (p springGraph) HasEdgeBetween(x, y int64) bool { return p.Edge(x, y) != nil }

// Edge is asked for by the interface alone.
func (p springGraph) Edge(x, y int64) graph.Edge {
	if e := p.WeightedEdge(x, y); e != nil {
		return e
	}
	return nil
}

// WeightedEdge is asked for by the interface alone.
func (p springGraph) WeightedEdge(x, y int64) graph.WeightedEdge {
	for _, w := range p.near.of(int32(x)) {
		if int64(w) == y {
			weight, _ := p.Weight(x, y)
			return springEdge{p.list[x], p.list[y], weight}
		}
	}
	return nil
}

// Weight is the stiffness of a spring: those of a hub, which all pull together,
// are so soft that the hub stays where it is.
func (p springGraph) Weight(x, y int64) (float64, bool) {
	const together = 6
	most := max(len(p.near.of(int32(x))), len(p.near.of(int32(y))))
	return min(1, together/float64(max(most, 1))), true
}

type springEdge struct {
	from, to graph.Node
	weight   float64
}

func (e springEdge) From() graph.Node         { return e.from }
func (e springEdge) To() graph.Node           { return e.to }
func (e springEdge) ReversedEdge() graph.Edge { return springEdge{e.to, e.from, e.weight} }
func (e springEdge) Weight() float64          { return e.weight }
