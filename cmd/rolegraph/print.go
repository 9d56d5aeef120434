package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// faithful remembers that not all could be written, as of a full disk: lines are
// printed without asking each time.
type faithful struct {
	io.Writer
	err error // the first
}

// Write writes as far as it can.
func (f *faithful) Write(text []byte) (int, error) {
	n, err := f.Writer.Write(text)
	if f.err == nil {
		f.err = err
	}
	return n, err
}

// fileOf is the file, pipe or terminal that a stream ends in.
func fileOf(stream any) (*os.File, bool) {
	if f, ok := stream.(*faithful); ok {
		stream = f.Writer
	}
	file, ok := stream.(*os.File)
	return file, ok
}

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
