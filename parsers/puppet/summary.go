package puppet

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/converged/converged/parsers/report"
)

// SummarySource is the Source of the runs that Summary reads: counters, and no
// more.
const SummarySource = "puppet-summary"

// maxSummary is the largest summary that is read, in bytes; they have 1 KB.
const maxSummary = 1 << 20

// Summary reads last_run_summary.yaml: the counters and times of a run, without
// its host, its resources and its errors. It does not say how the run ended;
// Status is set only where failures were counted.
//
// The error is a *report.ParseError of one of report's classes, or r's own.
func Summary(r io.Reader) ([]report.Run, error) {
	data, err := readDocument(r)
	if err != nil {
		return nil, err
	}
	if len(data) > maxSummary {
		return nil, &report.ParseError{Class: report.ErrTooLarge, Reason: "a summary of more than 1 MiB"}
	}
	s, err := summaryOf(data)
	switch {
	case err != nil && (ended(data) || !LooksLikeSummary(data)):
		return nil, &report.ParseError{Line: 1, Column: 1, Class: report.ErrMalformed, Reason: err.Error()}
	case err == nil && !s.known():
		return nil, foreign("no summary of Puppet: neither a version nor counters")
	case err != nil || !ended(data) || !s.whole():
		return nil, &report.ParseError{Line: 1 + bytes.Count(data, []byte("\n")), Column: 1, Class: report.ErrTruncated,
			Reason: "the summary ends before its counters do"}
	}
	return []report.Run{s.run(data)}, nil
}

func summaryOf(data []byte) (summary, error) {
	s := summary{figures: figures{}, texts: map[string]string{}}
	root, err := decode(data)
	if err != nil {
		return s, err
	}
	for section, values := range fieldsOf(root) {
		for name, value := range fieldsOf(values) {
			s.set(symbol(scalar(section)), symbol(scalar(name)), scalar(value))
		}
	}
	return s, nil
}

// known says whether anything was told.
func (s summary) known() bool { return s.texts["version.puppet"] != "" || len(s.figures) > 0 }

// summary is what is read of a last_run_summary.yaml.
type summary struct {
	figures figures
	texts   map[string]string // such as "version.puppet"
}

func (s *summary) set(section, name, value string) {
	key := section + "." + name
	if slices.Contains([]string{"version.puppet", "application.converged_environment", "time.last_run"}, key) {
		s.texts[key] = report.Clean(value, maxName)
		return
	}
	s.figures.add(section, name, value)
}

func (s *summary) run(data []byte) report.Run {
	sum := sha256.Sum256(data)
	run := report.Run{
		ID: "puppet-" + hex.EncodeToString(sum[:8]), Tool: report.Puppet, ToolVersion: s.texts["version.puppet"],
		Phase: report.Finished, Environment: s.texts["application.converged_environment"], Source: SummarySource,
		Resources: s.figures.counts(), Figures: s.figures.list(),
	}
	run.Duration, run.CompileDuration = s.figures.durations()
	if epoch, err := strconv.ParseInt(s.texts["time.last_run"], 10, 64); err == nil && epoch > 0 && epoch < 1<<37 {
		run.End = report.At(time.Unix(epoch, 0))
	}
	failures, _ := s.figures.get("events", "failure")
	if failed := run.Resources.Failed; failures > 0 || failed != nil && *failed > 0 {
		run.Status = report.Failure
	}
	return run
}

// summaryHead is how a summary begins: with the version of Puppet.
var summaryHead = regexp.MustCompile(`^(?:---[ \t]*\r?\n)?[ \t]*:?"?version"?:[ \t]*\r?\n(?:[ \t]+[^\n]*\n)?[ \t]+:?"?puppet"?:`)

// LooksLikeSummary says whether a file that begins with head, a few kilobytes, is
// worth giving to Summary.
func LooksLikeSummary(head []byte) bool {
	return summaryHead.Match(bytes.TrimPrefix(head, []byte("\ufeff")))
}

// whole says whether the last section has begun. Puppet 2 and 3 wrote no counters
// at all of a run that had no catalog.
func (s summary) whole() bool {
	return len(s.figures["events"]) > 0 || s.texts["time.last_run"] != "" && len(s.figures["resources"]) == 0
}

// SummaryComplete says whether data is a whole summary.
func SummaryComplete(data []byte) bool {
	s, err := summaryOf(data)
	return ended(data) && err == nil && s.whole()
}
