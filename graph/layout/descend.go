package layout

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
