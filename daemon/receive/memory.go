package receive

import (
	"context"
	"sync"
)

// memory is the room for bodies.
type memory struct {
	mu    sync.Mutex
	free  int64
	freed chan struct{} // closed when room is given back; nil if nobody waits
}

// hold is what one body has of it.
type hold struct {
	m     *memory
	n     int64
	leave int64 // room that it may not take: it is for others
}

// grow makes the hold one of n bytes, waiting for room until ctx ends.
func (h *hold) grow(ctx context.Context, n int64) error {
	for {
		freed := h.m.take(n-h.n, h.leave)
		if freed == nil {
			h.n = n
			return nil
		}
		select {
		case <-freed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// release gives all of it back.
func (h *hold) release() {
	h.m.give(h.n)
	h.n = 0
}

// take is nil if there was room for n more and is some left, else what tells when to
// ask again.
func (m *memory) take(n, leave int64) <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	if n <= m.free-leave {
		m.free -= n
		return nil
	}
	if m.freed == nil {
		m.freed = make(chan struct{})
	}
	return m.freed
}

func (m *memory) give(n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.free += n
	if m.freed != nil && n > 0 {
		close(m.freed)
		m.freed = nil
	}
}
