package role

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// text reads a string from its opening quote on.
func (r *jsonReader) text(keep bool) string {
	r.pos++
	start := r.pos
	var buf []byte
	for r.pos < len(r.src) {
		switch c := r.src[r.pos]; {
		case c == '"':
			text := r.src[start:r.pos]
			r.pos++
			if buf == nil || !keep {
				return text
			}
			return string(append(buf, text...))
		case c == '\\':
			buf = append(buf, r.src[start:r.pos]...)
			buf = r.escape(buf)
			if start = r.pos; r.err != nil {
				return ""
			}
		case c < ' ':
			r.fail(r.pos, "a string holds the control character "+strconv.Quote(string(c))+"; write it as an escape")
			return ""
		case c < utf8.RuneSelf:
			r.pos++
		default:
			n := sequenceLen(r.src[r.pos:])
			if n == 0 {
				r.fail(r.pos, "a string holds the byte 0x"+strconv.FormatUint(uint64(c), 16)+", which is not UTF-8")
				return ""
			}
			r.pos += n
		}
	}
	r.unexpected("the quote that ends the string")
	return ""
}

// sequenceLen is the length of a UTF-8 sequence as yajl checks it: by its shape alone.
func sequenceLen(s string) int {
	n := 0
	switch c := s[0]; {
	case c>>5 == 0x6:
		n = 2
	case c>>4 == 0xe:
		n = 3
	case c>>3 == 0x1e:
		n = 4
	}
	if n > len(s) {
		return 0
	}
	for i := 1; i < n; i++ {
		if s[i]>>6 != 0x2 {
			return 0
		}
	}
	return n
}

// escape reads a backslash and what it stands for.
func (r *jsonReader) escape(buf []byte) []byte {
	start := r.pos
	if start+1 >= len(r.src) {
		r.pos = len(r.src)
		r.unexpected("the quote that ends the string")
		return buf
	}
	c := r.src[start+1]
	if i := strings.IndexByte(`"\/bfnrt`, c); i >= 0 {
		r.pos += 2
		return append(buf, "\"\\/\b\f\n\r\t"[i])
	}
	if c != 'u' {
		r.fail(start, "\"\\"+string(rune(c))+"\" is no escape")
		return buf
	}
	code, ok := r.hex(start + 2)
	if !ok {
		r.fail(start, "\"\\u\" needs four hexadecimal digits")
		return buf
	}
	r.pos += 6
	if code&0xFC00 != 0xD800 {
		if code >= 0xDC00 && code <= 0xDFFF { // as yajl, half a pair is written out and is no character
			return append(buf, 0xE0|byte(code>>12), 0x80|byte(code>>6)&0xBF, 0x80|byte(code)&0xBF)
		}
		return utf8.AppendRune(buf, rune(code))
	}
	if low, ok := r.hex(r.pos + 2); ok && strings.HasPrefix(r.src[r.pos:], "\\u") {
		r.pos += 6
		return utf8.AppendRune(buf, rune((code&0x3F)<<10|((code>>6&0xF)+1)<<16|low&0x3FF))
	}
	return append(buf, '?')
}

// hex reads four hexadecimal digits.
func (r *jsonReader) hex(at int) (uint64, bool) {
	if at+4 > len(r.src) {
		return 0, false
	}
	for i := range 4 {
		if !hexDigit(r.src[at+i]) {
			return 0, false
		}
	}
	v, err := strconv.ParseUint(r.src[at:at+4], 16, 32)
	return v, err == nil
}

func hexDigit(c byte) bool { return digit(c) || c|' ' >= 'a' && c|' ' <= 'f' }
