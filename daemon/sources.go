package daemon

import (
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// sourceCounts counts what each source gave.
type sourceCounts struct {
	changed func() // is called when a report was counted

	mu      sync.Mutex
	sources []SourceStatus // as configured
}

func newSourceCounts(c Config) *sourceCounts {
	s := &sourceCounts{changed: func() {}, sources: make([]SourceStatus, 0, len(c.Sources))}
	for _, source := range c.Sources {
		s.sources = append(s.sources, SourceStatus{Format: source.Format, Path: source.Path})
	}
	return s
}

// read counts a report, and whether it could be understood.
func (s *sourceCounts) read(format, path string, understood bool, at time.Time) {
	defer s.changed()
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.sources {
		if source := &s.sources[i]; source.Format == format && source.gave(path) {
			source.add(understood, at)
			return
		}
	}
}

// gave says whether a report is one of this source: at its path, in the directory
// there, or what a rotation made of it.
func (s SourceStatus) gave(path string) bool {
	for _, p := range []string{path, filepath.Dir(path)} {
		if match, err := filepath.Match(s.Path, p); err == nil && match || p == filepath.Clean(s.Path) {
			return true
		}
	}
	return strings.HasPrefix(path, s.Path)
}

// status is the counts, and whether something is at each place now.
func (s *sourceCounts) status() []SourceStatus {
	s.mu.Lock()
	all := append([]SourceStatus{}, s.sources...)
	s.mu.Unlock()
	for i := range all {
		found, err := filepath.Glob(all[i].Path)
		all[i].Present = err == nil && len(found) > 0
	}
	return all
}
