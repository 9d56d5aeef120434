package ansible

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// escapes are a terminal's colours, moves and titles.
var escapes = regexp.MustCompile(`\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)`)

// clean is text without terminal escapes and control characters other than
// newline and tab, cut at limit bytes with a mark that says so.
func clean(text string, limit int) string {
	cut := len(text) > limit
	if cut {
		text = upTo(text, limit)
	}
	if strings.ContainsFunc(text, unwanted) {
		text = strings.Map(func(r rune) rune {
			if unwanted(r) {
				return -1
			}
			return r
		}, escapes.ReplaceAllLiteralString(text, ""))
	}
	if cut {
		text += fmt.Sprintf(" … [cut after %d bytes]", limit)
	}
	return text
}

func unwanted(r rune) bool { return r != '\n' && r != '\t' && unicode.IsControl(r) }

// upTo is the first limit bytes of text, less what would be half a character.
func upTo(text string, limit int) string {
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}

// lastOf is the last limit bytes of text, less what would be half a character,
// and of more than one line whole lines only.
func lastOf(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	text = text[len(text)-limit:]
	for text != "" && !utf8.RuneStart(text[0]) {
		text = text[1:]
	}
	if _, whole, ok := strings.Cut(text, "\n"); ok {
		text = whole
	}
	return "… " + text
}

// place is a path such as "/etc/ansible/site.yml:12" as its file and line.
func place(path string) (file string, line int) {
	path = clean(path, maxName)
	colon := strings.LastIndexByte(path, ':')
	if colon < 0 {
		return path, 0
	}
	n, err := strconv.Atoi(path[colon+1:])
	if err != nil || n < 1 {
		return path, 0
	}
	return path[:colon], n
}

// moment is a time as the callbacks write it, in UTC; zero if it is none.
func moment(text string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, text)
	if t = t.UTC(); err != nil || t.Year() < 1970 || t.Year() > 9999 {
		return time.Time{}
	}
	return t
}

// spoken is a message: a string, or a list of strings as its lines. Anything
// else may hold variables, and is no message.
func spoken(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return clean(text, maxMessage)
	}
	var lines []string
	if json.Unmarshal(raw, &lines) == nil {
		return clean(strings.Join(lines, "\n"), maxMessage)
	}
	return ""
}
