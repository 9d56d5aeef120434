// Package ledger is the account of every run: when it was seen, what became of
// it at each reporter, and why. It is for people who ask, also while the daemon
// runs; what is to be delivered the spool decides, never the ledger.
package ledger

import "time"

// Step is one thing that happened to a run.
type Step string

// The steps of a run, in their usual order. All but Seen are of one reporter.
const (
	Seen         Step = "seen"         // its report was read
	Spooled      Step = "spooled"      // it is on disk for the reporter
	Held         Step = "held"         // the disk did not take it; it is in memory
	Failed       Step = "failed"       // an attempt to deliver it failed; it is tried again
	Partly       Step = "partly"       // a part was delivered, the rest is tried again
	Sent         Step = "sent"         // it was handed over to a receiver that never acknowledges
	Acknowledged Step = "acknowledged" // the receiver said that it has it
	Refused      Step = "refused"      // the receiver will never take it, or a part of it
	Expired      Step = "expired"      // it, or a part of it, was too old; told in a digest
	Dropped      Step = "dropped"      // it was let go to make room, or could not be kept
	Withdrawn    Step = "withdrawn"    // it turned out not to be so before it was delivered
)

// Record is one line of the ledger.
type Record struct {
	At       time.Time `json:"at"`
	Run      string    `json:"run"`
	Step     Step      `json:"step"`
	Reporter string    `json:"reporter,omitempty"`
	Detail   string    `json:"detail,omitempty"`  // why, in a sentence; never a secret
	Summary  *Summary  `json:"summary,omitempty"` // with Seen
}

// Summary is what a list of runs shows of one. Absent is not known.
type Summary struct {
	Tool        string    `json:"tool,omitempty"`
	Host        string    `json:"host,omitempty"`
	Environment string    `json:"environment,omitempty"`
	Status      string    `json:"status,omitempty"` // success, failure, unknown, unfinished or unreadable
	Noop        bool      `json:"noop,omitempty"`
	End         time.Time `json:"end,omitzero"`
	Duration    *float64  `json:"duration_seconds,omitempty"` // seconds
	Total       *int      `json:"total,omitempty"`            // resources
	Updated     *int      `json:"updated,omitempty"`
	Failed      *int      `json:"failed,omitempty"`
	Failure     string    `json:"failure,omitempty"` // the exception's class
	Report      string    `json:"report,omitempty"`  // the file it was read from
}
