package ansible

import (
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/converged/converged/parsers/report"
)

// playbook is one run of ansible-playbook, as it is gathered.
type playbook struct {
	id            string // what its plays and tasks share
	name, version string
	check         *bool
	play          string // under way
	start, end    time.Time
	hosts         map[string]*host
	stats         map[string]stats // nil: it did not tell how it ended
	rows          *int             // of the whole report
	crowded       bool             // hosts or rows were left out
}

// host is what is known of one host of a run.
type host struct {
	plays, roles     []string
	rows             []report.Resource
	failed, cut      *report.Problem // the last failure; why it was not reached
	failedAt, cutAt  int             // counted in results
	results          int
	playSeen, inRole map[string]bool
}

func newPlaybook(id string, rows *int) *playbook {
	return &playbook{id: id, hosts: map[string]*host{}, rows: rows}
}

// begin takes up a play.
func (p *playbook) begin(v play) {
	p.play = clean(v.Name, maxName)
	if t := moment(v.Duration.Start); !t.IsZero() && (p.start.IsZero() || t.Before(p.start)) {
		p.start = t
	}
	if t := moment(v.Duration.End); t.After(p.end) {
		p.end = t
	}
	if p.name == "" {
		p.name = baseName(v)
	}
	if p.version == "" {
		p.version = clean(v.Version, maxName)
	}
	if v.Check != nil {
		p.check = v.Check
	}
}

// baseName is the playbook's file, without its folder: where its first play
// stands, unless the callback knows better.
func baseName(v play) string {
	file := clean(v.Playbook, maxName)
	if file == "" {
		file, _ = place(v.Path)
	}
	if file == "" {
		return ""
	}
	return path.Base(file)
}

// host is what is known of the host of that name; nil if there are too many.
func (p *playbook) host(name string) *host {
	name = clean(name, maxName)
	h := p.hosts[name]
	if h == nil && len(p.hosts) < maxHosts {
		h = &host{playSeen: map[string]bool{}, inRole: map[string]bool{}}
		p.hosts[name] = h
	}
	p.crowded = p.crowded || h == nil
	return h
}

// add takes the results of a task, one a host.
func (p *playbook) add(t task, results map[string]result) {
	for _, name := range slices.Sorted(maps.Keys(results)) {
		if h := p.host(name); h != nil {
			h.visit(p.play, t)
			h.judge(t, results[name])
			p.list(h, t, results[name])
		}
	}
}

// visit notes the play and the role that a host was in.
func (h *host) visit(play string, t task) {
	if play != "" && !h.playSeen[play] && len(h.plays) < maxListed {
		h.playSeen[play] = true
		h.plays = append(h.plays, play)
	}
	role, _, in := strings.Cut(t.Name, " : ")
	if role = clean(role, maxName); in && role != "" && !h.inRole[role] && len(h.roles) < maxListed {
		h.inRole[role] = true
		h.roles = append(h.roles, role)
	}
}

// judge keeps the failure that may turn out to be the one that ended the host's
// run. Only the stats tell whether there was one: a failure that is ignored or
// rescued looks alike.
func (h *host) judge(t task, r result) {
	h.results++
	switch {
	case r.Unreachable:
		h.cut, h.cutAt = problem(t, r), h.results
	case r.Failed && !r.Ignored:
		h.failed, h.failedAt = problem(t, r), h.results
	}
}

// list adds the row of a task.
func (p *playbook) list(h *host, t task, r result) {
	if len(h.rows) >= maxRows || *p.rows >= maxAllRows {
		p.crowded = true
		return
	}
	*p.rows++
	row := report.Resource{Type: clean(r.Action, maxName), Name: clean(t.Name, maxName), Status: p.outcome(r)}
	row.File, row.Line = place(t.Path)
	row.Duration = between(moment(t.Duration.Start), moment(t.Duration.End))
	h.rows = append(h.rows, row)
}

func (p *playbook) outcome(r result) report.Outcome {
	switch {
	case r.Failed || r.Unreachable:
		return report.ResourceFailed
	case r.Skipped:
		return report.Skipped
	case r.Changed && p.noop():
		return report.Unprocessed
	case r.Changed:
		return report.Updated
	}
	return report.UpToDate
}

func (p *playbook) noop() bool { return p.check != nil && *p.check }

// between is the seconds from start to end, to the microsecond as the callbacks
// have it; nil if that is not known.
func between(start, end time.Time) *float64 {
	if start.IsZero() || end.Before(start) {
		return nil
	}
	return new(float64(end.Sub(start).Microseconds()) / 1e6)
}

// ended takes the stats, the last that is told of a run.
func (p *playbook) ended(told map[string]stats) {
	p.stats = map[string]stats{}
	for _, name := range slices.Sorted(maps.Keys(told)) {
		if len(p.stats) >= maxHosts {
			p.crowded = true
			return
		}
		p.stats[clean(name, maxName)] = told[name]
	}
}

// may says whether stats can be of this run: they tell of every host that it
// heard of.
func (p *playbook) may(told map[string]stats) bool {
	for name := range p.hosts {
		if _, ok := told[name]; !ok {
			return false
		}
	}
	return true
}
