package chef

import (
	"errors"
	"fmt"
	"strings"

	"github.com/converged/converged/parsers/report"
)

// message is what is read of a data collector's run_start or run_converge.
type message struct {
	kind, id, runID         string
	passedOver              bool // no run's: see others
	host, expandedID        string
	policyName, policyGroup string
	start, end              report.Time
	status                  report.Status
	runList, expandedRoles  []string
	cookbooks               map[string]string
	node                    *node
	total, updated          *int
	actions                 actions
	failure                 *report.Problem
	title                   string
}

// parseMessage reads the one message that data begin with. It is the run that
// the message tells of, and how many bytes long the message is; that is told of
// a whole message of another kind too.
func parseMessage(data []byte) (report.Run, int, error) {
	s := newScanner(data)
	if !s.IsObject() {
		return report.Run{}, 0, s.Foreign("a JSON object")
	}
	m := s.message()
	if err := s.Fault(); err != nil {
		return report.Run{}, 0, err
	}
	run, err := m.run()
	return run, s.Pos(), err
}

// others are the kinds of messages that a data collector is sent beside those of
// runs: what someone did on a Chef Server (message_type), the report of a
// compliance phase (type), and a node that says it is there (event_type).
var others = map[string]bool{"action": true, "inspec_report": true, "node_ping": true}

// errPassedOver is said of a whole message that is one of others.
var errPassedOver = errors.New("a message that tells of no run")

func (s *scanner) message() message {
	var m message
	for key := range s.Fields() {
		switch string(key) {
		case "message_type":
			m.kind = s.Text(maxName)
			m.passedOver = m.passedOver || others[m.kind]
		case "type", "event_type":
			m.passedOver = m.passedOver || others[s.Text(maxName)]
		case "id":
			m.id = s.Text(maxName)
		case "run_id":
			m.runID = s.Text(maxName)
		case "node_name":
			m.host = s.Text(maxName)
		case "start_time":
			m.start = s.moment()
		case "end_time":
			m.end = s.moment()
		default:
			s.converge(&m, key)
		}
	}
	return m
}

// converge reads what only a run_converge message has.
func (s *scanner) converge(m *message, key []byte) {
	switch string(key) {
	case "status":
		m.status = outcome(s.Text(maxName))
	case "run_list":
		m.runList = s.Texts(maxListed, maxName)
	case "expanded_run_list":
		m.expandedID, m.expandedRoles = s.expansion()
	case "cookbooks":
		m.cookbooks = s.cookbooks()
	case "policy_name":
		m.policyName = s.Text(maxName)
	case "policy_group":
		m.policyGroup = s.Text(maxName)
	case "node":
		m.node = s.node()
	case "resources":
		m.actions = s.actions()
	case "total_resource_count":
		m.total = s.Integer()
	case "updated_resource_count":
		m.updated = s.Integer()
	case "error":
		m.failure, m.title = s.problem()
	default:
		s.Skip()
	}
}

// problem is the error object that comes next, and the title of its description;
// nil if there was no error.
func (s *scanner) problem() (*report.Problem, string) {
	if !s.IsObject() {
		s.Skip()
		return nil, ""
	}
	p, title := &report.Problem{}, ""
	for key := range s.Fields() {
		switch string(key) {
		case "class":
			p.Class = s.Text(maxName)
		case "message":
			p.Message = s.Text(maxMessage)
		case "backtrace":
			p.Backtrace = s.frames()
		case "description":
			title = s.title()
		default:
			s.Skip()
		}
	}
	return p, title
}

// title is the title of the description object that comes next. Its sections
// show the resource's source, and are not read.
func (s *scanner) title() (title string) {
	for key := range s.Fields() {
		if string(key) == "title" {
			title = s.Text(maxName)
		} else {
			s.Skip()
		}
	}
	return title
}

// run is the message as a run; the error is of class report.ErrForeign, or errPassedOver.
func (m *message) run() (report.Run, error) {
	run := report.Run{
		ID: m.runID, Tool: report.Chef, Host: m.host, Start: m.start, Source: CollectorSource,
	}
	if run.ID == "" {
		run.ID = m.id
	}
	switch {
	case m.passedOver:
		return run, errPassedOver
	case run.ID == "":
		return run, foreignMessage("a JSON document without run_id")
	case m.kind == "run_start":
		run.Phase = report.Started
	case m.kind == "run_converge":
		m.finish(&run)
	default:
		return run, foreignMessage(fmt.Sprintf("message_type %q, expected run_start or run_converge", m.kind))
	}
	return run, nil
}

func foreignMessage(reason string) error {
	return &report.ParseError{Line: 1, Column: 1, Reason: reason, Class: report.ErrForeign}
}

// finish gives the run what its run_converge message tells.
func (m *message) finish(run *report.Run) {
	run.Phase, run.Status, run.End = report.Finished, m.status, m.end
	run.Noop = new(bool) // Chef sends nothing of a why-run
	run.PolicyName, run.PolicyGroup = m.policyName, m.policyGroup
	if m.node != nil {
		m.node.fill(run)
	}
	if run.Environment == "" && m.expandedID != "_policy_node" {
		run.Environment = m.expandedID
	}
	if run.Roles == nil {
		run.Roles = m.expandedRoles
	}
	if m.cookbooks != nil { // Chef 12 to 14 have it in the node alone
		run.Cookbooks = m.cookbooks
	}
	run.RunList = m.runList
	run.Duration = m.duration()
	run.ResourceList = m.actions.list
	run.Resources = m.counts()
	if m.failure != nil || m.status == report.Failure {
		run.Failure = m.problem(len(run.Cookbooks) == 0)
		forget(run)
	}
}

// forget takes back the empty lists of a run that failed before it knew them.
func forget(run *report.Run) {
	if run.Failure.Phase != report.Setup {
		return
	}
	run.Cookbooks = nil
	if len(run.RunList) == 0 {
		run.RunList = nil
	}
}

func (m *message) counts() report.Counts {
	c := report.Counts{Total: m.total, Updated: m.updated}
	if m.actions.list != nil {
		failed, skipped := m.actions.failed, m.actions.skipped // the message is let go
		c.Failed, c.Skipped = &failed, &skipped
	}
	return c
}

// duration is end - start. Both are whole seconds: of a run within one second it
// is the time its resources took.
func (m *message) duration() *float64 {
	if !m.start.IsZero() && !m.end.IsZero() {
		if whole := m.end.Sub(m.start.Time).Seconds(); whole > 0 && whole <= maxSeconds {
			return &whole
		}
	}
	if m.actions.timed == 0 {
		return nil
	}
	took := m.actions.milliseconds / 1000
	return &took
}

// problem is why the run failed.
func (m *message) problem(noCookbooks bool) *report.Problem {
	p := m.failure
	if p == nil {
		p = &report.Problem{}
	}
	resource, place := failed(p.Message)
	if p.Resource = resource; resource == "" {
		p.Resource = m.actions.culprit
	}
	locate(p, place, "", 0)
	switch {
	case strings.HasPrefix(m.title, "Error executing action"):
		p.Phase = report.Converge
	case noCookbooks:
		p.Phase = report.Setup
	case m.actions.total == 0:
		p.Phase = report.Compile
	default:
		p.Phase = report.Converge
	}
	return p
}
