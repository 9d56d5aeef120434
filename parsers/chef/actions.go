package chef

import (
	"strings"

	"github.com/converged/converged/parsers/report"
)

// actions is the resources of a run_converge message: a row for each action
// that a resource was asked for.
type actions struct {
	list                   []report.Resource // at most maxRows; nil if the message has none
	total, failed, skipped int
	timed                  int     // rows that tell how long they took
	milliseconds           float64 // that these took
	culprit                string  // the first that failed and was not to be ignored
}

func (s *scanner) actions() actions {
	if !s.IsArray() {
		s.Skip()
		return actions{}
	}
	a := actions{list: []report.Resource{}}
	for range s.Items() {
		a.add(s.action())
	}
	return a
}

func (a *actions) add(r report.Resource, ignored bool) {
	if a.total++; a.total <= maxRows {
		a.list = append(a.list, r)
	}
	if r.Duration != nil {
		a.timed++
		a.milliseconds += *r.Duration * 1000
	}
	switch r.Status {
	case report.Skipped:
		a.skipped++
	case report.ResourceFailed:
		a.failed++
		if a.culprit == "" && !ignored {
			a.culprit = r.Type + "[" + r.Name + "]"
		}
	}
}

// action is one row, and whether its failure does not fail the run.
func (s *scanner) action() (r report.Resource, ignored bool) {
	id := ""
	for key := range s.Fields() {
		switch string(key) {
		case "type":
			r.Type = s.Word(maxName)
		case "name":
			r.Name = s.Text(maxName)
		case "id": // of an execute, its command
			id = s.Text(maxName)
		case "result":
			r.Action = s.Word(maxName)
		case "status":
			r.Status = rowStatus(s.Word(maxName))
		case "duration":
			r.Duration = s.seconds(1000) // "17", in milliseconds; "" if never executed
		case "cookbook_name":
			r.Cookbook = s.Word(maxName)
		case "error_message":
			r.Message = s.Text(maxRowText)
		case "ignore_failure":
			ignored = s.ignores()
		default:
			s.Skip()
		}
	}
	r.Command = r.Type == execute && id == r.Name && isCommand(r.Name)
	return r, ignored
}

// execute is the type of resources that are named by the command they run,
// unless they are given one.
const execute = "execute"

// isCommand says whether a name holds arguments, if it is a command.
func isCommand(name string) bool { return strings.ContainsAny(name, " \t\n") }

// ignores is the ignore_failure that comes next: true, or "quiet".
func (s *scanner) ignores() bool {
	if s.Peek() == '"' {
		word := s.Text(maxName)
		return word != "" && word != "false"
	}
	yes := s.Boolean()
	return yes != nil && *yes
}

// rowStatus is a word of a row's status; empty if it is another.
func rowStatus(word string) report.Outcome {
	switch status := report.Outcome(word); status {
	case report.Updated, report.UpToDate, report.Skipped, report.ResourceFailed, report.Unprocessed:
		return status
	}
	return ""
}

// expansion is the expanded_run_list that comes next: its id, and the roles of
// its tree, depth first, each once. An empty object is the {} of an expansion
// that failed: nothing is known, and roles is nil.
func (s *scanner) expansion() (id string, roles []string) {
	for key := range s.Fields() {
		switch string(key) {
		case "id":
			id = s.Text(maxName)
		case "run_list":
			if s.IsArray() {
				roles = unique(s.roleTree())
			} else {
				s.Skip()
			}
		default:
			s.Skip()
		}
	}
	return id, roles
}

// roleTree is the roles in the array of run list items that comes next.
func (s *scanner) roleTree() []string {
	roles := []string{}
	for range s.Items() {
		if found := s.runListItem(); len(roles) < maxListed {
			roles = append(roles, found[:min(len(found), maxListed-len(roles))]...)
		}
	}
	return roles
}

// runListItem is the role that one item names, unless it is missing, and those below it.
func (s *scanner) runListItem() []string {
	var kind, name string
	var children []string
	var missing *bool
	for key := range s.Fields() {
		switch string(key) {
		case "type":
			kind = s.Text(maxName)
		case "name":
			name = s.Text(maxName)
		case "children":
			children = s.roleTree()
		case "missing":
			missing = s.Boolean()
		default:
			s.Skip()
		}
	}
	if kind != "role" || name == "" || missing != nil && *missing {
		return children
	}
	return append([]string{name}, children...)
}

func unique(names []string) []string {
	seen := map[string]bool{}
	kept := names[:0]
	for _, name := range names {
		if !seen[name] {
			seen[name] = true
			kept = append(kept, name)
		}
	}
	return kept
}
