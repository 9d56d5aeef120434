package daemon

import (
	"bufio"
	"io"
	"regexp"

	"github.com/converged/converged/daemon/watch"
	"github.com/converged/converged/parsers/ansible"
	"github.com/converged/converged/parsers/chef"
	"github.com/converged/converged/parsers/puppet"
	"github.com/converged/converged/parsers/report"
	"github.com/converged/converged/parsers/salt"
)

// format is one foreign format: how to know it, find it and read it.
type format struct {
	name  string
	tool  report.Tool
	looks func(head []byte) bool // from a document's first bytes
	// below says that a log may stand in front, of any length.
	below bool
	parse func(io.Reader) ([]report.Run, error)
	kind  watch.Kind
	// match tells a report's base name (directories only); nil is any.
	match func(name string) bool
	// complete tells a whole document, and a last line whose newline never came.
	complete func(data []byte) bool
	// split says where one record's bytes end (lines only).
	split bufio.SplitFunc
	// ran says that an empty report means that a run of the tool happened.
	ran bool
	// standsIn is the format beside which this one is not read: its records of a run
	// have another id, so that the run would be told twice.
	standsIn string
	// rank orders two records of one run: the richer has the higher.
	rank int
}

// jsonName is any JSON file that is not hidden. Chef::Handler::JsonFile
// writes chef-run-report-YYYYmmddHHMMSS.json, but people rename and copy; what
// salt-call prints goes where they say.
var jsonName = regexp.MustCompile(`^[^.].*\.json$`)

// puppetName is any report that is not hidden: of a directory, Puppet's store
// (YYYYmmddHHMM.yaml). Files that are being written end in a date and a number.
var puppetName = regexp.MustCompile(`^[^.].*\.(?:yaml|json)$`)

// ansibleReportName is any file that is not hidden: what stdout is redirected to
// has the name that someone gave it, often that of a log.
var ansibleReportName = regexp.MustCompile(`^[^.].*\.(?:json|log|out)$`)

var formats = []format{
	{
		name: "chef-report", tool: report.Chef, looks: chef.LooksLikeReport, parse: chef.Report,
		kind: watch.Dir, match: jsonName.MatchString, complete: chef.Complete, rank: 1, ran: true,
	},
	{
		name: "chef-collector", tool: report.Chef, looks: chef.LooksLikeCollector, parse: chef.Collector,
		kind: watch.Lines, split: bufio.ScanLines, complete: chef.Complete, rank: 2,
	},
	{
		name: "puppet-report", tool: report.Puppet, looks: puppet.LooksLikeReport, parse: puppet.Report,
		kind: watch.Dir, match: puppetName.MatchString, complete: puppet.Complete, rank: 2,
	},
	{
		name: "puppet-summary", tool: report.Puppet, looks: puppet.LooksLikeSummary, parse: puppet.Summary,
		kind: watch.Dir, match: puppetName.MatchString, complete: puppet.SummaryComplete, rank: 1,
		standsIn: puppet.ReportSource,
	},
	{
		name: "ansible-json", tool: report.Ansible, looks: ansible.LooksLikeDocument, below: true, parse: ansible.Document,
		kind: watch.Dir, match: ansibleReportName.MatchString, complete: ansible.CompleteDocument, rank: 1,
	},
	{
		name: "ansible-jsonl", tool: report.Ansible, looks: ansible.LooksLikeLines, below: true, parse: ansible.Lines,
		kind: watch.Lines, split: ansible.SplitRuns, complete: ansible.CompleteLines, rank: 2,
	},
	{
		name: salt.ReturnSource, tool: report.Salt, looks: salt.LooksLikeReturn, parse: salt.Return,
		kind: watch.Dir, match: jsonName.MatchString, complete: salt.Complete, rank: 1,
	},
	{
		name: salt.EventsSource, tool: report.Salt, looks: salt.LooksLikeEvents, parse: salt.Events,
		kind: watch.Lines, split: bufio.ScanLines, complete: salt.Complete, rank: 1,
	},
}

// FormatNames are the formats that a source can have.
func FormatNames() []string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.name
	}
	return names
}

func formatNamed(name string) (format, bool) {
	for _, f := range formats {
		if f.name == name {
			return f, true
		}
	}
	return format{}, false
}

// formatOf is the format that a document's content shows.
func formatOf(head []byte) (format, bool) {
	for _, f := range formats {
		if f.looks(head) {
			return f, true
		}
	}
	return format{}, false
}

// formatBelow is the format of the document that stands below a log.
func formatBelow(log []byte) (format, bool) {
	for _, f := range formats {
		if f.below && f.looks(log) {
			return f, true
		}
	}
	return format{}, false
}
