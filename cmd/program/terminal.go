package program

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Faithful remembers that not all could be written, as of a full disk: lines are
// printed without asking each time.
type Faithful struct {
	io.Writer
	Err error // the first
}

// Write writes as far as it can.
func (f *Faithful) Write(text []byte) (int, error) {
	n, err := f.Writer.Write(text)
	if f.Err == nil {
		f.Err = err
	}
	return n, err
}

// FileOf is the file, pipe or terminal that a stream ends in.
func FileOf(stream any) (*os.File, bool) {
	if f, ok := stream.(*Faithful); ok {
		stream = f.Writer
	}
	file, ok := stream.(*os.File)
	return file, ok
}

// Painted is text of our own that may hold the terminal's control characters.
type Painted string

// The colours of a terminal.
const (
	Red    = "31"
	Green  = "32"
	Yellow = "33"
	Blue   = "34"
)

// PainterIn colours words where w is a terminal and NO_COLOR is not set.
func PainterIn(w io.Writer, colour string) func(string) Painted {
	if os.Getenv("NO_COLOR") != "" || !IsTerminal(w) {
		return func(s string) Painted { return Painted(s) }
	}
	return func(s string) Painted { return Painted("\x1b[" + colour + "m" + s + "\x1b[0m") }
}

// IsTerminal says whether a person may be reading what is written to w, or
// typing what is read from it.
func IsTerminal(w any) bool {
	f, ok := FileOf(w)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && f.Name() != os.DevNull
}

// PrintLine writes one line, whatever the names in it hold.
func PrintLine(w io.Writer, format string, args ...any) {
	for i, arg := range args {
		if s, ok := arg.(string); ok {
			args[i] = Visible(s)
		}
	}
	_, _ = fmt.Fprintf(w, format+"\n", args...)
}

// Visible shows as Go's escapes what would move a terminal's cursor, change its
// colours, begin a line of its own or turn the direction of what follows.
func Visible(s string) string {
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
