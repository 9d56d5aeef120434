package ruby

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isNameByte tells the bytes of names; every character beyond ASCII is one.
func isNameByte(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || isDigit(c) || c >= utf8.RuneSelf
}

// nameEnd is the place after the name that begins at i.
func (lx *lexer) nameEnd(i int) int {
	start := i
	for i < lx.limit && isNameByte(lx.src[i]) {
		i++
	}
	lx.checkText(start, i)
	return i
}

// checkText fails on bytes that are no characters of the source's encoding.
func (lx *lexer) checkText(from, to int) {
	if !lx.ascii && (lx.checked || utf8.ValidString(lx.src[from:to])) {
		return
	}
	for i, r := range lx.src[from:to] {
		if !lx.ascii && r != utf8.RuneError || r < utf8.RuneSelf {
			continue
		}
		if _, n := utf8.DecodeRuneInString(lx.src[from+i : to]); n <= 1 || lx.ascii {
			line := lx.line + strings.Count(lx.src[from:from+i], "\n")
			char := strconv.FormatUint(uint64(lx.src[from+i]), 16)
			lx.fail(from+i, line, "byte 0x"+char+" is no character of the file's encoding; a comment on the first line can name another")
			return
		}
	}
}

// name reads an identifier, a constant, a keyword or a label.
func (lx *lexer) name(t *token) {
	before := lx.state
	end := lx.nameEnd(lx.pos)
	t.kind = tokIdent
	if isConstName(lx.src[lx.pos:end]) {
		t.kind = tokConst
	}
	if end < lx.limit && (lx.src[end] == '?' || lx.src[end] == '!') && (end+1 >= lx.limit || lx.src[end+1] != '=') {
		end++
		t.kind = tokFID
	} else if lx.in(stName) && lx.setterFollows(end) {
		end++
		t.kind = tokIdent
	}
	t.text = lx.src[lx.pos:end]
	lx.pos = end
	if lx.labelDue() && lx.at(0) == ':' && lx.at(1) != ':' {
		t.kind = tokLabel
		lx.pos++
		lx.state = stArg | stLabeled
		return
	}
	if lx.keyword(t) {
		return
	}
	switch {
	case lx.in(stName):
		lx.state = stEndFn
	case lx.in(stBegAny|stArg|stDot) || lx.begins():
		lx.state = stArg
	default:
		lx.state = stEnd
	}
	if before&(stDot|stName) == 0 && t.kind == tokIdent && lx.vars.has(t.text) {
		lx.state = stEnd | stLabel
	}
}

// keyword makes t a keyword if it is one here.
func (lx *lexer) keyword(t *token) bool {
	if len(t.text) > len("__ENCODING__") || lx.in(stDot|stName) {
		return false
	}
	after, ok := keywords[t.text]
	if !ok {
		return false
	}
	t.kind = tokKeyword
	if isModifier(t.text) && !lx.in(stBeg|stLabeled|stClass) {
		t.kind = tokModifier
		lx.state, lx.first = stBeg|stLabel, true
		return true
	}
	lx.state = after
	lx.first = after == stBeg
	return true
}

// setterFollows tells that the "=" at i belongs to a method name, as in "def x=(v)".
func (lx *lexer) setterFollows(i int) bool {
	if i >= lx.limit || lx.src[i] != '=' {
		return false
	}
	rest := lx.src[i+1 : lx.limit]
	if strings.HasPrefix(rest, "=") {
		return strings.HasPrefix(rest, "=>")
	}
	return !strings.HasPrefix(rest, "~") && !strings.HasPrefix(rest, ">")
}

func isConstName(s string) bool {
	if s == "" || s[0] < utf8.RuneSelf {
		return s != "" && s[0] >= 'A' && s[0] <= 'Z'
	}
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r) || unicode.IsTitle(r)
}

// number reads an integer, float, rational or imaginary number.
func (lx *lexer) number(t *token) {
	t.kind = tokNumber
	start := lx.pos
	base, digits := 10, start
	if lx.at(0) == '0' {
		base, digits = lx.numberBase()
	}
	lx.pos = digits
	lx.digits(base)
	float := false
	if base == 10 {
		float = lx.fraction()
	}
	text := strings.ReplaceAll(lx.src[digits:lx.pos], "_", "")
	t.val = numberValue(text, base, float)
	for _, suffix := range []byte("ri") {
		if lx.at(0) == suffix && !isNameByte(lx.at(1)) {
			lx.pos++
			t.val = Value(&Unknown{Reason: "a rational or imaginary number"})
		}
	}
	t.text = lx.src[start:lx.pos]
	lx.state = stEnd
}

// numberBase reads the prefix of a number that begins with 0.
func (lx *lexer) numberBase() (base, digits int) {
	base = 8
	switch lx.at(1) | 0x20 {
	case 'x':
		base = 16
	case 'b':
		base = 2
	case 'd':
		base = 10
	case 'o':
	default:
		if isDigit(lx.at(1)) || lx.at(1) == '_' {
			return 8, lx.pos + 1
		}
		return 10, lx.pos
	}
	if lx.at(2) == '_' || !isNameByte(lx.at(2)) {
		lx.fail(lx.pos, lx.line, "number without digits")
	}
	return base, lx.pos + 2
}

// digits passes over the digits of a base with single underscores between them.
func (lx *lexer) digits(base int) {
	start := lx.pos
	for lx.pos < lx.limit {
		c := lx.src[lx.pos]
		switch {
		case c == '_':
			if next := lx.at(1); !isDigit(next) && (base != 16 || !isHex(next)) {
				lx.fail(lx.pos, lx.line, "trailing \"_\" in number")
				return
			}
		case isDigit(c) && int(c-'0') >= base:
			lx.fail(lx.pos, lx.line, "invalid digit in number")
			return
		case !isDigit(c) && (base != 16 || !isHex(c)):
			if lx.pos == start {
				lx.fail(lx.pos, lx.line, "number without digits")
			}
			return
		}
		lx.pos++
	}
}

func isHex(c byte) bool {
	return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// fraction reads ".5" and "e-3" after the digits of a float.
func (lx *lexer) fraction() (float bool) {
	if lx.at(0) == '.' && isDigit(lx.at(1)) {
		float = true
		lx.pos++
		lx.digits(10)
	}
	if lx.at(0)|0x20 == 'e' {
		n := 1
		if lx.at(1) == '-' || lx.at(1) == '+' {
			n = 2
		}
		if isDigit(lx.at(n)) {
			float = true
			lx.pos += n
			lx.digits(10)
		}
	}
	if float && lx.at(0) == '.' && isDigit(lx.at(1)) {
		lx.fail(lx.pos, lx.line, "a number has one fraction; quote versions such as \"1.2.3\"")
	}
	return float
}

func numberValue(text string, base int, float bool) Value {
	if float {
		f, _ := strconv.ParseFloat(text, 64)
		return f
	}
	if n, err := strconv.ParseInt(text, base, 64); err == nil {
		return n
	}
	return &Unknown{Reason: "a number of more than 64 bits"}
}
