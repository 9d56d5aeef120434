package chef

import (
	"io"
	"strings"

	"github.com/converged/converged/parsers/report"
)

// ReportSource is the Source of the runs that Report reads.
const ReportSource = "chef-report"

// Report reads the document that Chef::Handler::JsonFile writes at the end of a
// run, of Chef 12 to 19: one object of the keys node, success, start_time,
// end_time, elapsed_time, all_resources, updated_resources, exception, backtrace
// and run_id. It is one finished run. Noop stays nil: the document of a why-run
// cannot be told from a real one.
//
// The error is a *report.ParseError of one of report's classes, or r's own.
func Report(r io.Reader) ([]report.Run, error) {
	data, err := report.Read(r, MaxDocument, "Chef")
	if err != nil {
		return nil, err
	}
	s := newScanner(data)
	if !s.IsObject() {
		return nil, s.Foreign("a JSON object")
	}
	doc := s.jsonFile()
	s.End()
	if err := s.Fault(); err != nil {
		return nil, err
	}
	if err := doc.check(); err != nil {
		return nil, err
	}
	return []report.Run{doc.run()}, nil
}

// LooksLikeReport says whether a file that begins with head, a few kilobytes, is
// worth giving to Report: its first keys are those of a JsonFile document.
func LooksLikeReport(head []byte) bool {
	s := newScanner(head)
	for key := range s.Fields() {
		switch string(key) {
		case "all_resources", "updated_resources", "elapsed_time":
			return true
		case "node":
			return s.looksLikeNode()
		case "success", "start_time", "end_time", "exception", "backtrace", "run_id":
			s.Skip()
		default:
			return false
		}
	}
	return false
}

// looksLikeNode says whether the value that comes next is a node object, or the
// null of a run that could not load it.
func (s *scanner) looksLikeNode() bool {
	if s.Peek() == 'n' {
		return true
	}
	for key := range s.Fields() {
		switch string(key) {
		case "chef_environment", "chef_type", "automatic", "run_list":
			return true
		}
		s.Skip()
	}
	return false
}

// jsonFile is what is read of a JsonFile document.
type jsonFile struct {
	node       *node
	success    *bool
	start, end report.Time
	elapsed    *float64
	all        rows
	updated    *int
	exception  string
	backtrace  []string
	id         string
	collector  bool // it is a data collector's message
}

func (s *scanner) jsonFile() jsonFile {
	var d jsonFile
	for key := range s.Fields() {
		switch string(key) {
		case "node":
			d.node = s.node()
		case "success":
			d.success = s.Boolean()
		case "start_time":
			d.start = s.moment()
		case "end_time":
			d.end = s.moment()
		case "elapsed_time":
			d.elapsed = s.seconds(1)
		case "all_resources":
			d.all = s.rows()
		case "updated_resources":
			d.updated = s.Count()
		case "exception":
			d.exception = s.Text(maxMessage)
		case "backtrace":
			d.backtrace = s.frames()
		case "run_id":
			d.id = s.Text(maxName)
		case "message_type":
			d.collector = true
			s.Skip()
		default:
			s.Skip()
		}
	}
	return d
}

// check is an error if the document is of another format.
func (d *jsonFile) check() error {
	reason := ""
	switch {
	case d.collector:
		reason = "a message of Chef's data collector, not a document of its JsonFile handler"
	case d.id == "":
		reason = "a JSON document without run_id"
	case d.success == nil:
		reason = "a JSON document without success"
	default:
		return nil
	}
	return &report.ParseError{Reason: reason, Class: report.ErrForeign}
}

func (d *jsonFile) run() report.Run {
	run := report.Run{
		ID: d.id, Tool: report.Chef, Phase: report.Finished, Source: ReportSource,
		Start: d.start, End: d.end, Duration: d.duration(), Status: report.Failure,
		Resources: report.Counts{Total: d.all.total, Updated: d.updated},
	}
	if *d.success {
		run.Status = report.Success
	}
	failedRow := -1
	if !*d.success || d.exception != "" {
		run.Failure, failedRow = d.failure()
	}
	d.all.settle(run.Status, failedRow)
	run.ResourceList = d.all.list
	if d.node != nil {
		run.Host = d.node.name
		run.RunList = d.node.runList
		run.PolicyName, run.PolicyGroup = d.node.policyName, d.node.policyGroup
		d.node.fill(&run)
	}
	return run
}

// duration is elapsed_time, but for a run that failed before its clock ran: that
// one has a few microseconds which mean nothing.
func (d *jsonFile) duration() *float64 {
	if d.elapsed != nil && *d.elapsed < 0.001 && !d.all.ran {
		return nil
	}
	return d.elapsed
}

// failure is why the run failed, and the index of the resource that did, or -1.
func (d *jsonFile) failure() (*report.Problem, int) {
	p := &report.Problem{Backtrace: d.backtrace, Message: d.exception}
	if class, message, ok := strings.Cut(d.exception, ": "); ok {
		p.Class, p.Message = class, message
	}
	resource, place := failed(p.Message)
	p.Resource = resource
	row, source, line := -1, "", 0
	if resource != "" {
		if row = d.all.find(resource, place); row >= 0 {
			source, line = d.all.list[row].File, d.all.list[row].Line
		}
	}
	locate(p, place, source, line)
	p.Phase = d.step(p.Message)
	return p, row
}

// step is how far the run came before it failed.
func (d *jsonFile) step(message string) report.Step {
	switch {
	case d.node == nil || d.node.cookbooks == nil:
		return report.Setup
	case d.all.ran || strings.Contains(message, " had an error: "):
		return report.Converge
	}
	return report.Compile
}
