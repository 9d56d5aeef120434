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
	crowded       bool             // hosts were left out
}

// host is what is known of one host of a run.
type host struct {
	plays, roles     []string
	rows             []report.Resource
	listed           string          // the id of the task of the last row
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
	p.play = report.Clean(v.name, maxName)
	if t := moment(v.duration.start); !t.IsZero() && (p.start.IsZero() || t.Before(p.start)) {
		p.start = t
	}
	if t := moment(v.duration.end); t.After(p.end) {
		p.end = t
	}
	if p.name == "" {
		p.name = baseName(v)
	}
	if p.version == "" {
		p.version = report.Clean(v.version, maxName)
	}
	if v.check != nil {
		p.check = v.check
	}
}

// baseName is the playbook's file, without its folder: where its first play
// stands, unless the callback knows better.
func baseName(v play) string {
	file := report.Clean(v.playbook, maxName)
	if file == "" {
		file, _ = place(v.path)
	}
	if file == "" {
		return ""
	}
	return path.Base(file)
}

// host is what is known of the host of that name; nil if there are too many.
func (p *playbook) host(name string) *host {
	name = report.Clean(name, maxName)
	h := p.hosts[name]
	if h == nil && len(p.hosts) < maxHosts {
		h = &host{playSeen: map[string]bool{}, inRole: map[string]bool{}}
		p.hosts[name] = h
	}
	p.crowded = p.crowded || h == nil
	return h
}

// add takes the result of a task on a host.
func (p *playbook) add(t task, name string, r result) {
	if h := p.host(name); h != nil {
		h.visit(p.play, t)
		h.judge(t, r)
		p.list(h, t, r)
	}
}

// visit notes the play and the role that a host was in.
func (h *host) visit(play string, t task) {
	if play != "" && !h.playSeen[play] && len(h.plays) < maxListed {
		h.playSeen[play] = true
		h.plays = append(h.plays, play)
	}
	role, _, in := strings.Cut(t.name, " : ")
	if role = report.Clean(role, maxName); in && role != "" && !includesRole(role) && !h.inRole[role] && len(h.roles) < maxListed {
		h.inRole[role] = true
		h.roles = append(h.roles, role)
	}
}

// includesRole says whether what stands before " : " is no role, but the module
// that includes one: so a task is named that has no name of its own.
func includesRole(before string) bool {
	return before == "include_role" || strings.HasPrefix(before, "ansible.") && strings.HasSuffix(before, ".include_role")
}

// judge keeps the failure that may turn out to be the one that ended the host's
// run. Only the stats tell whether there was one: a failure that is ignored or
// rescued looks alike.
func (h *host) judge(t task, r result) {
	h.results++
	switch {
	case r.unreachable:
		h.cut, h.cutAt = problem(t, r), h.results
	case r.failed && !r.ignored:
		h.failed, h.failedAt = problem(t, r), h.results
	}
}

// list adds the row of a task. One that includes others tells that it went well
// before it looks for them, and fails in the same place if they cannot be read.
func (p *playbook) list(h *host, t task, r result) {
	if n := len(h.rows); r.failed && n > 0 && t.id != "" && t.id == h.listed && h.rows[n-1].Status == report.UpToDate {
		h.rows, *p.rows = h.rows[:n-1], *p.rows-1
	}
	if len(h.rows) >= maxRows || *p.rows >= maxAllRows {
		return
	}
	*p.rows++
	row := report.Resource{Type: report.Clean(r.action, maxName), Name: report.Clean(t.name, maxName), Status: p.outcome(r)}
	row.File, row.Line = place(t.path)
	row.Duration = between(moment(t.duration.start), moment(t.duration.end))
	h.rows, h.listed = append(h.rows, row), t.id
}

func (p *playbook) outcome(r result) report.Outcome {
	switch {
	case r.failed || r.unreachable:
		return report.ResourceFailed
	case r.skipped:
		return report.Skipped
	case r.changed && p.noop():
		return "" // it would be changed
	case r.changed:
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
		p.stats[report.Clean(name, maxName)] = told[name]
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
