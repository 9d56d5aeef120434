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

// descend moves single nodes to their best places for as long as that gains
// something: a cheap start that leaves the tree little to do.
func (s *simplex) descend() {
	const passes = 16
	for range passes {
		moved := false
		for v := range int32(s.n) {
			moved = s.moveNode(v) || moved
		}
		if !moved {
			return
		}
	}
}

// moveNode moves v as far towards its heavier side as its edges let it.
func (s *simplex) moveNode(v int32) bool {
	pull, up, down := 0, -1, -1 // weight of out-edges less that of in-edges; slack
	for _, e := range s.in.of(v) {
		pull -= s.edges[e].weight
		if k := s.slack(e); up < 0 || k < up {
			up = k
		}
	}
	for _, e := range s.out.of(v) {
		pull += s.edges[e].weight
		if k := s.slack(e); down < 0 || k < down {
			down = k
		}
	}
	switch {
	case pull > 0 && down > 0:
		s.at[v] += down
		return true
	case pull < 0 && up > 0:
		s.at[v] -= up
		return true
	}
	return false
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

func (s *simplex) link(e int32) {
	d := s.edges[e]
	s.isTree[e] = true
	s.tree[d.tail] = append(s.tree[d.tail], e)
	s.tree[d.head] = append(s.tree[d.head], e)
}

func (s *simplex) unlink(e int32) {
	s.isTree[e] = false
	for _, v := range [2]int32{s.edges[e].tail, s.edges[e].head} {
		l := s.tree[v]
		for i := range l {
			if l[i] == e {
				l[i] = l[len(l)-1]
				s.tree[v] = l[:len(l)-1]
				break
			}
		}
	}
}

func (s *simplex) other(e, v int32) int32 {
	if s.edges[e].tail == v {
		return s.edges[e].head
	}
	return s.edges[e].tail
}

// number gives the subtree of v, reached by edge par, its postorder numbers from
// first on. Nodes of a subtree are then those with numbers in [low, num].
func (s *simplex) number(v, par, first int32) {
	type frame struct{ v, i int32 }
	next := first
	s.parent[v], s.low[v] = par, next
	stack := []frame{{v, 0}}
	for len(stack) > 0 {
		f := &stack[len(stack)-1]
		if l := s.tree[f.v]; int(f.i) < len(l) {
			e := l[f.i]
			f.i++
			if e != s.parent[f.v] {
				w := s.other(e, f.v)
				s.parent[w], s.low[w] = e, next
				stack = append(stack, frame{w, 0})
			}
			continue
		}
		s.num[f.v] = next
		s.byNum[next] = f.v
		next++
		stack = stack[:len(stack)-1]
	}
}

// cutValues sets the cut value of every tree edge, leaves first, each from those
// of the tree edges below it.
func (s *simplex) cutValues() {
	for i := range int32(s.n) {
		v := s.byNum[i]
		if e := s.parent[v]; e >= 0 {
			s.cut[e] = s.cutBelow(v, e)
		}
	}
}

// cutBelow is the cut value of e, which joins v's subtree to the rest.
func (s *simplex) cutBelow(v, e int32) int {
	up := s.edges[e].tail == v // the subtree is the tail's side
	sum := 0
	for _, f := range s.out.of(v) {
		sum += s.share(f, e, v, up)
	}
	for _, f := range s.in.of(v) {
		sum += s.share(f, e, v, !up)
	}
	return sum
}

// share is what f, an edge of v, adds to the cut value of v's parent edge e;
// along says that f leaves v the same way as e does.
func (s *simplex) share(f, e, v int32, along bool) int {
	w := s.edges[f].weight
	if f == e {
		return w
	}
	x := s.other(f, v)
	inside := s.low[v] <= s.num[x] && s.num[x] <= s.num[v]
	value := w
	if inside {
		value = -w // it was counted below, and does not cross e
		if s.isTree[f] {
			value += s.cut[f]
		}
		along = !along
	}
	if !along {
		return -value
	}
	return value
}

// leaving is a tree edge whose removal pays, or -1. Of some dozens found from
// where the last search ended it takes the best: neither the first nor the best
// of all does as well.
func (s *simplex) leaving() int32 {
	const enough = 30
	best, found := int32(-1), 0
	for i := range len(s.edges) {
		e := int32(s.cursor)
		s.cursor++
		if s.cursor == len(s.edges) {
			s.cursor = 0
		}
		if s.isTree[e] && s.cut[e] < 0 {
			if best < 0 || s.cut[e] < s.cut[best] {
				best = e
			}
			if found++; found == enough {
				s.work -= i / 8
				return best
			}
		}
	}
	s.work -= len(s.edges) / 8
	return best
}

// side is the node below tree edge e, and whether it is e's tail.
func (s *simplex) side(e int32) (int32, bool) {
	d := s.edges[e]
	if s.num[d.tail] < s.num[d.head] {
		return d.tail, true
	}
	return d.head, false
}

// entering is the edge of least slack that joins the two halves the tree falls
// into without e, the other way round than e. The smaller half is searched.
func (s *simplex) entering(e int32) int32 {
	v, isTail := s.side(e)
	low, high := s.low[v], s.num[v]
	best, least := int32(-1), 0
	look := func(u int32, list []int32, inside bool) {
		for _, f := range list {
			x := s.num[s.other(f, u)]
			if (low <= x && x <= high) != inside && !s.isTree[f] {
				if sl := s.slack(f); best < 0 || sl < least || sl == least && f < best {
					best, least = f, sl
				}
			}
		}
		s.work -= len(list) + 1
	}
	scan := func(from, to int32, inside bool) {
		for i := from; i <= to; i++ {
			if u := s.byNum[i]; isTail == inside {
				look(u, s.in.of(u), inside)
			} else {
				look(u, s.out.of(u), inside)
			}
		}
	}
	if int(high-low) < s.n/2 {
		scan(low, high, true)
	} else {
		scan(0, low-1, false)
		scan(high+1, int32(s.n)-1, false)
	}
	return best
}

// shift moves the half below tree edge e by delta along it, or the other half
// the other way if that one is smaller.
func (s *simplex) shift(e int32, delta int) {
	v, isTail := s.side(e)
	if isTail {
		delta = -delta
	}
	low, high := s.low[v], s.num[v]
	if int(high-low) < s.n/2 {
		for i := low; i <= high; i++ {
			s.at[s.byNum[i]] += delta
		}
		return
	}
	for i := range low {
		s.at[s.byNum[i]] -= delta
	}
	for i := high + 1; i < int32(s.n); i++ {
		s.at[s.byNum[i]] -= delta
	}
}

// exchange puts f into the tree in e's stead.
func (s *simplex) exchange(e, f int32) {
	if d := s.slack(f); d > 0 {
		s.shift(e, d)
	}
	gain := s.cut[e]
	top := s.recut(s.edges[f].tail, s.edges[f].head, gain, true)
	s.recut(s.edges[f].head, s.edges[f].tail, gain, false)
	s.cut[f], s.cut[e] = -gain, 0
	s.unlink(e)
	s.link(f)
	s.work -= int(s.num[top]-s.low[top]) + 1
	s.number(top, s.parent[top], s.low[top])
}

// recut corrects the cut values on the tree path from v up to the least common
// ancestor of v and w, which it returns.
func (s *simplex) recut(v, w int32, gain int, fromTail bool) int32 {
	for s.num[w] < s.low[v] || s.num[w] > s.num[v] {
		e := s.parent[v]
		if (s.edges[e].tail == v) == fromTail {
			s.cut[e] += gain
		} else {
			s.cut[e] -= gain
		}
		v = s.other(e, v)
		s.work--
	}
	return v
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
