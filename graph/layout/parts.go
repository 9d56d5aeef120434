package layout

// part is a connected part of a graph, with its nodes and edges renumbered.
type part struct {
	graph        Graph
	nodes, edges []int // their numbers in the whole graph
}

// connected takes g apart, in the order of each part's first node.
func connected(g Graph) []part {
	var from, to []int32
	for _, e := range g.Edges {
		if e.From >= 0 {
			from, to = append(from, int32(e.From), int32(e.To)), append(to, int32(e.To), int32(e.From))
		}
	}
	near := newCSR(len(g.Nodes), from, to)
	of, local := make([]int, len(g.Nodes)), make([]int, len(g.Nodes))
	var parts []part
	for root := range g.Nodes {
		if of[root] > 0 {
			continue
		}
		of[root] = len(parts) + 1
		queue := []int32{int32(root)}
		for i := 0; i < len(queue); i++ {
			for _, w := range near.of(queue[i]) {
				if of[w] == 0 {
					of[w] = of[root]
					queue = append(queue, w)
				}
			}
		}
		parts = append(parts, part{})
	}
	for v, n := range g.Nodes {
		p := &parts[of[v]-1]
		local[v] = len(p.nodes)
		p.nodes = append(p.nodes, v)
		p.graph.Nodes = append(p.graph.Nodes, n)
	}
	for i, e := range g.Edges {
		if e.From < 0 {
			continue
		}
		p := &parts[of[e.From]-1]
		p.edges = append(p.edges, i)
		p.graph.Edges = append(p.graph.Edges, Edge{local[e.From], local[e.To], e.Label})
	}
	return parts
}

// put copies the part's drawing d into the whole, its origin at p.
func (p part) put(d Drawing, at Point, whole *Drawing) {
	for i, v := range p.nodes {
		whole.Nodes[v] = d.Nodes[i].plus(at)
	}
	for i, e := range p.edges {
		r := d.Edges[i]
		for j := range r.Points {
			r.Points[j] = r.Points[j].plus(at)
		}
		r.Label = r.Label.plus(at)
		whole.Edges[e] = r
	}
}

func (p Point) plus(q Point) Point { return Point{p.X + q.X, p.Y + q.Y} }
