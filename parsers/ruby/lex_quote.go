package ruby

import (
	"strings"
	"unicode/utf8"
)

// slash opens a regexp, or divides.
func (lx *lexer) slash(t *token, argument bool) {
	switch {
	case lx.begins() || argument && lx.at(1) != '=':
		lx.open(t, 1, literal{kind: litRegexp, open: '/', close: '/', interpolate: true})
	case lx.at(1) == '=':
		lx.takeAssign(t, 1)
	default:
		lx.takeOp(t, 1)
	}
}

// percent opens a quotation, or is the remainder.
func (lx *lexer) percent(t *token, argument bool) {
	switch {
	case lx.begins():
		lx.quotation(t)
	case lx.at(1) == '=':
		lx.takeAssign(t, 1)
	case argument || lx.state == stName && lx.at(1) == 's':
		lx.quotation(t)
	default:
		lx.takeOp(t, 1)
	}
}

// quotation opens %(), %w[] and the like.
func (lx *lexer) quotation(t *token) {
	kind, n := byte('Q'), 1
	if c := lx.at(1); c|0x20 >= 'a' && c|0x20 <= 'z' {
		kind, n = c, 2
	}
	delim := lx.at(n)
	if delim == 0 || isNameByte(delim) {
		lx.fail(lx.pos, lx.line, "unknown type of %string")
		return
	}
	lit := literal{open: delim, close: delim}
	if i := strings.IndexByte("([{<", delim); i >= 0 {
		lit.close = ")]}>"[i]
	}
	switch kind {
	case 'Q':
		lit.interpolate = true
	case 'q':
	case 'W', 'w':
		lit.kind, lit.interpolate = litWords, kind == 'W'
	case 'I', 'i':
		lit.kind, lit.interpolate = litSymbols, kind == 'I'
	case 'x':
		lit.kind, lit.interpolate = litCommand, true
	case 'r':
		lit.kind, lit.interpolate = litRegexp, true
	case 's':
		lit.kind = litSymbol
	default:
		lx.fail(lx.pos, lx.line, "unknown type of %string")
		return
	}
	if isBlank(delim) && (lit.kind == litWords || lit.kind == litSymbols) {
		lx.fail(lx.pos, lx.line, "unterminated list; white space cannot end it")
		return
	}
	newline := delim == '\n'
	lx.open(t, n+1, lit)
	if newline {
		lx.enterLine()
	}
}

// question reads the ternary operator, or a character such as ?a.
func (lx *lexer) question(t *token) {
	next := lx.at(1)
	if lx.in(stEndAny) || next == 0 || isBlank(next) {
		lx.take(t, tokQuestion, 1, stBeg)
		return
	}
	_, size := utf8.DecodeRuneInString(lx.src[lx.pos+1:])
	if isNameByte(next) && isNameByte(lx.at(1+size)) {
		lx.take(t, tokQuestion, 1, stBeg)
		return
	}
	t.kind = tokChar
	lx.pos++
	if next == '\\' {
		var buf []byte
		lx.pos++
		t.val = string(lx.escape(buf, lx.pos-2))
	} else {
		lx.checkText(lx.pos, lx.pos+size)
		t.val = lx.src[lx.pos : lx.pos+size]
		lx.pos += size
	}
	lx.state = stEnd
}
