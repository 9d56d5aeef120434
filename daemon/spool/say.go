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

// sayForgotten says what ends with this process, for the disk never took it.
func (s *Spool) sayForgotten() {
	if n := len(s.held); n > 0 {
		s.options.Log.Error("closing with entries that the disk never took; they are lost if their source is gone", "spool", s.dir, "entries", n)
	}
	if n := len(s.owed); n > 0 {
		s.options.Log.Error("closing with finished entries of which the disk never took that they are; they are delivered again", "spool", s.dir, "entries", n)
	}
	if n := len(s.letters); n > 0 {
		s.options.Log.Error("closing with dead letters that the disk never took; they are lost", "spool", s.dir, "letters", n)
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
