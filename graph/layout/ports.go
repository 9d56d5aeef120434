package layout

import (
	"cmp"
	"slices"
)

// ports are the abscissas at which edges leave boxes below and enter them above.
type ports struct{ out, in border }

// border holds, per link, the abscissa of its first lane at one side of a box,
// and the distance from lane to lane.
type border struct{ at, step []float64 }

func newBorder(n int) border { return border{make([]float64, n), make([]float64, n)} }

func (b border) lane(link, lane int) float64 { return b.at[link] + float64(lane)*b.step[link] }

// plug is one link at one side of a box.
type plug struct {
	link, far int32 // far is the vertex the link comes from or goes to
	lanes     int
	want      float64 // where it would best be; then, where its first lane is, from the centre
}

// newPorts spreads the edges of each box along its border, in the order of
// their other ends so that none cross, each as near as can be to where it leads.
func newPorts(g Graph, l *layers, m *room, x []float64) ports {
	p := ports{newBorder(len(l.links)), newBorder(len(l.links))}
	above, below := make([][]plug, l.n), make([][]plug, l.n)
	for i, k := range l.links {
		a, b := l.at(i, l.rank[k.hi]+1), l.at(i, l.rank[k.lo]-1)
		below[k.hi] = append(below[k.hi], plug{link: int32(i), far: a, lanes: len(k.edges), want: (x[a] + x[k.hi]) / 2})
		above[k.lo] = append(above[k.lo], plug{link: int32(i), far: b, lanes: len(k.edges), want: (x[b] + x[k.lo]) / 2})
	}
	for v := range l.n {
		sortPlugs(l, above[v])
		sortPlugs(l, below[v])
	}
	all := func(side [][]plug, near, far border) {
		for v, plugs := range side {
			far.aim(l, x, plugs)
			near.spread(plugs, x[v], g.Nodes[v].Width, m.edgeSep)
		}
	}
	all(below, p.out, border{})
	all(above, p.in, p.out)
	return p
}

func sortPlugs(l *layers, plugs []plug) {
	slices.SortFunc(plugs, func(a, b plug) int {
		return cmp.Or(cmp.Compare(l.pos[a.far], l.pos[b.far]), cmp.Compare(a.link, b.link))
	})
}

// aim sets what the plugs want: the dummy they lead to, or the port at the far
// border if that has been settled.
func (b border) aim(l *layers, x []float64, plugs []plug) {
	for i := range plugs {
		k := &plugs[i]
		if int(k.far) >= l.n {
			k.want = x[k.far]
		} else if b.at != nil {
			k.want = (b.lane(int(k.link), 0) + b.lane(int(k.link), k.lanes-1)) / 2
		}
	}
}

// spread gives the plugs at one side of a box their places.
func (b border) spread(plugs []plug, centre, width, edgeSep float64) {
	lanes := 0
	for _, k := range plugs {
		lanes += k.lanes
	}
	half := width/2 - min(10, width/6)
	gap := 0.0
	if lanes > 1 {
		gap = min(edgeSep*1.5, 2*half/float64(lanes-1))
	}
	for i := range plugs {
		k := &plugs[i]
		k.want = min(max(k.want-centre, -half), half) - gap*float64(k.lanes-1)/2
	}
	settle(plugs, gap, half)
	for _, k := range plugs {
		b.at[k.link], b.step[k.link] = centre+k.want, gap
	}
}

// settle moves wants apart until each lane has its gap, moving all as little as
// can be (pooling adjacent violators), and keeps them within half of the middle.
func settle(plugs []plug, gap, half float64) {
	var pools []pool
	before := 0.0 // lanes to the left, in points
	offset := make([]float64, len(plugs))
	for i, k := range plugs {
		offset[i] = before
		before += gap * float64(k.lanes)
		pools = append(pools, pool{k.want - offset[i], 1, 1})
		for n := len(pools); n > 1; n = len(pools) {
			a, b := pools[n-2], pools[n-1]
			if a.sum*b.weight <= b.sum*a.weight {
				break
			}
			pools = append(pools[:n-2], pool{a.sum + b.sum, a.weight + b.weight, a.count + b.count})
		}
	}
	i := 0
	highest := half - before + gap
	for _, q := range pools {
		start := max(min(q.sum/q.weight, highest), -half)
		for range q.count {
			plugs[i].want = start + offset[i]
			i++
		}
	}
}
