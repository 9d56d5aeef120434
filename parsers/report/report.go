// Package report is the one shape that every configuration-management tool's
// run report becomes. It is vocabulary: it imports nothing of this project.
package report

import "time"

// Tool names the program that wrote a report.
type Tool string

// The tools whose reports are known.
const (
	Chef    Tool = "chef"
	Puppet  Tool = "puppet"
	Ansible Tool = "ansible"
	Salt    Tool = "salt"
)

// Phase says how much of a run a record tells of.
type Phase string

// A run that only said it began is Started; one that told its outcome is Finished.
const (
	Started  Phase = "started"
	Finished Phase = "finished"
)

// Status is the outcome of a whole run; empty while it is not known.
type Status string

// The outcomes of a run.
const (
	Success Status = "success"
	Failure Status = "failure"
)

// Run is one run of a configuration-management tool on one host. An empty
// string, nil pointer, nil slice or zero time means "not known": a parser never
// makes up a zero. An empty, non-nil slice means "known to be none".
type Run struct {
	ID          string `json:"id"`
	Tool        Tool   `json:"tool"`
	ToolVersion string `json:"tool_version,omitempty"`
	Phase       Phase  `json:"phase"`
	Host        string `json:"host,omitempty"`
	// EC2InstanceID is such as "i-0abcd1234ef567890", of a node in Amazon's cloud.
	EC2InstanceID string   `json:"ec2_instance_id,omitempty"`
	Environment   string   `json:"environment,omitempty"`
	PolicyName    string   `json:"policy_name,omitempty"`
	PolicyGroup   string   `json:"policy_group,omitempty"`
	Roles         []string `json:"roles,omitzero"`
	Tags          []string `json:"tags,omitzero"`
	RunList       []string `json:"run_list,omitzero"`
	Playbook      string   `json:"playbook,omitempty"` // base name of its file
	Plays         []string `json:"plays,omitzero"`     // those with a task for this host
	Start         Time     `json:"start,omitzero"`
	End           Time     `json:"end,omitzero"`
	Duration      *float64 `json:"duration_seconds,omitempty"` // seconds
	// CompileDuration is the part of Duration that fetching or compiling the
	// catalog took, in seconds.
	CompileDuration *float64   `json:"compile_seconds,omitempty"`
	Status          Status     `json:"status,omitempty"`
	Noop            *bool      `json:"noop,omitempty"`
	Resources       Counts     `json:"resources,omitzero"`
	Failure         *Problem   `json:"failure,omitempty"`
	ResourceList    []Resource `json:"resource_list,omitzero"`
	// Cookbooks maps a cookbook's name to its version.
	Cookbooks map[string]string `json:"cookbooks,omitzero"`
	// CachedCatalog is true of a run that applied an earlier catalog because its own
	// could not be had; Failure then says why, whatever Status is.
	CachedCatalog *bool `json:"cached_catalog,omitempty"`
	// Figures are the tool's own metrics, in its order.
	Figures []Figure `json:"figures,omitzero"`
	// Source names the format the record was read from, such as "chef-report".
	Source string `json:"source,omitempty"`
}

// Counts are the tool's own counters of resources. They may overlap (a resource
// can be updated and failed); nil is "not told".
type Counts struct {
	Total      *int `json:"total,omitempty"`
	Updated    *int `json:"updated,omitempty"`
	Failed     *int `json:"failed,omitempty"`
	Skipped    *int `json:"skipped,omitempty"`
	Corrective *int `json:"corrective,omitempty"`
	Pending    *int `json:"pending,omitempty"` // what a noop run would change

	Ignored     *int `json:"ignored,omitempty"`     // failed, and the run was told not to mind
	Rescued     *int `json:"rescued,omitempty"`     // failed, and the run knew what to do
	Unreachable *int `json:"unreachable,omitempty"` // 1 if the host was not reached; failed, too
}

// Step is the part of a run in which it failed.
type Step string

// Setup is everything before the tool's own code is evaluated, Compile its
// evaluation, Converge the work on resources.
const (
	Setup    Step = "setup"
	Compile  Step = "compile"
	Converge Step = "converge"
)

// Problem is why a run failed.
type Problem struct {
	Class     string   `json:"class,omitempty"`
	Message   string   `json:"message,omitempty"`
	Backtrace []string `json:"backtrace,omitzero"`
	Resource  string   `json:"resource,omitempty"` // such as "execute[deploy]"
	File      string   `json:"file,omitempty"`
	Line      int      `json:"line,omitempty"` // 1 or more when known
	Phase     Step     `json:"phase,omitempty"`
	Command   string   `json:"-"` // what failed, where the resource may be named by it
}

// Figure is one of a tool's own metrics, by the tool's own names: Puppet counts
// "resources" that are "restarted", and the seconds of "time" that a "file" took.
type Figure struct {
	Category string  `json:"category"`
	Name     string  `json:"name"`
	Value    float64 `json:"value"`
}

// Outcome is what became of one resource.
type Outcome string

// The outcomes of a resource.
const (
	Updated        Outcome = "updated"
	UpToDate       Outcome = "up-to-date"
	Skipped        Outcome = "skipped"
	ResourceFailed Outcome = "failed"
	Unprocessed    Outcome = "unprocessed"
)

// Resource is one row of a run's resource list. It names what was managed, never
// what it contained.
type Resource struct {
	Type       string   `json:"type"`
	Name       string   `json:"name"`
	ID         string   `json:"id,omitempty"`      // what its own code calls it, where that is not its name: of a state of Salt
	Command    bool     `json:"command,omitempty"` // the name is the command line that the resource runs
	Action     string   `json:"action,omitempty"`
	Status     Outcome  `json:"status,omitempty"`
	Duration   *float64 `json:"duration_seconds,omitempty"` // seconds
	Cookbook   string   `json:"cookbook,omitempty"`
	File       string   `json:"file,omitempty"`
	Line       int      `json:"line,omitempty"`
	Corrective *bool    `json:"corrective,omitempty"`
	Message    string   `json:"message,omitempty"`
}

// Time is a moment, always in UTC, written as RFC 3339.
type Time struct{ time.Time }

// At is t as a Time in UTC.
func At(t time.Time) Time { return Time{t.UTC()} }

// IsZero says whether the moment is not known.
func (t Time) IsZero() bool { return t.Time.IsZero() }
