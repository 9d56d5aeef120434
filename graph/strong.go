package graph

import "slices"

// digraph is a directed graph of nodes numbered from 0: those that node i leads
// to are to[first[i]:first[i+1]].
type digraph struct{ first, to []int }

// newDigraph keeps the order that the arcs of a node stand in.
func newDigraph(n int, arcs []arc) digraph {
	d := digraph{first: make([]int, n+1), to: make([]int, len(arcs))}
	for _, a := range arcs {
		d.first[a.from+1]++
	}
	for i := range n {
		d.first[i+1] += d.first[i]
	}
	at := slices.Clone(d.first)
	for _, a := range arcs {
		d.to[at[a.from]] = a.to
		at[a.from]++
	}
	return d
}

func (d digraph) len() int { return len(d.first) - 1 }

func (d digraph) next(i int) []int { return d.to[d.first[i]:d.first[i+1]] }

// strong finds the strongly connected components of two nodes or more, by
// Tarjan's algorithm, without recursion: a chain may have 10,000 nodes. Each is
// sorted, and they are sorted by their first node.
func (d digraph) strong() [][]int {
	t := tarjan{d: d, order: make([]int, d.len()), low: make([]int, d.len()), open: make([]bool, d.len()), at: slices.Clone(d.first)}
	for i := range d.len() {
		if t.order[i] == 0 {
			t.visit(i)
		}
	}
	slices.SortFunc(t.found, func(a, b []int) int { return a[0] - b[0] })
	return t.found
}

type tarjan struct {
	d          digraph
	order, low []int // from 1, in the order of discovery
	open       []bool
	at         []int // the next arc of each node to follow
	stack      []int // nodes whose component is not known yet
	way        []int // from the root of the search to where it is
	count      int
	found      [][]int
}

func (t *tarjan) enter(i int) {
	t.count++
	t.order[i], t.low[i], t.open[i] = t.count, t.count, true
	t.stack = append(t.stack, i)
	t.way = append(t.way, i)
}

func (t *tarjan) visit(root int) {
	t.enter(root)
	for len(t.way) > 0 {
		i := t.way[len(t.way)-1]
		if t.at[i] == t.d.first[i+1] {
			t.leave(i)
			continue
		}
		to := t.d.to[t.at[i]]
		t.at[i]++
		switch {
		case t.order[to] == 0:
			t.enter(to)
		case t.open[to]:
			t.low[i] = min(t.low[i], t.order[to])
		}
	}
}

func (t *tarjan) leave(i int) {
	t.way = t.way[:len(t.way)-1]
	if len(t.way) > 0 {
		parent := t.way[len(t.way)-1]
		t.low[parent] = min(t.low[parent], t.low[i])
	}
	if t.low[i] != t.order[i] {
		return
	}
	begin := len(t.stack) - 1
	for t.stack[begin] != i {
		begin--
	}
	component := slices.Clone(t.stack[begin:])
	t.stack = t.stack[:begin]
	for _, j := range component {
		t.open[j] = false
	}
	if len(component) > 1 {
		slices.Sort(component)
		t.found = append(t.found, component)
	}
}
