package layout

// crossings counts how often edges cross between rows r and r+1: an accumulator
// tree over the lower row, O(E log V) (Barth, Mutzel, Jünger).
func (l *layers) crossings(r int, tree []int) int {
	size := len(l.row[r+1])
	tree = tree[:size+1]
	clear(tree)
	total, sum := 0, 0
	for _, v := range l.row[r] {
		to, weight := l.down.list(v)
		for i, w := range to {
			before := 0
			for p := l.pos[w] + 1; p > 0; p &= p - 1 {
				before += tree[p]
			}
			total += int(weight[i]) * (sum - before)
		}
		for i, w := range to {
			for p := int(l.pos[w]) + 1; p <= size; p += p & -p {
				tree[p] += int(weight[i])
			}
			sum += int(weight[i])
		}
	}
	return total
}

// allCrossings is the sum over all rows.
func (l *layers) allCrossings() int {
	widest := 0
	for _, row := range l.row {
		widest = max(widest, len(row))
	}
	tree := make([]int, widest+1)
	total := 0
	for r := range len(l.row) - 1 {
		total += l.crossings(r, tree)
	}
	return total
}

// pair counts the crossings of the segments from v and w to one neighbouring row,
// with v left of w and with w left of v. The lists must be sorted by position.
func (l *layers) pair(a *adjacency, v, w int32) (vw, wv int) {
	tv, wtv := a.list(v)
	tw, wtw := a.list(w)
	if len(tv) == 0 || len(tw) == 0 {
		return 0, 0
	}
	all := 0
	for _, x := range wtw {
		all += int(x)
	}
	left, same, j := 0, 0, 0 // weight of w's list left of, and at, the place looked at
	last := int32(-1)
	for i, x := range tv {
		p := l.pos[x]
		if p != last {
			left, same, last = left+same, 0, p
		}
		for j < len(tw) && l.pos[tw[j]] <= p {
			if l.pos[tw[j]] < p {
				left += int(wtw[j])
			} else {
				same += int(wtw[j])
			}
			j++
		}
		vw += int(wtv[i]) * left
		wv += int(wtv[i]) * (all - left - same)
	}
	return vw, wv
}

// sortUp sorts the up-lists of row r by position, in one pass over the row above.
func (l *layers) sortUp(r int) {
	if r > 0 {
		resort(l.row[r-1], l.row[r], &l.down, &l.up)
	}
}

// sortDown sorts the down-lists of row r by position.
func (l *layers) sortDown(r int) {
	if r+1 < len(l.row) {
		resort(l.row[r+1], l.row[r], &l.up, &l.down)
	}
}

// resort refills the lists of row from those of the row beside it, whose order
// they shall have.
func resort(beside, row []int32, back, lists *adjacency) {
	for _, v := range row {
		lists.next[v] = lists.start[v]
	}
	for _, u := range beside {
		to, weight := back.list(u)
		for i, v := range to {
			k := lists.next[v]
			lists.to[k], lists.weight[k] = u, weight[i]
			lists.next[v]++
		}
	}
}
