package analyse

import (
	"regexp"
	"slices"
	"strings"

	"github.com/converged/converged/parsers/report"
)

// maxCommands bounds the commands that are looked for in what is said of a failure.
const maxCommands = 20

// withoutCommandNames is r with the command lines out of the names of resources
// that are named by what they run, and out of what is said of its failure.
func withoutCommandNames(r report.Run) report.Run {
	named := func(res report.Resource) bool { return res.Command }
	if r.Failure != nil {
		p := withoutFailedCommands(*r.Failure, r.ResourceList)
		r.Failure = &p
	}
	if !slices.ContainsFunc(r.ResourceList, named) {
		return r
	}
	r.ResourceList = slices.Clone(r.ResourceList)
	for i := range r.ResourceList {
		if res := &r.ResourceList[i]; res.Command {
			res.Name = firstOf(res.ID, program(res.Name))
		}
	}
	return r
}

// program is a command line without its arguments.
func program(command string) string {
	word, _, _ := strings.Cut(strings.TrimSpace(command), " ")
	if word == "" || strings.ContainsAny(word, "=:@\n\t") { // a variable, a URL, a script
		return hidden
	}
	return word + " (arguments withheld)"
}

// withoutFailedCommands is p without the commands that failed.
func withoutFailedCommands(p report.Problem, rows []report.Resource) report.Problem {
	commands := []string{}
	if p.Command != "" {
		commands = append(commands, p.Command)
	}
	for _, res := range rows {
		if res.Command && res.Status == report.ResourceFailed && len(commands) < maxCommands && !slices.Contains(commands, res.Name) {
			commands = append(commands, res.Name)
		}
	}
	p.Backtrace = slices.Clone(p.Backtrace)
	for _, command := range commands {
		within := strings.NewReplacer("["+command+"]", "["+program(command)+"]", `"`+command+`"`, hidden, "'"+command+"'", hidden, command, hidden)
		p.Resource = strings.ReplaceAll(p.Resource, command, program(command))
		p.Message = within.Replace(p.Message)
		for i, frame := range p.Backtrace {
			if strings.Contains(frame, command) { // which is found much sooner than replaced
				p.Backtrace[i] = within.Replace(frame)
			}
		}
	}
	p.Message = refused.ReplaceAllString(p.Message, "Unable to run command "+hidden+", reason: ")
	return p
}

// refused is how Salt tells that it could not start a command, with all its
// environment and what it was to read.
var refused = regexp.MustCompile(`(?s)Unable to run command '.*' with the context .*, reason: `)
