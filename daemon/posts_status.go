package daemon

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// ReceiveStatus is what came over HTTP.
type ReceiveStatus struct {
	Addresses []string         `json:"addresses"` // with their real ports
	Formats   []PostStatus     `json:"formats"`   // those that came, by name
	Waiting   int              `json:"waiting"`   // Chef's messages that are on disk as they came, and not read
	Bytes     int64            `json:"waiting_bytes"`
	Refused   map[string]int64 `json:"refused"` // requests, by reason
	Lost      map[string]int64 `json:"lost"`    // Chef's messages that were answered and not read, by reason
}

// PostStatus is what came of one format.
type PostStatus struct {
	Format string `json:"format"`
	Counts
}

// Counts are of reports that came one way.
type Counts struct {
	Seen       int64     `json:"reports_seen"`
	Unparsable int64     `json:"reports_unparsed"`
	Last       time.Time `json:"last_report,omitzero"` // when the last one was read
}

func (c *Counts) add(understood bool, at time.Time) {
	c.Seen++
	c.Last = at.UTC()
	if !understood {
		c.Unparsable++
	}
}

// postCounts counts what came over HTTP.
type postCounts struct {
	changed func() // is called when something was counted

	mu      sync.Mutex
	formats map[string]*Counts
}

func newPostCounts(changed func()) *postCounts {
	return &postCounts{changed: changed, formats: map[string]*Counts{}}
}

// read counts a report, and whether it could be understood.
func (p *postCounts) read(format string, understood bool, at time.Time) {
	defer p.changed()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.formats[format] == nil {
		p.formats[format] = &Counts{}
	}
	p.formats[format].add(understood, at)
}

func (p *postCounts) status() []PostStatus {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := make([]PostStatus, 0, len(p.formats))
	for _, format := range slices.Sorted(maps.Keys(p.formats)) {
		all = append(all, PostStatus{format, *p.formats[format]})
	}
	return all
}

// tellIn puts into the status what is received.
func (p *posts) tellIn(st *Status) {
	if p == nil || p.server == nil {
		return
	}
	raw := p.raw.Stats()
	st.Receive = &ReceiveStatus{Addresses: p.server.Addresses(), Formats: p.came.status(),
		Waiting: raw.Entries, Bytes: raw.Bytes, Refused: p.server.Stats().Refused, Lost: p.lost()}
	for _, f := range st.Receive.Formats {
		st.Seen += f.Seen
		st.Unparsable += f.Unparsable
	}
	if raw.Held > 0 {
		st.Trouble = append(st.Trouble, fmt.Sprintf("the disk takes none of Chef's messages: %d in memory only", raw.Held))
	}
}

// lost is how many of Chef's messages were answered and never read, by reason.
func (p *posts) lost() map[string]int64 {
	all := maps.Clone(p.raw.Stats().Dropped)
	if n := p.server.Stats().Lost; n > 0 {
		all["not_kept"] = n
	}
	return all
}

// news is what the tally tells of posts.
func (p *posts) news() map[series]int64 {
	all := map[series]int64{}
	if p.server == nil {
		return all
	}
	for reason, n := range p.server.Stats().Refused {
		all[series{"converged.receive.refused", "", reason}] = n
	}
	for reason, n := range p.lost() {
		all[series{"converged.receive.lost", "", reason}] = n
	}
	return all
}
