package datadog

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The limits of Datadog's API, in characters. They are from its documentation;
// that of a v1 event's title is not told, and is taken from v2.
const (
	maxName    = 200
	maxTag     = 200
	maxTitle   = 500
	maxText    = 4000
	maxMessage = 500
	maxKey     = 100
	maxHost    = 255
)

// clip is the first limit characters of s.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for i := range s {
		if limit == 0 {
			return s[:i]
		}
		limit--
	}
	return s
}

// metricName is a name of ASCII letters, digits, _ and dots that begins with a
// letter; "" if nothing is left.
func metricName(name string) string {
	name = strings.TrimLeftFunc(name, func(c rune) bool { return !asciiLetter(c) })
	return clip(strings.Map(func(c rune) rune {
		if asciiLetter(c) || '0' <= c && c <= '9' || c == '.' {
			return c
		}
		return '_'
	}, name), maxName)
}

func asciiLetter(c rune) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// line is s on one line and no longer than limit.
func line(s string, limit int) string {
	return clip(strings.Map(func(c rune) rune {
		if unicode.IsControl(c) || c == utf8.RuneError {
			return '_'
		}
		return c
	}, strings.TrimSpace(s)), limit)
}

// merge is the tags of two lists that are there, no tag twice.
func merge(lists ...[]string) []string {
	var merged []string
	known := map[string]bool{"": true}
	for _, tags := range lists {
		for _, tag := range tags {
			if tag = line(tag, maxTag); !known[tag] {
				known[tag] = true
				merged = append(merged, tag)
			}
		}
	}
	return merged
}

// cutMiddle takes out of the middle of text what is over limit characters, and
// says so there: what failed stands at the beginning, how to see more at the end.
func cutMiddle(text string, limit int) string {
	text = strings.ToValidUTF8(text, string(utf8.RuneError))
	total := utf8.RuneCountInString(text)
	if total <= limit {
		return text
	}
	const mark = "\n... %d characters left out ...\n"
	room := limit - len(fmt.Sprintf(mark, total))
	runes := []rune(text)
	head, tail := runes[:room*2/3], runes[total-(room-room*2/3):]
	return string(head) + fmt.Sprintf(mark, total-len(head)-len(tail)) + string(tail)
}
