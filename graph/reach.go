package graph

import (
	"maps"
	"slices"
)

// places is a set of environments, by their numbers in a reach.
type places []uint64

func (p places) has(i int) bool { return p[i/64]&(1<<(i%64)) != 0 }

func (p places) add(i int) { p[i/64] |= 1 << (i % 64) }

// reach goes through a graph along whole ways: those on which every step holds
// in one and the same environment.
type reach struct {
	graph        *Graph
	at           map[string]int // the places of nodes, by ID
	environments []string
	everywhere   places
	homes        map[int]places // of machines, their environment
	holds        []places       // by edge
	out, in      [][]int        // by node, the edges that leave and enter it
	ends         [][2]int       // by edge, From and To
}

// newReach prepares a graph for one environment, or with "" for all of them.
func (g *Graph) newReach(environment string) *reach {
	r := &reach{graph: g, at: g.index(), homes: map[int]places{}, environments: g.everyEnvironment()}
	if environment != "" {
		r.environments = []string{environment}
	}
	number := make(map[string]int, len(r.environments))
	r.everywhere = r.none()
	for i, env := range r.environments {
		number[env] = i
		r.everywhere.add(i)
	}
	for i, n := range g.Nodes {
		if n.Environment == "" || n.Kind != Machine {
			continue
		}
		home := r.none()
		if k, ok := number[n.Environment]; ok {
			home.add(k)
		}
		r.homes[i] = home
	}
	r.out, r.in = make([][]int, len(g.Nodes)), make([][]int, len(g.Nodes))
	for i, e := range g.Edges {
		from, to := r.at[e.From], r.at[e.To]
		r.ends = append(r.ends, [2]int{from, to})
		r.out[from] = append(r.out[from], i)
		r.in[to] = append(r.in[to], i)
		r.holds = append(r.holds, r.holding(e, number))
	}
	return r
}

// everyEnvironment is Default, which stands for all that nothing names, and
// every environment that anything names.
func (g *Graph) everyEnvironment() []string {
	named := map[string]bool{}
	for _, env := range g.Environments() {
		named[env] = true
	}
	for _, n := range g.Nodes {
		switch n.Kind {
		case Environment:
			named[n.Name] = true
		case Machine:
			named[n.Environment] = true
		}
	}
	delete(named, "")
	delete(named, Default)
	return append([]string{Default}, slices.Sorted(maps.Keys(named))...)
}

func (r *reach) none() places { return make(places, (len(r.environments)+63)/64) }

// holding is where an edge holds, or may.
func (r *reach) holding(e Edge, number map[string]int) places {
	if e.Everywhere || e.Relation != RunList {
		return r.everywhere
	}
	p := r.none()
	for _, env := range e.Environments {
		if i, ok := number[env]; ok {
			p.add(i)
		}
	}
	if plain := len(e.Environments) == 0 || slices.Contains(e.Environments, Default); plain {
		for i, env := range r.environments {
			if env == Default || !r.graph.HasList(e.From, env) {
				p.add(i)
			}
		}
	}
	return p
}

// reached is how a walk came to the nodes.
type reached struct {
	distance []int    // steps, by node; -1 where it did not come
	where    []places // by node, in which environments it came there; nil for none
	first    []places // by node, in which environments it came there soonest
	by       []int    // by node, the edge of the last step; -1 where there is none
}

// walk goes from some nodes, up against the edges or down along them, breadth
// first. Every node is taken once for each environment at most.
func (r *reach) walk(start []int, up bool, use func(Edge) bool) reached {
	n := len(r.graph.Nodes)
	w := reached{distance: make([]int, n), where: make([]places, n), first: make([]places, n), by: make([]int, n)}
	for i := range n {
		w.distance[i], w.by[i] = -1, -1
	}
	fresh := map[int]places{}
	for _, i := range start {
		if w.where[i] == nil {
			r.arrive(&w, fresh, i, -1, r.everywhere, 0)
		}
	}
	next := r.in
	if !up {
		next = r.out
	}
	for step := 1; len(fresh) > 0; step++ {
		ahead := map[int]places{}
		for _, at := range slices.Sorted(maps.Keys(fresh)) {
			for _, i := range next[at] {
				if !use(r.graph.Edges[i]) {
					continue
				}
				to := r.ends[i][0]
				if !up {
					to = r.ends[i][1]
				}
				r.arrive(&w, ahead, to, i, both(fresh[at], r.holds[i]), step)
			}
		}
		fresh = ahead
	}
	return w
}

func both(a, b places) places {
	out := make(places, len(a))
	for i := range a {
		out[i] = a[i] & b[i]
	}
	return out
}

// arrive comes to a node by an edge, in some environments; what is new goes on
// from there.
func (r *reach) arrive(w *reached, fresh map[int]places, node, by int, here places, step int) {
	if home, ok := r.homes[node]; ok {
		here = both(here, home)
	}
	added := false
	for i, word := range here {
		var had uint64
		if w.where[node] != nil {
			had = w.where[node][i]
		}
		if word&^had == 0 {
			continue
		}
		if !added && w.where[node] == nil {
			w.where[node], w.first[node], w.distance[node], w.by[node] = r.none(), here, step, by
		}
		if !added && fresh[node] == nil {
			fresh[node] = r.none()
		}
		added = true
		w.where[node][i] |= word
		fresh[node][i] |= word &^ had
	}
}

// mixed is the reach that lets every step hold somewhere else.
func (r *reach) mixed() *reach {
	m := *r
	m.homes, m.holds = nil, make([]places, len(r.holds))
	for i := range m.holds {
		m.holds[i] = r.everywhere
	}
	return &m
}

// names are the environments of a set, in order; nil when it is all of them.
func (r *reach) names(p places) []string {
	if p == nil || slices.Equal(p, r.everywhere) {
		return nil
	}
	var names []string
	for i, env := range r.environments {
		if p.has(i) {
			names = append(names, env)
		}
	}
	return names
}
