package graph

import "slices"

// Why is how one thing leads to another.
type Why struct {
	Chain []Edge // a shortest one; nil when there is none
	// In is the environments in which the chain holds whole, with Default for all
	// that have no list of their own on the way; nil for all of them.
	In    []string
	Maybe bool // it has a step that a condition decides on, and none without is there
	// Without a Chain: one in other environments, or one of which no environment
	// has every step; else one that leads the other way.
	Elsewhere, Mixed, Back []Edge
}

// Why is a shortest chain of edges from one of some nodes to one of others that
// holds in one environment, with "" in any one. A chain of what is certain goes
// before a shorter one that conditions decide on.
func (g *Graph) Why(from, to []string, environment string) Why {
	r := g.newReach(environment)
	start, goal := r.places(from), r.places(to)
	sure := func(e Edge) bool { return !e.Maybe }
	any := func(Edge) bool { return true }
	for _, use := range []func(Edge) bool{sure, any} {
		if chain := r.chain(start, goal, use); chain != nil {
			return Why{Chain: chain, In: r.names(r.along(chain)), Maybe: slices.ContainsFunc(chain, func(e Edge) bool { return e.Maybe })}
		}
	}
	var w Why
	if environment != "" {
		r = g.newReach("")
		if w.Elsewhere = r.chain(start, goal, any); w.Elsewhere != nil {
			w.In = r.names(r.along(w.Elsewhere))
			return w
		}
	}
	if w.Mixed = r.mixed().chain(start, goal, any); w.Mixed == nil {
		w.Back = r.chain(goal, start, any)
	}
	return w
}

func (r *reach) places(ids []string) []int {
	var all []int
	for _, id := range ids {
		if i, ok := r.at[id]; ok {
			all = append(all, i)
		}
	}
	return all
}

// chain is a shortest one of which every step holds in one environment, the
// first of those that have so short a one.
func (r *reach) chain(start, goal []int, use func(Edge) bool) []Edge {
	w := r.walk(start, false, use)
	end := w.nearest(goal)
	if end < 0 || w.distance[end] == 0 {
		return nil
	}
	// The way there that walk remembers may have steps of several environments.
	for i := range r.environments {
		if w.first[end].has(i) {
			one := *r
			one.everywhere = r.none()
			one.everywhere.add(i)
			w = one.walk(start, false, use)
			break
		}
	}
	var chain []Edge
	for at := end; w.by[at] >= 0; at = r.ends[w.by[at]][0] {
		chain = append(chain, r.graph.Edges[w.by[at]])
	}
	slices.Reverse(chain)
	return chain
}

// nearest is the one of some nodes that is reached in the fewest steps, or -1.
func (w reached) nearest(goal []int) int {
	best := -1
	for _, i := range goal {
		if d := w.distance[i]; d >= 0 && (best < 0 || d < w.distance[best]) {
			best = i
		}
	}
	return best
}

// along is where every step of a chain holds.
func (r *reach) along(chain []Edge) places {
	where := r.everywhere
	for _, e := range chain {
		i, _ := slices.BinarySearchFunc(r.graph.Edges, e, compareEdges)
		where = both(where, r.holds[i])
		for _, end := range r.ends[i] {
			if home, ok := r.homes[end]; ok {
				where = both(where, home)
			}
		}
	}
	return where
}
