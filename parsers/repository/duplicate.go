package repository

import (
	"fmt"
	"strings"

	"github.com/converged/converged/parsers/role"
)

// declaration is a name and where it is declared.
type declaration struct {
	name, file string
	line       int
}

// duplicates reports the names that two files declare. A Policyfile and its lock
// are one policy.
func (s *Set) duplicates() {
	var cookbooks, nodes, environments, written, locked []declaration
	for _, c := range s.Cookbooks {
		cookbooks = append(cookbooks, declaration{c.Name, c.File, c.Line})
	}
	for _, n := range s.Nodes {
		nodes = append(nodes, declaration{n.Name, n.File, n.Line})
	}
	for _, e := range s.Environments {
		environments = append(environments, declaration{e.Name, e.File, e.Line})
	}
	for _, p := range s.Policies {
		if strings.HasSuffix(p.File, ".json") {
			locked = append(locked, declaration{p.Name, p.File, p.Line})
		} else {
			written = append(written, declaration{p.Name, p.File, p.Line})
		}
	}
	s.clashes("cookbook", "Chef takes the one that is later in its cookbook_path", cookbooks)
	s.clashes("node", "the last one that is uploaded stays", nodes)
	s.clashes("environment", "Chef takes a JSON file before a Ruby file", environments)
	s.clashes("policy", "the last one that is pushed to a policy group stays", written)
	s.clashes("policy", "the last lock that is pushed to a policy group stays", locked)
}

func (s *Set) clashes(what, outcome string, all []declaration) {
	first := make(map[string]declaration, len(all))
	for _, d := range all {
		other, again := first[d.name]
		if !again {
			first[d.name] = d
			continue
		}
		s.Problems = append(s.Problems, role.Problem{File: d.file, Line: d.line, Kind: role.DuplicateName,
			Message: fmt.Sprintf("the %s %q stands also in %s, line %d; %s", what, d.name, other.file, other.line, outcome)})
	}
}
