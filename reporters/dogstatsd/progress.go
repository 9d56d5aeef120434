package dogstatsd

import "maps"

// progress is what was already handed over of a run whose last attempt failed.
// Items are told apart by what they say, not by their place: a richer record of
// the run may come before the next attempt.
type progress struct {
	runID    string
	accepted map[string]int
}

// rest is the items of a run that were not handed over yet. A run without an id
// is not told from another, so all of it is.
func (p *progress) rest(runID string, items []item) []item {
	if p.runID != runID || runID == "" {
		*p = progress{runID: runID, accepted: map[string]int{}}
		return items
	}
	done := maps.Clone(p.accepted)
	var rest []item
	for _, it := range items {
		if done[it.id] > 0 {
			done[it.id]--
			continue
		}
		rest = append(rest, it)
	}
	return rest
}

func (p *progress) accept(items []item) {
	for _, it := range items {
		p.accepted[it.id]++
	}
}
