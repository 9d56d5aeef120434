package check

import (
	"strconv"

	"github.com/converged/converged/graph"
	"github.com/converged/converged/parsers/role"
)

// ruleOf are the rules that reading itself looks at.
var ruleOf = map[role.ProblemKind]string{
	role.SyntaxError: SyntaxError, role.InvalidRole: InvalidFile, role.InvalidFile: InvalidFile,
	role.DuplicateRole: DuplicateName, role.DuplicateName: DuplicateName, role.NameMismatch: NameMismatch,
	role.Unreadable: Unreadable, role.TooLarge: Unreadable,
}

// problems tells what reading found.
func (j *judge) problems() {
	for _, p := range j.g.Problems {
		if p.Kind == role.Overlap {
			continue // how the program was called, not what it read
		}
		rule, known := ruleOf[p.Kind]
		if !known {
			rule = InvalidFile // of a kind that is newer than this table: never silent
		}
		j.add(Finding{Rule: rule, Message: p.Message, Keys: []Key{{Rule: rule, Subject: p.File}},
			Places: []Place{j.place(p.File, p.Line, p.Column, "")}})
	}
}

// unresolved tells what cannot be known without running a file.
func (j *judge) unresolved() {
	if !j.on(Unresolved) {
		return
	}
	add := func(all []role.Unresolved) {
		for _, u := range all {
			j.add(Finding{Rule: Unresolved, Message: u.Reason + ": " + u.Text, Keys: []Key{{Unresolved, u.File, u.Text}},
				Places: []Place{j.place(u.File, u.Line, 0, "")}})
		}
	}
	for _, r := range j.g.Roles {
		add(r.Unresolved)
	}
	add(j.g.Rest.Unresolved())
}

const mostSteps = 20

// deep tells of roles that nest others too deep, of a chain the uppermost only.
func (j *judge) deep() {
	if !j.on(DeepRunList) {
		return
	}
	most := j.settings.MaxDepth
	if most == 0 {
		most = DefaultMaxDepth
	}
	nesting := j.g.Nesting()
	for _, n := range j.g.Nodes {
		depth := nesting.Depth(n.ID)
		if n.Kind != graph.Role || depth <= most || j.below(nesting, n.ID, depth) {
			continue
		}
		chain := nesting.Chain(n.ID)
		least := ""
		if !nesting.Exact(n.ID) {
			least = "at least "
		}
		f := Finding{Rule: DeepRunList, Message: n.ID + " nests roles " + least + strconv.Itoa(depth) + " deep, and " + strconv.Itoa(most) + " is the most",
			Nodes: []string{n.ID}, Keys: []Key{{Rule: DeepRunList, Subject: n.ID}}, Edges: ends(chain)}
		if len(chain) > mostSteps {
			f.Notes = []string{"and so on, " + graph.Counted(len(chain)-mostSteps, "step") + " more"}
			chain = chain[:mostSteps]
		}
		f.Places = j.written(chain)
		j.add(f)
	}
}

// below says whether a role that nests deeper names this one, or in a cycle an
// earlier one that nests as deep.
func (j *judge) below(nesting *graph.Nesting, id string, depth int) bool {
	for _, i := range j.into[id] {
		e := j.g.Edges[i]
		if above := nesting.Depth(e.From); !e.Maybe && (above > depth || above == depth && e.From < id) {
			return true
		}
	}
	return false
}
