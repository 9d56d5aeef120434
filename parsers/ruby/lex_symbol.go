package ruby

import "strings"

// symbolOperators are the operators that :op may name, longest first.
var symbolOperators = []string{
	"[]=", "<=>", "===", "[]", "**", "==", "=~", "!=", "!~", "<<", "<=", ">>", ">=",
	"+@", "-@", "!@", "~@", "+", "-", "*", "/", "%", "<", ">", "!", "~", "^", "&", "|", "`",
}

// colon reads ::, the colon of a ternary, and symbols.
func (lx *lexer) colon(t *token, space bool) {
	next := lx.at(1)
	switch {
	case next == ':':
		kind, after := tokScope, stDot
		if lx.begins() || lx.in(stClass) || lx.in(stArg) && space {
			kind, after = tokTopScope, stBeg
		}
		lx.take(t, kind, 2, after)
	case lx.in(stEndAny) || next == 0 || isBlank(next) || next == '#':
		lx.take(t, tokColon, 1, stBeg)
	case next == '"' || next == '\'':
		lx.open(t, 2, literal{kind: litSymbol, open: next, close: next, interpolate: next == '"'})
	default:
		lx.symbol(t)
	}
}

// symbol reads :name, :name=, :@name, :$name or :+.
func (lx *lexer) symbol(t *token) {
	start := lx.pos + 1
	end := lx.symbolEnd(start)
	if end == start {
		lx.take(t, tokColon, 1, stBeg)
		return
	}
	t.kind, t.text = tokSymbol, lx.src[start:end]
	lx.pos = end
	lx.state = stEnd
}

// symbolEnd is the place after the symbol's text, i itself if none is there.
func (lx *lexer) symbolEnd(i int) int {
	c := lx.src[i]
	switch {
	case isNameByte(c) && !isDigit(c):
		end := lx.nameEnd(i)
		if end < lx.limit && (lx.src[end] == '?' || lx.src[end] == '!') && (end+1 >= lx.limit || lx.src[end+1] != '=') {
			return end + 1
		}
		if lx.setterFollows(end) {
			return end + 1
		}
		return end
	case c == '@' || c == '$':
		probe := *lx
		probe.pos = i
		var t token
		probe.variable(&t, c)
		if probe.err != nil {
			lx.err = probe.err
		}
		return probe.pos
	}
	rest := lx.src[i:lx.limit]
	if strings.HasPrefix(rest, "&&") || strings.HasPrefix(rest, "||") {
		return i
	}
	for _, op := range symbolOperators {
		if strings.HasPrefix(rest, op) {
			return i + len(op)
		}
	}
	return i
}

// variable reads @name, @@name and $name.
func (lx *lexer) variable(t *token, sigil byte) {
	start := lx.pos
	t.kind = tokGVar
	i := start + 1
	if sigil == '@' {
		t.kind = tokIVar
		if lx.at(1) == '@' {
			t.kind = tokCVar
			i++
		}
	}
	end := i
	switch {
	case i < lx.limit && isNameByte(lx.src[i]) && !isDigit(lx.src[i]):
		end = lx.nameEnd(i)
	case sigil == '@':
	case i < lx.limit && isDigit(lx.src[i]):
		for end < lx.limit && isDigit(lx.src[end]) {
			end++
		}
	case i+1 < lx.limit && lx.src[i] == '-' && isNameByte(lx.src[i+1]):
		end = i + 2
	case i < lx.limit && strings.IndexByte("~*$?!@/\\;,.=:<>\"&`'+0_", lx.src[i]) >= 0:
		end = i + 1
	}
	if end == i {
		lx.fail(start, lx.line, "\""+lx.src[start:i]+"\" is no variable's name")
		return
	}
	t.text = lx.src[start:end]
	lx.pos = end
	lx.state = stEnd
}
