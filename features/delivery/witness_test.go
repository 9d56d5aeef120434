//go:build linux

package delivery

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/converged/converged/features/rig"
)

// witness remembers what came over the wire in which life of converged.
type witness struct {
	mu       sync.Mutex
	life     int
	tellings []telling
	more     chan struct{} // closed and replaced when something was heard
}

// telling is a request or a line: which runs it told of, and of what kind it is.
type telling struct {
	life  int
	kind  string
	hosts []string
}

// The kind that every delivery begins with.
const metrics = "metrics"

var runHost = regexp.MustCompile(`run-\d{6}`)

func newWitness() *witness { return &witness{more: make(chan struct{})} }

// nextLife begins another life of converged. It returns the runs that were told
// of last in the one before: they may have been under way at its end.
func (w *witness) nextLife() (doubtful []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, t := range slices.Backward(w.tellings) {
		if t.life != w.life {
			break
		}
		doubtful = append(doubtful, t.hosts...)
		if t.kind == metrics {
			break
		}
	}
	w.life++
	return doubtful
}

func (w *witness) heard(kind, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	hosts := runHost.FindAllString(text, -1)
	slices.Sort(hosts)
	w.tellings = append(w.tellings, telling{w.life, kind, slices.Compact(hosts)})
	close(w.more)
	w.more = make(chan struct{})
}

// heardOf is how many tellings there were, and what is closed at the next.
func (w *witness) heardOf() (n int, more <-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.tellings), w.more
}

// request hears a request of the API.
func (w *witness) request(r *http.Request, body []byte) {
	switch r.URL.Path {
	case rig.SeriesPath:
		w.heard(metrics, string(body))
	case rig.ChecksPath, rig.EventsPath:
		w.heard(r.URL.Path, string(body))
	}
}

// datagram hears what an agent is sent.
func (w *witness) datagram(text []byte) {
	for line := range strings.Lines(string(text)) {
		switch kind, _, _ := strings.Cut(line, "|"); {
		case strings.HasPrefix(line, "configrun.runs:"):
			w.heard(metrics, line)
		case strings.HasPrefix(line, "_"):
			w.heard(kind[:3], line)
		}
	}
}

// excuse says why a run may have been told of twice, or else complains:
// the first time must have been in the last delivery of a life, of which the next
// one cannot know that it was received.
func (w *witness) excuse(host string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	first := map[string]int{} // by kind
	for i, t := range w.tellings {
		if !slices.Contains(t.hosts, host) {
			continue
		}
		at, told := first[t.kind]
		if !told {
			first[t.kind] = i
			continue
		}
		if n := w.othersAfter(at, i, host); n > 0 {
			return fmt.Errorf("%s came again in life %d, and in life %d %d other deliveries had begun after it", host, t.life, w.tellings[at].life, n)
		}
		if t.life == w.tellings[at].life && w.firstOf(t.life) != at {
			return fmt.Errorf("%s came twice in life %d", host, t.life) // and not as the last words of the life before
		}
	}
	return nil
}

// othersAfter counts the deliveries that began between two tellings in the life
// of the first and do not tell of the host: it was written down before them.
func (w *witness) othersAfter(at, until int, host string) int {
	n := 0
	for _, t := range w.tellings[at+1 : until] {
		if t.kind == metrics && t.life == w.tellings[at].life && !slices.Contains(t.hosts, host) {
			n++
		}
	}
	return n
}

// firstOf is the first telling of a life.
func (w *witness) firstOf(life int) int {
	return slices.IndexFunc(w.tellings, func(t telling) bool { return t.life == life })
}
