package receive

import (
	"maps"
	"sync"
)

// Why a request was refused: the keys of Stats.Refused.
const (
	reasonBrowser      = "browser"      // 403: sent by a web page
	reasonUnauthorized = "unauthorized" // 401: no token, or a wrong one
	reasonPath         = "path"         // 404, 400: no such endpoint
	reasonMethod       = "method"       // 405
	reasonFormat       = "format"       // 404: no such format
	reasonRate         = "rate"         // 503: over Options.Rate
	reasonRequests     = "requests"     // 503: no turn among Options.MaxRequests
	reasonMemory       = "memory"       // 503, 429: no room in Options.MaxMemory
	reasonTooLarge     = "too_large"    // 413: over Options.MaxBytes
	reasonEncoding     = "encoding"     // 415, 400: a Content-Encoding we do not read, or one that lies
	reasonEmpty        = "empty"        // 400: no body
	reasonBroken       = "broken"       // 400: ended early, or its chunks are none
	reasonSlow         = "slow"         // 408: a body under the least rate
	reasonUnfit        = "unfit"        // 422: ErrUnfit
	reasonBusy         = "busy"         // 503: ErrBusy
	reasonFailed       = "failed"       // 500: any other error of Take, or a panic
	reasonStopping     = "stopping"     // 503: the server stops
)

// Reasons are the keys of Stats.Refused, sorted.
func Reasons() []string {
	return []string{
		reasonBroken, reasonBrowser, reasonBusy, reasonEmpty, reasonEncoding, reasonFailed,
		reasonFormat, reasonMemory, reasonMethod, reasonPath, reasonRate, reasonRequests, reasonSlow,
		reasonStopping, reasonTooLarge, reasonUnauthorized, reasonUnfit,
	}
}

// Stats is what happened since Open. Requests that net/http itself refuses
// (malformed, or headers that do not end) are not in it.
type Stats struct {
	Accepted map[string]int64 // taken, by format
	Refused  map[string]int64 // by reason, one of Reasons
	Lost     int64            // Chef's messages that were answered 201 and not taken
	Bytes    int64            // of the bodies that were taken, decompressed
}

// counts are the Stats as they grow.
type counts struct {
	changed func()

	mu sync.Mutex
	s  Stats
}

func newCounts(changed func()) *counts {
	return &counts{changed: changed, s: Stats{Accepted: map[string]int64{}, Refused: map[string]int64{}}}
}

func (c *counts) accepted(format string, bytes int) {
	defer c.changed()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.s.Accepted[format]++
	c.s.Bytes += int64(bytes)
}

func (c *counts) refused(reason string) {
	defer c.changed()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.s.Refused[reason]++
}

func (c *counts) lost() {
	defer c.changed()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.s.Lost++
}

// Stats is a copy of the counts. What did not happen has no key.
func (s *Server) Stats() Stats {
	s.counts.mu.Lock()
	defer s.counts.mu.Unlock()
	now := s.counts.s
	now.Accepted, now.Refused = maps.Clone(now.Accepted), maps.Clone(now.Refused)
	return now
}
