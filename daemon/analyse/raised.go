package analyse

import (
	"regexp"
	"strings"

	"github.com/converged/converged/parsers/report"
)

// pythonTrace begins Python's account of an exception. Its frames are indented;
// in the lines below that are not stands what was raised.
const pythonTrace = "Traceback (most recent call last)"

const withheld = "(message withheld)"

// raisedClass is the exception's class before what it says.
var raisedClass = regexp.MustCompile(`^[A-Za-z_][\w.]*$`)

// leading are the lines with which Python parts exceptions that led to each other.
var leading = regexp.MustCompile(`^(?:During handling of the above exception|The above exception was the direct cause)`)

// placed is a line that is surely a frame: of Ruby, or of PowerShell.
var placed = regexp.MustCompile(`:\d+(?::in |$)|^\s*at |^\.\.\. and \d+ more frames$`)

// tracedBy is the stack trace of p fit to be told: what the exceptions in it say is
// treated as the message is. Those of Chef and Salt are of frames alone.
func tracedBy(p report.Problem, tool report.Tool, o Options) []string {
	if tool != report.Ansible && tool != report.Puppet {
		return p.Backtrace
	}
	var told, said []string
	within, python := false, false // of frames, of a trace of Python
	flush := func() {
		if len(said) > 0 {
			told = append(told, strings.Split(raised(strings.Join(said, "\n"), o), "\n")...)
			said = nil
		}
	}
	for _, line := range p.Backtrace {
		begins := strings.HasPrefix(strings.TrimSpace(line), pythonTrace)
		within = begins || within && (line == "" || line[0] == ' ')
		python = python || begins
		switch {
		case begins, within, leading.MatchString(line):
			flush()
			told = append(told, line)
		case python:
			said = append(said, line)
		case !o.WithholdMessages || placed.MatchString(line):
			told = append(told, line)
		}
	}
	flush()
	return told
}

// raised is what a trace of Python says below its frames: the exception's class
// and what can be told of its message.
func raised(said string, o Options) string {
	class, message, _ := strings.Cut(said, ":")
	switch {
	case strings.TrimSpace(said) == "":
		return ""
	case !o.WithholdMessages:
		return strings.TrimRight(tellable(said), "\n")
	case !raisedClass.MatchString(class):
		return withheld
	case strings.TrimSpace(message) == "":
		return class
	}
	return class + ": " + withheld
}
