package layout

import (
	"cmp"
	"math"
	"slices"
)

// splitRow breaks row r into as few rows as make it fit, or as narrow as it can get.
func (w *wrapper) splitRow(r int, limit float64) ([][]int32, float64) {
	best := [][]int32{w.items[r]}
	wide, total := w.widest(r, best, nil), 0.0
	if wide <= limit {
		return best, wide
	}
	row := slices.Clone(w.items[r])
	slices.SortStableFunc(row, func(a, b int32) int { return cmp.Compare(w.slope(a), w.slope(b)) })
	for _, v := range row {
		total += w.width[v]
	}
	// A block of n boxes has about sqrt(n) rows; more than a few times that is a
	// tower, and to try every number of rows of a wide one takes too long.
	most := min(len(row), 12+4*int(math.Sqrt(float64(len(row)))))
	for k := max(2, int(total/limit)); wide > limit && k <= most; k = max(k+1, k*33/32) {
		s, x := w.deal(r, row, k, total)
		if x < wide {
			best, wide = s, x
		} else if x > wide*1.5 {
			break
		}
	}
	return best, wide
}

// slope is how many edges more pass through a row if v goes up by one.
func (w *wrapper) slope(v int32) int { return w.out[v] - w.in[v] }

// deal shares row r, sorted by slope, out to k rows. Nodes with more edges from
// above than to below go to the upper rows, so that few edges pass through rows;
// among equals neighbours go to different rows, so that their edges find a way.
// Rows get room for boxes as the edges that pass leave it, as seen by a first try.
func (w *wrapper) deal(r int, row []int32, k int, total float64) ([][]int32, float64) {
	room, passing := make([]float64, k), make([]float64, k)
	s := make([][]int32, k)
	for range 2 {
		sum := total
		for _, p := range passing {
			sum += p
		}
		for i := range room {
			room[i] = max(sum/float64(k)-passing[i], 0)
		}
		for i := range s {
			s[i] = s[i][:0]
		}
		for i := 0; i < len(row); {
			j, need := i, 0.0
			for ; j < len(row) && w.slope(row[j]) == w.slope(row[i]); j++ {
				need += w.width[row[j]]
			}
			w.dealClass(row[i:j], need, s, room)
			i = j
		}
		w.widest(r, s, passing)
	}
	s = slices.DeleteFunc(s, func(row []int32) bool { return len(row) == 0 })
	return s, w.widest(r, s, nil)
}

// dealClass shares nodes that are as good as each other out to the first rows
// with room for them, going round those rows, to each in proportion.
func (w *wrapper) dealClass(class []int32, need float64, s [][]int32, room []float64) {
	type part struct {
		row        int
		share, got float64
	}
	var parts []part
	left := need
	for i := range s {
		share := min(max(room[i], 0), left)
		if left -= share; i == len(s)-1 {
			share += left
		}
		if share > 0 {
			parts = append(parts, part{row: i, share: share})
		}
	}
	placed, turn := 0.0, -1
	for _, v := range class {
		for range parts {
			turn = (turn + 1) % len(parts)
			if p := parts[turn]; p.got*need <= p.share*placed {
				break
			}
		}
		p, wide := &parts[turn], w.width[v]
		p.got += wide
		placed += wide
		room[p.row] -= wide
		s[p.row] = append(s[p.row], v)
	}
}

// widest is the width of the widest of row r's parts. What the edges that pass
// take of each goes to passing, unless it is nil.
func (w *wrapper) widest(r int, s [][]int32, passing []float64) float64 {
	edges := w.passes[r]
	for _, row := range s {
		for _, v := range row {
			edges += w.in[v]
		}
	}
	wide := 0.0
	for i, row := range s {
		for _, v := range row {
			edges -= w.in[v]
		}
		x := float64(edges) * denser(w.o.EdgeSep, edges+len(row)) * 1.3
		if passing != nil {
			passing[i] = x
		}
		for _, v := range row {
			x += w.width[v]
			edges += w.out[v]
		}
		wide = max(wide, x)
	}
	return wide
}
