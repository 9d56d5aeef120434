package layout

import "math"

// arrowRoom is how much of an edge's end runs straight into its box, so that an
// arrowhead there points where the edge comes from.
const arrowRoom = 10

// room is what each vertex takes up around its place, and the space between.
type room struct {
	left, right, height []float64 // of vertices, from their place
	nodes               int       // vertices below are nodes, the others dummies
	nodeSep, edgeSep    float64
	dense               []float64 // vertex -> distance of dummies in its row
}

// newRoom measures the vertices of l: nodes with their self edges, dummies with
// their lanes and labels.
func newRoom(g Graph, l *layers, loops []loop, o Options) *room {
	n := len(l.rank)
	m := &room{
		left: make([]float64, n), right: make([]float64, n), height: make([]float64, n),
		nodes: l.n, nodeSep: o.NodeSep, edgeSep: o.EdgeSep,
	}
	for v, b := range g.Nodes {
		m.left[v], m.right[v], m.height[v] = b.Width/2, b.Width/2+loops[v].width, max(b.Height, loops[v].height)
	}
	for i, k := range l.links {
		half := float64(len(k.edges)-1) * o.EdgeSep / 2
		for v := l.first[i]; v < l.first[i+1]; v++ {
			m.left[v], m.right[v] = half, half
		}
		if v := l.labelAt(i); v >= 0 {
			m.right[v] += labelGap + k.label.Width
			m.height[v] = k.label.Height
		}
	}
	m.dense = make([]float64, n)
	for _, row := range l.row {
		gap := denser(o.EdgeSep, len(row))
		for _, v := range row {
			m.dense[v] = gap
		}
	}
	return m
}

// denser is the distance of edges where many pass a row: hundreds of them side by
// side are a band to the eye, and need not keep a distance that lets one be followed.
func denser(edgeSep float64, edges int) float64 {
	const many, least = 120, 0.4
	return edgeSep * max(min(1, many/float64(max(edges, 1))), least)
}

// sep is the least distance of the places of u and v, u being left of v.
func (m *room) sep(u, v int32) float64 {
	gap := m.nodeSep
	if int(u) >= m.nodes && int(v) >= m.nodes {
		gap = m.dense[u]
	} else if int(u) >= m.nodes || int(v) >= m.nodes {
		gap = max(m.edgeSep, m.nodeSep*2/3)
	}
	return math.Ceil(m.right[u] + gap + m.left[v])
}

// bounds is the extent of the row's vertices at x.
func (m *room) bounds(x []float64) (left, right float64) {
	left, right = math.Inf(1), math.Inf(-1)
	for v := range x {
		left, right = min(left, x[v]-m.left[v]), max(right, x[v]+m.right[v])
	}
	return left, right
}
