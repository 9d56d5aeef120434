package daemon

import (
	"errors"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/converged/converged/daemon/analyse"
	"github.com/converged/converged/daemon/ledger"
	"github.com/converged/converged/parsers/chef"
	"github.com/converged/converged/parsers/report"
	"github.com/converged/converged/reporters/telemetry"
)

// What Chef leaves in its cache when a run has failed.
const (
	failedRunData = "failed-run-data.json" // what the JSON handler's report would hold
	stackTrace    = "chef-stacktrace.out"
)

// What belongs to the run of an empty report was written at the same end. How long
// the run may have ended before its report was created (other handlers come first),
// how much later its stack trace may come (others follow), and how far a clock that
// shows seconds may be ahead.
const (
	longestBefore = time.Minute
	longestAfter  = time.Minute
	tick          = 2 * time.Second
)

// standIn is what is known of a run whose report stayed empty.
type standIn struct {
	run  report.Run
	path string // the file that told it; empty if there is none
	told bool   // another report has told of the run
}

// lost is what there is to say of a run whose report stayed without a byte: what
// Chef left of it in its cache, if it failed, else that its outcome is unknown. Of
// a run that another report told of the empty one alone is counted.
func (in *intake) lost(d document, bad error) []ranked {
	s, held := in.standIn(d), 0
	if !s.told && s.run.ID == "" {
		in.begun.EndAt(d.format.tool, d.at, isHere)
	}
	if s.path == "" {
		more, tell := in.bad.admit(d.format.name)
		if !tell {
			return nil
		}
		held = more
	}
	options := in.optionsFor(d)
	options.Instead = s.path
	var b telemetry.Batch
	switch {
	case s.told:
		in.log.Warn("a report stayed empty, of a run that another one told of; it is counted and let go", "path", d.origin, "error", bad)
		b = analyse.Counted(d.origin, bad, d.at, options)
	case s.path != "":
		in.log.Warn("a report stayed empty; what Chef left of the run in its cache is told instead", "path", d.origin, "instead", s.path)
		b = analyse.Lost(s.run, d.origin, bad, d.at, options)
	default:
		in.log.Warn("a report stayed empty; that there was a run is told", "path", d.origin, "error", bad)
		b = analyse.Lost(s.run, d.origin, bad, d.at, options)
	}
	b.Metrics[0].Value += float64(held)
	switch {
	case s.run.ID != "": // it is the run itself
		return append(in.heard([]report.Run{s.run}, s.path), ranked{batch: b, rank: d.format.rank, summary: summary(s.run, b, s.path)})
	case s.path != "":
		return []ranked{{batch: b, summary: summary(s.run, b, s.path)}}
	}
	return []ranked{{batch: b, summary: &ledger.Summary{Tool: string(d.format.tool), Host: b.Host, Status: statusUnknown, Report: d.origin}}}
}

// standIn looks for the run of an empty report in Chef's cache.
func (in *intake) standIn(d document) standIn {
	unknown := standIn{run: report.Run{Tool: d.format.tool}, told: in.ends.near(d.at)}
	if unknown.told {
		return unknown
	}
	cache := in.caches.of(d.origin)
	path := filepath.Join(cache, failedRunData)
	runs, err := readFrom(path, chef.Report)
	in.sayUnreadable(path, err)
	// One that was told is of an earlier run, which left a report of its own.
	if err == nil && failedBefore(runs[0], d.at) && !in.toldOf(runs[0].ID) {
		return standIn{run: runs[0], path: path}
	}
	path = filepath.Join(cache, stackTrace)
	trace, err := readFrom(path, chef.Stacktrace)
	in.sayUnreadable(path, err)
	late := trace.End.Sub(d.at.Truncate(time.Second))
	if err == nil && late >= 0 && late <= longestAfter && !in.ends.near(trace.End.Time) {
		return standIn{run: trace, path: path}
	}
	return unknown
}

// failedBefore says whether a report that was created at that time may be of this
// run, which failed.
func failedBefore(r report.Run, created time.Time) bool {
	ago := created.Sub(r.End.Time)
	return r.Status == report.Failure && !r.End.IsZero() && ago > -tick && ago <= longestBefore
}

// sayUnreadable says why what Chef left does not help. That there is nothing is usual.
func (in *intake) sayUnreadable(path string, err error) {
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		in.log.Warn("what Chef left of a failed run cannot be read; a run whose report stayed empty is told without it", "path", path, "error", err)
	}
}
