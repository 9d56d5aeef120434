package analyse

import (
	"regexp"
	"strings"
)

const (
	outputBegins = "---- Begin output of "
	outputEnds   = "---- End output of "
	hidden       = "[command]"
	maxOutputs   = 8
)

// saltCommand is how Salt's cmd states tell that their command failed, perhaps
// at one of several attempts.
var saltCommand = regexp.MustCompile(`(?s)(^|comment: ")Command (?:".*"|'.*') (run|timed out)`)

// withoutCommands is a message without the command lines that Chef's
// Mixlib::ShellOut and Salt's cmd states write into it. What the command printed
// stays.
func withoutCommands(message string) string {
	message = saltCommand.ReplaceAllString(message, "${1}Command "+hidden+" $2")
	var b strings.Builder
	for range maxOutputs {
		before, after, found := strings.Cut(message, outputBegins)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteString(outputBegins + hidden)
		command, rest, found := strings.Cut(after, " ----\nSTDOUT:")
		if !found {
			return b.String() // cut off within the command
		}
		b.WriteString(" ----\nSTDOUT:")
		rest = strings.ReplaceAll(rest, outputEnds+command+" ----", outputEnds+hidden+" ----")
		message = strings.ReplaceAll(rest, "Ran "+command+" returned", "Ran "+hidden+" returned")
	}
	return b.String() + hidden
}

// culprit is how Chef begins the message of a failed resource.
var culprit = regexp.MustCompile(`(?s)(\w+)\[(.*?)\] (\([^()]*\) had an error: )`)

// withShortNames is a message whose resources, which may be named by a whole
// script, are told as label tells them.
func withShortNames(message string) string {
	if !strings.Contains(message, " had an error: ") {
		return message
	}
	return culprit.ReplaceAllStringFunc(message, func(all string) string {
		m := culprit.FindStringSubmatch(all)
		return m[1] + "[" + shortName(m[2]) + "] " + m[3]
	})
}

const maxName = 80 // characters

// label is a resource such as execute[deploy], fit to be told.
func label(resource string) string {
	kind, name, found := strings.Cut(resource, "[")
	if !found {
		return shortName(resource)
	}
	name = strings.TrimSuffix(name, "]")
	if strings.EqualFold(kind, "exec") {
		name = withoutArguments(name)
	}
	return cut(oneLine(Scrub(kind)), maxName) + "[" + shortName(name) + "]"
}

// script is what makes of a title a command: a program by its path before another
// word, an option, several lines, or what only a shell understands.
var script = regexp.MustCompile("^/\\S+\\s|\\s--?\\w|[|;$<>=`\n]|&&")

// withoutArguments is the title of a Puppet exec, which is often its command line:
// of one that is, the program alone, as of the command in its message.
func withoutArguments(title string) string {
	if !script.MatchString(title) {
		return title
	}
	program := strings.Fields(title)[0]
	if strings.ContainsAny(program, "=?&@") {
		return "[command withheld]"
	}
	return program + " [arguments withheld]"
}

// shortName is a resource's name in one line. An execute resource is often
// named by its command line.
func shortName(name string) string { return cut(oneLine(Scrub(name)), maxName) }
