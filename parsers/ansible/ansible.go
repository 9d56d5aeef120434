// Package ansible reads what the callbacks ansible.posix.json and
// ansible.posix.jsonl, and the project's own converged_jsonl, tell of runs of
// ansible-playbook. One run of a playbook is one report.Run per host.
//
// Results hold secrets (arguments, output, diffs, facts), so nothing is decoded
// but the fields that a report.Run has.
package ansible

import "github.com/converged/converged/parsers/report"

// MaxDocument is the largest document that is read: 64 MiB, in bytes.
const MaxDocument = 64 << 20

// What a report may bring into its Runs. What is over a limit is left out;
// counters stay true.
const (
	maxLine      = 32 << 20 // bytes of a line; the facts of one host have 90 KB
	maxRecord    = 32 << 20 // bytes after which SplitRuns no longer waits for a run's end
	maxRows      = 10_000   // resources of a host
	maxAllRows   = 200_000  // resources of a report
	maxHosts     = 20_000   // hosts of a playbook's run
	maxPlaybooks = 10_000   // runs of one file
	maxAtOnce    = 32       // runs that write to one file at the same time
	maxListed    = 1000     // plays and roles of a host
	maxFrames    = 500      // lines of a stack trace
	maxMessage   = 64 << 10 // bytes of a failure's message
	maxOutput    = 4 << 10  // bytes of what a failed command said on stderr
	maxName      = 4 << 10  // bytes of a name, a path, a stack frame
	maxErrors    = 10       // faults told one by one
	maxRecovery  = 16       // places where a later document or event is looked for
	maxTasks     = 1 << 31  // believable count of tasks
)

// sharedID is how much of a play's or task's id all of one run share: the
// controller's address and eight random digits.
const sharedID = len("02fc0000-0001-2d8e-ce2a")

// runID is the part of a play's or task's id that names the run.
func runID(id string) string {
	id = report.Clean(id, maxName)
	if len(id) > sharedID {
		id = report.UpTo(id, sharedID)
	}
	return id
}

// tooMany is the fault of what is left out of a report.
func tooMany(what string) *report.ParseError {
	return &report.ParseError{Class: report.ErrTooLarge, Reason: what + " are left out"}
}
