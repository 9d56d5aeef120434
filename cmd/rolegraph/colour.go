package main

import (
	"io"
	"os"
)

// painted is text of our own that may hold the terminal's control characters.
type painted string

// The colours of a terminal.
const (
	red    = "31"
	green  = "32"
	yellow = "33"
	blue   = "34"
)

// painterIn colours words where w is a terminal and NO_COLOR is not set.
func painterIn(w io.Writer, colour string) func(string) painted {
	if os.Getenv("NO_COLOR") != "" || !isTerminal(w) {
		return func(s string) painted { return painted(s) }
	}
	return func(s string) painted { return painted("\x1b[" + colour + "m" + s + "\x1b[0m") }
}

// isTerminal says whether a person may be reading what is written to w, or
// typing what is read from it.
func isTerminal(w any) bool {
	f, ok := fileOf(w)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && f.Name() != os.DevNull
}
