package graph

// components are the strongly connected components of a graph given as the
// successors of every node: the component of each node, and their number. They
// are numbered against the edges: an edge leads to its own component or to one
// with a smaller number. Tarjan's, without recursion.
func components(next [][]int) (of []int, count int) {
	t := tarjan{next: next, of: make([]int, len(next)), low: make([]int, len(next)), order: make([]int, len(next))}
	for i := range next {
		if t.order[i] == 0 {
			t.visit(i)
		}
	}
	return t.of, t.count
}

type tarjan struct {
	next       [][]int
	of         []int // component, set when it is closed
	low, order []int // order 0: not visited; from 1
	visited    int
	open       []int // nodes without a component yet
	path       []step
	count      int
}

// step is a node on the way from the start, and which successor comes next.
type step struct{ node, successor int }

func (t *tarjan) visit(start int) {
	t.enter(start)
	for len(t.path) > 0 {
		top := &t.path[len(t.path)-1]
		if top.successor < len(t.next[top.node]) {
			to := t.next[top.node][top.successor]
			top.successor++
			if t.order[to] == 0 {
				t.enter(to)
			} else {
				t.low[top.node] = min(t.low[top.node], t.low[to])
			}
			continue
		}
		t.leave(top.node)
	}
}

func (t *tarjan) enter(node int) {
	t.visited++
	t.order[node], t.low[node] = t.visited, t.visited
	t.open = append(t.open, node)
	t.path = append(t.path, step{node: node})
}

// leave closes the component whose first node this is.
func (t *tarjan) leave(node int) {
	t.path = t.path[:len(t.path)-1]
	if len(t.path) > 0 {
		above := t.path[len(t.path)-1].node
		t.low[above] = min(t.low[above], t.low[node])
	}
	if t.low[node] != t.order[node] {
		return
	}
	for {
		last := t.open[len(t.open)-1]
		t.open = t.open[:len(t.open)-1]
		t.of[last] = t.count
		t.low[last] = len(t.next) + 1 // closed: lowers nobody
		if last == node {
			break
		}
	}
	t.count++
}
