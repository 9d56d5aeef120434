package layout

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
