package puppet

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"iter"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/converged/converged/parsers/json"
	"github.com/converged/converged/parsers/report"
)

// ReportSource is the Source of the runs that Report reads.
const ReportSource = "puppet-report"

// Report reads last_run_report.yaml of Puppet 2.6 to 8 and OpenVox, report formats
// 2 to 12, or the same as JSON, as an agent sends it. Each document is one finished
// run. Of a log only errors are read, of values before and after nothing.
//
// The error is a *report.ParseError of one of report's classes, or r's own.
func Report(r io.Reader) ([]report.Run, error) {
	data, err := readDocument(r)
	if err != nil {
		return nil, err
	}
	if bytes.TrimLeft(data, " \t\r\n")[0] == '{' {
		run, err := runOf(block{data, 1}, func() (*record, error) { return readJSON(data) })
		if err != nil {
			return nil, err
		}
		return []report.Run{run}, nil
	}
	var runs []report.Run
	for doc := range documents(data) {
		if len(runs) == maxRuns {
			return nil, &report.ParseError{Line: doc.line, Column: 1, Class: report.ErrTooLarge, Reason: "more than 100 reports in one file"}
		}
		run, err := runOf(doc, func() (*record, error) { return readYAML(doc) })
		if err != nil {
			return nil, err
		}
		runs = append(runs, run)
	}
	if len(runs) == 0 {
		return nil, foreign("no report of Puppet")
	}
	return runs, nil
}

// documents are the documents of a file, without the lines that begin them.
func documents(data []byte) iter.Seq[block] {
	starts := func(line []byte) bool {
		return bytes.HasPrefix(line, []byte("---")) || string(bytes.TrimRight(line, " \r\n")) == "..."
	}
	return func(yield func(block) bool) {
		head, headed := block{line: 1}, false
		for _, line := range (block{data, 1}).lines() {
			if starts(line) {
				break
			}
			headed = headed || !blank(line) && line[0] != '%'
			head.text = data[:len(head.text)+len(line)]
		}
		if headed && !yield(head) {
			return
		}
		for doc := range (block{data, 1}).parts(starts) {
			if _, rest := doc.first(); len(bytes.TrimSpace(rest.text)) > 0 && !yield(rest) {
				return
			}
		}
	}
}

func runOf(doc block, read func() (*record, error)) (report.Run, error) {
	d, err := read()
	if err == nil {
		err = d.check(doc)
	}
	if err != nil {
		return report.Run{}, err
	}
	return d.run(doc.text), nil
}

// check is an error if the document is of another format, or cut.
func (d *record) check(doc block) error {
	if !d.ours() {
		return foreign("neither host nor transaction_uuid beside a status, metrics or a log")
	}
	if d.json || ended(doc.text) && !d.cut() {
		return nil
	}
	return d.truncated(doc)
}

// ours says whether a report of Puppet has been seen, if only its beginning.
func (d *record) ours() bool {
	if !d.has("host") && !d.has("transaction_uuid") {
		return false
	}
	return slices.ContainsFunc([]string{"transaction_uuid", "report_format", "status", "metrics", "resource_statuses", "logs"},
		func(key string) bool { return d.seen[key] })
}

// ended says whether the last line of a text is a whole one.
func ended(text []byte) bool { return bytes.HasSuffix(text, []byte("\n")) }

func (d *record) truncated(doc block) error {
	return &report.ParseError{Line: doc.line + bytes.Count(doc.text, []byte("\n")), Column: 1, Class: report.ErrTruncated,
		Reason: "the report ends within " + d.last + ", or before what follows it"}
}

// cut says whether a report ends before keys that all of its format have: since
// Puppet 5 one behind its lists; before, where they may stand in any order, any.
func (d *record) cut() bool {
	version, err := strconv.Atoi(d.fields["report_format"])
	if err != nil {
		return !d.seen["status"]
	}
	if version >= 8 {
		return !d.seen["corrective_change"]
	}
	return slices.ContainsFunc([]string{"status", "logs", "metrics", "resource_statuses", "host", "time"},
		func(key string) bool { return !d.seen[key] })
}

func foreign(reason string) error {
	return &report.ParseError{Class: report.ErrForeign, Reason: reason}
}

func (d *record) run(text []byte) report.Run {
	run := report.Run{
		Tool: report.Puppet, ToolVersion: d.fields["puppet_version"], Phase: report.Finished, Source: ReportSource,
		Host: d.fields["host"], Environment: d.fields["environment"], Noop: truth(d.fields["noop"]),
		Start: moment(d.fields["time"]), Status: d.status(), Resources: d.metrics.counts(), Figures: d.metrics.list(),
	}
	run.ID = cmp.Or(d.fields["transaction_uuid"], identity(run, text))
	run.Duration, run.CompileDuration = d.metrics.durations()
	if run.Duration != nil && !run.Start.IsZero() {
		run.End = report.At(run.Start.Add(time.Duration(*run.Duration * float64(time.Second))))
	}
	if d.stale() {
		run.CachedCatalog = truth("true")
	}
	d.complete()
	if run.Status == report.Failure || d.stale() {
		run.Failure = d.failure()
	}
	if d.seen["resource_statuses"] {
		run.ResourceList = []report.Resource{}
	}
	for _, r := range d.rows[:min(len(d.rows), maxRows)] {
		r.Message = report.Clean(r.Message, maxRowText)
		run.ResourceList = append(run.ResourceList, r.Resource)
	}
	return run
}

// status is how the run ended. Puppet calls it failed also where no resource was
// reached; without a word of its own the counters may still tell.
func (d *record) status() report.Status {
	switch d.fields["status"] {
	case "failed":
		return report.Failure
	case "changed", "unchanged":
		return report.Success
	}
	if failed := d.metrics.counts().Failed; d.failing || failed != nil && *failed > 0 {
		return report.Failure
	}
	return ""
}

// identity stands in for the transaction_uuid that reports before Puppet 3.3 lack.
// It is made of what two records of one run share.
func identity(run report.Run, text []byte) string {
	told := []byte(run.Host + "\n" + run.Start.Format(time.RFC3339Nano))
	if run.Start.IsZero() {
		told = text
	}
	sum := sha256.Sum256(told)
	return "puppet-" + hex.EncodeToString(sum[:8])
}

// heads are the ways a report begins.
var heads = []*regexp.Regexp{
	regexp.MustCompile(`^(?:\s*#[^\n]*\n)*--- *!ruby/object:Puppet::Transaction::Report\b`),
	regexp.MustCompile(`(?s)^(?:---[^\n]*\n)?\s*host: .*\n\s*(?:transaction_uuid|report_format|puppet_version|configuration_version):`),
	regexp.MustCompile(`(?s)^\s*\{\s*"(?:host|time|metrics|logs|status|report_format|transaction_uuid)"\s*:.*"(?:transaction_uuid|report_format|puppet_version|configuration_version)"\s*:`),
}

// LooksLikeReport says whether a file that begins with head, a few kilobytes, is
// worth giving to Report.
func LooksLikeReport(head []byte) bool {
	head = bytes.TrimPrefix(head, []byte("\ufeff"))
	for _, pattern := range heads {
		if pattern.Match(head) {
			return true
		}
	}
	return false
}

// Complete says whether data is a whole report, and not the beginning of one. It
// decodes no resource.
func Complete(data []byte) bool {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if text := bytes.TrimLeft(data, " \t\r\n"); len(text) == 0 || text[0] == '{' {
		return json.Complete(text)
	}
	found := false
	for doc := range documents(data) {
		if found = true; !ended(doc.text) || outline(doc).cut() {
			return false
		}
	}
	return found
}

// outline is what the keys of the root alone tell.
func outline(doc block) *record {
	d := newRecord()
	for section := range doc.keys(doc.indent()) {
		first, _ := section.first()
		name, _ := keyOf(bytes.TrimLeft(first, " "))
		d.see(string(name))
		if string(name) != "report_format" {
			continue
		}
		if fields, err := pairsOf(section.text); err == nil {
			for _, value := range fields {
				d.set("report_format", scalar(value))
			}
		}
	}
	return d
}
