package spool

// Withdraw lets a pending entry go that should not be delivered any more, such as
// one that turned out not to be so. It says whether there was one. An entry in
// flight goes when it comes back whole; one that was delivered in part stays. The
// key is not remembered.
func (s *Spool) Withdraw(key string) bool {
	s.mu.Lock()
	defer s.unlock()
	if s.closed {
		return false
	}
	s.look()
	name := encodeKey(key)
	if f := s.flight[name]; f != nil {
		f.withdrawn = f.it.rank != sealed
		return f.withdrawn
	}
	it := s.line.find(name)
	if it == nil || it.rank == sealed {
		return false
	}
	s.line.remove(it)
	s.forgo(it)
	return true
}

// Knows says whether a key is pending, or was delivered or refused.
func (s *Spool) Knows(key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := encodeKey(key)
	return s.find(name) != nil || s.finished(name)
}
