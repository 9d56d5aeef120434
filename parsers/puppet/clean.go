package puppet

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ansi is a terminal's escape sequence: colours and cursor moves, titles and
// links, and the short ones.
var ansi = regexp.MustCompile(`(?:\x1b\[|\x{9b})[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]`)

// clean is text in UTF-8 without terminal escapes and control characters other
// than newline and tab, cut at limit bytes with a mark that says so.
func clean(text string, limit int) string {
	cut := len(text) > limit
	if cut {
		for limit > 0 && !utf8.RuneStart(text[limit]) {
			limit--
		}
		text = text[:limit]
	}
	text = strings.ToValidUTF8(text, "\uFFFD")
	if strings.IndexFunc(text, unwanted) >= 0 {
		text = strings.Map(func(r rune) rune {
			if unwanted(r) {
				return -1
			}
			return r
		}, ansi.ReplaceAllString(text, ""))
	}
	if cut {
		text += fmt.Sprintf(" … [cut after %d bytes]", limit)
	}
	return text
}

func unwanted(r rune) bool {
	return r != '\n' && r != '\t' && unicode.IsControl(r)
}

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
	return r == utf8.RuneError || r == 0xFEFF || r == 0xFFFE || r == 0xFFFF || r != '\r' && r != 0x85 && unwanted(r)
}
