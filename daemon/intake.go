package daemon

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/converged/converged/daemon/analyse"
	"github.com/converged/converged/daemon/begun"
	"github.com/converged/converged/daemon/ledger"
	"github.com/converged/converged/daemon/spool"
	"github.com/converged/converged/daemon/watch"
	"github.com/converged/converged/parsers/report"
	"github.com/converged/converged/reporters/telemetry"
)

// maxReport is the largest document or line that is read, in bytes. Real ones
// reach a few MB; what is over it is counted, told and skipped.
const maxReport = 64 << 20

// readWithin is after how many looks at its source what lies there is read.
const readWithin = 4

// place is the spool of a reporter.
type place struct {
	name string
	*spool.Spool
}

// intake makes batches of reports and spools them, whichever way they came. It
// may be used from several goroutines; they parse at the same time, and spool
// one after the other.
type intake struct {
	places  []place
	options analyse.Options
	bad     *unreadable
	caches  caches
	ends    recentEnds // of Chef's runs
	begun   *begun.Journal
	note    func(ledger.Record)
	log     *slog.Logger

	spooling sync.Mutex // from what a batch carries of the counts to its spools
	counts   *tally
}

func newIntake(c Config, d *daemon) *intake {
	return &intake{places: d.places, options: c.analysis(), caches: c.caches(), bad: newUnreadable(d.log),
		begun: begun.Open(filepath.Join(c.StateDir, begunName), begun.Options{After: c.UnfinishedAfter, Hearing: readWithin * c.Watch.Poll, Log: d.log}),
		note:  d.note, counts: newTally(d.places, d.loops), log: d.log}
}

// document is a report as it came.
type document struct {
	format format
	origin string    // the file it lay in, or what it was posted to
	posted bool      // nobody can look at it any more
	at     time.Time // when the file was written, or the post came
	offset int64     // where the line begins in its file; noLine for a document
	data   []byte    // nil if nothing of it can be read
	err    error     // why it is not a whole report
	sender string    // the tool's version, as the post's headers have it
}

// noLine is the offset of a document that is no line of a file that grows.
const noLine = -1

// ranked is a batch and how rich the record is that it was made of.
type ranked struct {
	batch   telemetry.Batch
	rank    int
	summary *ledger.Summary
	of      string // the run that this says of that it did not finish; else ""
}

// read is what a document has to say, and what is wrong with it.
func (in *intake) read(d document) (all []ranked, bad error) {
	in.counts.seen.Add(1)
	if d.data == nil {
		return nil, d.err
	}
	defer survived(&bad)
	d.data = bytes.TrimPrefix(d.data, byteOrderMark)
	options := in.optionsFor(d)
	// Also what has no end: the parser says where it stops. A buffer is not copied.
	runs, bad := d.format.parse(bytes.NewBuffer(d.data))
	if len(runs) == 0 {
		bad = misplaced(d, bad)
	}
	in.ends.note(report.Chef, runs, d.origin)
	all = in.heard(runs, d.origin)
	for _, r := range runs {
		if r.ToolVersion == "" {
			r.ToolVersion = d.sender
		}
		if b, ok := analyse.Batch(r, options); ok {
			all = append(all, ranked{batch: b, rank: d.format.rank, summary: summary(r, b, d.origin)})
		}
	}
	return all, bad
}

func (in *intake) optionsFor(d document) analyse.Options {
	options := in.options
	options.Arrived, options.Tool = d.at, d.format.tool
	if !d.posted {
		options.Origin = d.origin
	}
	return options
}

// batches is read, for a document whose sender is not told what is wrong with it:
// whoever hears of the runs is.
func (in *intake) batches(d document) (all []ranked, understood bool) {
	all, bad := in.read(d)
	switch {
	case bad == nil:
		return all, true
	case d.format.ran && errors.Is(bad, watch.ErrEmpty):
		return in.lost(d, bad), false
	}
	return append(all, in.faultOf(d, bad)...), false
}

// faultOf is what there is to say of what is wrong with a document, unless that
// was said too often.
func (in *intake) faultOf(d document, bad error) []ranked {
	held, tell := in.bad.admit(d.format.name)
	if !tell {
		return nil
	}
	b := in.unparsable(d, bad)
	b.Metrics[0].Value += float64(held)
	return []ranked{{batch: b, summary: &ledger.Summary{Tool: string(d.format.tool), Host: b.Host, Status: statusUnreadable, Report: d.origin}}}
}

// unparsable tells of a report that could not be read. Its identity must be the
// same whenever these bytes are read: a document has its time, while the time of
// a file that grows says nothing of a line in it, but the line's place does.
func (in *intake) unparsable(d document, bad error) telemetry.Batch {
	at, options := d.at, in.optionsFor(d)
	if d.offset != noLine {
		at, bad = time.Time{}, fmt.Errorf("at byte %d: %w", d.offset, bad)
	}
	in.log.Warn("a report could not be read; it is counted and let go", "path", d.origin, "error", bad)
	return analyse.Unparsable(d.origin, bad, at, options)
}
