package check

import (
	"path"
	"strings"

	"github.com/converged/converged/graph"
)

// missing tells of what is named and was not read.
func (j *judge) missing() {
	for _, n := range j.g.Nodes {
		rule := ""
		switch {
		case n.Missing && n.Kind == graph.Role:
			rule = MissingRole
		case n.Missing && n.Kind == graph.Recipe:
			rule = MissingRecipe
		case (n.Missing || n.External) && n.Kind == graph.Cookbook:
			rule = MissingCookbook
		case n.Missing && n.Kind == graph.Policy:
			rule = MissingPolicy
		default:
			continue
		}
		if j.on(rule) {
			named := j.naming(n.ID)
			j.add(Finding{Rule: rule, Message: n.ID, Nodes: []string{n.ID}, Edges: ends(named), Places: append(j.written(named), j.calledSo(n)...)})
		}
	}
}

// calledSo are the files that are called as a missing role and declare another name.
func (j *judge) calledSo(n graph.Node) []Place {
	var places []Place
	for _, r := range j.g.Roles {
		if base := path.Base(r.File); n.Kind == graph.Role && strings.TrimSuffix(base, path.Ext(base)) == n.Name {
			text := graph.RoleID(r.Name) + " is what this file declares: chef-solo finds " + n.ID + " in it, a Chef server does not"
			places = append(places, j.place(r.File, r.Line, 0, text))
		}
	}
	return places
}

// naming are the edges to a node.
func (j *judge) naming(id string) []graph.Edge {
	edges := make([]graph.Edge, len(j.into[id]))
	for i, at := range j.into[id] {
		edges[i] = j.g.Edges[at]
	}
	return edges
}

// environments tells of environments that no file declares, where any does.
func (j *judge) environments() {
	if j.report.unseen[UnknownEnvironment] {
		return
	}
	declared := map[string]bool{graph.Default: true}
	for _, e := range j.g.Rest.Environments {
		declared[e.Name] = true
	}
	for _, n := range j.g.Nodes {
		if n.Kind == graph.Environment && n.Missing {
			named := j.naming(n.ID)
			j.add(Finding{Rule: UnknownEnvironment, Message: n.ID, Nodes: []string{n.ID}, Edges: ends(named), Places: j.written(named)})
			declared[n.Name] = true // told
		}
	}
	for _, env := range j.g.Environments() {
		if !declared[env] {
			j.add(j.listed(env))
		}
	}
}

// listed is the finding of an environment that only run lists name.
func (j *judge) listed(env string) Finding {
	id := graph.EnvironmentID(env)
	f := Finding{Rule: UnknownEnvironment, Message: id, Nodes: []string{id}}
	for _, r := range j.g.Roles {
		items, ok := r.EnvRunLists[env]
		if !ok {
			continue
		}
		line := r.Line
		if len(items) > 0 {
			line = items[0].Line
		}
		f.Keys = append(f.Keys, Key{UnknownEnvironment, graph.RoleID(r.Name), id})
		f.Places = append(f.Places, j.place(r.File, line, 0, graph.RoleID(r.Name)+" has a run list for it"))
	}
	return f
}

// unused tells of roles that nothing names but themselves.
func (j *judge) unused() {
	if j.report.unseen[UnusedRole] {
		return
	}
	for _, n := range j.g.Nodes {
		if n.Kind == graph.Role && !n.Missing && !j.named(n.ID) {
			j.add(Finding{Rule: UnusedRole, Message: n.ID, Nodes: []string{n.ID}, Keys: []Key{{Rule: UnusedRole, Subject: n.ID}},
				Places: []Place{j.place(n.File, n.Line, 0, "nothing that was read names "+n.ID)}})
		}
	}
}

func (j *judge) named(id string) bool {
	for _, i := range j.into[id] {
		if j.g.Edges[i].From != id {
			return true
		}
	}
	return false
}
