package ruby

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// contentEnd says why the scanner of a literal's content stopped.
type contentEnd uint8

const (
	atClose    contentEnd = iota // the literal is over
	atCode                       // after "#{"
	atVariable                   // before the @ or $ of "#@name"
	atSpace                      // white space between the words of a list
	atNewline                    // after a line of a heredoc
	atEOF
)

// content gathers the text of a literal. While the text is the source's own it
// is not copied.
type content struct {
	from   int // in the source, where the uncopied rest begins
	buf    []byte
	copied bool
}

// skip leaves out n bytes of source at pos.
func (c *content) skip(lx *lexer, pos, n int) {
	c.buf = append(c.buf, lx.src[c.from:pos]...)
	c.from, c.copied = pos+n, true
}

// text is what was gathered up to pos.
func (c *content) text(lx *lexer, pos int) string {
	if !c.copied {
		return lx.src[c.from:pos]
	}
	return string(append(c.buf, lx.src[c.from:pos]...))
}

// scan reads a literal's content from lx.pos on. It returns the text and stops
// as contentEnd says; depth counts delimiters that nest.
func (lx *lexer) scan(lit *literal, depth *int) (string, contentEnd) {
	c := content{from: lx.pos}
	for lx.pos < lx.limit {
		b := lx.src[lx.pos]
		switch {
		case lit.heredoc:
		case b == lit.close && *depth == 0:
			text := c.text(lx, lx.pos)
			lx.pos++
			return text, atClose
		case b == lit.close:
			*depth--
		case b == lit.open && lit.open != lit.close:
			*depth++
		}
		switch {
		case b == '\\':
			lx.backslash(lit, &c)
			continue
		case b == '#' && lit.interpolate:
			if end, ok := lx.interpolation(); ok {
				text := c.text(lx, lx.pos)
				if end == atCode {
					lx.pos += 2
				} else {
					lx.pos++
				}
				return text, end
			}
		case isBlank(b) && (lit.kind == litWords || lit.kind == litSymbols):
			text := c.text(lx, lx.pos)
			lx.wordSpace()
			return text, atSpace
		case b == '\r' && lx.at(1) == '\n':
			c.skip(lx, lx.pos, 1)
		case b == '\n':
			lx.pos++
			if lit.heredoc {
				text := c.text(lx, lx.pos)
				lx.enterLine()
				return text, atNewline
			}
			lx.newlineInside(&c)
			continue
		case b >= utf8.RuneSelf && (!lx.checked || lx.ascii):
			_, n := utf8.DecodeRuneInString(lx.src[lx.pos:])
			lx.checkText(lx.pos, lx.pos+n)
			if lx.err != nil {
				return "", atEOF
			}
			lx.pos += n
			continue
		}
		lx.pos++
	}
	return "", atEOF
}

// newlineInside enters the next line; a heredoc body that stands there is left out.
func (lx *lexer) newlineInside(c *content) {
	at := lx.pos
	lx.enterLine()
	if lx.pos != at {
		c.skip(lx, at, lx.pos-at)
	}
}

// wordSpace skips the white space between words.
func (lx *lexer) wordSpace() {
	for lx.pos < lx.limit && isBlank(lx.src[lx.pos]) {
		lx.pos++
		if lx.src[lx.pos-1] == '\n' {
			lx.enterLine()
		}
	}
}

// interpolation tells whether "#" begins "#{" or "#@name".
func (lx *lexer) interpolation() (contentEnd, bool) {
	switch lx.at(1) {
	case '{':
		return atCode, true
	case '@':
		n := 2
		if lx.at(2) == '@' {
			n = 3
		}
		return atVariable, isNameByte(lx.at(n)) && !isDigit(lx.at(n))
	case '$':
		c := lx.at(2)
		return atVariable, isNameByte(c) || c != 0 && strings.IndexByte("~*$?!@/\\;,.=:<>&`'+", c) >= 0
	}
	return atClose, false
}

// backslash reads an escape as the kind of literal has it.
func (lx *lexer) backslash(lit *literal, c *content) {
	start := lx.pos
	next := lx.at(1)
	if newlineLen(lx.src[start+1:lx.limit]) > 0 && (lit.interpolate || lit.kind == litWords || lit.kind == litSymbols) {
		lx.joinLines(lit, c)
		return
	}
	delim := next != 0 && (next == lit.open || next == lit.close)
	switch {
	case lit.kind == litRegexp:
		if delim && next == '/' {
			c.skip(lx, start, 1)
		}
		lx.pos += 2
		lx.enterIfNewline(next)
		return
	case delim, next == '\\' && !lit.interpolate:
		c.skip(lx, start, 1)
		lx.pos += 2
		lx.enterIfNewline(next)
		return
	case isBlank(next) && (lit.kind == litWords || lit.kind == litSymbols):
		c.skip(lx, start, 1)
		lx.pos += 2
		return
	case !lit.interpolate:
		lx.pos++
		return
	}
	c.skip(lx, start, 0)
	lx.pos++
	c.buf = lx.escape(c.buf, start)
	c.from = lx.pos
}

func (lx *lexer) enterIfNewline(b byte) {
	if b == '\n' {
		lx.enterLine()
	}
}

// joinLines reads a backslash at a line's end: nothing stays of it in a
// string, a newline in a list of words, both in a regexp.
func (lx *lexer) joinLines(lit *literal, c *content) {
	start := lx.pos
	lx.pos += 1 + newlineLen(lx.src[start+1:lx.limit])
	switch lit.kind {
	case litRegexp:
	case litWords, litSymbols:
		c.skip(lx, start, lx.pos-start-1)
	default:
		c.skip(lx, start, lx.pos-start)
	}
	lx.newlineInside(c)
}

// escape reads what follows a backslash between double quotes; start is the backslash's place.
func (lx *lexer) escape(buf []byte, start int) []byte {
	c := lx.at(0)
	if c == 0 && lx.pos >= lx.limit {
		return buf
	}
	switch c {
	case 'u':
		return lx.unicodeEscape(buf, start)
	case 'x', 'c', 'C', 'M', '0', '1', '2', '3', '4', '5', '6', '7':
		b, ok := lx.byteEscape(0)
		if !ok {
			lx.fail(start, lx.line, "invalid escape in string")
		}
		return append(buf, b)
	case '\r':
		if lx.at(1) == '\n' {
			lx.pos += 2
			lx.enterLine()
			return buf
		}
	}
	if i := strings.IndexByte("abtnvfres", c); i >= 0 {
		lx.pos++
		return append(buf, "\a\b\t\n\v\f\r\x1b "[i])
	}
	_, n := utf8.DecodeRuneInString(lx.src[lx.pos:])
	lx.checkText(lx.pos, lx.pos+n)
	buf = append(buf, lx.src[lx.pos:lx.pos+n]...)
	lx.pos += n
	return buf
}

// byteEscape reads \x41, \101, \cA, \C-a and \M-a, from the letter on.
func (lx *lexer) byteEscape(depth int) (byte, bool) {
	c := lx.at(0)
	lx.pos++
	switch {
	case depth > 3:
		return 0, false
	case c == 'x':
		return lx.digitsEscape(16, 2)
	case c >= '0' && c <= '7':
		lx.pos--
		return lx.digitsEscape(8, 3)
	case (c == 'C' || c == 'M') && lx.at(0) != '-':
		return 0, false
	case c == 'C' || c == 'M':
		lx.pos++
	}
	b := lx.at(0)
	switch b {
	case 0, '\n':
		return 0, false
	case '\\':
		lx.pos++
		if strings.IndexByte("xcCM01234567", lx.at(0)) >= 0 {
			var ok bool
			if b, ok = lx.byteEscape(depth + 1); !ok {
				return 0, false
			}
		} else if one := lx.escape(nil, lx.pos); len(one) == 1 {
			b = one[0]
		}
	default:
		lx.pos++
	}
	switch {
	case c == 'M':
		return b | 0x80, true
	case b == '?':
		return 0x7f, true
	}
	return b & 0x9f, true
}

// digitsEscape reads up to most digits of a byte's value.
func (lx *lexer) digitsEscape(base, most int) (byte, bool) {
	n := 0
	for n < most && (base == 16 && isHex(lx.at(n)) || isDigit(lx.at(n)) && int(lx.at(n)-'0') < base) {
		n++
	}
	v, err := strconv.ParseUint(lx.src[lx.pos:lx.pos+n], base, 16)
	lx.pos += n
	return byte(v), err == nil
}

// unicodeEscape reads \u0041 and \u{41 42}.
func (lx *lexer) unicodeEscape(buf []byte, start int) []byte {
	lx.pos++
	if lx.at(0) != '{' {
		n := 0
		for n < 4 && isHex(lx.at(n)) {
			n++
		}
		if n < 4 {
			lx.fail(start, lx.line, "invalid Unicode escape; expected four hexadecimal digits")
			return buf
		}
		lx.pos += n
		return lx.appendRune(buf, lx.src[lx.pos-n:lx.pos], start)
	}
	rest := lx.src[lx.pos+1 : lx.limit]
	end := strings.IndexByte(rest[:lineLen(rest)], '}')
	if end < 0 {
		lx.fail(start, lx.line, "unterminated Unicode escape")
		return buf
	}
	codes := strings.Fields(rest[:end])
	if len(codes) == 0 {
		lx.fail(start, lx.line, "invalid Unicode escape")
	}
	for _, code := range codes {
		buf = lx.appendRune(buf, code, start)
	}
	lx.pos += end + 2
	return buf
}

func (lx *lexer) appendRune(buf []byte, hex string, start int) []byte {
	v, err := strconv.ParseUint(hex, 16, 32)
	if err != nil || v > utf8.MaxRune || v >= 0xD800 && v <= 0xDFFF {
		lx.fail(start, lx.line, "invalid Unicode escape \""+hex+"\"")
		return buf
	}
	return utf8.AppendRune(buf, rune(v))
}
