package analyse

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// room is how much text fits: characters for the API, bytes for a datagram,
// where a newline takes two.
type room struct{ runes, bytes int }

func size(s string) room {
	return room{utf8.RuneCountInString(s), len(s) + strings.Count(s, "\n")}
}

func (r room) less(s string) room {
	taken := size(s)
	return room{r.runes - taken.runes, r.bytes - taken.bytes}
}

func (r room) holds(s string) bool {
	left := r.less(s)
	return left.runes >= 0 && left.bytes >= 0
}

// share is that many percent of the room.
func (r room) share(percent int) room {
	return room{r.runes * percent / 100, r.bytes * percent / 100}
}

func (r *room) take(c rune) bool {
	cost := utf8.RuneLen(c)
	if c == '\n' {
		cost = 2
	}
	r.runes, r.bytes = r.runes-1, r.bytes-max(cost, 1)
	return r.runes >= 0 && r.bytes >= 0
}

// prefixOf is the longest beginning of s that fits.
func prefixOf(s string, left room) string {
	for i, c := range s {
		if !left.take(c) {
			return s[:i]
		}
	}
	return s
}

// suffixOf is the longest end of s that fits.
func suffixOf(s string, left room) string {
	for i := len(s); i > 0; {
		c, n := utf8.DecodeLastRuneInString(s[:i])
		if !left.take(c) {
			return s[i:]
		}
		i -= n
	}
	return s
}

// cut is s in at most n characters; what is missing at its end shows as dots.
func cut(s string, n int) string {
	all := room{runes: n, bytes: 4 * n}
	if all.holds(s) {
		return s
	}
	return prefixOf(s, all.less("...")) + "..."
}

// cutMiddle is s in that room. Its beginning says what happened and its end
// why, so the middle goes, and the text says how much.
func cutMiddle(s string, left room) string {
	if left.holds(s) {
		return s
	}
	const widest = "\n... 9999999999 characters left out ...\n"
	inner := left.less(widest)
	head := prefixOf(s, inner.share(40))
	// An end that begins with @ would turn half an address into a mention.
	tail := strings.TrimLeft(suffixOf(s, inner.share(60)), "@")
	gone := utf8.RuneCountInString(s) - utf8.RuneCountInString(head) - utf8.RuneCountInString(tail)
	return prefixOf(fmt.Sprintf("%s\n... %d characters left out ...\n%s", head, gone, tail), left)
}

// oneLine is s without newlines and runs of blanks.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
