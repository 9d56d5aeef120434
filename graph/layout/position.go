package layout

import (
	"math"
	"slices"
)

// positions gives every vertex its abscissa by the algorithm of Brandes and
// Köpf: vertices are aligned with their medians into vertical blocks in four
// ways, each is compacted, and the middle of the four taken. Blocks are compacted
// along the order of all blocks, not by classes: the published class shifting
// lets blocks overlap (the authors' erratum).
func positions(l *layers, m *room) []float64 {
	for r := range l.row {
		l.sortUp(r)
		l.sortDown(r)
	}
	conflicts := l.conflicts()
	var four [4][]float64
	for i := range four {
		a := aligner{l: l, m: m, conflicts: conflicts, upwards: i&1 != 0, mirrored: i&2 != 0}
		four[i] = a.run()
	}
	alignToNarrowest(m, &four)
	x := make([]float64, len(l.rank))
	var c [4]float64
	for v := range x {
		for i := range c {
			c[i] = four[i][v]
		}
		slices.Sort(c[:])
		x[v] = (c[1] + c[2]) / 2
	}
	return x
}

// alignToNarrowest moves the layouts so that left ones share the left border and
// right ones the right border of the narrowest.
func alignToNarrowest(m *room, four *[4][]float64) {
	width := math.Inf(1)
	var left, right float64
	for i := range four {
		if a, b := m.bounds(four[i]); b-a < width {
			width, left, right = b-a, a, b
		}
	}
	for i := range four {
		a, b := m.bounds(four[i])
		shift := left - a
		if i&2 != 0 {
			shift = right - b
		}
		for v := range four[i] {
			four[i][v] += shift
		}
	}
}

// conflicts are the segments that must not be straight because they cross one
// between dummies, which shall be: long edges come first.
func (l *layers) conflicts() map[[2]int32]bool {
	found := map[[2]int32]bool{}
	for r := 1; r < len(l.row); r++ {
		row, k0, from := l.row[r], int32(-1), 0
		for i, v := range row {
			inner := l.innerUp(v)
			if inner < 0 && i < len(row)-1 {
				continue
			}
			k1 := int32(len(l.row[r-1]))
			if inner >= 0 {
				k1 = l.pos[inner]
			}
			for ; from <= i; from++ {
				w := row[from]
				for _, u := range l.up.of(w) {
					if (l.pos[u] < k0 || l.pos[u] > k1) && l.innerUp(w) < 0 {
						found[[2]int32{u, w}] = true
					}
				}
			}
			k0 = k1
		}
	}
	return found
}

// innerUp is the dummy above the dummy v, or -1.
func (l *layers) innerUp(v int32) int32 {
	if int(v) < l.n {
		return -1
	}
	if u := l.up.of(v)[0]; int(u) >= l.n {
		return u
	}
	return -1
}

// aligner makes one of the four layouts.
type aligner struct {
	l                 *layers
	m                 *room
	conflicts         map[[2]int32]bool
	upwards, mirrored bool
	root, next        []int32 // vertex -> top of its block; the vertex below in it
}

func (a *aligner) run() []float64 {
	n := len(a.l.rank)
	a.root, a.next = make([]int32, n), make([]int32, n)
	for v := range int32(n) {
		a.root[v], a.next[v] = v, v
	}
	rows := len(a.l.row)
	for i := 1; i < rows; i++ {
		if a.upwards {
			a.alignRow(a.l.row[rows-1-i], &a.l.down)
		} else {
			a.alignRow(a.l.row[i], &a.l.up)
		}
	}
	return a.compact()
}

// alignRow joins each vertex of the row to the block of a median neighbour if no
// block in between is crossed.
func (a *aligner) alignRow(row []int32, back *adjacency) {
	limit := int32(-1)
	for i := range row {
		v := row[i]
		if a.mirrored {
			v = row[len(row)-1-i]
		}
		to := back.of(v)
		d := len(to)
		if d == 0 {
			continue
		}
		middle := [2]int{(d - 1) / 2, d / 2}
		if a.mirrored {
			middle[0], middle[1] = middle[1], middle[0]
		}
		for _, k := range middle {
			u := to[k]
			if a.next[v] != v || a.conflict(u, v) || a.place(u) <= limit {
				continue
			}
			a.next[u], a.root[v] = v, a.root[u]
			a.next[v] = a.root[v]
			limit = a.place(u)
		}
	}
}

// place is u's place counted from the side the layout leans to.
func (a *aligner) place(u int32) int32 {
	if a.mirrored {
		return int32(len(a.l.row[a.l.rank[u]])) - 1 - a.l.pos[u]
	}
	return a.l.pos[u]
}

func (a *aligner) conflict(u, v int32) bool {
	if a.upwards {
		u, v = v, u
	}
	return len(a.conflicts) > 0 && a.conflicts[[2]int32{u, v}]
}

// compact pushes all blocks to the side the layout leans to, then each back to
// its neighbour where there is one.
func (a *aligner) compact() []float64 {
	n := len(a.l.rank)
	var from, to, head []int32
	for _, row := range a.l.row {
		for i := 1; i < len(row); i++ {
			u, v := row[i-1], row[i]
			if a.mirrored {
				u, v = v, u
			}
			from, to, head = append(from, a.root[u]), append(to, v), append(head, u)
		}
	}
	out, tail := newCSR(n, from, to), newCSR(n, from, head)
	x := make([]float64, n)
	sequence := a.blockOrder(out)
	for _, b := range sequence {
		for i, v := range out.of(b) {
			s := a.root[v]
			x[s] = max(x[s], x[b]+a.sep(tail.of(b)[i], v))
		}
	}
	for _, b := range slices.Backward(sequence) {
		room := math.Inf(1)
		for i, v := range out.of(b) {
			room = min(room, x[a.root[v]]-a.sep(tail.of(b)[i], v))
		}
		if !math.IsInf(room, 1) {
			x[b] = max(x[b], room)
		}
	}
	for v := range x {
		if a.root[v] != int32(v) {
			x[v] = x[a.root[v]]
		}
	}
	if a.mirrored {
		for v := range x {
			x[v] = -x[v]
		}
	}
	return x
}

func (a *aligner) sep(u, v int32) float64 {
	if a.mirrored {
		return a.m.sep(v, u)
	}
	return a.m.sep(u, v)
}

// blockOrder sorts the blocks so that each comes after those before it.
func (a *aligner) blockOrder(out csr) []int32 {
	waits := make([]int32, len(a.root))
	for _, v := range out.to {
		waits[a.root[v]]++
	}
	var sequence []int32
	for v := range int32(len(a.root)) {
		if a.root[v] == v && waits[v] == 0 {
			sequence = append(sequence, v)
		}
	}
	for i := 0; i < len(sequence); i++ {
		for _, v := range out.of(sequence[i]) {
			s := a.root[v]
			if waits[s]--; waits[s] == 0 {
				sequence = append(sequence, s)
			}
		}
	}
	return sequence
}
