package daemon

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/converged/converged/parsers/report"
)

// chefCache is where Chef keeps what it leaves of a failed run, unless its
// file_cache_path says otherwise.
const chefCache = "/var/chef/cache"

// caches are the sources whose tool keeps a cache, and where.
type caches []struct {
	source SourceStatus
	path   string
}

func (c Config) caches() caches {
	var all caches
	for _, s := range c.Sources {
		if s.CachePath != "" {
			all = append(all, struct {
				source SourceStatus
				path   string
			}{SourceStatus{Format: s.Format, Path: s.Path}, s.CachePath})
		}
	}
	return all
}

// of is the cache of the tool that left a report.
func (c caches) of(report string) string {
	for _, one := range c {
		if one.source.gave(report) {
			return one.path
		}
	}
	return chefCache
}

// readFrom reads a file of a tool. What is no file, such as a pipe, is not waited for.
func readFrom[T any](path string, parse func(io.Reader) (T, error)) (parsed T, err error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return parsed, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	defer survived(&err)
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no file", path)
	}
	if err != nil {
		return parsed, err
	}
	return parse(f)
}

// maxEnds is how many ends are remembered: those of one source of reports that is
// read while another is not yet.
const maxEnds = 200

// recentEnds are when the last runs of this machine ended, as far as it was told. The
// zero value is ready.
type recentEnds struct {
	mu    sync.Mutex
	times []time.Time
}

// note takes up the runs of a tool that a document told of.
func (e *recentEnds) note(tool report.Tool, runs []report.Run, origin string) {
	if !isHere(origin) {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, r := range runs {
		if r.Tool == tool && r.Phase == report.Finished && !r.End.IsZero() {
			e.times = append(e.times, r.End.Time)
		}
	}
	e.times = e.times[max(0, len(e.times)-maxEnds):]
}

// near says whether a run ended within seconds before what was written then: there
// is one run at a time.
func (e *recentEnds) near(written time.Time) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, end := range e.times {
		if ago := written.Sub(end); ago > -tick && ago < 5*time.Second {
			return true
		}
	}
	return false
}

// isHere says whether a report came from this machine: from a file, or from a
// program on it.
func isHere(origin string) bool {
	if filepath.IsAbs(origin) || strings.HasPrefix(origin, "unix:") {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && net.ParseIP(u.Hostname()).IsLoopback()
}
