package spool

// A spool says what changes, not what goes on: of a thousand damaged entries the
// first one, and in the end how many.

// warnOnce says the first of a row of equal troubles; the others are for who debugs.
func (s *Spool) warnOnce(topic, message string, args ...any) {
	s.said[topic]++
	if s.said[topic] == 1 {
		s.options.Log.Warn(message, args...)
		return
	}
	s.options.Log.Debug(message, args...)
}

// fine ends a row of troubles.
func (s *Spool) fine(topic, message string, args ...any) {
	n := s.said[topic]
	delete(s.said, topic)
	if n > 0 && message != "" {
		s.options.Log.Info(message, args...)
	}
}

// sayTotals ends the rows of entries that were lost, with how many they were.
func (s *Spool) sayTotals() {
	for _, topic := range []string{"damaged", "vanished"} {
		if n := s.said[topic]; n > 1 {
			s.options.Log.Warn("entries of the spool were lost", "spool", s.dir, "reason", topic, "entries", n)
		}
		delete(s.said, topic)
	}
}
