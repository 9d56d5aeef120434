package graph

import "slices"

// digraph is the successors of each node of a directed graph, numbered from 0.
type digraph [][]int

// newDigraph keeps the order that the arcs of a node stand in.
func newDigraph(n int, arcs []arc) digraph {
	first, to := make([]int, n+1), make([]int, len(arcs))
	for _, a := range arcs {
		first[a.from+1]++
	}
	for i := range n {
		first[i+1] += first[i]
	}
	at := slices.Clone(first)
	for _, a := range arcs {
		to[at[a.from]] = a.to
		at[a.from]++
	}
	d := make(digraph, n)
	for i := range n {
		d[i] = to[first[i]:first[i+1]]
	}
	return d
}

// strong finds the strongly connected components of two nodes or more. Each is
// sorted, and they are sorted by their first node.
func (d digraph) strong() [][]int {
	of, count := components(d)
	size, place := make([]int, count), make([]int, count)
	for _, c := range of {
		size[c]++
	}
	var found [][]int
	for i, c := range of {
		if size[c] < 2 {
			continue
		}
		if place[c] == 0 {
			found = append(found, make([]int, 0, size[c]))
			place[c] = len(found)
		}
		found[place[c]-1] = append(found[place[c]-1], i)
	}
	return found
}
