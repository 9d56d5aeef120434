package daemon

import (
	"log/slog"
	"sync"
	"time"
)

// A source of garbage must not drown the runs of the others, nor push them out
// of a spool: of each format so many reports are told one by one in a window,
// the rest is counted and told with the first of the next window.
const (
	toldOneByOne = 10
	toldWindow   = time.Hour
)

// unreadable counts the reports that cannot be read, by format.
type unreadable struct {
	now func() time.Time
	log *slog.Logger

	mu      sync.Mutex
	formats map[string]*streak
}

// streak is one window of one format.
type streak struct {
	since      time.Time
	told, held int
}

func newUnreadable(log *slog.Logger) *unreadable {
	return &unreadable{now: time.Now, log: log, formats: map[string]*streak{}}
}

// admit says whether one more report that cannot be read is to be told now, and
// how many earlier ones are to be told along with it.
func (u *unreadable) admit(format string) (held int, tell bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	s := u.formats[format]
	if s == nil {
		s = &streak{since: u.now()}
		u.formats[format] = s
	}
	// A clock that was set back must not hold them for ever.
	if passed := u.now().Sub(s.since); passed < 0 || passed >= toldWindow {
		held = s.held
		*s = streak{since: u.now()}
	}
	if s.told < toldOneByOne {
		s.told++
		return held, true
	}
	if s.held++; s.held == 1 {
		u.log.Warn("many reports cannot be read; from now on they are counted and told once an hour", "format", format)
	}
	return 0, false
}

// end says what was counted and will not be told any more.
func (u *unreadable) end() {
	u.mu.Lock()
	defer u.mu.Unlock()
	for format, s := range u.formats {
		if s.held > 0 {
			u.log.Warn("reports that could not be read were counted and not told", "format", format, "reports", s.held)
		}
	}
}
