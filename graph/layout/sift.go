package layout

// sift takes every vertex out of its row and puts it back where it crosses
// least (Matuszewski, Schönfeld, Molitor). It sees past the neighbours that stop
// transposition, at a cost that only small graphs bear.
func (s *sorter) sift() {
	const passes = 8
	for range passes {
		gained := 0
		for r := range s.l.row {
			s.l.sortUp(r)
			s.l.sortDown(r)
			s.buffer = append(s.buffer[:0], s.l.row[r]...)
			for _, v := range s.buffer {
				if s.work < 0 {
					return
				}
				gained += s.siftVertex(r, v)
			}
		}
		if gained == 0 {
			return
		}
	}
}

// siftVertex moves v to its best place in row r and returns the crossings saved.
func (s *sorter) siftVertex(r int, v int32) int {
	l := s.l
	row := l.row[r]
	from := int(l.pos[v])
	best, least := from, 0
	sum := 0
	for i := from - 1; i >= 0; i-- {
		sum += s.exchanged(row[i], v)
		if sum < least {
			best, least = i, sum
		}
	}
	sum = 0
	for i := from + 1; i < len(row); i++ {
		sum += s.exchanged(v, row[i])
		if sum < least {
			best, least = i, sum
		}
	}
	for i := from; i > best; i-- {
		row[i] = row[i-1]
		l.pos[row[i]] = int32(i)
	}
	for i := from; i < best; i++ {
		row[i] = row[i+1]
		l.pos[row[i]] = int32(i)
	}
	row[best], l.pos[v] = v, int32(best)
	return -least
}

// exchanged is how many crossings more there are with w left of v than with v
// left of w.
func (s *sorter) exchanged(v, w int32) int {
	vw1, wv1 := s.l.up.pair(v, w)
	vw2, wv2 := s.l.down.pair(v, w)
	s.work--
	if vw1+vw2 > 0 {
		s.work -= len(s.l.up.of(w)) + len(s.l.down.of(w))
	}
	return wv1 + wv2 - vw1 - vw2
}
