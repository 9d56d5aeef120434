package layout

// withLabelRows opens a row between two others wherever an edge with a label
// passes its middle; the label stands there, beside the edge, away from boxes.
func withLabelRows(rank []int32, list []link) []int32 {
	rows := int32(0)
	for _, r := range rank {
		rows = max(rows, r+1)
	}
	opened := make([]int32, rows+1) // row -> rows opened above it
	for _, k := range list {
		if k.label != (Node{}) {
			opened[(rank[k.hi]+rank[k.lo]+1)/2] = 1
		}
	}
	for r := int32(1); r <= rows; r++ {
		opened[r] += opened[r-1]
	}
	moved := make([]int32, len(rank))
	for v, r := range rank {
		moved[v] = r + opened[r]
	}
	return moved
}

// labelAt is the dummy that holds link i's label, or -1.
func (l *layers) labelAt(i int) int32 {
	if l.links[i].label == (Node{}) {
		return -1
	}
	return (l.first[i] + l.first[i+1] - 1) / 2
}
