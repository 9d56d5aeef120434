package layout

// breakCycles says which edges to turn round so that no cycle is left. Only
// edges inside a strongly connected component are touched: each component is put
// in a row by the greedy heuristic of Eades, Lin and Smyth, which turns round at
// most half of its edges, and few in practice; depth-first search has no bound.
func breakCycles(n int, edges []Edge) []bool {
	g := newDigraph(n, edges)
	scc := g.components()
	place := g.greedyRow(scc)
	turned := make([]bool, len(edges))
	for i, e := range edges {
		turned[i] = e.From != e.To && scc.of[e.From] == scc.of[e.To] && place[e.From] > place[e.To]
	}
	return turned
}

// digraph is a graph by adjacency; self edges are left out.
type digraph struct {
	n       int
	out, in csr
}

func newDigraph(n int, edges []Edge) digraph {
	from, to := make([]int32, 0, len(edges)), make([]int32, 0, len(edges))
	for _, e := range edges {
		if e.From != e.To {
			from, to = append(from, int32(e.From)), append(to, int32(e.To))
		}
	}
	return digraph{n: n, out: newCSR(n, from, to), in: newCSR(n, to, from)}
}

// strong is a partition into strongly connected components.
type strong struct {
	of    []int32   // node -> component
	found []int32   // node -> when the search came to it
	parts [][]int32 // those of more than one node, in order of discovery
}

// components is Tarjan's algorithm on a stack of its own: chains are long. It
// sets out from nodes nothing leads to, so that cycles are entered where a reader does.
func (g digraph) components() strong {
	s := strong{of: make([]int32, g.n), found: make([]int32, g.n)}
	t := tarjan{g: g, s: &s, low: make([]int32, g.n), next: make([]int32, g.n)}
	for v := range int32(g.n) {
		if len(g.in.of(v)) == 0 {
			t.visit(v)
		}
	}
	for v := range int32(g.n) {
		if s.found[v] == 0 {
			t.visit(v)
		}
	}
	return s
}

type tarjan struct {
	g     digraph
	s     *strong
	low   []int32
	next  []int32 // how many out-edges of a node are done
	path  []int32
	stack []int32
	clock int32
	count int32
}

func (t *tarjan) enter(v int32) {
	t.clock++
	t.s.found[v], t.low[v] = t.clock, t.clock
	t.s.of[v] = -1
	t.path, t.stack = append(t.path, v), append(t.stack, v)
}

func (t *tarjan) visit(root int32) {
	t.enter(root)
	for len(t.path) > 0 {
		v := t.path[len(t.path)-1]
		if out := t.g.out.of(v); int(t.next[v]) < len(out) {
			w := out[t.next[v]]
			t.next[v]++
			if t.s.found[w] == 0 {
				t.enter(w)
			} else if t.s.of[w] < 0 {
				t.low[v] = min(t.low[v], t.s.found[w])
			}
			continue
		}
		t.path = t.path[:len(t.path)-1]
		if len(t.path) > 0 {
			p := t.path[len(t.path)-1]
			t.low[p] = min(t.low[p], t.low[v])
		}
		if t.low[v] == t.s.found[v] {
			t.pop(v)
		}
	}
}

// pop closes the component whose root is v.
func (t *tarjan) pop(v int32) {
	i := len(t.stack) - 1
	for t.stack[i] != v {
		i--
	}
	for _, w := range t.stack[i:] {
		t.s.of[w] = t.count
	}
	if len(t.stack)-i > 1 {
		t.s.parts = append(t.s.parts, append([]int32(nil), t.stack[i:]...))
	}
	t.stack = t.stack[:i]
	t.count++
}

// greedyRow gives every node of a component its place in a row in which few
// edges run backwards: sinks go last, sources first, else the node with the most
// out-edges over in-edges; among equals the one found first.
func (g digraph) greedyRow(s strong) []int32 {
	r := greedy{g: g, s: s, place: make([]int32, g.n), in: make([]int32, g.n), out: make([]int32, g.n)}
	r.left = newIndexHeap(g.n, func(a, b int32) bool {
		ua, ub := r.urgency(a), r.urgency(b)
		return ua > ub || ua == ub && s.found[a] < s.found[b]
	})
	for _, part := range s.parts {
		for _, v := range part {
			for _, w := range g.out.of(v) {
				if s.of[w] == s.of[v] {
					r.out[v]++
					r.in[w]++
				}
			}
		}
		r.placePart(part)
	}
	return r.place
}

type greedy struct {
	g       digraph
	s       strong
	place   []int32
	in, out []int32 // edges from and to nodes of the component not yet placed
	left    *indexHeap
}

func (r *greedy) placePart(part []int32) {
	for _, v := range part {
		r.left.push(v)
	}
	first, last := int32(0), int32(len(part))
	for r.left.len() > 0 {
		v := r.left.pop()
		if r.out[v] == 0 && r.in[v] > 0 {
			last--
			r.place[v] = last
		} else {
			r.place[v] = first
			first++
		}
		r.release(v)
	}
}

// urgency ranks sinks before sources before the rest by surplus.
func (r *greedy) urgency(v int32) int {
	most := 2 * len(r.g.out.to)
	switch {
	case r.out[v] == 0:
		return most + 1
	case r.in[v] == 0:
		return most
	}
	return int(r.out[v] - r.in[v])
}

// release takes v's edges away from the nodes still to be placed.
func (r *greedy) release(v int32) {
	for _, w := range r.g.out.of(v) {
		if r.left.has(w) {
			r.in[w]--
			r.left.fix(w)
		}
	}
	for _, w := range r.g.in.of(v) {
		if r.left.has(w) {
			r.out[w]--
			r.left.fix(w)
		}
	}
}
