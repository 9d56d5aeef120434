package puppet

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/converged/converged/parsers/report"
)

// changeFailed is what Puppet puts before the reason why a property could not be
// set: what it was, and what it should have been.
var changeFailed = regexp.MustCompile(`(?s)^change from ` + value + ` to ` + value + ` failed: `)

// value is one of those, whatever stands in its quotes.
const value = `(?:(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^'"])*?|.*?)`

// commands are how Puppet names a command that failed: an exec's ends the message,
// and may hold all that ends a provider's. Up to Puppet 4 an exec's has no quotes.
var commands = []*regexp.Regexp{
	regexp.MustCompile(`(?s)(^|: )'(.*)' (returned -?\d+ instead of one of \[[^\]\n]*\]\s*)$`),
	regexp.MustCompile(`(?s)(^|\bExecution of |: )'(.*?)' (returned -?\d+(?: instead of one of |: |$))`),
}

// bare is an exec's command without quotes, and what stands around it.
var bare = regexp.MustCompile(`(?s)^(Failed to call refresh: )?(.+)( returned -?\d+ instead of one of \[[^\]\n]*\]\s*(?:\n.*)?)$`)

// withoutValues is the message of a failure without a parameter's values, and with
// the program alone of a command: its arguments may hold passwords.
func withoutValues(message string) string {
	message = strings.TrimRight(message, "\n")
	if len(message) > maxMessage {
		message = withoutMore(message)
	}
	if strings.HasPrefix(message, "change from ") {
		message = message[len(changeFailed.FindString(message)):]
	}
	if !strings.Contains(message, " returned ") {
		return message
	}
	for _, command := range commands {
		if !command.MatchString(message) || strings.HasPrefix(strings.TrimPrefix(message, "Failed to call refresh: "), "/") {
			continue
		}
		return command.ReplaceAllStringFunc(message, func(found string) string {
			m := command.FindStringSubmatch(found)
			return m[1] + "'" + program(m[2]) + "' " + m[3]
		})
	}
	if m := bare.FindStringSubmatch(message); m != nil {
		return m[1] + program(m[2]) + m[3]
	}
	return message
}

// hidden stands where Puppet itself names no command, since it is Sensitive.
const hidden = "[command redacted]"

// program is what may be told of a command line.
func program(command string) string {
	name, _, more := strings.Cut(strings.NewReplacer("\t", " ", "\n", " ").Replace(command), " ")
	switch {
	case command == hidden:
		return hidden
	case !strings.HasPrefix(name, "/") || strings.ContainsAny(name, "=?&@"):
		return "[command withheld]"
	case more:
		return name + " [arguments withheld]"
	}
	return name
}

// withoutMore is what may be told of a message that is too long to be told whole,
// and to be searched: no values, and nothing from the first quote on if a command
// is named in it.
func withoutMore(message string) string {
	const reason = " failed: "
	if i := strings.LastIndex(message, reason); i >= 0 && strings.HasPrefix(message, "change from ") {
		message = message[i+len(reason):]
	}
	if bare.MatchString(message) {
		return "[" + strconv.Itoa(len(message)) + " bytes withheld]"
	}
	if strings.Contains(message, "' returned ") {
		before, rest, _ := strings.Cut(message, "'")
		message = before + "[" + strconv.Itoa(len(rest)+1) + " bytes withheld]"
	}
	return message
}

// lost stands for a message that is within YAML that is none.
const lost = "this part of the report cannot be read"

// places are the ways in which Puppet 4 and later, and 2 and 3, tell where an error
// of evaluation is.
var places = []*regexp.Regexp{
	regexp.MustCompile(`\(file: ([^\n]+?), line: (\d+)(?:, column: \d+)?\)`),
	regexp.MustCompile(`(?: at| in file) (/[^\s:]+):(\d+)(?::\d+)?`),
}

// earlier is where something was declared that an error says must not be again.
var earlier = regexp.MustCompile(` is already (?:declared|defined) (?:at \(file: [^\n]+?, line: \d+(?:, column: \d+)?\)|(?:in file|at) /[^\s:]+:\d+(?::\d+)?)`)

// frame is a line of Ruby's stack trace.
var frame = regexp.MustCompile("^\\s*\\S[^\\n]*:\\d+:in [`']")

// noCatalog says whether a log line tells that there is no catalog to apply, or
// not all of it could be.
func noCatalog(message string) bool {
	return strings.HasPrefix(message, "Could not retrieve catalog from remote server") ||
		strings.HasPrefix(message, "Could not apply complete catalog")
}

// failure is why the run failed, or used another catalog than its own.
func (d *record) failure() *report.Problem {
	if i := slices.IndexFunc(d.rows, func(r row) bool { return r.bad() }); i >= 0 {
		r := d.rows[i]
		p := &report.Problem{Resource: r.key, File: r.File, Line: r.Line, Phase: report.Converge}
		p.Message, p.Backtrace = apart(cmp.Or(d.cycle(r.Message), r.Message))
		if p.Message == "" || p.Backtrace == nil {
			d.explain(p)
		}
		return p
	}
	p := &report.Problem{}
	d.explain(p)
	p.File, p.Line = place(p.Message)
	p.Phase = d.step(p)
	return p
}

// cycle is what the log says of the dependency cycle that a resource is part of;
// its row does not name the others.
func (d *record) cycle(message string) string {
	if !strings.Contains(message, "part of a dependency cycle") {
		return ""
	}
	for _, l := range d.logs {
		if strings.HasPrefix(l.message, "Found ") && strings.Contains(l.message, "dependency cycle") {
			found := strings.ReplaceAll(l.message, `\n`, "\n") // Puppet 7 writes it so
			found, _, _ = strings.Cut(found, "\nTry the ")
			return found
		}
	}
	return ""
}

// explain adds to p what the log says: a message where it has none, else the stack
// trace that follows the same message.
func (d *record) explain(p *report.Problem) {
	if p.Message == "" {
		if i := d.reason(); i >= 0 {
			p.Message, p.Backtrace = apart(d.logs[i].message)
			p.Message += d.refused(p.Message)
		} else if d.lostLog {
			p.Message = lost
		}
		return
	}
	for _, l := range d.logs {
		message, trace := apart(l.message)
		first, _, _ := strings.Cut(message, "\n")
		if trace != nil && first != "" && strings.Contains(p.Message, first) {
			p.Backtrace = trace
			return
		}
	}
}

// refused is why the last server that a run of Puppet 6 and later could ask did not
// answer; the message that it knows no other leaves that out.
func (d *record) refused(message string) string {
	if !strings.HasSuffix(message, "No more routes to puppet") {
		return ""
	}
	for _, l := range slices.Backward(d.logs) {
		first, _, _ := strings.Cut(l.message, "\n")
		if _, why, ok := strings.Cut(first, " failed, trying next route: "); ok {
			return ": " + why
		}
	}
	return ""
}

// reason is the log line that says why no resource had its turn, or -1.
func (d *record) reason() int {
	if i := slices.IndexFunc(d.logs, func(l logLine) bool { return noCatalog(l.message) }); i >= 0 {
		return i
	}
	return slices.IndexFunc(d.logs, func(l logLine) bool { return l.source == "Puppet" })
}

// apart is a message, and the stack trace that --trace puts below it.
func apart(text string) (message string, trace []string) {
	lines := strings.Split(text, "\n")
	i := slices.IndexFunc(lines, frame.MatchString)
	if i < 1 {
		return text, nil
	}
	message, lines = strings.Join(lines[:i], "\n"), lines[i:]
	for _, line := range lines[:min(len(lines), maxFrames)] {
		trace = append(trace, report.Clean(line, maxName))
	}
	if more := len(lines) - maxFrames; more > 0 {
		trace = append(trace, "... and "+strconv.Itoa(more)+" more frames")
	}
	return message, trace
}

// place is the file and line that a message names: of several the innermost, which
// comes first.
func place(message string) (string, int) {
	message = earlier.ReplaceAllString(message, "")
	for _, pattern := range places {
		if m := pattern.FindStringSubmatch(message); m != nil {
			return report.Clean(m[1], maxName), natural(m[2])
		}
	}
	return "", 0
}

// step is how far a run came in which no resource failed, or where its own catalog
// was lost.
func (d *record) step(p *report.Problem) report.Step {
	total := d.metrics.count("total")
	applied := !d.stale() && (d.has("configuration_version") || total != nil && *total > 0)
	switch {
	case strings.Contains(p.Message, "Error 500 on SERVER"), strings.Contains(p.Message, "Error 400 on SERVER"), // of Puppet 3
		p.File != "" && (d.stale() || !d.has("configuration_version")):
		return report.Compile
	case applied:
		return report.Converge
	}
	return report.Setup
}

func (d *record) has(key string) bool { return d.fields[key] != "" }

// stale says whether an earlier catalog was applied, for want of a new one.
func (d *record) stale() bool { return d.fields["cached_catalog_status"] == "on_failure" }
