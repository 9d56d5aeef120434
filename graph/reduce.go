package graph

// reduced is the graph without the edges that a longer way makes redundant: the
// transitive reduction. The longer way must hold always, without a condition and
// in every environment. Edges inside a component stay as they are, as do those
// between two components that no third lies between; for a graph without cycles
// the result is the smallest with the same reach.
func (g *Graph) reduced() *Graph {
	at := g.index()
	always := make([][]int, len(g.Nodes))
	for _, e := range g.Edges {
		if !e.Maybe && e.Only() == nil {
			always[at[e.From]] = append(always[at[e.From]], at[e.To])
		}
	}
	knot, _ := components(g.next())
	of, count := components(always)
	var asked [][2]int // edges between components, by component
	var which []int    // the edge of each
	for i, e := range g.Edges {
		from, to := at[e.From], at[e.To]
		if knot[from] != knot[to] && of[from] != of[to] {
			asked = append(asked, [2]int{of[from], of[to]})
			which = append(which, i)
		}
	}
	redundant := make([]bool, len(g.Edges))
	for i, yes := range indirect(condensed(always, of, count), asked) {
		redundant[which[i]] = yes
	}
	edges := make([]Edge, 0, len(g.Edges))
	for i, e := range g.Edges {
		if !redundant[i] {
			edges = append(edges, e)
		}
	}
	return g.with(g.Nodes, edges)
}

// condensed is the graph of the components, without repetitions.
func condensed(next [][]int, of []int, count int) [][]int {
	all, last := make([][]int, count), make([]int, count)
	members := make([][]int, count)
	for i, c := range of {
		members[c] = append(members[c], i)
	}
	for c, nodes := range members {
		for _, i := range nodes {
			for _, to := range next[i] {
				if d := of[to]; d != c && last[d] != c+1 {
					last[d] = c + 1
					all[c] = append(all[c], d)
				}
			}
		}
	}
	return all
}

// block is a set of 4096 nodes that follow each other. Looking at one at a time
// bounds the memory to 512 bytes a node, however large the graph.
type block [64]uint64

const blockSize = 64 * len(block{})

func (b *block) add(i int)      { b[i/64] |= 1 << (i % 64) }
func (b *block) has(i int) bool { return b[i/64]>>(i%64)&1 == 1 }

func (b *block) addAll(other *block) {
	for i, word := range other {
		b[i] |= word
	}
}

// indirect says for each pair whether a way of two steps or more leads from its
// first to its second. The graph has no cycles and its nodes are numbered
// against the edges.
func indirect(next [][]int, asked [][2]int) []bool {
	by := make([][]int, len(next)) // the pairs that begin at a node
	for i, pair := range asked {
		by[pair[0]] = append(by[pair[0]], i)
	}
	yes, reach := make([]bool, len(asked)), make([]block, len(next))
	for low := 0; low < len(next); low += blockSize {
		for node := low; node < len(next); node++ { // no other reaches into the block
			far := block{}
			for _, to := range next[node] {
				if to >= low {
					far.addAll(&reach[to])
				}
			}
			for _, i := range by[node] {
				if to := asked[i][1]; to >= low && to < low+blockSize {
					yes[i] = far.has(to - low)
				}
			}
			for _, to := range next[node] {
				if to >= low && to < low+blockSize {
					far.add(to - low)
				}
			}
			reach[node] = far
		}
	}
	return yes
}
