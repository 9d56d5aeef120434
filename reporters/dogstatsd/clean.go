package dogstatsd

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The limits of Datadog, in characters; what is over is cut off. With an item's
// tags in half a datagram they leave an event's text an eighth of it, at least.
const (
	maxMetricName     = 200
	maxTag            = 200
	maxTitle          = 500
	maxMessage        = 500
	maxAggregationKey = 100
	maxField          = 255 // in bytes, too
)

// mapped is s with every character through with, no longer than limit characters.
// Bytes that are not UTF-8 come as U+FFFD.
func mapped(s string, limit int, with func(rune) rune) string {
	var b strings.Builder
	for _, c := range s {
		if limit == 0 {
			break
		}
		limit--
		b.WriteRune(with(c))
	}
	return b.String()
}

// separates says whether a character has a meaning on the wire, or is none that
// a person could read.
func separates(c rune) bool {
	return c == '|' || c == ',' || unicode.IsControl(c) || c == '\u2028' || c == '\u2029' || c == utf8.RuneError
}

// cleanMetric is a metric's name: ASCII letters, digits, _ and dots, a letter first.
func cleanMetric(name string) string {
	name = strings.TrimLeftFunc(name, func(c rune) bool { return !asciiLetter(c) })
	return mapped(name, maxMetricName, func(c rune) rune {
		if asciiLetter(c) || '0' <= c && c <= '9' || c == '.' {
			return c
		}
		return '_'
	})
}

// cleanCheck is a service check's name, which may also have a -.
func cleanCheck(name string) string {
	return mapped(strings.TrimSpace(name), maxMetricName, func(c rune) rune {
		if asciiLetter(c) || '0' <= c && c <= '9' || c == '.' || c == '-' {
			return c
		}
		return '_'
	})
}

func asciiLetter(c rune) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

func cleanTag(tag string) string {
	return mapped(strings.TrimSpace(tag), maxTag, func(c rune) rune {
		if separates(c) {
			return '_'
		}
		return c
	})
}

// cleanTags leaves out what is empty.
func cleanTags(tags []string) []string {
	var clean []string
	for _, tag := range tags {
		if tag = cleanTag(tag); tag != "" {
			clean = append(clean, tag)
		}
	}
	return clean
}

// merge is the lists one after the other, no tag twice, up to room bytes.
func merge(room int, lists ...[]string) []string {
	var merged []string
	for _, tag := range slices.Concat(lists...) {
		if slices.Contains(merged, tag) {
			continue
		}
		if room -= len(tag) + 1; room < 0 {
			break
		}
		merged = append(merged, tag)
	}
	return merged
}

// size is how many bytes tags have on the wire.
func size(tags []string) int {
	n := 0
	for _, tag := range tags {
		n += len(tag) + 1
	}
	return n
}

// cleanField is a host, a key or a source: on one line, without separators.
func cleanField(s string, limit int) string {
	clean := mapped(strings.TrimSpace(s), limit, func(c rune) rune {
		if separates(c) {
			return '_'
		}
		return c
	})
	return beginning(clean, maxField)
}

// cleanTitle is never empty.
func cleanTitle(title string) string {
	title = mapped(strings.TrimSpace(title), maxTitle, func(c rune) rune {
		switch {
		case c == '|':
			return '/'
		case c == ',':
			return ';'
		case unicode.IsControl(c):
			return ' '
		}
		return c
	})
	if title == "" {
		return "(no title)"
	}
	return title
}

// cleanText has newlines and tabs and no other control characters.
func cleanText(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.Map(func(c rune) rune {
		switch {
		case c == '\r':
			return '\n'
		case c != '\n' && c != '\t' && unicode.IsControl(c):
			return utf8.RuneError
		}
		return c
	}, strings.TrimSpace(text))
}

// cleanMessage is text without the character that would end it.
func cleanMessage(message string) string {
	return mapped(cleanText(message), maxMessage, func(c rune) rune {
		if c == '|' {
			return '/'
		}
		return c
	})
}
