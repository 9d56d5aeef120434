package graph

// around is what lies so many levels up, down or both ways from the focus, with
// every edge between. Both is what is above and what is below, not what is below
// something above.
func (g *Graph) around(focus []string, depth int, d Direction) *Graph {
	at, next := g.index(), g.next()
	var start []int
	for _, id := range focus {
		if i, ok := at[id]; ok {
			start = append(start, i)
		}
	}
	seen := make([]bool, len(g.Nodes))
	if d != Up {
		spread(start, next, depth, seen)
	}
	if d != Down {
		spread(start, reversed(next), depth, seen)
	}
	return g.keep(func(n Node) bool { return seen[at[n.ID]] })
}

// spread marks what is reached from start in at most depth steps, 0 for any
// number of them. Breadth first, so that depth is the shortest way.
func spread(start []int, next [][]int, depth int, mark []bool) {
	reached := make([]bool, len(next))
	for _, i := range start {
		reached[i] = true
	}
	for level := 1; len(start) > 0 && (depth == 0 || level <= depth); level++ {
		var further []int
		for _, from := range start {
			for _, to := range next[from] {
				if !reached[to] {
					reached[to] = true
					further = append(further, to)
				}
			}
		}
		start = further
	}
	for i, r := range reached {
		mark[i] = mark[i] || r
	}
}

func reversed(next [][]int) [][]int {
	back := make([][]int, len(next))
	for from, all := range next {
		for _, to := range all {
			back[to] = append(back[to], from)
		}
	}
	return back
}
