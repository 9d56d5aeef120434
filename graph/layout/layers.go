package layout

import (
	"cmp"
	"slices"
)

// layers is a graph cut into rows: every link that spans several has a dummy
// vertex in each row it passes, so that all segments join neighbouring rows.
type layers struct {
	n        int     // vertices below n are nodes, the others dummies
	rank     []int32 // vertex -> row
	row      [][]int32
	pos      []int32 // vertex -> place in its row
	up, down adjacency
	links    []link
	labelRow []int32 // link -> the row its label stands in, or -1
	first    []int32 // link -> its first dummy; one more at the end
}

// adjacency lists a vertex' neighbours in one direction, with the number of
// edges each segment stands for.
type adjacency struct {
	csr
	weight []int32
	at     []int32 // the neighbours' places in their row, as of the last sorting
	sum    []int32 // of a vertex' weights
	next   []int32 // scratch for sorting the lists
}

func newAdjacency(n int, from, to, weight []int32) adjacency {
	a := adjacency{
		csr: newCSR(n, from, to), weight: newCSR(n, from, weight).to,
		at: make([]int32, len(to)), sum: make([]int32, n), next: make([]int32, n),
	}
	for i, v := range from {
		a.sum[v] += weight[i]
	}
	return a
}

func (a adjacency) list(v int32) (to, weight []int32) {
	i, j := a.start[v], a.start[v+1]
	return a.to[i:j], a.weight[i:j]
}

// newLayers lays every link along the rows between its ends. Rows come out in
// the order of vertices.
func newLayers(rank, labelRow []int32, list []link) *layers {
	l := &layers{n: len(rank), links: list, labelRow: labelRow, first: make([]int32, len(list)+1)}
	l.rank = append(l.rank, rank...)
	var from, to, weight []int32
	for i, k := range list {
		l.first[i] = int32(len(l.rank))
		last := k.hi
		for r := rank[k.hi] + 1; r <= rank[k.lo]; r++ {
			v := k.lo
			if r < rank[k.lo] {
				v = int32(len(l.rank))
				l.rank = append(l.rank, r)
			}
			from, to, weight = append(from, last), append(to, v), append(weight, int32(len(k.edges)))
			last = v
		}
	}
	l.first[len(list)] = int32(len(l.rank))
	l.down = newAdjacency(len(l.rank), from, to, weight)
	l.up = newAdjacency(len(l.rank), to, from, weight)
	l.fillRows()
	return l
}

func (l *layers) fillRows() {
	rows := int32(0)
	for _, r := range l.rank {
		rows = max(rows, r+1)
	}
	l.row = make([][]int32, rows)
	l.pos = make([]int32, len(l.rank))
	for v, r := range l.rank {
		l.pos[v] = int32(len(l.row[r]))
		l.row[r] = append(l.row[r], int32(v))
	}
}

// at is link i's vertex in row r, which must lie between its ends.
func (l *layers) at(i int, r int32) int32 {
	k := l.links[i]
	switch r {
	case l.rank[k.hi]:
		return k.hi
	case l.rank[k.lo]:
		return k.lo
	}
	return l.first[i] + r - l.rank[k.hi] - 1
}

// setRow puts the vertices of row r in a new order.
func (l *layers) setRow(r int, order []int32) {
	copy(l.row[r], order)
	for i, v := range l.row[r] {
		l.pos[v] = int32(i)
	}
}

// snapshot is a copy of the order of all rows.
func (l *layers) snapshot() [][]int32 {
	s := make([][]int32, len(l.row))
	for r := range l.row {
		s[r] = append([]int32(nil), l.row[r]...)
	}
	return s
}

func (l *layers) restore(s [][]int32) {
	for r := range s {
		l.setRow(r, s[r])
	}
}

// faceForward mirrors the rows if that puts more nodes in the order of their
// numbers: a reader expects the first on the left.
func (l *layers) faceForward() {
	forward := 0
	for _, row := range l.row {
		last := int32(-1)
		for _, v := range row {
			if int(v) >= l.n {
				continue
			}
			if last >= 0 {
				forward += cmp.Compare(v, last)
			}
			last = v
		}
	}
	if forward >= 0 {
		return
	}
	for r, row := range l.row {
		slices.Reverse(row)
		l.setRow(r, row)
	}
}
