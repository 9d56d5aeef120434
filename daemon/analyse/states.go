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
		p := *r.Failure
		p.Resource, p.Message = failedState(r, p)
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

// failedState is the resource of a failure, which Salt's is as "cmd.run: id", and
// its message, both without the command that failed.
func failedState(r report.Run, p report.Problem) (resource, message string) {
	kind, id, _ := strings.Cut(p.Resource, ": ")
	module, function, _ := strings.Cut(kind, ".")
	if !slices.Contains(commandStates, module) {
		return p.Resource, p.Message
	}
	found, message := false, p.Message
	resource = p.Resource
	for _, res := range r.ResourceList {
		if res.Type != module || res.Action != function || res.Status != report.ResourceFailed || stateID(res) != id {
			continue
		}
		found = true
		if strings.ContainsAny(res.Name, " \t\n") {
			message = strings.NewReplacer(`"`+res.Name+`"`, hidden, "'"+res.Name+"'", hidden, res.Name, hidden).Replace(message)
		}
		if res.Name == id {
			resource = kind + ": " + program(id)
		}
	}
	if !found { // the list is cut: it may be either
		resource = kind + ": " + program(id)
	}
	return resource, refused.ReplaceAllString(message, "Unable to run command "+hidden+", reason: ")
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
