package daemon

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/converged/converged/daemon/analyse"
	"github.com/converged/converged/parsers/report"
)

// ReportThere says whether the report of a run is still where it was read.
func (a RunAccount) ReportThere() bool {
	info, err := os.Stat(a.Report)
	return a.Report != "" && !a.Posted() && err == nil && info.Mode().IsRegular()
}

// Posted says whether the report of a run came over HTTP: it never was a file.
func (a RunAccount) Posted() bool { return a.Report != "" && !filepath.IsAbs(a.Report) }

// mostLookedThrough is the longest report, in bytes, that is read for a run's sake.
const mostLookedThrough = 16 << 20

// ReportReplaced says whether the file of a run's report tells of other runs by
// now, as where Puppet's next run has put its own there. What cannot be read, or
// is long, is not said to.
func (a RunAccount) ReportReplaced() bool {
	f, err := os.Open(a.Report)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }() // only read from
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() || info.Size() > mostLookedThrough {
		return false
	}
	runs, _ := Inspect(f)
	return len(runs) > 0 && a.Status != statusUnreadable &&
		!slices.ContainsFunc(runs, func(r report.Run) bool { return a.Run == r.ID || a.Run == analyse.UnfinishedID(r.ID) })
}

// ReportIsATrace says whether what is left of a run is no report but the stack
// trace that Chef wrote, which inspect does not read.
func (a RunAccount) ReportIsATrace() bool { return filepath.Base(a.Report) == stackTrace }
