package layout

// link puts the edge e into the tree.
func (s *simplex) link(e int32) {
	d := s.edges[e]
	s.isTree[e] = true
	s.tree[d.tail] = append(s.tree[d.tail], e)
	s.tree[d.head] = append(s.tree[d.head], e)
}

// unlink takes it out.
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

// other is the end of e that is not v.
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
