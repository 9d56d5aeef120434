package layout

// withLabelRows opens a row between two others wherever an edge with a label
// passes its middle; the label stands there, beside the edge, away from boxes.
// It returns the rank of every node and the row of every link's label.
func withLabelRows(rank []int32, list []link) (moved, labelRow []int32) {
	rows := int32(0)
	for _, r := range rank {
		rows = max(rows, r+1)
	}
	opened := make([]int32, rows+1) // row -> rows opened above it
	for _, k := range list {
		if k.labelled() {
			opened[k.middle(rank)] = 1
		}
	}
	for r := int32(1); r <= rows; r++ {
		opened[r] += opened[r-1]
	}
	moved, labelRow = make([]int32, len(rank)), make([]int32, len(list))
	for v, r := range rank {
		moved[v] = r + opened[r]
	}
	for i, k := range list {
		labelRow[i] = -1
		if r := k.middle(rank); k.labelled() {
			labelRow[i] = r + opened[r] - 1
		}
	}
	return moved, labelRow
}

func (k link) labelled() bool { return k.label != Node{} }

// middle is the row above which half of the link lies.
func (k link) middle(rank []int32) int32 { return (rank[k.hi] + rank[k.lo] + 1) / 2 }

// labelAt is the dummy that holds link i's label, or -1.
func (l *layers) labelAt(i int) int32 {
	if l.labelRow[i] < 0 {
		return -1
	}
	return l.at(i, l.labelRow[i])
}
