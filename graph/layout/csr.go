package layout

// csr is the adjacency of a graph in two flat slices: a graph of 10,000 nodes
// has hundreds of thousands of short lists, each an allocation otherwise.
type csr struct {
	start []int32 // node -> where its list begins; one more at the end
	to    []int32
}

// newCSR lists, for each of n nodes, the to of every pair whose from it is, in
// the order of the pairs.
func newCSR(n int, from, to []int32) csr {
	c := csr{start: make([]int32, n+1), to: make([]int32, len(to))}
	for _, v := range from {
		c.start[v+1]++
	}
	for v := range n {
		c.start[v+1] += c.start[v]
	}
	next := append([]int32(nil), c.start[:n]...)
	for i, v := range from {
		c.to[next[v]] = to[i]
		next[v]++
	}
	return c
}

func (c csr) of(v int32) []int32 { return c.to[c.start[v]:c.start[v+1]] }

// indexHeap is a priority queue of small integers whose priority may change.
type indexHeap struct {
	items []int32
	at    []int32 // item -> its place, plus one; zero when absent
	less  func(a, b int32) bool
}

func newIndexHeap(n int, less func(a, b int32) bool) *indexHeap {
	return &indexHeap{at: make([]int32, n), less: less}
}

func (h *indexHeap) len() int         { return len(h.items) }
func (h *indexHeap) has(v int32) bool { return h.at[v] > 0 }

func (h *indexHeap) push(v int32) {
	h.items = append(h.items, v)
	h.at[v] = int32(len(h.items))
	h.up(len(h.items) - 1)
}

func (h *indexHeap) pop() int32 {
	top := h.items[0]
	h.swap(0, len(h.items)-1)
	h.items = h.items[:len(h.items)-1]
	h.at[top] = 0
	h.down(0)
	return top
}

// fix restores the order after v's priority has changed.
func (h *indexHeap) fix(v int32) {
	i := int(h.at[v]) - 1
	h.up(i)
	h.down(int(h.at[v]) - 1)
}

func (h *indexHeap) swap(i, j int) {
	h.items[i], h.items[j] = h.items[j], h.items[i]
	h.at[h.items[i]], h.at[h.items[j]] = int32(i+1), int32(j+1)
}

func (h *indexHeap) up(i int) {
	for i > 0 {
		p := (i - 1) / 2
		if !h.less(h.items[i], h.items[p]) {
			return
		}
		h.swap(i, p)
		i = p
	}
}

func (h *indexHeap) down(i int) {
	for {
		c := 2*i + 1
		if c >= len(h.items) {
			return
		}
		if c+1 < len(h.items) && h.less(h.items[c+1], h.items[c]) {
			c++
		}
		if !h.less(h.items[c], h.items[i]) {
			return
		}
		h.swap(i, c)
		i = c
	}
}
