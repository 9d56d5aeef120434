package ansible

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/converged/converged/parsers/json"
	"github.com/converged/converged/parsers/report"
)

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
	path = report.Clean(path, maxName)
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
func spoken(r raw) string {
	if len(r) == 0 || r[0] != '[' {
		return report.Clean(r.text(maxMessage), maxMessage)
	}
	var lines []string
	size, s := 0, json.NewScanner(r)
	for range s.Items() {
		if s.Peek() != '"' {
			return ""
		}
		line := s.Verbatim(maxMessage)
		if size += len(line) + 1; size <= 2*maxMessage {
			lines = append(lines, line)
		}
	}
	return report.Clean(strings.Join(lines, "\n"), maxMessage)
}
