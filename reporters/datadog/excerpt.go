package datadog

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxExcerpt is how many characters of what a receiver said an error repeats.
const maxExcerpt = 200

// excerpt is the beginning of what a receiver said, on one line, without control
// characters and without the keys, which it may have repeated.
func excerpt(said []byte, keys *Keys) string {
	text := strings.Map(func(c rune) rune {
		switch {
		case unicode.IsSpace(c):
			return ' '
		case c == utf8.RuneError || !unicode.IsPrint(c):
			return -1
		}
		return c
	}, string(said))
	text = strings.Join(strings.Fields(text), " ")
	for _, key := range []string{keys.API, keys.Application} {
		if key != "" {
			text = regexp.MustCompile(`(?i)`+regexp.QuoteMeta(key)).ReplaceAllLiteralString(text, "[key]")
		}
	}
	return clip(text, maxExcerpt)
}
