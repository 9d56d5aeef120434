package layout

// simplex finds whole numbers at[v] that keep at[head]-at[tail] >= length for
// every edge and make the sum of weight*(at[head]-at[tail]) least: the network
// simplex of Gansner, Koutsofios, North and Vo. It serves ranks and abscissas
// alike. Every step leaves a lawful answer, so the work can be bounded.
type simplex struct {
	n       int
	edges   []simplexEdge
	at      []int
	in, out csr       // node -> edges
	tree    [][]int32 // node -> its tree edges
	isTree  []bool
	cut     []int   // tree edge -> cost of stretching it by one
	parent  []int32 // node -> tree edge to its parent, -1 at the root
	low     []int32 // least number in the node's subtree
	num     []int32 // the node's own number in postorder
	byNum   []int32
	cursor  int
	work    int // steps left
}

type simplexEdge struct {
	tail, head     int32
	length, weight int
}

// newSimplex makes the problem with at as first answer, which must be lawful.
func newSimplex(at []int, edges []simplexEdge, work int) *simplex {
	n := len(at)
	tails, heads, ids := make([]int32, len(edges)), make([]int32, len(edges)), make([]int32, len(edges))
	for i, e := range edges {
		tails[i], heads[i], ids[i] = e.tail, e.head, int32(i)
	}
	return &simplex{
		n: n, edges: edges, at: at, work: work,
		in: newCSR(n, heads, ids), out: newCSR(n, tails, ids),
		tree: make([][]int32, n), isTree: make([]bool, len(edges)), cut: make([]int, len(edges)),
		parent: make([]int32, n), low: make([]int32, n), num: make([]int32, n), byNum: make([]int32, n+1),
	}
}

// solve improves the answer until it is the best, or the work is used up. The
// graph must be connected.
func (s *simplex) solve() {
	if s.n < 2 {
		return
	}
	s.growTree()
	s.number(0, -1, 0)
	s.cutValues()
	for s.work > 0 {
		e := s.leaving()
		if e < 0 {
			return
		}
		f := s.entering(e)
		if f < 0 {
			return
		}
		s.exchange(e, f)
	}
}

func (s *simplex) slack(e int32) int {
	d := &s.edges[e]
	return s.at[d.head] - s.at[d.tail] - d.length
}

// growTree makes a spanning tree of tight edges as Prim would: the tree slides as
// a whole until the nearest edge out of it is tight. Edges leaving and edges
// entering it change their slack by opposite amounts, hence a heap for each.
func (s *simplex) growTree() {
	offset := 0 // what the tree has slid; at of tree nodes is without it
	inTree := make([]bool, s.n)
	leave := &slackHeap{}
	enter := &slackHeap{}
	add := func(v int32) {
		s.at[v] -= offset
		inTree[v] = true
		for _, e := range s.out.of(v) {
			if w := s.edges[e].head; !inTree[w] {
				leave.push(s.at[w]-s.at[v]-s.edges[e].length, e)
			}
		}
		for _, e := range s.in.of(v) {
			if w := s.edges[e].tail; !inTree[w] {
				enter.push(s.at[v]-s.at[w]-s.edges[e].length, e)
			}
		}
	}
	add(0)
	for {
		for leave.len() > 0 && inTree[s.edges[leave.edge[0]].head] {
			leave.pop()
		}
		for enter.len() > 0 && inTree[s.edges[enter.edge[0]].tail] {
			enter.pop()
		}
		if leave.len() == 0 && enter.len() == 0 {
			break
		}
		var e, v int32
		if enter.len() == 0 || leave.len() > 0 && leave.key[0]-offset <= enter.key[0]+offset {
			offset = leave.key[0]
			e = leave.pop()
			v = s.edges[e].head
		} else {
			offset = -enter.key[0]
			e = enter.pop()
			v = s.edges[e].tail
		}
		s.link(e)
		add(v)
	}
	for v := range s.at {
		s.at[v] += offset
	}
}

// even moves each half that can move at no cost to the middle of its room.
func (s *simplex) even() {
	for e := range int32(len(s.edges)) {
		if s.work <= 0 || !s.isTree[e] || s.cut[e] != 0 {
			continue
		}
		if f := s.entering(e); f >= 0 && s.slack(f) > 1 {
			s.shift(e, s.slack(f)/2)
		}
	}
}
