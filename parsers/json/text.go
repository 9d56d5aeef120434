package json

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/converged/converged/parsers/report"
)

// Text is the string that comes next, decoded and cleaned, cut at limit bytes; a
// number as it is spelled; empty for anything else, such as null.
func (s *Scanner) Text(limit int) string {
	switch c := s.Peek(); {
	case c == '"':
		return decode(s.quoted(), limit)
	case c == '-' || isDigit(c):
		start := s.pos
		s.skipNumber()
		return report.Clean(string(s.data[start:min(s.pos, start+limit)]), limit)
	default:
		s.Skip()
		return ""
	}
}

// Verbatim is the string that comes next, decoded and nothing else: at most about
// limit bytes of it, and more than limit only if it has more. It is empty for
// anything but a string.
func (s *Scanner) Verbatim(limit int) string {
	if s.Peek() != '"' {
		s.Skip()
		return ""
	}
	return unquote(s.quoted(), limit+1)
}

// decode is a raw string's text, cleaned and cut at limit bytes.
func decode(raw []byte, limit int) string {
	return report.Clean(unquote(raw, limit+1), limit)
}

// Word is like Text, for what many rows repeat: a type, a cookbook, a file. Equal
// ones share their memory. A scanner is asked for words of one limit alone.
func (s *Scanner) Word(limit int) string {
	if s.Peek() != '"' {
		return s.Text(limit)
	}
	raw := s.quoted()
	if known, ok := s.words[string(raw)]; ok {
		return known
	}
	text := decode(raw, limit)
	if len(raw) <= limit && len(s.words) < maxWords {
		if s.words == nil {
			s.words = map[string]string{}
		}
		s.words[string(raw)] = text
	}
	return text
}

// Texts is the array of strings that comes next, at most so many of them, each cut
// at limit bytes; nil if it is no array.
func (s *Scanner) Texts(most, limit int) []string {
	if !s.IsArray() {
		s.Skip()
		return nil
	}
	list := []string{}
	for i := range s.Items() {
		if i < most {
			list = append(list, s.Text(limit))
		} else {
			s.Skip()
		}
	}
	return list
}

// quoted consumes a string and is what stands between its quotes, still escaped.
func (s *Scanner) quoted() []byte {
	start := s.pos + 1
	s.pos = s.pastString(s.pos)
	if s.err != nil {
		return nil
	}
	return s.data[start : s.pos-1]
}

// pastString is where the string ends that begins at a place. It looks at eight
// bytes at a time: reports are mostly strings that nobody wants.
func (s *Scanner) pastString(at int) int {
	data, i := s.data, at+1
	for ; i+8 <= len(data); i += 8 {
		if special := specialBytes(binary.LittleEndian.Uint64(data[i:])); special != 0 {
			i += bits.TrailingZeros64(special) / 8
			if data[i] == '"' {
				return i + 1
			}
			break
		}
	}
	return s.pastEscapes(i)
}

// pastEscapes is pastString for one that has escapes, or ends with the document.
// What stands before from is plain.
func (s *Scanner) pastEscapes(from int) int {
	for s.pos = from; s.err == nil; {
		s.pos += plainRun(s.data[s.pos:])
		switch {
		case s.at('"'):
			return s.pos + 1
		case s.at('\\'):
			s.escape()
		default:
			s.unexpected("the end of a string")
		}
	}
	return s.pos
}

// escape consumes a backslash and what it escapes.
func (s *Scanner) escape() {
	s.pos++
	if s.pos < len(s.data) && bytes.IndexByte([]byte(`"\/bfnrt`), s.data[s.pos]) >= 0 {
		s.pos++
		return
	}
	if !s.at('u') {
		s.unexpected("an escape character")
		return
	}
	s.pos++
	for range 4 {
		if s.pos >= len(s.data) || !isHex(s.data[s.pos]) {
			s.unexpected("a hexadecimal digit")
			return
		}
		s.pos++
	}
}

func isHex(c byte) bool {
	return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f'
}

// plainRun is how many bytes at the beginning of b mean themselves in a string.
func plainRun(b []byte) int {
	i := 0
	for ; i+8 <= len(b); i += 8 {
		if special := specialBytes(binary.LittleEndian.Uint64(b[i:])); special != 0 {
			return i + bits.TrailingZeros64(special)/8
		}
	}
	for i < len(b) && b[i] >= ' ' && b[i] != '"' && b[i] != '\\' {
		i++
	}
	return i
}

// specialBytes has the high bit set of the first of eight bytes that is a quote,
// a backslash or a control character. Bits above it mean nothing.
func specialBytes(word uint64) uint64 {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	// A quote is the one byte above the control characters that is below '!' with
	// its second bit turned, as they all are.
	return ((word ^ ones*2 - ones*'!') | (word ^ ones*'\\' - ones)) &^ word & highs
}

// unquote is the text of a raw string that quoted has found good, at most about
// limit bytes of it. Bytes that are not UTF-8, and halves of surrogate pairs,
// become U+FFFD.
func unquote(raw []byte, limit int) string {
	if len(raw) <= limit && bytes.IndexByte(raw, '\\') < 0 && utf8.Valid(raw) {
		return string(raw)
	}
	var b strings.Builder
	b.Grow(min(len(raw), limit+utf8.UTFMax))
	for len(raw) > 0 && b.Len() < limit {
		if raw[0] == '\\' {
			r, n := unescape(raw)
			b.WriteRune(r)
			raw = raw[n:]
			continue
		}
		n := max(1, plainRun(raw[:min(len(raw), limit-b.Len())]))
		for more := 1; more < utf8.UTFMax && n < len(raw) && !utf8.RuneStart(raw[n]); more++ {
			n++ // a character is not cut
		}
		write(&b, raw[:n])
		raw = raw[n:]
	}
	return b.String()
}

// write writes text with U+FFFD for every byte that is not UTF-8.
func write(b *strings.Builder, text []byte) {
	if utf8.Valid(text) {
		b.Write(text)
		return
	}
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		b.WriteRune(r)
		text = text[n:]
	}
}

// unescape is the character that raw's first escape sequence stands for, and the
// sequence's length.
func unescape(raw []byte) (rune, int) {
	switch raw[1] {
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
		first := hexRune(raw)
		if pair := utf16.DecodeRune(first, hexRune(raw[6:])); pair != utf8.RuneError {
			return pair, 12
		}
		return first, 6 // a lone surrogate is written as U+FFFD
	}
	return rune(raw[1]), 2
}

// hexRune is the number in a leading \uXXXX; -1 if there is none.
func hexRune(raw []byte) rune {
	if len(raw) < 6 || raw[0] != '\\' || raw[1] != 'u' {
		return -1
	}
	n, err := strconv.ParseUint(string(raw[2:6]), 16, 32)
	if err != nil {
		return -1
	}
	return rune(n)
}
