package graph

import "slices"

// goodOrder is an order of a component's nodes with few and cheap backward arcs:
// that of Eades, Lin and Smyth, then each node moved to its best place, while
// that helps and the work is bounded.
func goodOrder(n int, arcs []arc, costs []int64) []int {
	order := newPeeler(n, arcs).order()
	m := newMover(order, arcs, costs)
	for work := 5_000_000; work > 0; {
		helped := false
		for node := range n {
			gained, spent := m.move(node)
			helped = helped || gained
			if work -= spent; work <= 0 {
				break
			}
		}
		if !helped {
			break
		}
	}
	return m.order
}

// peeler takes nodes off a graph: sinks to the end, sources to the front, else
// the one with the most arcs out over those in to the front.
type peeler struct {
	out, in digraph
	outs    []int // of each node, arcs to nodes that are left
	ins     []int
	gone    []bool
	sinks   []int
	sources []int
	bucket  [][]int // nodes by outs - ins + widest; some have moved on since
	widest  int
	top     int // no bucket above holds a node that is left
}

func newPeeler(n int, arcs []arc) *peeler {
	turned := make([]arc, len(arcs))
	for i, a := range arcs {
		turned[i] = arc{a.to, a.from, a.edge}
	}
	p := &peeler{out: newDigraph(n, arcs), in: newDigraph(n, turned), outs: make([]int, n), ins: make([]int, n), gone: make([]bool, n)}
	for i := range n {
		p.outs[i], p.ins[i] = len(p.out[i]), len(p.in[i])
		p.widest = max(p.widest, p.outs[i], p.ins[i])
	}
	p.bucket = make([][]int, 2*p.widest+1)
	for i := n - 1; i >= 0; i-- { // the first name is taken first
		p.file(i)
	}
	return p
}

// file puts a node where it is looked for next.
func (p *peeler) file(i int) {
	switch {
	case p.outs[i] == 0:
		p.sinks = append(p.sinks, i)
	case p.ins[i] == 0:
		p.sources = append(p.sources, i)
	default:
		at := p.outs[i] - p.ins[i] + p.widest
		p.bucket[at] = append(p.bucket[at], i)
		p.top = max(p.top, at)
	}
}

func (p *peeler) order() []int {
	n := len(p.out)
	var front, back []int
	for len(front)+len(back) < n {
		if i, ok := p.pop(&p.sinks); ok {
			back = append(back, i)
		} else if i, ok := p.pop(&p.sources); ok {
			front = append(front, i)
		} else {
			front = append(front, p.widestLeft())
		}
	}
	slices.Reverse(back)
	return append(front, back...)
}

// pop takes the last node of a list that is still left.
func (p *peeler) pop(list *[]int) (int, bool) {
	for len(*list) > 0 {
		i := (*list)[len(*list)-1]
		*list = (*list)[:len(*list)-1]
		if !p.gone[i] {
			p.take(i)
			return i, true
		}
	}
	return 0, false
}

func (p *peeler) widestLeft() int {
	for ; ; p.top-- {
		for b := &p.bucket[p.top]; len(*b) > 0; {
			i := (*b)[len(*b)-1]
			*b = (*b)[:len(*b)-1]
			if !p.gone[i] && p.outs[i]-p.ins[i]+p.widest == p.top {
				p.take(i)
				return i
			}
		}
	}
}

func (p *peeler) take(i int) {
	p.gone[i] = true
	for _, to := range p.out[i] {
		if !p.gone[to] {
			p.ins[to]--
			p.file(to)
		}
	}
	for _, from := range p.in[i] {
		if !p.gone[from] {
			p.outs[from]--
			p.file(from)
		}
	}
}

// mover moves nodes of an order, one at a time, to where they cost least.
type mover struct {
	order, place []int
	legs         [][]leg // of each node, the arcs at it
}

// leg is an arc seen from one of its nodes.
type leg struct {
	other int
	cost  int64 // what it adds when the node comes after the other: negative for an arc from the other
}

func newMover(order []int, arcs []arc, costs []int64) *mover {
	m := &mover{order: order, place: make([]int, len(order)), legs: make([][]leg, len(order))}
	for at, node := range order {
		m.place[node] = at
	}
	for i, a := range arcs {
		m.legs[a.from] = append(m.legs[a.from], leg{a.to, costs[i]})
		m.legs[a.to] = append(m.legs[a.to], leg{a.from, -costs[i]})
	}
	return m
}

// move takes a node to its cheapest place, if that is cheaper than its own, and
// says what work that was.
func (m *mover) move(node int) (gained bool, work int) {
	legs := m.legs[node]
	slices.SortFunc(legs, func(a, b leg) int { return m.place[a.other] - m.place[b.other] })
	here := m.place[node]
	var cost, own, least int64
	best := 0
	for i, s := range legs {
		cost += s.cost
		if m.place[s.other] < here {
			own = cost
		}
		if i+1 < len(legs) && legs[i+1].other == s.other {
			continue // there and back: one place
		}
		if cost < least {
			least, best = cost, m.place[s.other]+1
		}
	}
	if least >= own {
		return false, len(legs)
	}
	return true, len(legs) + m.shift(here, best)
}

// shift moves what stands at one place before what stands at another, and says
// how many nodes that touched.
func (m *mover) shift(from, before int) int {
	node, low, high := m.order[from], from, before-1
	if before <= from {
		low, high = before, from
		copy(m.order[before+1:from+1], m.order[before:from])
		m.order[before] = node
	} else {
		copy(m.order[from:before-1], m.order[from+1:before])
		m.order[before-1] = node
	}
	for at := low; at <= high; at++ {
		m.place[m.order[at]] = at
	}
	return high - low + 1
}
