package draw

import "github.com/converged/converged/graph"

// part is the part a node or an edge has in the graph's cycles.
type part byte

const (
	free    part = iota // in no cycle
	tangled             // in a component that holds a cycle, off the one shown
	onCycle             // on the shortest cycle that is shown for its component
)

// cycles knows the part of every node and edge.
type cycles struct {
	found     []graph.Cycle
	component map[string]int // of a node in a component of two or more
	nodes     map[string]part
	edges     map[[2]string]bool // on a shown cycle
}

func findCycles(g *graph.Graph) cycles {
	c := cycles{found: shownCycles(g), component: map[string]int{}, nodes: map[string]part{}, edges: map[[2]string]bool{}}
	for i, cycle := range c.found {
		for _, id := range cycle.Component {
			c.nodes[id] = max(c.nodes[id], tangled)
			if len(cycle.Component) > 1 {
				c.component[id] = i + 1
			}
		}
		for k, id := range cycle.Path {
			c.nodes[id] = onCycle
			c.edges[[2]string{id, cycle.Path[(k+1)%len(cycle.Path)]}] = true
		}
	}
	return c
}

func (c cycles) edge(e graph.Edge) part {
	if c.edges[[2]string{e.From, e.To}] {
		return onCycle
	}
	if at := c.component[e.From]; at != 0 && at == c.component[e.To] {
		return tangled
	}
	return free
}
