package layout

import (
	"cmp"
	"slices"
)

// rewrap is l with its rows split, in the order they had: a link that now passes
// a row beside its own end keeps that end's place, among others by where it goes.
func (l *layers) rewrap(s rows) *layers {
	to := newLayers(l.splitRanks(s))
	key := make([][2]int32, len(to.rank))
	for v := range l.n {
		key[v] = [2]int32{l.pos[v], 0}
	}
	for i, k := range l.links {
		for v := to.first[i]; v < to.first[i+1]; v++ {
			u := l.at(i, s.old[to.rank[v]])
			key[v] = [2]int32{l.pos[u], 0}
			switch u {
			case k.hi:
				key[v][1] = l.pos[l.at(i, l.rank[u]+1)]
			case k.lo:
				key[v][1] = l.pos[l.at(i, l.rank[u]-1)]
			}
		}
	}
	for r, row := range to.row {
		slices.SortStableFunc(row, func(a, b int32) int {
			return cmp.Or(cmp.Compare(key[a][0], key[b][0]), cmp.Compare(key[a][1], key[b][1]))
		})
		to.setRow(r, row)
	}
	return to
}

// splitRanks is the new rank of every node and the new row of every label.
func (l *layers) splitRanks(s rows) (rank, labelRow []int32, list []link) {
	rank = make([]int32, len(l.rank))
	for r, items := range s.items {
		for _, v := range items {
			rank[v] = int32(r)
		}
	}
	labelRow = make([]int32, len(l.links))
	for i := range labelRow {
		labelRow[i] = -1
		if v := l.labelAt(i); v >= 0 {
			labelRow[i] = rank[v]
		}
	}
	return rank[:l.n], labelRow, l.links
}
