package analyse

import (
	"regexp"
	"slices"
	"strings"

	"github.com/converged/converged/parsers/report"
)

// commandStates are the modules of Salt whose states are named by a command line.
var commandStates = []string{"cmd", "cron", "at"}

// withoutCommandNames is r with the command lines out of the names of Salt's
// states and out of what is said of its failure: such a state is told by its id.
func withoutCommandNames(r report.Run) report.Run {
	runsOne := func(res report.Resource) bool { return slices.Contains(commandStates, res.Type) }
	if r.Tool != report.Salt || r.Failure == nil && !slices.ContainsFunc(r.ResourceList, runsOne) {
		return r
	}
	if r.Failure != nil {
		p := failedState(r, *r.Failure)
		r.Failure = &p
	}
	r.ResourceList = slices.Clone(r.ResourceList)
	for i := range r.ResourceList {
		if res := &r.ResourceList[i]; runsOne(*res) {
			res.Name = stateName(res.Name, res.ID)
		}
	}
	return r
}

// stateName is what a state that runs a command is told by: its id, which the
// command is when nothing else was given.
func stateName(command, id string) string {
	if id != "" && id != command {
		return id
	}
	return program(command)
}

// program is a command line without its arguments.
func program(command string) string {
	word, arguments, _ := strings.Cut(strings.TrimSpace(command), " ")
	switch {
	case word == "" || strings.ContainsAny(word, "=:@\n\t"): // a variable, a URL, a script
		return hidden
	case arguments == "":
		return word
	}
	return word + " (arguments withheld)"
}

// failedState is a failure, whose resource Salt's is as "cmd.run: id", without the
// command that failed.
func failedState(r report.Run, p report.Problem) report.Problem {
	kind, id, _ := strings.Cut(p.Resource, ": ")
	module, function, _ := strings.Cut(kind, ".")
	if !slices.Contains(commandStates, module) {
		return p
	}
	found, commands := false, []string{}
	for _, res := range r.ResourceList {
		if res.Type != module || res.Action != function || res.Status != report.ResourceFailed || stateID(res) != id {
			continue
		}
		found = true
		if strings.ContainsAny(res.Name, " \t\n") {
			commands = append(commands, `"`+res.Name+`"`, hidden, "'"+res.Name+"'", hidden, res.Name, hidden)
		}
		if res.Name == id {
			p.Resource = kind + ": " + program(id)
		}
	}
	if !found { // the list is cut: it may be either
		p.Resource = kind + ": " + program(id)
	}
	hide := strings.NewReplacer(commands...)
	p.Message = refused.ReplaceAllString(hide.Replace(p.Message), "Unable to run command "+hidden+", reason: ")
	p.Backtrace = slices.Clone(p.Backtrace)
	for i, frame := range p.Backtrace {
		p.Backtrace[i] = hide.Replace(frame)
	}
	return p
}

// stateID is a state's id.
func stateID(res report.Resource) string {
	if res.ID != "" {
		return res.ID
	}
	return res.Name
}

// refused is how Salt tells that it could not start a command, with all its
// environment and what it was to read.
var refused = regexp.MustCompile(`(?s)Unable to run command .*, reason: `)
