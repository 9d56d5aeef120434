package report

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ansi is a terminal's escape sequence: colours and cursor moves, titles and
// links, and the short ones.
var ansi = regexp.MustCompile(`(?:\x1b\[|\x{9b})[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]`)

// Clean is text as a Run may hold it: UTF-8, without terminal escapes and control
// characters other than newline and tab, cut at limit bytes with a mark that says
// so.
func Clean(text string, limit int) string {
	if len(text) <= limit && isPlain(text) {
		return text
	}
	cut := len(text) > limit
	if cut {
		text = UpTo(text, limit)
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

// isPlain says whether text holds nothing but what every terminal prints.
func isPlain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

func unwanted(r rune) bool {
	return r != '\n' && r != '\t' && unicode.IsControl(r)
}

// UpTo is the first limit bytes of text, less what would be half a character.
func UpTo(text string, limit int) string {
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}
