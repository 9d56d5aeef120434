package graph

import (
	"maps"
	"slices"
	"strings"
)

// Environments are the environments that have a run list of their own anywhere,
// sorted, without Default.
func (g *Graph) Environments() []string {
	named := map[string]bool{}
	for _, own := range g.lists {
		maps.Copy(named, own)
	}
	delete(named, Default)
	return slices.Sorted(maps.Keys(named))
}

// HasList says whether a role has a run list of its own for an environment;
// Chef takes its plain one otherwise. Every role has one for Default.
func (g *Graph) HasList(id, env string) bool { return env == Default || g.lists[id][env] }

// Holds says whether the edge is there when Chef expands for one environment,
// a real one's name or Default for any that has no list of its own.
func (g *Graph) Holds(e Edge, env string) bool {
	if e.Everywhere {
		return true
	}
	if !g.HasList(e.From, env) {
		env = Default
	}
	if len(e.Environments) == 0 {
		return env == Default
	}
	return slices.Contains(e.Environments, env)
}

// EnvironmentsLike are the environments, named by anything, whose names look like
// this one, at most three, sorted.
func (g *Graph) EnvironmentsLike(name string) []string {
	var near []string
	if len(name) > maxNearName {
		return nil
	}
	for _, env := range g.everyEnvironment()[1:] {
		if _, ok := likeness(strings.ToLower(name), strings.ToLower(env)); ok && len(near) < maxNear {
			near = append(near, env)
		}
	}
	return near
}
