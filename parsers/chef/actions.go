package chef

import "github.com/converged/converged/parsers/report"

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
	if !s.isArray() {
		s.skip()
		return actions{}
	}
	a := actions{list: []report.Resource{}}
	for range s.items() {
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
	for key := range s.fields() {
		switch string(key) {
		case "type":
			r.Type = s.word()
		case "name":
			r.Name = s.text(maxName)
		case "result":
			r.Action = s.word()
		case "status":
			r.Status = rowStatus(s.word())
		case "duration":
			r.Duration = s.seconds(1000) // "17", in milliseconds; "" if never executed
		case "cookbook_name":
			r.Cookbook = s.word()
		case "error_message":
			r.Message = s.text(maxRowText)
		case "ignore_failure":
			ignored = s.ignores()
		default:
			s.skip()
		}
	}
	return r, ignored
}

// ignores is the ignore_failure that comes next: true, or "quiet".
func (s *scanner) ignores() bool {
	if s.peek() == '"' {
		word := s.text(maxName)
		return word != "" && word != "false"
	}
	yes := s.boolean()
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
	for key := range s.fields() {
		switch string(key) {
		case "id":
			id = s.text(maxName)
		case "run_list":
			if s.isArray() {
				roles = unique(s.roleTree())
			} else {
				s.skip()
			}
		default:
			s.skip()
		}
	}
	return id, roles
}

// roleTree is the roles in the array of run list items that comes next.
func (s *scanner) roleTree() []string {
	roles := []string{}
	for range s.items() {
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
	for key := range s.fields() {
		switch string(key) {
		case "type":
			kind = s.text(maxName)
		case "name":
			name = s.text(maxName)
		case "children":
			children = s.roleTree()
		case "missing":
			missing = s.boolean()
		default:
			s.skip()
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
