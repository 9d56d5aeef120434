package daemon

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/converged/converged/daemon/watch"
)

// sourceCounts counts what each source gave.
type sourceCounts struct {
	changed func() // is called when a report was counted

	mu      sync.Mutex
	sources []SourceStatus      // those that are read
	ill     []map[string]string // of each, the paths that cannot be read, and why
}

func newSourceCounts(c Config) *sourceCounts {
	s := &sourceCounts{changed: func() {}, sources: make([]SourceStatus, 0, len(c.Sources))}
	for _, source := range c.readSources() {
		s.sources = append(s.sources, SourceStatus{Format: source.Format, Path: source.Path})
		s.ill = append(s.ill, map[string]string{})
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

// trouble is watch.Options.Trouble. What a rotation made of a file may be of any
// kind and stay for long, and is no trouble of the source.
func (s *sourceCounts) trouble(of watch.Source, path, cause string) {
	defer s.changed()
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, source := range s.sources {
		if source.Format != of.Name || filepath.Clean(source.Path) != of.Path {
			continue
		}
		if delete(s.ill[i], path); cause != "" && (source.holds(path) || strings.HasPrefix(source.Path, filepath.Clean(path)+"/")) {
			s.ill[i][path] = cause
		}
	}
}

// firstTrouble is what cannot be read, of several places the first.
func firstTrouble(ill map[string]string) string {
	paths := slices.Sorted(maps.Keys(ill))
	if len(paths) == 0 {
		return ""
	}
	text := ill[paths[0]]
	if !strings.Contains(text, paths[0]) {
		text = paths[0] + ": " + text
	}
	if more := len(paths) - 1; more > 0 {
		text = fmt.Sprintf("%s, and %d more", text, more)
	}
	return text
}

// gave says whether a report is one of this source: at its path, in the directory
// there, or what a rotation made of it.
func (s SourceStatus) gave(path string) bool {
	return s.holds(path) || strings.HasPrefix(path, s.Path)
}

// holds says whether a path is this source's, or in the directory there.
func (s SourceStatus) holds(path string) bool {
	for _, p := range []string{path, filepath.Dir(path)} {
		if match, err := filepath.Match(s.Path, p); err == nil && match || p == filepath.Clean(s.Path) {
			return true
		}
	}
	return false
}

// status is the counts, and whether something is at each place now.
func (s *sourceCounts) status() []SourceStatus {
	s.mu.Lock()
	all := append([]SourceStatus{}, s.sources...)
	for i := range all {
		all[i].Error = firstTrouble(s.ill[i])
	}
	s.mu.Unlock()
	for i := range all {
		found, err := filepath.Glob(all[i].Path)
		all[i].Present = err == nil && len(found) > 0
	}
	return all
}
