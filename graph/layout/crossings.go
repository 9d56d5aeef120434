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
func (a *adjacency) pair(v, w int32) (vw, wv int) {
	i, iEnd := a.start[v], a.start[v+1]
	j, jEnd := a.start[w], a.start[w+1]
	if i == iEnd || j == jEnd {
		return 0, 0
	}
	all := int(a.sum[w])
	switch {
	case a.at[iEnd-1] < a.at[j]:
		return 0, int(a.sum[v]) * all
	case a.at[jEnd-1] < a.at[i]:
		return int(a.sum[v]) * all, 0
	}
	left, same := 0, 0 // weight of w's list left of, and at, the place looked at
	last := int32(-1)
	for ; i < iEnd; i++ {
		p := a.at[i]
		if p != last {
			left, same, last = left+same, 0, p
		}
		for j < jEnd && a.at[j] <= p {
			if a.at[j] < p {
				left += int(a.weight[j])
			} else {
				same += int(a.weight[j])
			}
			j++
		}
		vw += int(a.weight[i]) * left
		wv += int(a.weight[i]) * (all - left - same)
	}
	return vw, wv
}

// apart says that no segment of v crosses one of w as long as v is left of w. Most
// neighbours are like this. The lists must be sorted by position.
func (a *adjacency) apart(v, w int32) bool {
	end, start := a.start[v+1], a.start[w]
	return end == a.start[v] || start == a.start[w+1] || a.at[end-1] <= a.at[start]
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
	for p, u := range beside {
		to, weight := back.list(u)
		for i, v := range to {
			k := lists.next[v]
			lists.to[k], lists.weight[k], lists.at[k] = u, weight[i], int32(p)
			lists.next[v]++
		}
	}
}
