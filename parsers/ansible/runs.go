package ansible

import (
	"maps"
	"slices"

	"github.com/converged/converged/parsers/report"
)

// runs is a run per host, by name: of those that the stats tell of; without
// stats, of those that were heard of, unfinished.
func (p *playbook) runs(source string) []report.Run {
	names := slices.Sorted(maps.Keys(p.stats))
	if p.stats == nil {
		names = slices.Sorted(maps.Keys(p.hosts))
	}
	runs := make([]report.Run, 0, len(names))
	for _, name := range names {
		run := p.run(name, len(names) == 1)
		run.Source = source
		runs = append(runs, run)
	}
	return runs
}

func (p *playbook) run(name string, alone bool) report.Run {
	r := report.Run{
		ID: p.id + "/" + name, Tool: report.Ansible, ToolVersion: p.version, Phase: report.Started,
		Host: name, Playbook: p.name, Noop: p.check, Start: report.At(p.start),
	}
	h := p.hosts[name]
	if h != nil {
		r.Plays, r.Roles, r.ResourceList = h.plays, h.roles, h.rows
		if !alone { // a task's time spans all hosts
			for i := range r.ResourceList {
				r.ResourceList[i].Duration = nil
			}
		}
	}
	if p.stats == nil {
		return r
	}
	r.Phase = report.Finished
	r.End, r.Duration = report.At(p.end), between(p.start, p.end)
	p.judged(&r, h, p.stats[name])
	return r
}

// judged adds what the stats alone can tell: how it went, and which failure counts.
func (p *playbook) judged(r *report.Run, h *host, s stats) {
	if s.absurd {
		return
	}
	r.Resources = p.counts(s)
	if !some(s.failures) && !some(s.unreachable) {
		if r.Resources.Failed != nil {
			r.Status = report.Success
		}
		return
	}
	r.Status = report.Failure
	if h == nil {
		return
	}
	if some(s.failures) {
		r.Failure = h.failed
	}
	if some(s.unreachable) && (r.Failure == nil || h.cutAt > h.failedAt) && h.cut != nil {
		r.Failure = h.cut
	}
}

// counts are the stats in our terms. In check mode what changed only would have.
func (p *playbook) counts(s stats) report.Counts {
	c := report.Counts{
		Total:   sum(s.ok, s.failures, s.skipped, s.unreachable),
		Updated: s.changed, Failed: sum(s.failures, s.unreachable), Skipped: s.skipped,
		Ignored: s.ignored, Rescued: s.rescued, Unreachable: s.unreachable,
	}
	if s.rescued != nil {
		c.Total = sum(c.Total, s.rescued)
	}
	if p.noop() && s.changed != nil {
		c.Updated, c.Pending = new(0), s.changed
	}
	return c
}
