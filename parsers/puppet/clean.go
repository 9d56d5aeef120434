package puppet

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// readable is text with U+FFFD for every byte that a YAML reader refuses a whole
// document for.
func readable(text []byte) []byte {
	if bytes.IndexFunc(text, unreadable) < 0 {
		return text
	}
	return bytes.Map(func(r rune) rune {
		if unreadable(r) {
			return utf8.RuneError
		}
		return r
	}, text)
}

func unreadable(r rune) bool {
	return r == utf8.RuneError || r == 0xFEFF || r == 0xFFFE || r == 0xFFFF || r != '\r' && r != 0x85 && r != '\n' && r != '\t' && unicode.IsControl(r)
}
