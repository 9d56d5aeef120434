package json

// Skip consumes the value that comes next, whatever it is.
func (s *Scanner) Skip() {
	switch c := s.Peek(); c {
	case '"':
		s.quoted()
	case '{', '[':
		s.skipContainer(c)
	default:
		s.skipPlain(c)
	}
}

// skipPlain consumes a value that begins with c and is neither a string nor a
// container.
func (s *Scanner) skipPlain(c byte) {
	if c == '-' || isDigit(c) {
		s.skipNumber()
	} else {
		s.literal()
	}
}

// skipContainer consumes the container that begins with c, with all that is in it.
// Most bytes of a report go by here: it keeps its place in a variable, and leaves
// what is rare to the methods that everything else uses.
func (s *Scanner) skipContainer(c byte) {
	outer := s.depth
	if !s.enter(c, counterpart(c)) {
		return
	}
	var kinds levels
	kinds.set(s.depth, c)
	i, key := s.pos, c == '{'
	for within := c; ; {
		switch c := s.byteAt(i); {
		case c == '"' && key:
			i, key = s.pastColon(s.pastString(i)), false
			continue
		case c == '"':
			i = s.pastString(i)
		case isSpace(c):
			s.pos = i
			s.pastSpace()
			i = s.pos
			continue
		case key:
			s.pos = i
			s.unexpected("a key in quotes")
			return
		case c == '{' || c == '[':
			s.pos = i
			more := s.enter(c, counterpart(c))
			if i = s.pos; more {
				within, key = c, c == '{'
				kinds.set(s.depth, c)
				continue
			}
		default:
			s.pos = i
			s.skipPlain(c)
			i = s.pos
		}
		if s.byteAt(i) != ',' {
			s.pos = i
			if within = s.leave(within, outer, &kinds); within == 0 {
				return
			}
			i = s.pos - 1
		}
		i, key = i+1, within == '{'
	}
}

// leave consumes the brackets that close containers, up to the next comma, and is
// the bracket that opened the one which goes on; 0 if none does that lies deeper
// than outer.
func (s *Scanner) leave(within byte, outer int, kinds *levels) byte {
	for !s.again(counterpart(within)) {
		if s.depth == outer || s.err != nil {
			return 0
		}
		within = kinds.at(s.depth)
	}
	return within
}

// pastColon is what follows the colon at i.
func (s *Scanner) pastColon(i int) int {
	if s.byteAt(i) == ':' {
		return i + 1
	}
	if s.pos = i; s.Peek() != ':' {
		s.unexpected("':'")
		return s.pos
	}
	return s.pos + 1
}

// byteAt is the byte at i; 0 behind the end.
func (s *Scanner) byteAt(i int) byte {
	if i < len(s.data) {
		return s.data[i]
	}
	return 0
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

// counterpart is the bracket that closes what c opens.
func counterpart(c byte) byte { return c + 2 }

// levels says of each depth which bracket opened the container there: one bit, set
// for an object.
type levels [maxDepth/64 + 1]uint64

func (l *levels) set(depth int, c byte) {
	bit := uint64(1) << (depth % 64)
	l[depth/64] &^= bit
	if c == '{' {
		l[depth/64] |= bit
	}
}

func (l *levels) at(depth int) byte {
	if l[depth/64]>>(depth%64)&1 == 1 {
		return '{'
	}
	return '['
}
