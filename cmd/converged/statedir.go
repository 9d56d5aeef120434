package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/converged/converged/cmd/program"
	"github.com/converged/converged/daemon"
)

// What status, runs and show have in common: they read the state directory of a
// daemon, running or not, and change nothing in it.

// stateDir is the state directory of a configuration.
func stateDir(config string) (string, error) {
	c, err := daemon.LoadConfig(config)
	if err != nil {
		return "", program.Fail(program.Usage, err)
	}
	return c.StateDir, nil
}

// unreadable ends a command that could not read the state directory.
func unreadable(stateDir string, err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission):
		err = fmt.Errorf("%w; run this as the daemon's user, or as root", err)
	case errors.Is(err, fs.ErrNotExist):
		err = fmt.Errorf("%w; no daemon has run with state_dir %s yet: see 'converged config show', and name its configuration with --config", err, stateDir)
	}
	return program.Fail(program.Usage, errors.New(program.Visible(err.Error())))
}

// checkFormat is an error unless the format is text or json.
func checkFormat(format string) error {
	if format != "text" && format != "json" {
		return fmt.Errorf("unknown format %q: expected text or json", format)
	}
	return nil
}

// local is a time for a person at this machine, or a dash.
func local(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Local().Format("2006-01-02 15:04:05")
}

// ago is how long a time is past, in its two largest units.
func ago(t, now time.Time) string {
	d := now.Sub(t).Round(time.Second)
	if t.IsZero() || d < 0 {
		return "-"
	}
	day := 24 * time.Hour
	switch {
	case d >= day:
		return fmt.Sprintf("%dd%dh", d/day, d%day/time.Hour)
	case d >= time.Hour:
		return fmt.Sprintf("%dh%dm", d/time.Hour, d%time.Hour/time.Minute)
	}
	return strings.TrimSuffix(d.String(), "m0s") + map[bool]string{true: "m"}[d >= time.Minute && d%time.Minute == 0]
}

// size is bytes for a person.
func size(n int64) string {
	const unit = 1024
	switch {
	case n < unit:
		return strconv.FormatInt(n, 10) + " B"
	case n < unit*unit:
		return fmt.Sprintf("%.1f KiB", float64(n)/unit)
	}
	return fmt.Sprintf("%.1f MiB", float64(n)/unit/unit)
}

// lasted is a run's duration, or a dash.
func lasted(seconds *float64) string {
	if seconds == nil {
		return "-"
	}
	return strconv.FormatFloat(*seconds, 'f', 1, 64) + "s"
}

// count is a number, or a question mark where it is not known.
func count(n *int) string {
	if n == nil {
		return "?"
	}
	return strconv.Itoa(*n)
}

// dash is a word, or a dash where there is none.
func dash(word string) string {
	if word == "" {
		return "-"
	}
	return word
}

// one is a number of things, in words.
func one(n int64, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return strconv.FormatInt(n, 10) + " " + thing + "s"
}

// printJSON writes one document, on a line of its own or indented. What would move
// a terminal's cursor or turn the direction of what follows is escaped.
func printJSON(w io.Writer, v any, indent string) error {
	var text bytes.Buffer
	document := json.NewEncoder(&text)
	document.SetEscapeHTML(false)
	document.SetIndent("", indent)
	if err := document.Encode(v); err != nil {
		return err
	}
	var plain strings.Builder
	for _, c := range text.String() { // beyond ASCII only strings hold anything
		if c < utf8.RuneSelf && c != 0x7f || unicode.IsPrint(c) {
			plain.WriteRune(c)
			continue
		}
		for _, half := range utf16.AppendRune(nil, c) {
			fmt.Fprintf(&plain, `\u%04x`, half)
		}
	}
	_, err := io.WriteString(w, plain.String())
	return err
}

// marks stand before a reporter's name on a terminal.
var marks = map[daemon.Outcome]string{
	daemon.Acknowledged: "✓", daemon.Delivered: "✓", daemon.Sent: "→", daemon.Waiting: "…",
	daemon.Refused: "✗", daemon.Expired: "✗", daemon.Dropped: "✗", daemon.Unknown: "?",
	daemon.Withdrawn: "✓",
}

// outcome is what became of a run at a reporter, in words.
func outcome(f daemon.Fate) string {
	if f.Partly {
		return "partly " + string(f.Outcome)
	}
	return string(f.Outcome)
}

// colourOf is what shows how good an outcome is.
func colourOf(o daemon.Outcome) string {
	switch {
	case o.Delivered():
		return program.Green
	case o == daemon.Waiting:
		return program.Yellow
	}
	return program.Red
}
