package draw

import (
	"math"
	"slices"
)

// A hub is a node that so many name that its edges hide all others: the role
// "base" of every repository.
const (
	fadeFrom = 60        // edges; a smaller picture needs no fading
	hubLeast = 10        // edges into a hub
	fadeMost = 2.0 / 3.0 // of the edges; where more lead to hubs they are what there is to see
)

// fade draws the edges into hubs faint, where that lets others be seen. An edge
// that says more than that it is there keeps its colour.
func (p *placer) fade() {
	if p.diff || len(p.wires) < fadeFrom {
		return
	}
	into := map[string]int{}
	for _, e := range p.graph.Edges {
		into[e.To]++
	}
	least := max(hubLeast, int(math.Sqrt(float64(len(p.wires)))))
	faint, hubs := []int(nil), map[string]bool{}
	for i, e := range p.graph.Edges {
		if into[e.To] >= least && p.wires[i].tone.name == plainEdge.name {
			faint, hubs[e.To] = append(faint, i), true
		}
	}
	if float64(len(faint)) > fadeMost*float64(len(p.wires)) {
		return
	}
	for _, i := range faint {
		dash := p.wires[i].tone.dash
		p.wires[i].tone = faintEdge
		p.wires[i].tone.dash = dash
	}
	p.hubs = len(hubs)
}

// drawn are the indices of the edges in the order they are drawn: what is faint
// lies below.
func (s *Sheet) drawn() []int {
	order := make([]int, len(s.wires))
	for i := range order {
		order[i] = i
	}
	if s.hubs > 0 {
		faint := func(i int) bool { return s.wires[i].tone.name == faintEdge.name }
		slices.SortStableFunc(order, func(a, b int) int {
			switch {
			case faint(a) == faint(b):
				return 0
			case faint(a):
				return -1
			}
			return 1
		})
	}
	return order
}
