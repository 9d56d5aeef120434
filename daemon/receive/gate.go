package receive

import "sync"

// gate counts what is under way, and is shut when the server stops.
type gate struct {
	mu    sync.Mutex
	n     int
	shut  bool
	empty chan struct{} // closed when it is shut and nothing is under way
}

func newGate() *gate { return &gate{empty: make(chan struct{})} }

// enter says whether one more may begin.
func (g *gate) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut {
		return false
	}
	g.n++
	return true
}

// more begins one from within another.
func (g *gate) more() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.n++
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.n--
	if g.n == 0 && g.shut {
		close(g.empty)
	}
}

// close lets nothing more begin; empty is closed when all has ended.
func (g *gate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.shut && g.n == 0 {
		close(g.empty)
	}
	g.shut = true
}
