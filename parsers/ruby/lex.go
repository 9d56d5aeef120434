package ruby

import (
	"strings"
	"unicode/utf8"
)

// lexer cuts Ruby source into tokens. What a character means depends on the
// token before it (state) and on which names are local variables (vars).
type lexer struct {
	src    string
	limit  int // where the program ends: the file's end, or __END__
	pos    int
	line   int
	state  lexState
	first  bool // the next token is the first of a statement
	wasOne bool // the token being read is the first of a statement
	// inKeywordParams makes a newline end the parameters after "name:".
	inKeywordParams bool
	bodyEnd         int // where the line after the heredocs of this line begins, 0 without
	bodyLine        int
	dotAt           int  // a leading dot that an earlier newline has found
	checked         bool // the whole source is known to be valid
	ascii           bool // only ASCII is valid
	vars            *scopeNames
	err             *SyntaxError
}

func newLexer(src string) lexer {
	lx := lexer{src: src, limit: len(src), line: 1, state: stBeg, first: true, checked: utf8.ValidString(src)}
	lx.pos = len(src) - len(strings.TrimPrefix(src, "\uFEFF"))
	return lx
}

// fail keeps the first error; from then on only tokEOF is read.
func (lx *lexer) fail(pos, line int, msg string) {
	if lx.err == nil {
		lx.err = &SyntaxError{pos: pos, Line: line, Message: strings.ToValidUTF8(msg, "\uFFFD")} // it may quote half a character
	}
}

// at is the byte n places on, 0 past the end.
func (lx *lexer) at(n int) byte {
	if i := lx.pos + n; i < lx.limit {
		return lx.src[i]
	}
	return 0
}

func (lx *lexer) in(s lexState) bool { return lx.state&s != 0 }

// begins tells that an operand is due, so that "-" is a sign and "/" a regexp.
func (lx *lexer) begins() bool {
	return lx.in(stBegAny) || lx.state&(stArg|stLabeled) == stArg|stLabeled
}

// labelDue tells that "name:" would be a label.
func (lx *lexer) labelDue() bool { return lx.in(stLabel|stEndFn) && !lx.wasOne || lx.in(stArg) }

// named tells that an operator would be a method's name.
func (lx *lexer) named() bool { return lx.in(stName | stDot) }

// next reads one token.
func (lx *lexer) next() token {
	if lx.err != nil {
		return token{kind: tokEOF, pos: lx.pos, line: lx.line}
	}
	lx.wasOne, lx.first = lx.first, false
	space, newline := lx.blank()
	t := token{pos: lx.pos, line: lx.line}
	if newline {
		t.kind, t.text = tokNewline, "\n"
		lx.pos++
		lx.enterLine()
		lx.state, lx.first = stBeg, true
		return t
	}
	switch c := lx.at(0); {
	case lx.err != nil || c == 0 || c == 4 || c == 26: // as Ruby, ^D and ^Z end the program
		t.kind = tokEOF
		if t.line > 1 && lx.pos == len(lx.src) && lx.lineStart() {
			t.line-- // there is no line after the last newline
		}
	case isNameByte(c) && !isDigit(c):
		lx.name(&t)
	case isDigit(c):
		lx.number(&t)
	default:
		lx.operator(&t, c, space)
	}
	if lx.err != nil {
		t.kind = tokEOF
	}
	return t
}

// blank skips what separates tokens, and stops at a newline that ends a statement.
func (lx *lexer) blank() (space, newline bool) {
	for lx.pos < lx.limit {
		switch lx.src[lx.pos] {
		case ' ', '\t', '\f', '\v', '\r':
			lx.pos++
			space = true
		case '\\':
			n := newlineLen(lx.src[lx.pos+1 : lx.limit])
			if n == 0 {
				return space, false
			}
			lx.pos += 1 + n
			lx.enterLine()
			space = true
		case '#':
			lx.pos += lineLen(lx.src[lx.pos:lx.limit])
		case '\n':
			if lx.newlineEnds() {
				return space, true
			}
			lx.pos++
			lx.enterLine()
		case '=':
			if !lx.embeddedDocument() {
				return space, false
			}
		case '_':
			if lx.lineStart() && strings.TrimSuffix(lx.src[lx.pos:lx.pos+lineLen(lx.src[lx.pos:])], "\r") == "__END__" {
				lx.limit = lx.pos
			}
			return space, false
		default:
			return space, false
		}
	}
	return space, false
}

// lineStart tells that a line begins here.
func (lx *lexer) lineStart() bool {
	return lx.pos == 0 || lx.src[lx.pos-1] == '\n' || lx.pos == 3 && strings.HasPrefix(lx.src, "\uFEFF")
}

// embeddedDocument skips =begin … =end.
func (lx *lexer) embeddedDocument() bool {
	if !lx.lineStart() || !docMark(lx.src[lx.pos:lx.limit], "=begin") {
		return false
	}
	start, line := lx.pos, lx.line
	for lx.pos < lx.limit {
		lx.pos = min(lx.pos+lineLen(lx.src[lx.pos:lx.limit])+1, lx.limit)
		lx.line++
		if docMark(lx.src[lx.pos:lx.limit], "=end") {
			lx.pos += lineLen(lx.src[lx.pos:lx.limit])
			if lx.pos < lx.limit {
				lx.pos++
				lx.line++
			}
			return true
		}
	}
	lx.fail(start, line, "=begin without =end")
	return true
}

func docMark(s, mark string) bool {
	rest, ok := strings.CutPrefix(s, mark)
	return ok && (rest == "" || strings.IndexByte(" \t\r\n\f\v\x00", rest[0]) >= 0)
}

// enterLine follows a newline: bodies of heredocs that stand below the line are passed over.
func (lx *lexer) enterLine() {
	lx.line++
	if lx.bodyEnd > 0 {
		lx.pos, lx.line, lx.bodyEnd = lx.bodyEnd, lx.bodyLine, 0
	}
}

// newlineEnds tells that the newline here ends a statement: a value stands
// before it and the next line does not go on with a dot.
func (lx *lexer) newlineEnds() bool {
	switch {
	case lx.in(stBeg|stClass|stName|stDot) && !lx.in(stLabeled):
		return false
	case lx.state&(stArg|stLabeled) == stArg|stLabeled:
		return lx.inKeywordParams
	}
	return !lx.leadingDot()
}

// leadingDot looks for ".method" at the start of the next line that is no comment.
func (lx *lexer) leadingDot() bool {
	if lx.pos < lx.dotAt {
		return true
	}
	i := lx.pos + 1
	if lx.bodyEnd > 0 {
		i = lx.bodyEnd
	}
	for i < lx.limit {
		switch c := lx.src[i]; c {
		case ' ', '\t', '\f', '\v', '\r':
			i++
		case '#':
			i += lineLen(lx.src[i:lx.limit]) + 1
		case '.', '&':
			next := byte(0)
			if i+1 < lx.limit {
				next = lx.src[i+1]
			}
			if (c == '.') == (next == '.') {
				return false
			}
			lx.dotAt = i
			return true
		default:
			return false
		}
	}
	return false
}

// lineLen counts the bytes before the newline or the end.
func lineLen(s string) int {
	if i := strings.IndexByte(s, '\n'); i >= 0 {
		return i
	}
	return len(s)
}

// newlineLen is the length of the newline that s begins with, 0 without.
func newlineLen(s string) int {
	switch {
	case strings.HasPrefix(s, "\n"):
		return 1
	case strings.HasPrefix(s, "\r\n"):
		return 2
	}
	return 0
}
