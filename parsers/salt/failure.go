package salt

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/converged/converged/parsers/report"
)

// traceback begins Python's account of an exception; its frames are indented,
// and the exception stands in the first line that is not.
const traceback = "Traceback (most recent call last):"

// excerpt is the piece of the rendered file that Salt prints below an error of
// rendering. It may show what the pillar holds.
var excerpt = regexp.MustCompile(`(?s)\n+---\n.*?(?:\n---[ \t]*(?:\n|$)|$)`)

// exception is the line that ends a traceback: a class, perhaps of a module, and
// perhaps a message.
var exception = regexp.MustCompile(`^([A-Za-z_][\w.]*)(?:: (.*))?$`)

// atLine is where Salt says in a file of states rendering stopped.
var atLine = regexp.MustCompile(`\bline (\d+)`)

// inSLS are the ways Salt names the file of states that it could not use.
var inSLS = []*regexp.Regexp{
	regexp.MustCompile(`\b(?:SLS|sls) (?:file )?'([^'\n]+)'`),
	regexp.MustCompile(`\b(?:Rendering|Specified) SLS ([^\s',]+)`),
	regexp.MustCompile(`\bmatching sls found for '([^'\n]+)'`),
}

// comment is a text of Salt's without what it quotes of a rendered file.
func comment(message string, limit int) string {
	if len(message) > 2*maxMessage {
		message = message[:2*maxMessage]
	}
	return strings.TrimSpace(report.Clean(excerpt.ReplaceAllString(message, "\n"), limit))
}

// problem is the exception that a comment tells of, or the comment itself. Of
// exceptions that led to each other it is the last, which ended the state.
func problem(message string) *report.Problem {
	message = comment(message, maxMessage)
	before, trace, found := strings.Cut(message, traceback)
	if !found {
		return &report.Problem{Message: message}
	}
	p := &report.Problem{Backtrace: []string{}}
	said, ended := []string{strings.TrimSpace(before)}, false
	for line := range strings.Lines(strings.TrimLeft(trace, "\n")) {
		line = strings.TrimRight(line, "\n")
		switch m := exception.FindStringSubmatch(line); {
		case ended && strings.HasPrefix(line, traceback):
			p.Class, said, ended = "", said[:1], false
		case !ended && (line == "" || line[0] == ' '):
			if len(p.Backtrace) < maxFrames {
				p.Backtrace = append(p.Backtrace, strings.TrimSpace(line))
			}
		case !ended && m != nil:
			p.Class, ended = m[1], true
			said = append(said[:1], m[2])
		default:
			ended = true
			said = append(said, line)
		}
	}
	p.Message = strings.TrimSpace(strings.Join(said, "\n"))
	return p
}

// cause is the first state that failed by itself.
func cause(list []*state) *state {
	var failed *state
	for i := range list {
		s := list[i]
		if !s.result.no {
			continue
		}
		if !strings.HasPrefix(s.comment, requisiteFailed) {
			return s
		}
		if failed == nil {
			failed = s
		}
	}
	return failed
}

// stateFailure is why a run failed in its states.
func stateFailure(list []*state) *report.Problem {
	s := cause(list)
	if s == nil {
		return &report.Problem{Message: "no state of the return has failed, but Salt's exit code says that the run has", Phase: report.Converge}
	}
	p := problem(s.comment)
	if said := strings.TrimSpace(report.Clean(end(s.changes.said(), maxOutput), maxOutput)); said != "" {
		p.Message = strings.TrimSpace(p.Message + "\n" + said)
	}
	p.Resource = s.module + "." + s.function + ": " + report.Clean(s.id, maxName)
	p.File = report.Clean(s.sls, maxName)
	p.Phase = report.Converge
	if s.runs() {
		p.Command = report.Clean(s.name, maxName)
	}
	return p
}

// end is the end of a text, where a program says why it stopped: whole lines of
// at most limit bytes.
func end(text string, limit int) string {
	text = strings.TrimSpace(text)
	if len(text) <= limit {
		return text
	}
	text = text[len(text)-limit:]
	if _, lines, found := strings.Cut(text, "\n"); found {
		return lines
	}
	return strings.ToValidUTF8(text, "")
}

// renderFailure is why no state ran: the first of the errors that Salt returned
// in their place, and those that it announces.
func renderFailure(errors []string) *report.Problem {
	if len(errors) == 0 {
		return &report.Problem{Phase: report.Compile}
	}
	told := errors[0]
	if strings.HasSuffix(told, ":") { // it announces the others
		told = strings.Join(errors, "\n")
	}
	p := problem(told)
	p.Phase = report.Compile
	message := comment(told, maxMessage)
	for _, name := range inSLS {
		if m := name.FindStringSubmatch(message); m != nil {
			p.File = report.Clean(strings.TrimSuffix(withoutEnv(m[1]), ":"), maxName)
			break
		}
	}
	// The frames of a traceback have lines, too; that of the file comes last.
	if all := atLine.FindAllStringSubmatch(p.Message, -1); len(all) > 0 {
		if n, err := strconv.Atoi(all[len(all)-1][1]); err == nil && n > 0 {
			p.Line = n
		}
	}
	return p
}

// withoutEnv is an SLS name as states carry it: "base:web.app" is web.app.
func withoutEnv(name string) string {
	if _, rest, found := strings.Cut(name, ":"); found && rest != "" {
		return rest
	}
	return name
}
