package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// printLine writes one line, whatever the names in it hold.
func printLine(w io.Writer, format string, args ...any) {
	for i, arg := range args {
		if s, ok := arg.(string); ok {
			args[i] = visible(s)
		}
	}
	_, _ = fmt.Fprintf(w, format+"\n", args...)
}

// visible shows as Go's escapes what would move a terminal's cursor, change its
// colours, begin a line of its own or turn the direction of what follows.
func visible(s string) string {
	if strings.IndexFunc(s, hidden) < 0 {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		c, size := utf8.DecodeRuneInString(s)
		if hidden(c) {
			quoted := strconv.Quote(s[:size])
			b.WriteString(quoted[1 : len(quoted)-1])
		} else {
			b.WriteString(s[:size])
		}
		s = s[size:]
	}
	return b.String()
}

func hidden(c rune) bool { return c == utf8.RuneError || !unicode.IsPrint(c) }
