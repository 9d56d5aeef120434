package main

import (
	"io"
	"os"
)

// painted is text of our own that may hold the terminal's control characters.
type painted string

// painter makes words red where w is a terminal and NO_COLOR is not set.
func painter(w io.Writer) func(string) painted {
	plain := func(s string) painted { return painted(s) }
	f, ok := w.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" {
		return plain
	}
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return plain
	}
	return func(s string) painted { return painted("\x1b[31m" + s + "\x1b[0m") }
}
