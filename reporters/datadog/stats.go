package datadog

import (
	"encoding/json"
	"maps"
	"sync"
)

// Stats counts what a Reporter did since New.
type Stats struct {
	Requests  int64
	Bytes     int64            // of bodies, as they were sent
	Answers   map[int]int64    // by status; 0 where none came
	Delivered int64            // items
	Refused   map[int]int64    // items, by status; 0 those too long to be sent
	Dropped   map[string]int64 // items of delivered batches that cannot be told at all, by reason
	Warnings  int64            // answers that took everything and complained nevertheless
	HostTags  HostTagStats
}

// counts is a Stats that is being counted.
type counts struct {
	mu         sync.Mutex
	stats      Stats
	complained map[string]bool // by path: the last answer did
}

func (c *counts) answered(status, bytes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stats.Requests++
	c.stats.Bytes += int64(bytes)
	add(&c.stats.Answers, status, 1)
}

func (c *counts) took(items int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stats.Delivered += int64(items)
}

func (c *counts) refuse(status, items int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	add(&c.stats.Refused, status, items)
}

func add[K comparable](counted *map[K]int64, key K, n int) {
	if *counted == nil {
		*counted = map[K]int64{}
	}
	(*counted)[key] += int64(n)
}

// countDropped counts what was left out of a batch that is delivered. It is said
// for the first of each reason.
func (r *Reporter) countDropped(runID string, a account) {
	for _, items := range a {
		for _, err := range items {
			if fateOf(err) != gone {
				continue
			}
			r.counts.mu.Lock()
			add(&r.counts.stats.Dropped, err.Error(), 1)
			first := r.counts.stats.Dropped[err.Error()] == 1
			r.counts.mu.Unlock()
			if first {
				r.log.Warn("a part of a batch cannot be told to Datadog; it is dropped, and so are those that follow; they are counted", "run_id", runID, "reason", err.Error())
			}
		}
	}
}

// heed counts a good answer that complains. It is said when a path begins to
// complain, and when it no longer does.
func (r *Reporter) heed(path string, body []byte, keys *Keys) {
	complaint := complaintIn(body)
	r.counts.mu.Lock()
	before := r.counts.complained[path]
	if complaint == "" {
		delete(r.counts.complained, path)
	} else {
		r.counts.stats.Warnings++
		r.counts.complained[path] = true
	}
	r.counts.mu.Unlock()
	switch {
	case complaint != "" && !before:
		r.log.Warn("Datadog took what was sent and complains of it; it counts as delivered", "path", path, "errors", excerpt([]byte(complaint), keys))
	case complaint == "" && before:
		r.log.Info("Datadog no longer complains of what is sent", "path", path)
	}
}

// complaintIn is what the member "errors" of an answer holds, "" if it is empty
// or there is none. An answer that is no JSON complains of nothing.
func complaintIn(body []byte) string {
	var said struct {
		Errors []json.RawMessage `json:"errors"`
	}
	if json.Unmarshal(body, &said) != nil || len(said.Errors) == 0 {
		return ""
	}
	text, err := json.Marshal(said.Errors)
	if err != nil {
		return ""
	}
	return string(text)
}

// Stats may be called at any time.
func (r *Reporter) Stats() Stats {
	r.counts.mu.Lock()
	defer r.counts.mu.Unlock()
	s := r.counts.stats
	s.Answers, s.Refused, s.Dropped = maps.Clone(s.Answers), maps.Clone(s.Refused), maps.Clone(s.Dropped)
	s.HostTags = r.hosts.stats()
	return s
}

// Dropped is that of Stats.
func (r *Reporter) Dropped() map[string]int64 { return r.Stats().Dropped }
