package salt

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ansi is a terminal's escape sequence.
var ansi = regexp.MustCompile(`(?:\x1b\[|\x{9b})[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]`)

// clean is text without terminal escapes and control characters other than
// newline and tab, cut at limit bytes with a mark that says so.
func clean(text string, limit int) string {
	cut := len(text) > limit
	if cut {
		for limit > 0 && !utf8.RuneStart(text[limit]) {
			limit--
		}
		text = text[:limit]
	}
	if strings.ContainsFunc(text, unwanted) {
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
