package spool

// Of what is postponed, no more than this is in memory. Larger entries are written
// at once.
const (
	mostPostponed    = 16
	largestPostponed = 64 << 10
)

// Postpone is Append, but that data may be in memory until the next call of
// Settle, Take or Append, or until several were postponed: Holds tells of it until it
// is on disk, also after Added and Replaced. Entries that come one after the other
// cost fewer waits for the disk so.
func (s *Spool) Postpone(key string, rank int, data []byte) (Outcome, error) {
	return s.add(key, rank, data, true)
}

// mayPostpone says whether an entry of so many bytes may wait for others: only while
// the disk is not known to refuse anything.
func (s *Spool) mayPostpone(size int) bool {
	return s.away == nil && (s.postponing || len(s.held) == 0) && len(s.held) < mostPostponed &&
		len(s.owed)+len(s.litter)+len(s.letters) == 0 &&
		size <= largestPostponed && s.heldBytes+largestPostponed <= s.options.MaxHeld
}

// postpone keeps an item in memory until others are written down with it.
func (s *Spool) postpone(it *item, record []byte) {
	s.retain(it, record)
	s.postponing = true
}
