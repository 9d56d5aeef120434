package check

import (
	"cmp"
	"slices"

	"github.com/converged/converged/graph"
)

// Judge looks at a graph by all rules that are not off. It is deterministic.
func Judge(g *graph.Graph, s Settings) Report {
	j := judge{g: g, settings: s, report: Report{Summary: g.Summary(), FailOn: cmp.Or(s.FailOn, Error)}, into: make(map[string][]int, len(g.Nodes))}
	for i, e := range g.Edges {
		j.into[e.To] = append(j.into[e.To], i)
	}
	j.report.unseen = j.unseen()
	j.cycles()
	j.missing()
	j.problems()
	j.unresolved()
	j.unused()
	j.redundant()
	j.deep()
	j.environments()
	slices.SortStableFunc(j.report.Findings, compare)
	return j.report
}

type judge struct {
	g        *graph.Graph
	settings Settings
	report   Report
	into     map[string][]int // by node, the edges that lead to it
}

// level is that of a rule, as it is set.
func (j *judge) level(rule string) Level {
	if l, set := j.settings.Levels[rule]; set {
		return l
	}
	for _, r := range rules {
		if r.Name == rule {
			return r.Level
		}
	}
	return Off
}

func (j *judge) on(rule string) bool { return j.level(rule) != Off }

// unseen are the rules that are off, or that need files which were not read.
func (j *judge) unseen() map[string]bool {
	rest := j.g.Rest
	_, asked := j.settings.Levels[UnusedRole]
	unseen := map[string]bool{
		MissingRecipe:      len(rest.Cookbooks) == 0,
		MissingCookbook:    len(rest.Cookbooks) == 0,
		MissingPolicy:      len(rest.Policies) == 0,
		UnusedRole:         len(rest.Nodes) == 0 && !asked,
		UnknownEnvironment: len(rest.Environments) == 0,
	}
	for _, r := range rules {
		unseen[r.Name] = unseen[r.Name] || !j.on(r.Name)
	}
	return unseen
}

// add takes a finding at its rule's level.
func (j *judge) add(f Finding) {
	if f.Level = j.level(f.Rule); f.Level == Off {
		return
	}
	if f.Keys == nil {
		for _, e := range f.Edges {
			f.Keys = append(f.Keys, Key{f.Rule, e[0], e[1]})
		}
	}
	j.report.Findings = append(j.report.Findings, f)
}

// place is one in a file of the graph.
func (j *judge) place(file string, line, column int, text string) Place {
	if j.settings.Path != nil {
		file = j.settings.Path(file)
	}
	return Place{file, line, column, text}
}

// written are the places of edges, each with what it says.
func (j *judge) written(edges []graph.Edge) []Place {
	places := make([]Place, len(edges))
	for i, e := range edges {
		places[i] = j.place(e.File, e.Line, 0, said(e))
	}
	return places
}

func ends(edges []graph.Edge) [][2]string {
	all := make([][2]string, len(edges))
	for i, e := range edges {
		all[i] = [2]string{e.From, e.To}
	}
	return all
}

// order is the place of a rule among all.
func order(rule string) int {
	return slices.IndexFunc(rules, func(r Rule) bool { return r.Name == rule })
}

func compare(a, b Finding) int {
	return cmp.Or(cmp.Compare(a.Level, b.Level), order(a.Rule)-order(b.Rule), slices.CompareFunc(a.Places, b.Places, func(x, y Place) int {
		return cmp.Or(cmp.Compare(x.File, y.File), x.Line-y.Line, x.Column-y.Column)
	}), cmp.Compare(a.Message, b.Message))
}
