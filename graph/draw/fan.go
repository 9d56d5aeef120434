package draw

import (
	"cmp"
	"slices"
)

// fans gives the plain edges of a large picture one of a few quiet colours, so
// that an edge can be followed among its neighbours: an edge has the colour of
// the fan it belongs to, that of its end with more edges. Nothing is told by the
// colours alone. Neighbours get different ones, so boxes must have been placed.
func (p *placer) fans() {
	if !p.fanned() {
		return
	}
	out, in := make([]int, len(p.boxes)), make([]int, len(p.boxes))
	for _, e := range p.graph.Edges {
		out[p.at[e.From]]++
		in[p.at[e.To]]++
	}
	members := make([][]int, len(p.boxes))
	for i, e := range p.graph.Edges {
		if p.wires[i].tone.name != plainEdge.name {
			continue
		}
		root := p.at[e.From]
		if to := p.at[e.To]; in[to] > out[root] {
			root = to
		}
		members[root] = append(members[root], i)
	}
	roots := make([]int, 0, len(members))
	for i, m := range members {
		if len(m) > 0 {
			roots = append(roots, i)
		}
	}
	slices.SortStableFunc(roots, func(a, b int) int {
		return cmp.Or(cmp.Compare(p.boxes[a].y, p.boxes[b].y), cmp.Compare(p.boxes[a].x, p.boxes[b].x))
	})
	for k, root := range roots {
		for _, i := range members[root] {
			fan := fanEdges[k%len(fanEdges)]
			p.wires[i].tone.name, p.wires[i].tone.line = fan.name, fan.line
		}
	}
}

// fanned says whether the picture is so large that its edges need colours.
func (p *placer) fanned() bool { return !p.diff && len(p.wires) >= fadeFrom }
