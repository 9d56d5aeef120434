package layout

// slackHeap is a priority queue of edges, the least key first; among equals the
// edge of lower number.
type slackHeap struct {
	key  []int
	edge []int32
}

func (h *slackHeap) len() int { return len(h.edge) }

func (h *slackHeap) less(i, j int) bool {
	return h.key[i] < h.key[j] || h.key[i] == h.key[j] && h.edge[i] < h.edge[j]
}

func (h *slackHeap) swap(i, j int) {
	h.key[i], h.key[j] = h.key[j], h.key[i]
	h.edge[i], h.edge[j] = h.edge[j], h.edge[i]
}

func (h *slackHeap) push(key int, e int32) {
	h.key, h.edge = append(h.key, key), append(h.edge, e)
	for i := len(h.edge) - 1; i > 0; {
		p := (i - 1) / 2
		if !h.less(i, p) {
			return
		}
		h.swap(i, p)
		i = p
	}
}

func (h *slackHeap) pop() int32 {
	top, n := h.edge[0], len(h.edge)-1
	h.swap(0, n)
	h.key, h.edge = h.key[:n], h.edge[:n]
	for i := 0; ; {
		c := 2*i + 1
		if c >= n {
			return top
		}
		if c+1 < n && h.less(c+1, c) {
			c++
		}
		if !h.less(c, i) {
			return top
		}
		h.swap(c, i)
		i = c
	}
}
