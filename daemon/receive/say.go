package receive

import (
	"bytes"
	"log/slog"
	"regexp"
	"strings"
	"sync"
	"time"
	"unicode"
)

const (
	sayAgain   = time.Minute
	maxMessage = 1000
)

// say logs each kind of thing at most once a minute: who sends what we refuse
// may send much of it.
type say struct {
	log  *slog.Logger
	mu   sync.Mutex
	kind map[string]*saidOf // as many as there are kinds in this package
}

type saidOf struct {
	at     time.Time
	unsaid int
}

func newSay(log *slog.Logger) *say { return &say{log: log, kind: map[string]*saidOf{}} }

func (s *say) warn(kind, message string, args ...any) {
	if more, now := s.due(kind); now {
		s.log.Warn(message, append(args, more...)...)
	}
}

func (s *say) error(kind, message string, args ...any) {
	if more, now := s.due(kind); now {
		s.log.Error(message, append(args, more...)...)
	}
}

// due says whether it is time for this kind, and how often it was not since.
func (s *say) due(kind string) (more []any, now bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.kind[kind]
	if k != nil && time.Since(k.at) < sayAgain {
		k.unsaid++
		return nil, false
	}
	if k != nil && k.unsaid > 0 {
		more = []any{"as_before", k.unsaid}
	}
	s.kind[kind] = &saidOf{at: time.Now()}
	return more, true
}

// leaves are how net/http speaks of one that went away, which scanners and
// checks of ports do all day.
var leaves = regexp.MustCompile(`: (?:EOF|i/o timeout|read: connection reset by peer)$`)

// Write takes what net/http and crypto/tls have to say of connections; what
// follows a first line is a stack.
func (s *say) Write(line []byte) (int, error) {
	first, _, _ := bytes.Cut(line, []byte("\n"))
	if text := clean(string(first)); !leaves.MatchString(text) {
		s.warn("connection", "a connection failed", "error", text)
	}
	return len(line), nil
}

// clean is text fit for a log line or an answer: short, and printable.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
	if len(text) <= maxMessage {
		return text
	}
	return strings.ToValidUTF8(text[:maxMessage], "") + "..."
}
