package graph

import (
	"cmp"
	"slices"
)

// Impact is what a change reaches: everything that depends on it, along ways of
// which every step holds in one and the same environment.
type Impact struct {
	Touched      []Touched // what changed itself included; by kind, then nearest first, then by ID
	Environments []Affected
}

// Touched is one thing that a change reaches.
type Touched struct {
	Node
	Distance int  // steps from the change; 0 for what changed itself
	Via      Edge // the last step: it names Via.To, which is touched, too; empty at distance 0
	// In is the environments in which it is touched, with Default for all that have
	// no list of their own on the way; nil for all of them.
	In []string
	// MaybeIn is those of In in which only a condition that cannot be known
	// decides; Maybe says that this is so wherever it is touched.
	MaybeIn []string
	Maybe   bool
}

// Affected is an environment with something in it that a change reaches.
type Affected struct {
	Name     string
	Machines int // that are touched; 0 where no machines were read
}

// impactOrder is the order in which kinds are told.
var impactOrder = []Kind{Role, Machine, Environment, Policy, Recipe, Cookbook}

// Impact is what a change of these nodes reaches in one environment, or with ""
// in any. IDs of nothing are passed over.
func (g *Graph) Impact(ids []string, environment string) Impact {
	r := g.newReach(environment)
	var start []int
	for _, id := range ids {
		if i, ok := r.at[id]; ok {
			start = append(start, i)
		}
	}
	sure := r.walk(start, true, func(e Edge) bool { return !e.Maybe })
	any := r.walk(start, true, func(Edge) bool { return true })
	var found Impact
	for i, n := range g.Nodes {
		if any.distance[i] < 0 {
			continue
		}
		t := Touched{Node: n, Distance: any.distance[i], In: r.names(any.where[i]), Maybe: sure.distance[i] < 0}
		by := any.by[i]
		if !t.Maybe {
			t.Distance, by = sure.distance[i], sure.by[i]
			t.MaybeIn = r.only(any.where[i], sure.where[i])
		}
		if by >= 0 {
			t.Via = g.Edges[by]
		}
		if n.Kind == Machine {
			t.In = []string{n.Environment}
		}
		found.Touched = append(found.Touched, t)
	}
	slices.SortStableFunc(found.Touched, func(x, y Touched) int {
		return cmp.Or(slices.Index(impactOrder, x.Kind)-slices.Index(impactOrder, y.Kind), x.Distance-y.Distance, cmp.Compare(x.ID, y.ID))
	})
	found.Environments = affected(g, r, found.Touched)
	return found
}

// only is the environments in which all has more than sure; nil when that is none.
func (r *reach) only(all, sure places) []string {
	rest, some := r.none(), false
	for i := range all {
		rest[i] = all[i] &^ sure[i]
		some = some || rest[i] != 0
	}
	if !some {
		return nil
	}
	var names []string
	for i, env := range r.environments {
		if rest.has(i) {
			names = append(names, env)
		}
	}
	return names
}

// affected is the environments of the machines that are touched; where none were
// read, those in which a role is that names, by others or itself, what changed.
func affected(g *Graph, r *reach, touched []Touched) []Affected {
	machines := slices.ContainsFunc(g.Nodes, func(n Node) bool { return n.Kind == Machine })
	in := map[string]int{}
	for _, t := range touched {
		switch {
		case t.Kind == Environment:
			in[t.Name] += 0
		case t.Kind == Machine:
			in[t.Environment]++
		case machines || t.Kind != Role || t.Distance == 0:
		case t.In == nil:
			for _, env := range r.environments {
				in[env] += 0
			}
		default:
			for _, env := range t.In {
				in[env] += 0
			}
		}
	}
	var all []Affected
	for _, env := range r.environments {
		if n, ok := in[env]; ok {
			all = append(all, Affected{env, n})
		}
	}
	return all
}
