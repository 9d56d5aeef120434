package graph

import "slices"

// mostStarts is from how many nodes a shorter cycle is looked for.
const mostStarts = 64

// cycle is a short cycle of what is not cut, as arcs; nil when there is none.
func (b *breaker) cycle() []int {
	core := b.core()
	if core == nil {
		return nil
	}
	best := b.walk(core)
	starts := 0
	for i := range b.n {
		if len(best) == 2 || starts == mostStarts || b.effort <= 0 {
			break
		}
		if !core[i] || b.branches(i, core) < 2 {
			continue
		}
		starts++
		if found := b.through(i, core, len(best)); found != nil {
			best = found
		}
	}
	return best
}

// core marks the nodes that are left when those without an arc in, or out, are
// taken away again and again; nil when none is left, and so no cycle.
func (b *breaker) core() []bool {
	outs, ins := make([]int, b.n), make([]int, b.n)
	back := make([][]int, b.n)
	for i, a := range b.arcs {
		if b.state[i] != cut {
			outs[a.from]++
			ins[a.to]++
			back[a.to] = append(back[a.to], a.from)
		}
	}
	b.effort -= len(b.arcs)
	core := make([]bool, b.n)
	var loose []int
	for i := range b.n {
		if core[i] = outs[i] > 0 && ins[i] > 0; !core[i] {
			loose = append(loose, i)
		}
	}
	left := b.n
	for ; len(loose) > 0; left-- {
		i := loose[len(loose)-1]
		loose = loose[:len(loose)-1]
		drop := func(j int, count []int) {
			if count[j]--; core[j] && count[j] == 0 {
				core[j] = false
				loose = append(loose, j)
			}
		}
		for _, a := range b.out[i] {
			if b.state[a] != cut {
				drop(b.arcs[a].to, ins)
			}
		}
		for _, from := range back[i] {
			drop(from, outs)
		}
	}
	if left == 0 {
		return nil
	}
	return core
}

// walk follows arcs of the core until a node comes again: the way between is a cycle.
func (b *breaker) walk(core []bool) []int {
	b.turn++
	at := slices.Index(core, true)
	var way []int
	for b.seen[at] != b.turn {
		b.seen[at] = b.turn
		arc := b.first(at, core)
		way = append(way, arc)
		at = b.arcs[arc].to
	}
	begin := slices.IndexFunc(way, func(arc int) bool { return b.arcs[arc].from == at })
	return way[begin:]
}

// first is an arc from a node of the core to another of it.
func (b *breaker) first(at int, core []bool) int {
	return b.out[at][slices.IndexFunc(b.out[at], func(arc int) bool { return b.state[arc] != cut && core[b.arcs[arc].to] })]
}

// branches counts the arcs from a node into the core.
func (b *breaker) branches(at int, core []bool) int {
	n := 0
	for _, arc := range b.out[at] {
		if b.state[arc] != cut && core[b.arcs[arc].to] {
			n++
		}
	}
	return n
}

// through is a shortest cycle through start of less than bound arcs, or nil.
func (b *breaker) through(start int, core []bool, bound int) []int {
	b.turn++
	frontier := []int{start}
	for depth := 1; depth < bound && len(frontier) > 0; depth++ {
		var reached []int
		for _, at := range frontier {
			b.effort -= len(b.out[at])
			for _, arc := range b.out[at] {
				to := b.arcs[arc].to
				switch {
				case b.state[arc] == cut || !core[to]:
				case to == start:
					return b.back(start, arc)
				case b.seen[to] != b.turn:
					b.seen[to], b.via[to] = b.turn, arc
					reached = append(reached, to)
				}
			}
		}
		frontier = reached
	}
	return nil
}

// back is the arcs of the way that ended with last.
func (b *breaker) back(start, last int) []int {
	way := []int{last}
	for at := b.arcs[last].from; at != start; at = b.arcs[way[len(way)-1]].from {
		way = append(way, b.via[at])
	}
	return way
}
