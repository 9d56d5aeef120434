package dogstatsd

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// escapedLen is how many bytes text has on the wire, where a newline is two.
func escapedLen(text string) int { return len(text) + strings.Count(text, "\n") }

// cutMiddle takes out of the middle of text what is over room bytes on the wire,
// and says so there. Two thirds of what stays is the beginning. It cuts between
// characters, and between lines where that costs little. It never returns nothing.
func cutMiddle(text string, room int) string {
	if escapedLen(text) <= room {
		return text
	}
	const mark = "\n... %d bytes left out ...\n"
	room -= escapedLen(fmt.Sprintf(mark, len(text)))
	if room < 0 {
		return "..."
	}
	head := beginning(text, room*2/3)
	tail := end(text[len(head):], room-escapedLen(head))
	return head + fmt.Sprintf(mark, len(text)-len(head)-len(tail)) + tail
}

// beginning is as much of the beginning of text as has room.
func beginning(text string, room int) string {
	n := 0
	for n < len(text) {
		_, size := utf8.DecodeRuneInString(text[n:])
		if room -= escapedLen(text[n : n+size]); room < 0 {
			break
		}
		n += size
	}
	if line := strings.LastIndexByte(text[:n], '\n'); n < len(text) && line > n*3/4 {
		n = line
	}
	return text[:n]
}

// end is as much of the end of text as has room.
func end(text string, room int) string {
	n := len(text)
	for n > 0 {
		_, size := utf8.DecodeLastRuneInString(text[:n])
		if room -= escapedLen(text[n-size : n]); room < 0 {
			break
		}
		n -= size
	}
	if line := strings.IndexByte(text[n:], '\n'); n > 0 && line >= 0 && line < (len(text)-n)/4 {
		n += line + 1
	}
	return text[n:]
}
